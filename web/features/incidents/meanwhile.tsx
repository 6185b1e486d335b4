/** Somebody else changed the incident after this update was begun: theirs is read before mine is posted. */
import { Markdown } from "@/components/markdown";
import { Person } from "@/components/person";
import { StatusLabel } from "@/components/status-icon";
import { Button } from "@/components/ui/button";
import type { Incident } from "@/features/incidents/content";

interface Props {
  incident: Incident;
  /** The version that was read when it was begun. */
  since: number;
  onRead: () => void;
}

export function Meanwhile({ incident, since, onRead }: Props) {
  if (incident.version === since) return null;
  const last = incident.updates.at(-1);
  return (
    <section role="alert" data-meanwhile className="flex flex-col gap-2 rounded-lg border border-degraded p-3">
      <h3 className="font-medium">The incident changed while you were writing</h3>
      {last && (
        <div className="rounded-md bg-sunken px-2 py-1">
          <p className="flex flex-wrap items-center gap-x-2">
            {last.posted_by && <Person name={last.posted_by.name} />} <StatusLabel status={last.status} />
          </p>
          <Markdown text={last.message} />
        </div>
      )}
      <Button className="self-start" onClick={onRead}>
        Keep mine, post it after theirs
      </Button>
    </section>
  );
}
