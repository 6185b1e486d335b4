"use client";
/** What was said of a window and what became of it, the newest first; whoever may adds to it. */
import { Ellipsis } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Confirm } from "@/components/confirm";
import { Markdown } from "@/components/markdown";
import { Person } from "@/components/person";
import { StatusIcon } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { useUpdateChange } from "@/features/maintenance/actions";
import type { WindowView } from "@/features/maintenance/queries";
import { UpdateEdit } from "@/features/maintenance/update-edit";
import { UpdateForm } from "@/features/maintenance/update-form";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { asProblem } from "@/lib/problem";
import { lookOf } from "@/lib/status";
import { toast } from "@/lib/store";

type Update = WindowView["updates"][number];

export function Updates({ window }: { window: WindowView }) {
  const mayWrite = useOrganization().may("responder");
  const entries = [
    ...window.updates.map((update) => ({ at: update.created_at, key: update.id, update })),
    ...milestones(window).map(({ at, word }) => ({ at, key: word, word })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || ("update" in b ? 1 : 0) - ("update" in a ? 1 : 0));
  return (
    <section aria-labelledby="updates">
      <h2 id="updates" className="mb-2 font-semibold">
        Updates
      </h2>
      {mayWrite && <UpdateForm key={window.id} window={window} />}
      <ol className="flex flex-col gap-4 border-l pl-4">
        {entries.map((entry) =>
          "update" in entry ? (
            <Said key={entry.key} window={window} update={entry.update} mayWrite={mayWrite} />
          ) : (
            <li key={entry.key} className="flex items-center gap-1 text-quiet touch:-my-1.5 touch:min-h-11">
              {entry.word} <Timestamp time={entry.at} />
            </li>
          ),
        )}
      </ol>
    </section>
  );
}

/** What became of it, the last first. */
function milestones({ created_at, started_at, completed_at, cancelled_at }: WindowView) {
  const all = { Cancelled: cancelled_at, Completed: completed_at, Began: started_at, Planned: created_at };
  return Object.entries(all).flatMap(([word, at]) => (at ? [{ word, at }] : []));
}

function Said({ window, update, mayWrite }: { window: WindowView; update: Update; mayWrite: boolean }) {
  const [doing, setDoing] = useState<"editing" | "deleting" | null>(null);
  return (
    <li id={`u-${update.id}`} className="-ml-[1.5625rem] flex gap-2.5">
      <span className="mt-0.5 size-4 shrink-0 bg-ground">
        <StatusIcon status={update.status} label={lookOf(update.status).word} />
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex items-start gap-2">
          <p className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 text-quiet text-xs">
            {update.posted_by && <Person name={update.posted_by.name} className="text-ink" />}
            <Timestamp time={update.created_at} />
            <Edited update={update} />
          </p>
          {mayWrite && (
            <Menu>
              <MenuTrigger asChild>
                <Button kind="quiet" size="icon" aria-label="Change this update" className="-my-1.5">
                  <Ellipsis aria-hidden />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                <MenuItem onSelect={() => setDoing("editing")}>Edit</MenuItem>
                <MenuItem danger onSelect={() => setDoing("deleting")}>
                  Delete
                </MenuItem>
              </MenuContent>
            </Menu>
          )}
        </div>
        {doing === "editing" ? (
          <UpdateEdit window={window} update={update} onDone={() => setDoing(null)} />
        ) : (
          <Markdown text={update.message} />
        )}
      </div>
      <Deletion window={window} update={update} open={doing === "deleting"} onClose={() => setDoing(null)} />
    </li>
  );
}

function Edited({ update: { edited_at, edited_by, posted_by } }: { update: Update }): ReactNode {
  if (!edited_at) return null;
  const by = edited_by && edited_by.id !== posted_by?.id ? ` by ${edited_by.name}` : "";
  return (
    <span>
      edited{by} <Timestamp time={edited_at} />
    </span>
  );
}

interface DeletionProps {
  window: WindowView;
  update: Update;
  open: boolean;
  onClose: () => void;
}

function Deletion({ window, update, open, onClose }: DeletionProps) {
  const { api } = useOrganization();
  const deletion = useUpdateChange(window, update.id, update.message, (version) => {
    const params = { path: { maintenance_id: window.id, update_id: update.id } };
    const path = "/api/maintenance/v1/maintenances/{maintenance_id}/updates/{update_id}";
    return data(api.DELETE(path, { params, headers: ifMatch(version) }));
  });
  const remove = () =>
    deletion.mutate(undefined, {
      onSuccess: () => toast("The update is deleted"),
      onError: (thrown) => toast(`The update is still there: ${asProblem(thrown).title}`, { kind: "failed" }),
      onSettled: onClose,
    });
  return (
    <Confirm
      open={open}
      onOpenChange={onClose}
      title="Delete this update"
      action="Delete update"
      busy={deletion.isPending}
      onConfirm={remove}
    >
      It is gone from the page at once. Who got it by mail or feed keeps it.
    </Confirm>
  );
}
