/** Somebody else changed what is being changed here: theirs and mine, and which of them it is to be. Nothing that was typed is lost. */
import { Button } from "@/components/ui/button";

export interface Clash {
  field: string;
  theirs: string;
  mine: string;
}

interface Props {
  clashes: Clash[];
  /** Who changed it, if that is known. */
  by?: string | undefined;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

export function Conflict({ clashes, by = "Somebody", onKeepMine, onTakeTheirs }: Props) {
  return (
    <section role="alert" className="flex flex-col gap-3 rounded-lg border border-degraded p-3">
      <h3 className="font-medium">{by} changed this while you were at it</h3>
      {clashes.map(({ field, theirs, mine }) => (
        <dl key={field} className="grid gap-2 sm:grid-cols-2">
          <Version of={`${field}, theirs`} text={theirs} />
          <Version of={`${field}, yours`} text={mine} />
        </dl>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onTakeTheirs}>Take theirs</Button>
        <Button onClick={onKeepMine}>Keep mine</Button>
      </div>
    </section>
  );
}

function Version({ of: name, text }: { of: string; text: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet text-xs">{name}</dt>
      <dd className="wrap-anywhere max-h-40 overflow-y-auto whitespace-pre-wrap rounded-md bg-sunken px-2 py-1">
        {text || "Nothing"}
      </dd>
    </div>
  );
}
