"use client";
/** Everything by typing a few letters of it: pages, actions, services, open incidents, organizations. Its code comes when it is first opened. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Building2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { Children, type ReactNode } from "react";
import { StatusIcon } from "@/components/status-icon";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useSession } from "@/features/session/session";
import { useOrganization } from "@/features/shell/organization";
import { type Action, actionsFor } from "@/features/shell/palette-actions";
import { scoreOf } from "@/features/shell/palette-score";
import { queries } from "@/lib/queries";
import { useStore } from "@/lib/store";
import { ownTimeZone } from "@/lib/time";
import { mayLeave } from "@/lib/unsaved";

const close = () => useStore.setState({ isPaletteOpen: false });

export default function Palette() {
  const isOpen = useStore((state) => state.isPaletteOpen);
  return (
    <Dialog open={isOpen} onOpenChange={(open) => !open && close()}>
      <DialogContent title="Search" className="gap-2 p-3 sm:w-[min(36rem,calc(100vw-2rem))]">
        <Search />
      </DialogContent>
    </Dialog>
  );
}

function Search() {
  const organization = useOrganization();
  const router = useRouter();
  const { current } = useSession();
  const services = useQuery(queries.services(organization)).data ?? [];
  const incidents = useInfiniteQuery(queries.incidents(organization, { state: "open" })).data?.pages ?? [];
  const others = current.state === "in" ? current.session.organizations.filter(({ id }) => id !== organization.id) : [];
  const go = (path: string) => {
    close();
    if (mayLeave()) router.push(path);
  };
  const act = ({ to, run }: Action) => {
    if (to !== undefined) return go(`/${organization.slug}${to}`);
    close();
    run?.();
  };
  return (
    <Command label="Search" loop filter={scoreOf}>
      <Command.Input
        placeholder="Type what you look for"
        autoFocus
        className="mb-2 h-10 w-full rounded-md border border-line-strong bg-ground px-3 placeholder:text-quiet max-sm:text-base touch:h-11"
      />
      <Command.List className="max-h-[60vh] overflow-y-auto max-sm:max-h-none">
        <Command.Empty className="px-2 py-6 text-center text-quiet">Nothing is called that.</Command.Empty>
        {actionsFor(organization.may, ownTimeZone()).map(({ title, actions }) => (
          <Group key={title} title={title}>
            {actions.map((action) => (
              <Item key={action.name} name={action.name} words={action.words} onSelect={() => act(action)}>
                <action.Icon aria-hidden className="text-quiet" />
                {action.name}
              </Item>
            ))}
          </Group>
        ))}
        <Group title="Open incidents">
          {incidents
            .flatMap(({ items }) => items)
            .map(({ id, title, status }) => (
              <Item key={id} id={id} name={title} onSelect={() => go(`/${organization.slug}/incidents/${id}`)}>
                <StatusIcon status={status} />
                <span className="truncate">{title}</span>
              </Item>
            ))}
        </Group>
        <Group title="Services">
          {services.map(({ id, name, status }) => (
            <Item key={id} id={id} name={name} onSelect={() => go(`/${organization.slug}/services/${id}`)}>
              <StatusIcon status={status} />
              <span className="truncate">{name}</span>
            </Item>
          ))}
        </Group>
        <Group title="Organizations">
          {others.map(
            ({ id, slug, name }) =>
              slug && (
                <Item key={id} id={id} name={name} onSelect={() => go(`/${slug}`)}>
                  <Building2 aria-hidden className="text-quiet" />
                  <span className="truncate">{name}</span>
                </Item>
              ),
          )}
        </Group>
      </Command.List>
    </Command>
  );
}

/** Nothing, when there is nothing in it. */
function Group({ title, children }: { title: string; children: ReactNode }) {
  if (Children.toArray(children).length === 0) return null;
  return (
    <Command.Group
      heading={title}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-quiet [&_[cmdk-group-heading]]:text-xs"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  /** Of a thing, of which two may have one name. */
  id?: string;
  name: string;
  words?: string[] | undefined;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ id, name, words = [], onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={id ? `${name} ${id}` : name}
      keywords={words}
      onSelect={onSelect}
      className="flex cursor-default select-none items-center gap-2 rounded-md px-2 py-1.5 data-[selected=true]:bg-hover touch:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0"
    >
      {children}
    </Command.Item>
  );
}
