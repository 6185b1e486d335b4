/** What of the audit is wanted, as the address of the page has it: days of the reader, of which the last one counts too. */
import type { AuditFilter } from "@/features/settings/queries";
import { fromLocalInput } from "@/lib/time";

/** What can be changed, as events name it. */
export const KINDS: Record<string, string> = {
  incident: "Incidents",
  maintenance: "Maintenance",
  service: "Services",
  service_status: "Statuses",
  layout: "Order of services",
  page_settings: "Page settings",
  custom_domain: "Custom domains",
  organization: "Organization",
  member: "Members",
  access: "Access",
  api_key: "API keys",
};

export interface Wanted {
  actor?: string;
  kind?: string;
  /** Of the one thing that was changed. */
  id?: string;
  /** Days, 2026-11-22. */
  from?: string;
  until?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FIELDS = ["actor", "kind", "id", "from", "until"] as const satisfies (keyof Wanted)[];

/** What makes no sense in an address is left out. */
export function wantedOf(address: Pick<URLSearchParams, "get">): Wanted {
  const wanted: Wanted = {};
  for (const field of FIELDS) {
    const value = address.get(field);
    const isDay = field === "from" || field === "until";
    if (value && (!isDay || DAY.test(value)) && (field !== "kind" || value in KINDS)) wanted[field] = value;
  }
  return wanted;
}

export function addressOf(wanted: Wanted): string {
  const given = FIELDS.flatMap((field) => (wanted[field] ? [[field, wanted[field]]] : []));
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}

export function toFilter({ actor, kind, id, from, until }: Wanted, timeZone: string): AuditFilter {
  return {
    ...(actor && { actor }),
    ...(kind && { aggregate: kind }),
    ...(id && { id }),
    ...(from && { from: fromLocalInput(`${from}T00:00`, timeZone).toISOString() }),
    ...(until && { to: fromLocalInput(`${dayAfter(until)}T00:00`, timeZone).toISOString() }),
  };
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
