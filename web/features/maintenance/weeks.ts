/**
 * A month as weeks of days, and windows laid into them as bars, each in a lane, so that none lies over another.
 *
 * Days are written 2026-12-03 and months 2026-12, at the organization's place: what is reckoned with them knows nothing of clocks that change.
 */
import { toLocalInput } from "@/lib/time";

export interface Span {
  id: string;
  scheduled_start: string;
  scheduled_end: string;
  started_at: string | null;
  completed_at: string | null;
  cancelled_at: string | null;
}

/** A window in one week. `column` is the day on which it begins there, 0 for Monday. */
export interface Bar<Window extends Span> {
  window: Window;
  column: number;
  days: number;
  lane: number;
  /** It began in an earlier week. */
  isContinued: boolean;
  /** It goes on in the next one. */
  goesOn: boolean;
}

const DAY_MS = 86_400_000;
const WEEK = 7;

export function dayOf(time: string | Date, timeZone: string): string {
  return toLocalInput(time, timeZone).slice(0, 10);
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

export function addDays(day: string, count: number): string {
  return written(new Date(`${day}T00:00Z`).getTime() + count * DAY_MS);
}

export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return monthOf(written(Date.UTC(year, number - 1 + count)));
}

/** 0 for Monday. */
export function weekday(day: string): number {
  return (new Date(`${day}T00:00Z`).getUTCDay() + 6) % WEEK;
}

/** The weeks, from Monday, that have a day of the month. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  const weeks = [];
  for (let monday = addDays(first, -weekday(first)); monthOf(monday) <= month; monday = addDays(monday, WEEK)) {
    weeks.push(Array.from({ length: WEEK }, (_, index) => addDays(monday, index)));
  }
  return weeks;
}

/** When it is: as it was where it began or ended otherwise than planned. */
export function timesOf(window: Span): { start: string; end: string } {
  const { scheduled_start, scheduled_end, started_at, completed_at, cancelled_at } = window;
  const stopped = completed_at ?? (started_at && cancelled_at);
  return { start: started_at ?? scheduled_start, end: stopped ?? scheduled_end };
}

/** The days that it touches, the first and the last. One that ends at midnight does not touch the next day. */
export function daysOf(window: Span, timeZone: string): [string, string] {
  const { start, end } = timesOf(window);
  const first = dayOf(start, timeZone);
  const last = dayOf(new Date(new Date(end).getTime() - 1), timeZone);
  return [first, last < first ? first : last];
}

/** Longer ones first where two begin on the same day, so that they lie on top; each in the first lane that is free. */
export function barsOf<Window extends Span>(week: string[], windows: Window[], timeZone: string): Bar<Window>[] {
  const [monday = "", sunday = ""] = [week[0], week.at(-1)];
  const bars: Bar<Window>[] = [];
  for (const window of windows) {
    const [first, last] = daysOf(window, timeZone);
    if (first > sunday || last < monday) continue;
    const column = first < monday ? 0 : week.indexOf(first);
    const end = last > sunday ? WEEK - 1 : week.indexOf(last);
    const days = end - column + 1;
    bars.push({ window, column, days, lane: 0, isContinued: first < monday, goesOn: last > sunday });
  }
  bars.sort((a, b) => a.column - b.column || b.days - a.days || compare(a.window, b.window));
  const freeFrom: number[] = [];
  for (const bar of bars) {
    const free = freeFrom.findIndex((column) => column <= bar.column);
    bar.lane = free === -1 ? freeFrom.length : free;
    freeFrom[bar.lane] = bar.column + bar.days;
  }
  return bars;
}

function compare(a: Span, b: Span): number {
  return timesOf(a).start.localeCompare(timesOf(b).start) || a.id.localeCompare(b.id);
}

function written(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}
