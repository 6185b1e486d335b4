/**
 * The last days of services: how each was at its worst, and for how long. Days begin at midnight where the organization is.
 *
 * What is public is counted by public-api; of an internal service only catalog's history tells.
 */
import type { components as Catalog } from "@/lib/api/catalog";
import type { components as Public } from "@/lib/api/public";
import { lookOf, type ServiceStatus } from "@/lib/status";
import { day as dayInWords, duration, fromLocalInput, toLocalInput } from "@/lib/time";

/** From what is known least to what is worst. */
export const DAY_KINDS = [
  "no data",
  "operational",
  "maintenance",
  "degraded",
  "partial_outage",
  "major_outage",
] as const;
export type DayKind = (typeof DAY_KINDS)[number];

export interface Day {
  /** 2026-11-22. */
  date: string;
  kind: DayKind;
  /** How long it was not well, and how; the worst first. */
  seconds: Partial<Record<DayKind, number>>;
}

export interface Days {
  /** The oldest first. */
  days: Day[];
  /** Uptime; null where nobody counted it. */
  percentage: number | null;
}

type HistoryEntry = Catalog["schemas"]["HistoryEntry"];
type PublicPage = Public["schemas"]["Aggregate"];

/** The section `uptime` of the public page: a character for each day. */
interface Uptime {
  first_day: string;
  rule: { characters: Record<string, DayKind> };
  services: { id: string; days: string; seconds: Record<string, Day["seconds"]>; percentage: number | null }[];
}

const DAY_MS = 86_400_000;
const DAYS = 90;

/** By the service's id, in the order of the page. Internal services are not among them. */
export function publicDays(page: PublicPage): Map<string, Days> {
  const { first_day: first, rule, services } = page.uptime as unknown as Uptime;
  return new Map(
    services.map(({ id, days, seconds, percentage }) => {
      const dayOf = (character: string, index: number): Day => {
        const date = dateAfter(first, index);
        return { date, kind: rule.characters[character] ?? "no data", seconds: seconds[date] ?? {} };
      };
      return [id, { days: [...days].map(dayOf), percentage }];
    }),
  );
}

/** Each day as it was for the service that had the worst one. */
export function worstOfEach(all: Iterable<Days>): Day[] {
  const [first, ...others] = all;
  return (first?.days ?? []).map((day, index) =>
    others.reduce((worst, { days }) => worseOf(worst, days[index] ?? day), day),
  );
}

interface Past {
  /** Changes of the status, the newest first. */
  entries: HistoryEntry[];
  /** What it is now. */
  status: ServiceStatus;
  /** From when on something is known of it: the service's first day, or the oldest entry where older ones were not fetched. */
  since: Date;
  timeZone: string;
  now: Date;
}

/** The same counted here, of what catalog says. */
export function daysOfHistory({ entries, status, since, timeZone, now }: Past): Day[] {
  const today = toLocalInput(now, timeZone).slice(0, 10);
  const spans = spansOf(entries, status, since, now);
  return Array.from({ length: DAYS }, (_, index) => {
    const date = dateAfter(today, index - DAYS + 1);
    const [begin, end] = [midnight(date, timeZone), midnight(dateAfter(date, 1), timeZone)];
    const counted = new Map<DayKind, number>();
    for (const span of spans) {
      const length = Math.min(span.end, end) - Math.max(span.begin, begin);
      if (length > 0) counted.set(span.status, (counted.get(span.status) ?? 0) + Math.round(length / 1000));
    }
    const kinds = DAY_KINDS.filter((kind) => counted.has(kind)).reverse();
    const bad = kinds.filter((kind) => kind !== "operational");
    return {
      date,
      kind: kinds[0] ?? "no data",
      seconds: Object.fromEntries(bad.map((kind) => [kind, counted.get(kind)])),
    };
  });
}

/** When the oldest of the days begins that are shown. */
export function oldestMoment(timeZone: string, now: Date): number {
  return midnight(dateAfter(toLocalInput(now, timeZone).slice(0, 10), 1 - DAYS), timeZone);
}

/** "Mon 16 Nov: Partial outage for 1 h 5 min". */
export function inWords({ date, kind, seconds }: Day): string {
  const parts = Object.entries(seconds).map(
    ([kind, count]) => `${wordOf(kind as DayKind)} for ${duration(count * 1000)}`,
  );
  return `${dayInWords(`${date}T00:00Z`, "UTC")}: ${parts.join(", ") || wordOf(kind)}`;
}

/** "2 of 90 days were not all well". */
export function summary(days: Day[]): string {
  const known = days.filter(({ kind }) => kind !== "no data");
  const bad = known.filter(({ kind }) => isBad(kind)).length;
  if (known.length === 0) return "Nothing is known yet";
  const of = known.length === 1 ? "1 day" : `${known.length} days`;
  return bad === 0 ? `All well for ${of}` : `Something was wrong on ${bad} of ${of}`;
}

export function isBad(kind: DayKind): boolean {
  return DAY_KINDS.indexOf(kind) > DAY_KINDS.indexOf("maintenance");
}

export function wordOf(kind: DayKind): string {
  if (kind === "no data") return "No data";
  return kind === "maintenance" ? "Maintenance" : lookOf(kind).word;
}

function spansOf(entries: HistoryEntry[], status: ServiceStatus, since: Date, now: Date) {
  const spans = [];
  let end = now.getTime();
  let after: ServiceStatus = status;
  for (const entry of entries) {
    const begin = Math.max(Date.parse(entry.changed_at), since.getTime());
    if (begin < end) spans.push({ begin, end, status: after });
    end = Math.min(end, begin);
    after = entry.previous;
  }
  if (since.getTime() < end) spans.push({ begin: since.getTime(), end, status: after });
  return spans;
}

function worseOf(one: Day, other: Day): Day {
  return DAY_KINDS.indexOf(other.kind) > DAY_KINDS.indexOf(one.kind) ? other : one;
}

function midnight(date: string, timeZone: string): number {
  return fromLocalInput(`${date}T00:00`, timeZone).getTime();
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
