"use client";
/** What was said, the newest first. */
import { MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Markdown } from "@/components/markdown";
import { Person } from "@/components/person";
import { StatusIcon } from "@/components/status-icon";
import { Timestamp } from "@/components/timestamp";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";
import { useChange } from "@/features/incidents/changing";
import type { Incident, IncidentUpdate } from "@/features/incidents/content";
import { EditHistory } from "@/features/incidents/edit-history";
import { Refusal } from "@/features/incidents/refusal";
import { TextEditor } from "@/features/incidents/text-editor";
import { useOrganization } from "@/features/shell/organization";
import { data, ifMatch } from "@/lib/api/client";
import { lookOf } from "@/lib/status";
import { toast } from "@/lib/store";

export function Timeline({ incident, mayChange }: { incident: Incident; mayChange: boolean }) {
  return (
    <section aria-labelledby="timeline">
      <div className="mb-2 flex min-h-8 items-center gap-2">
        <h2 id="timeline" className="flex-1 font-medium">
          Timeline
        </h2>
        <EditHistory incidentId={incident.id} />
      </div>
      <ol className="flex flex-col">
        {incident.updates.toReversed().map((update) => (
          <Entry key={update.id} incident={incident} update={update} mayChange={mayChange} />
        ))}
      </ol>
      {incident.updates.length === 0 && <p className="text-quiet">Every update was deleted.</p>}
    </section>
  );
}

interface EntryProps {
  incident: Incident;
  update: IncidentUpdate;
  mayChange: boolean;
}

function Entry({ incident, update, mayChange }: EntryProps) {
  const [isEdited, setEdited] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const { status, message, posted_by, edited_by, edited_at, created_at } = update;
  return (
    <li
      id={`u-${update.id}`}
      className="relative grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-3 pb-5 last:pb-0"
    >
      <StatusIcon status={status} className="mt-2 touch:mt-3.5" />
      {/* The line from one to the next. */}
      <span aria-hidden className="absolute top-7 -bottom-1 left-[0.45rem] border-l [li:last-child>&]:hidden" />
      <div className="min-w-0">
        <div className="flex min-h-8 flex-wrap items-center gap-x-2 touch:min-h-11">
          <span className="font-medium">{lookOf(status).word}</span>
          <span className="flex min-w-0 flex-wrap items-center gap-x-2 max-sm:basis-full">
            {posted_by && <Person name={posted_by.name} className="text-quiet" />}
            <Timestamp time={created_at} />
            {edited_at && (
              <span className="text-quiet text-xs">
                edited{edited_by && edited_by.id !== posted_by?.id && ` by ${edited_by.name}`}
              </span>
            )}
          </span>
        </div>
        {isEdited ? (
          <EditMessage incident={incident} update={update} onEnd={() => setEdited(false)} />
        ) : (
          <Markdown text={message} />
        )}
        <Changes update={update} />
      </div>
      {mayChange && !isEdited && (
        <Menu>
          <MenuTrigger asChild>
            <Button kind="quiet" size="icon" aria-label="Edit or delete this update">
              <MoreHorizontal aria-hidden />
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem onSelect={() => setEdited(true)}>
              <Pencil aria-hidden /> Edit update
            </MenuItem>
            <MenuItem danger onSelect={() => setLeaving(true)}>
              <Trash2 aria-hidden /> Delete update
            </MenuItem>
          </MenuContent>
        </Menu>
      )}
      {isLeaving && <DeleteUpdate incident={incident} update={update} onEnd={() => setLeaving(false)} />}
    </li>
  );
}

/** What it did to services, where it did something. */
function Changes({ update }: { update: IncidentUpdate }) {
  const changed = update.services?.filter(({ old_status, new_status }) => old_status !== new_status) ?? [];
  if (changed.length === 0) return null;
  return (
    <ul className="mt-1 flex flex-col gap-0.5 text-quiet text-xs">
      {changed.map(({ service_id, name, old_status, new_status }) => (
        <li key={service_id} className="flex flex-wrap items-center gap-x-1">
          <span className="wrap-anywhere">{name}:</span> {lookOf(old_status).word} →
          <StatusIcon status={new_status} className="size-3.5" /> {lookOf(new_status).word}
        </li>
      ))}
    </ul>
  );
}

interface OneProps {
  incident: Incident;
  update: IncidentUpdate;
  onEnd: () => void;
}

function EditMessage({ incident, update, onEnd }: OneProps) {
  const { api } = useOrganization();
  return (
    <TextEditor
      label="Message"
      incident={incident}
      textOf={({ updates }) => updates.find(({ id }) => id === update.id)?.message ?? ""}
      changedBy={({ updates }) => updates.find(({ id }) => id === update.id)?.edited_by?.name}
      send={(message, { id, version }) =>
        data(
          api.PATCH("/api/incidents/v1/incidents/{incident_id}/updates/{update_id}", {
            params: { path: { incident_id: id, update_id: update.id } },
            body: { message },
            headers: ifMatch(version),
          }),
        )
      }
      onEnd={onEnd}
    />
  );
}

function DeleteUpdate({ incident, update, onEnd }: OneProps) {
  const { api } = useOrganization();
  const change = useChange<void>({
    incident,
    stillMeant: ({ updates }) => updates.some(({ id, message }) => id === update.id && message === update.message),
    send: (_, { id, version }) =>
      data(
        api.DELETE("/api/incidents/v1/incidents/{incident_id}/updates/{update_id}", {
          params: { path: { incident_id: id, update_id: update.id } },
          headers: ifMatch(version),
        }),
      ),
    onDone: () => {
      toast("Update deleted");
      onEnd();
    },
  });
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onEnd()}
      title="Delete this update?"
      action="Delete update"
      busy={change.isPending}
      onConfirm={() => change.mutate()}
    >
      <p>Visitors no longer see it. The incident stays {lookOf(incident.status).word.toLowerCase()}.</p>
      <Refusal error={change.error} />
    </Confirm>
  );
}
