/** Recurrence: what the form knows of it, as the rule of RFC 5545 that the service takes, and in words. */
import { addDays, monthOf, weekday } from "@/features/maintenance/weeks";

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
const WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const ORDINALS = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

export type Frequency = "DAILY" | "WEEKLY" | "MONTHLY";
const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY"];

export interface Recurrence {
  frequency: Frequency;
  /** 2: every second one. */
  interval: number;
  /** Of WEEKLY. */
  weekdays: Weekday[];
  /** Of MONTHLY: on the first start's day of the month, on its weekday as counted from the month's start, or on the last such weekday. */
  monthly: "day" | "nth" | "last";
  ends: "never" | "on" | "after";
  /** 2027-03-03, the last day that counts. */
  until: string;
  count: number;
}

/** What most people mean who begin at this day. */
export function usual(firstDay: string): Recurrence {
  const weekdays = [weekdayOf(firstDay)];
  return { frequency: "WEEKLY", interval: 1, weekdays, monthly: "nth", ends: "never", until: "", count: 10 };
}

export function weekdayOf(day: string): Weekday {
  return WEEKDAYS[weekday(day)] ?? "MO";
}

/** Which one of its weekday a day is in its month, from 1 to 5. */
function nthOf(day: string): number {
  return Math.ceil(Number(day.slice(8, 10)) / 7);
}

/** What there is to choose from in months: no fifth Tuesday, which most months lack. */
export function monthlyChoices(firstDay: string): Recurrence["monthly"][] {
  const isLast = monthOf(addDays(firstDay, 7)) !== monthOf(firstDay);
  return ["day", ...(nthOf(firstDay) < 5 ? ["nth" as const] : []), ...(isLast ? ["last" as const] : [])];
}

export function ruleOf(recurrence: Recurrence, firstDay: string): string {
  const { frequency, interval, weekdays, ends, until, count } = recurrence;
  const monthly = monthlyChoices(firstDay).includes(recurrence.monthly) ? recurrence.monthly : "day";
  const parts = [`FREQ=${frequency}`];
  if (interval > 1) parts.push(`INTERVAL=${interval}`);
  if (frequency === "WEEKLY") parts.push(`BYDAY=${WEEKDAYS.filter((day) => weekdays.includes(day)).join(",")}`);
  if (frequency === "MONTHLY" && monthly === "day") parts.push(`BYMONTHDAY=${Number(firstDay.slice(8, 10))}`);
  if (frequency === "MONTHLY" && monthly === "nth") parts.push(`BYDAY=${nthOf(firstDay)}${weekdayOf(firstDay)}`);
  if (frequency === "MONTHLY" && monthly === "last") parts.push(`BYDAY=-1${weekdayOf(firstDay)}`);
  if (ends === "on") parts.push(`UNTIL=${until.replaceAll("-", "")}`);
  if (ends === "after") parts.push(`COUNT=${count}`);
  return parts.join(";");
}

/** The rule as the form shows it; null for one that it cannot show, which other systems may have made. */
export function recurrenceOf(rule: string, firstDay: string): Recurrence | null {
  const { FREQ = "", INTERVAL, BYDAY = "", UNTIL, COUNT } = partsOf(rule, firstDay);
  if (!FREQUENCIES.includes(FREQ)) return null;
  const found: Recurrence = {
    ...usual(firstDay),
    frequency: FREQ as Frequency,
    interval: Number(INTERVAL),
    ends: UNTIL ? "on" : COUNT ? "after" : "never",
    until: UNTIL?.replace(/(....)(..)(..)/, "$1-$2-$3") ?? "",
    count: Number(COUNT ?? 10),
  };
  if (FREQ === "WEEKLY") found.weekdays = WEEKDAYS.filter((day) => BYDAY.includes(day));
  if (FREQ === "MONTHLY") found.monthly = BYDAY === "" ? "day" : BYDAY.startsWith("-1") ? "last" : "nth";
  // What the form would say otherwise it must not touch.
  const isSame = written(partsOf(rule, firstDay)) === written(partsOf(ruleOf(found, firstDay), firstDay));
  return isSame ? found : null;
}

/** "Every second Tuesday at 02:00 Europe/Berlin, until 3 March 2027". `firstStart` is wall time there: 2026-12-01T02:00. */
export function inWords(rule: string, firstStart: string, timeZone: string): string {
  const day = firstStart.slice(0, 10);
  const recurrence = recurrenceOf(rule, day);
  const at = `at ${firstStart.slice(11, 16)} ${timeZone.replaceAll("_", " ")}`;
  if (!recurrence) return `By the rule ${rule}, ${at}`;
  return `${daysInWords(recurrence, day)} ${at}${endInWords(recurrence)}`;
}

/** "on the second Tuesday", for the choice among days of a month. */
export function monthlyInWords(monthly: Recurrence["monthly"], firstDay: string): string {
  if (monthly === "day") return `on day ${Number(firstDay.slice(8, 10))}`;
  const name = nameOf(weekdayOf(firstDay));
  return monthly === "last" ? `on the last ${name}` : `on the ${ORDINALS[nthOf(firstDay)]} ${name}`;
}

export function nameOf(day: Weekday): string {
  return WEEKDAY_NAMES[WEEKDAYS.indexOf(day)] ?? "";
}

function daysInWords({ frequency, interval, weekdays, monthly }: Recurrence, firstDay: string): string {
  const every = (unit: string) => {
    if (interval === 1) return `Every ${unit}`;
    return ORDINALS[interval] ? `Every ${ORDINALS[interval]} ${unit}` : `Every ${interval} ${unit}s`;
  };
  if (frequency === "DAILY") return every("day");
  if (frequency === "MONTHLY") return `${every("month")} ${monthlyInWords(monthly, firstDay)}`;
  const names = WEEKDAYS.filter((day) => weekdays.includes(day)).map(nameOf);
  if (names.length === 1 && ORDINALS[interval]) return every(names[0] ?? "");
  const list = new Intl.ListFormat("en-GB").format(names);
  return interval === 1 ? `Every ${list}` : `${every("week")} on ${list}`;
}

function endInWords({ ends, until, count }: Recurrence): string {
  if (ends === "after") return count === 1 ? ", once" : `, ${count} times`;
  if (ends !== "on") return "";
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return `, until ${format.format(new Date(`${until}T00:00Z`))}`;
}

type Parts = Record<string, string | undefined>;

/** The parts of a rule, with those that it leaves out, in one way of writing. */
function partsOf(rule: string, firstDay: string): Parts {
  const given: Parts = Object.fromEntries(rule.split(";").map((part) => part.split("=", 2)));
  const parts: Parts = { INTERVAL: "1", ...given, UNTIL: given.UNTIL?.slice(0, 8) };
  if (given.FREQ === "WEEKLY") parts.BYDAY ??= weekdayOf(firstDay);
  if (given.FREQ === "MONTHLY" && !given.BYDAY) parts.BYMONTHDAY ??= String(Number(firstDay.slice(8, 10)));
  parts.BYDAY = parts.BYDAY?.split(",").sort().join(",");
  return parts;
}

function written(parts: Parts): string {
  return JSON.stringify(Object.entries(parts).sort());
}
