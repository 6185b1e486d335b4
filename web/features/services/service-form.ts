/** What can be said of a service, as a form has it; and what two people changed at once. Pure. */
import type { Clash } from "@/components/conflict";
import type { components } from "@/lib/api/catalog";

type Service = components["schemas"]["ServiceView"];
type Change = components["schemas"]["ChangeService"];

export interface Values {
  name: string;
  description: string;
  visibility: Service["visibility"];
  /** 2026-11-22, or empty: today for a new one. */
  start_date: string;
  /** Where a new one is to stand; empty: beside all groups. */
  group: string;
}

export const BLANK: Values = { name: "", description: "", visibility: "public", start_date: "", group: "" };

const FIELDS = {
  name: "Name",
  description: "Description",
  visibility: "Who sees it",
  start_date: "First day",
} as const;
type Field = keyof typeof FIELDS;

export function valuesOf(service: Service): Values {
  const { name, description, visibility, start_date } = service;
  return { name, description, visibility, start_date: start_date ?? "", group: "" };
}

/** What the form changed; the rest stays as it is, whoever changes it meanwhile. A first day cannot be taken away. */
export function changesOf(before: Values, after: Values): Change {
  const changed = (Object.keys(FIELDS) as Field[]).filter((field) => before[field] !== after[field]);
  return Object.fromEntries(
    changed.filter((field) => field !== "start_date" || after.start_date).map((field) => [field, after[field]]),
  );
}

export interface Settled {
  /** Theirs, and mine where I changed it. */
  mine: Values;
  /** The same, but theirs where both of us changed it. */
  theirs: Values;
  /** Where both of us changed it, and to something else. */
  clashes: Clash[];
}

/** Two people changed the same service at once: what one left alone the other one decides. */
export function settle(before: Values, mine: Values, theirs: Values): Settled {
  const changed = changesOf(before, mine);
  const clashing = (Object.keys(changed) as Field[]).filter(
    (field) => theirs[field] !== before[field] && theirs[field] !== mine[field],
  );
  const settled = { ...theirs, ...changed } as Values;
  return {
    mine: settled,
    theirs: { ...settled, ...Object.fromEntries(clashing.map((field) => [field, theirs[field]])) },
    clashes: clashing.map((field) => ({ field: FIELDS[field], theirs: theirs[field], mine: mine[field] })),
  };
}
