/** Times as people read them. They travel as UTC with `Z`; a place is said wherever it is not the reader's own. */

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const DAY_MS = 86_400_000;

// The console speaks English so far, and so do its numbers and dates.
const LANGUAGE = "en-GB";
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto", style: "short" });

/** "12 min ago", "in 2 days", "now". */
export function ago(time: string | Date, now: Date): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return "now";
}

/** How long until `ago` says something else, in milliseconds. */
export function untilNextWord(time: string | Date, now: Date): number {
  const age = Math.abs(new Date(time).getTime() - now.getTime());
  const unit = age < 3_600_000 ? 60_000 : 3_600_000;
  return unit - (age % unit);
}

/** "22 Nov 2026, 14:05 CET". Without `timeZone` in the reader's own. */
export function absolute(time: string | Date, timeZone?: string): string {
  return format(time, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  });
}

/** "14:05". */
export function clock(time: string | Date, timeZone?: string): string {
  return format(time, { hour: "2-digit", minute: "2-digit", timeZone });
}

/** "Sun 22 Nov". */
export function day(time: string | Date, timeZone?: string): string {
  return format(time, { weekday: "short", day: "numeric", month: "short", timeZone });
}

/** "2 h 5 min", "45 min", "3 d 4 h": the two largest units. */
export function duration(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor(minutes / 60) % 24, "h"],
    [minutes % 60, "min"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return "less than a minute";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** "2026-11-22T14:05", which `<input type="datetime-local">` holds, of a moment at a place. */
export function toLocalInput(time: string | Date, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const written = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(
    new Date(time),
  );
  return written.replace(" ", "T");
}

/**
 * The moment that a wall clock at a place shows this. Of a time that clocks show twice it is the first; one that they skip is as much later:
 * so does the service that plans series.
 */
export function fromLocalInput(local: string, timeZone: string): Date {
  const asIfUtc = new Date(`${local}Z`).getTime();
  if (Number.isNaN(asIfUtc)) return new Date(Number.NaN); // half typed
  // Clocks change at most once in two days.
  const byOffsetBefore = new Date(asIfUtc - offsetAt(asIfUtc - DAY_MS, timeZone));
  const byOffsetAfter = new Date(asIfUtc - offsetAt(asIfUtc + DAY_MS, timeZone));
  const isShown = (moment: Date) => offsetAt(moment.getTime(), timeZone) === asIfUtc - moment.getTime();
  return isShown(byOffsetBefore) || !isShown(byOffsetAfter) ? byOffsetBefore : byOffsetAfter;
}

/** The reader's own place, for example Europe/Berlin. */
export function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function offsetAt(moment: number, timeZone: string): number {
  return new Date(`${toLocalInput(new Date(moment), timeZone)}Z`).getTime() - Math.floor(moment / 60_000) * 60_000;
}

function format(time: string | Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LANGUAGE, options).format(new Date(time));
}
