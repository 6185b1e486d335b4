/** What the form of a window or a series holds, and how it becomes what the service takes. Times are wall time at the organization's place. */
import type { Series, Window } from "@/features/maintenance/queries";
import { type Recurrence, recurrenceOf, ruleOf } from "@/features/maintenance/recurrence";
import type { components } from "@/lib/api/maintenance";
import { fromLocalInput, toLocalInput } from "@/lib/time";

type Schemas = components["schemas"];

/** Fields have the service's names where it has one for them, so that what it says of them stands at them. */
export interface Values {
  title: string;
  services: string[];
  scheduled_start: string;
  scheduled_end: string;
  /** Null: it takes place once, or by a rule that the form cannot show. */
  recurrence: Recurrence | null;
  description: string;
  /** The first update of a new window. */
  message: string;
  visibility: Schemas["Visibility"];
  reminder_minutes: number[];
  starts_by_itself: boolean;
  completes_by_itself: boolean;
}

export const REMINDERS = [10, 60, 1440, 10_080];
const USUAL_HOUR = "02:00";
const USUAL_MS = 2 * 3_600_000;
const HOUR_MS = 3_600_000;

/** A new one on a day: at night, when few are disturbed; today it is the next full hour but one. */
export function newValues(day: string, timeZone: string, now: Date): Values {
  const soon = new Date(Math.ceil(now.getTime() / HOUR_MS + 1) * HOUR_MS);
  const night = fromLocalInput(`${day}T${USUAL_HOUR}`, timeZone);
  const start = night > now ? night : soon;
  return {
    title: "",
    services: [],
    scheduled_start: toLocalInput(start, timeZone),
    scheduled_end: toLocalInput(new Date(start.getTime() + USUAL_MS), timeZone),
    recurrence: null,
    description: "",
    message: "",
    visibility: "public",
    reminder_minutes: [60],
    starts_by_itself: true,
    completes_by_itself: true,
  };
}

export function valuesOfWindow(window: Window, timeZone: string): Values {
  return {
    ...detailsOf(window),
    scheduled_start: toLocalInput(window.scheduled_start, timeZone),
    scheduled_end: toLocalInput(window.scheduled_end, timeZone),
    recurrence: null,
  };
}

export function valuesOfSeries(series: Series, timeZone: string): Values {
  const end = fromLocalInput(series.first_start, timeZone).getTime() + series.duration_minutes * 60_000;
  return {
    ...detailsOf(series),
    scheduled_start: series.first_start,
    scheduled_end: toLocalInput(new Date(end), timeZone),
    recurrence: recurrenceOf(series.rule, series.first_start.slice(0, 10)),
  };
}

export function newWindow(values: Values, timeZone: string): Schemas["PlanWindow"] {
  return { ...details(values), message: values.message, ...times(values, timeZone) };
}

export function newSeries(values: Values, recurrence: Recurrence, timeZone: string): Schemas["BeginSeries"] {
  return { ...details(values), ...recurring(values, recurrence, timeZone) };
}

/** What somebody changed and nothing else, so that what others changed meanwhile stays. */
export function changedWindow(before: Values, after: Values, timeZone: string): Schemas["ChangeWindow"] {
  return different(
    { ...details(before), ...times(before, timeZone) },
    { ...details(after), ...times(after, timeZone) },
  );
}

export function changedSeries(before: Values, after: Values, timeZone: string): Schemas["ChangeSeries"] {
  const whole = (values: Values) => ({ ...details(values), ...recurring(values, values.recurrence, timeZone) });
  return different(whole(before), whole(after));
}

function detailsOf(said: Window | Series) {
  const { title, description, visibility, reminder_minutes, starts_by_itself, completes_by_itself } = said;
  const services = said.services.map(({ service_id }) => service_id);
  return {
    title,
    services,
    description,
    message: "",
    visibility,
    reminder_minutes,
    starts_by_itself,
    completes_by_itself,
  };
}

function details({ title, services, description, visibility, ...values }: Values) {
  return {
    title,
    description,
    visibility,
    services: services.map((service_id) => ({ service_id })),
    reminder_minutes: values.reminder_minutes,
    starts_by_itself: values.starts_by_itself,
    completes_by_itself: values.completes_by_itself,
  };
}

function times({ scheduled_start, scheduled_end }: Values, timeZone: string) {
  return {
    scheduled_start: fromLocalInput(scheduled_start, timeZone).toISOString(),
    scheduled_end: fromLocalInput(scheduled_end, timeZone).toISOString(),
  };
}

function recurring(values: Values, recurrence: Recurrence | null, timeZone: string) {
  const { scheduled_start: start, scheduled_end: end } = values;
  const lasts = fromLocalInput(end, timeZone).getTime() - fromLocalInput(start, timeZone).getTime();
  return {
    // Without one the form could not show the rule, which then stays what it is.
    rule: recurrence ? ruleOf(recurrence, start.slice(0, 10)) : "",
    first_start: start,
    duration_minutes: lasts / 60_000,
  };
}

function different<Body extends object>(before: Body, after: Body): Partial<Body> {
  const isChanged = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[name as keyof Body]);
  return Object.fromEntries(Object.entries(after).filter(isChanged)) as Partial<Body>;
}
