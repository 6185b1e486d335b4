/** Windows in words. */
import { clock, day } from "@/lib/time";

interface Times {
  start: string | Date;
  end: string | Date;
}

/** Between two times of which a line must not break. */
const TO = "\u2060–\u2060";

/** "02:00–04:00" within one day, else "Thu 3 Dec, 22:00 – Fri 4 Dec, 02:00". */
export function hours({ start, end }: Times, timeZone: string): string {
  if (day(start, timeZone) === day(end, timeZone)) return `${clock(start, timeZone)}${TO}${clock(end, timeZone)}`;
  return `${day(start, timeZone)}, ${clock(start, timeZone)} – ${day(end, timeZone)}, ${clock(end, timeZone)}`;
}

/** "Thu 3 Dec, 02:00–04:00". */
export function dayAndHours(times: Times, timeZone: string): string {
  const { start, end } = times;
  const isOneDay = day(start, timeZone) === day(end, timeZone);
  return isOneDay ? `${day(start, timeZone)}, ${hours(times, timeZone)}` : hours(times, timeZone);
}

/** "December 2026", of 2026-12. */
export function monthInWords(month: string): string {
  return new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(month));
}

/** "Thursday 3 December", of 2026-12-03. */
export function dayInWords(date: string): string {
  const parts = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-GB", parts).format(new Date(date));
}

/** Lead times of reminders: "1 hour", "2 days". */
export function minutesInWords(minutes: number): string {
  const [count, unit] =
    minutes % 1440 === 0 ? [minutes / 1440, "day"] : minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

export function placeInWords(timeZone: string): string {
  return timeZone.replaceAll("_", " ");
}

/** "New York", of America/New_York. */
export function cityInWords(timeZone: string): string {
  return placeInWords(timeZone.slice(timeZone.lastIndexOf("/") + 1));
}

/** Who learns of what is done with it. */
export function audienceInWords(visibility: "public" | "internal"): string {
  return visibility === "public"
    ? "Visitors of your page and whoever subscribed see it at once."
    : "It is internal: only members see it.";
}
