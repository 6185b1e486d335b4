/** Two people change the same thing: what each left alone the other one decides, and where both changed it they clash. */
import type { Values } from "@/features/maintenance/form-values";
import { inWords, ruleOf } from "@/features/maintenance/recurrence";
import { minutesInWords } from "@/features/maintenance/words";

export interface Rebased {
  /** Theirs, and mine where I changed it. */
  mine: Values;
  /** The same, but theirs where we clash. */
  theirs: Values;
  clashes: (keyof Values)[];
}

export function rebase(before: Values, mine: Values, theirs: Values): Rebased {
  const fields = Object.keys(before) as (keyof Values)[];
  const touched = fields.filter((field) => !isSame(mine[field], before[field]));
  const clashes = touched.filter(
    (field) => !isSame(theirs[field], before[field]) && !isSame(theirs[field], mine[field]),
  );
  const take = (names: (keyof Values)[]) => Object.fromEntries(names.map((field) => [field, mine[field]]));
  return {
    mine: { ...theirs, ...take(touched) },
    theirs: { ...theirs, ...take(touched.filter((field) => !clashes.includes(field))) },
    clashes,
  };
}

export const FIELD_NAMES: Record<keyof Values, string> = {
  title: "Title",
  services: "Services",
  scheduled_start: "Start",
  scheduled_end: "End",
  recurrence: "Repeats",
  description: "Description",
  message: "Message",
  visibility: "Who sees it",
  reminder_minutes: "Reminders",
  starts_by_itself: "Starts by itself",
  completes_by_itself: "Completes by itself",
};

/** What a field says, for whoever chooses between two. */
export function shown(values: Values, field: keyof Values, timeZone: string, nameOf: (id: string) => string): string {
  switch (field) {
    case "services":
      return values.services.map(nameOf).join(", ");
    case "scheduled_start":
    case "scheduled_end":
      return values[field].replace("T", " ");
    case "recurrence":
      if (!values.recurrence) return "Once only";
      return inWords(ruleOf(values.recurrence, values.scheduled_start.slice(0, 10)), values.scheduled_start, timeZone);
    case "visibility":
      return values.visibility === "public" ? "Everybody" : "Members only";
    case "reminder_minutes":
      return values.reminder_minutes.map(minutesInWords).join(", ");
    case "starts_by_itself":
    case "completes_by_itself":
      return values[field] ? "Yes" : "No";
    default:
      return values[field];
  }
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
