/** The same time at the organization's place, where the reader is when that is elsewhere, and in UTC. */
import { TriangleAlert } from "lucide-react";
import { cityInWords, dayAndHours, placeInWords } from "@/features/maintenance/words";
import { duration, fromLocalInput, ownTimeZone, toLocalInput } from "@/lib/time";

const HOUR_MS = 3_600_000;

export function BothTimes({ start, end, timeZone }: { start: string; end: string; timeZone: string }) {
  const times = { start: fromLocalInput(start, timeZone), end: fromLocalInput(end, timeZone) };
  const lasts = times.end.getTime() - times.start.getTime();
  if (!(lasts > 0)) return null; // nothing, or not all of it, is typed
  const own = ownTimeZone();
  const places = new Set([timeZone, own, "UTC"]);
  const notes = [start, end].flatMap((local) => noteOf(local, timeZone) ?? []);
  return (
    <div className="rounded-md bg-sunken px-3 py-2 text-xs" aria-live="polite">
      <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-x-3 gap-y-1">
        {[...places].map((place) => (
          <div key={place}>
            <dt className="text-quiet">
              {place === own ? `Your time, ${cityInWords(place)}` : placeInWords(place)}
              {place === timeZone && ` · ${duration(lasts)}`}
            </dt>
            <dd>{dayAndHours(times, place)}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p key={note} className="mt-1 flex gap-1.5 text-degraded">
          <TriangleAlert className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          {note}
        </p>
      ))}
    </div>
  );
}

/** Where clocks change there are times that never are, and some that are twice. */
function noteOf(local: string, timeZone: string): string | null {
  const moment = fromLocalInput(local, timeZone);
  const shown = toLocalInput(moment, timeZone);
  if (shown !== local) return `Clocks skip ${local.slice(11)} that day: ${shown.slice(11)} is meant.`;
  const isTwice = toLocalInput(new Date(moment.getTime() + HOUR_MS), timeZone) === local;
  return isTwice ? `Clocks show ${local.slice(11)} twice that day: the first is meant.` : null;
}
