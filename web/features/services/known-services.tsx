"use client";
/** The services and what can be done with them; of what is open above them (a sheet, a question) there is one at a time. */
import { ArrowDownUp, FolderPlus, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { Empty } from "@/components/empty";
import { FindService } from "@/components/find-service";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { DeletedServices } from "@/features/services/deleted-services";
import { type Entry, type Group, groupsOf, moveOf } from "@/features/services/layout";
import { Entries, type Tree } from "@/features/services/tree";
import { useMoves } from "@/features/services/use-moves";
import { useChangeOrder } from "@/features/services/use-order";
import type { Service } from "@/features/services/use-status";
import { useOrganization } from "@/features/shell/organization";

// Who only looks needs no form.
const CreateService = dynamic(async () => (await import("@/features/services/service-sheet")).CreateService);
const EditService = dynamic(async () => (await import("@/features/services/service-sheet")).EditService);
const DeleteService = dynamic(async () => (await import("@/features/services/delete-service")).DeleteService);
const GroupDialog = dynamic(async () => (await import("@/features/services/group-dialog")).GroupDialog);

type Open =
  | { what: "new service"; group: string }
  | { what: "edit" | "delete"; service: Service }
  | { what: "group"; group: Group | null };

/** From how many on one looks for a service by typing. */
const MANY = 20;

export function KnownServices({ order, services }: { order: Entry[]; services: Service[] }) {
  const { slug, may } = useOrganization();
  const mayArrange = may("admin");
  const [open, setOpen] = useState<Open | null>(null);
  const [isArranging, setArranging] = useState(false);
  const [closed, setClosed] = useState<Set<string>>(new Set());
  const [search, setSearch] = useState("");
  const changeOrder = useChangeOrder();
  const { move, said } = useMoves(order, (change, done) => changeOrder({ change, done }));
  const byId = useMemo(() => new Map(services.map((service) => [service.id, service])), [services]);
  const wanted = search.trim().toLowerCase();
  const found = services.filter(({ name }) => name.toLowerCase().includes(wanted));
  const close = () => setOpen(null);

  const tree: Tree = {
    slug,
    byId,
    mayArrange,
    isArranging,
    closed,
    moveOf: (id, direction) => moveOf(order, id, direction),
    onMove: move,
    onChange: (change, done) => changeOrder({ change, done }),
    onToggle: (id) => setClosed((before) => (before.has(id) ? minus(before, id) : new Set(before).add(id))),
    onCreate: (group) => setOpen({ what: "new service", group }),
    onEdit: (service) => setOpen({ what: "edit", service }),
    onDelete: (service) => setOpen({ what: "delete", service }),
    onRename: (group) => setOpen({ what: "group", group }),
  };

  return (
    <>
      <PageHeading title="Services">
        {mayArrange && order.length > 0 && (
          <>
            <Button
              kind={isArranging ? "primary" : "quiet"}
              aria-pressed={isArranging}
              onClick={() => setArranging(!isArranging)}
            >
              <ArrowDownUp aria-hidden />
              <span className={isArranging ? "" : "max-sm:sr-only"}>{isArranging ? "Done" : "Arrange"}</span>
            </Button>
            <Button kind="quiet" onClick={() => setOpen({ what: "group", group: null })}>
              <FolderPlus aria-hidden /> <span className="max-sm:sr-only">New group</span>
            </Button>
            <Button kind={isArranging ? "plain" : "primary"} onClick={() => tree.onCreate("")}>
              <Plus aria-hidden />
              <span>
                New<span className="max-sm:sr-only"> service</span>
              </span>
            </Button>
          </>
        )}
      </PageHeading>
      {services.length > MANY && <FindService search={search} onSearch={setSearch} className="mb-3 max-w-sm" />}
      {isArranging && (
        <p className="mb-3 text-quiet text-xs">
          Every step is kept at once.
          <span className="touch:hidden"> By keyboard, Alt and the arrow keys move the row that has the focus.</span>
        </p>
      )}
      {order.length === 0 ? (
        <Empty
          title="What do your customers use?"
          action={
            mayArrange && (
              <Button kind="primary" onClick={() => tree.onCreate("")}>
                Add the first service
              </Button>
            )
          }
        >
          Add each thing that can fail by itself, by the name your customers know: “Website”, “Checkout”, “API”.
          {!mayArrange && " An admin of the organization can add them."}
        </Empty>
      ) : wanted ? (
        <Entries entries={found.map(({ id }) => ({ type: "service", id }))} tree={{ ...tree, isArranging: false }} />
      ) : (
        <Entries entries={order} tree={tree} />
      )}
      {wanted && found.length === 0 && <p className="px-2 py-3 text-quiet">No service is called like that.</p>}
      {mayArrange && <DeletedServices />}
      <p role="status" className="sr-only">
        {said}
      </p>
      {open?.what === "new service" && <CreateService groups={groupsOf(order)} group={open.group} onClose={close} />}
      {open?.what === "edit" && <EditService service={open.service} onClose={close} />}
      {open?.what === "delete" && <DeleteService service={open.service} onClose={close} />}
      {open?.what === "group" && <GroupDialog group={open.group} onChange={tree.onChange} onClose={close} />}
    </>
  );
}

function minus(ids: Set<string>, id: string): Set<string> {
  return new Set([...ids].filter((each) => each !== id));
}
