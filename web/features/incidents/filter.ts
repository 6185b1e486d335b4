/** Which incidents are listed, as the address says it, so that a list can be linked to and gone back to. Pure. */
import type { IncidentFilter } from "@/lib/queries";
import { fromLocalInput } from "@/lib/time";

export interface Filter {
  state: "all" | "open" | "resolved";
  serviceId: string | null;
  /** Days such as 2026-11-22, both included. */
  from: string | null;
  until: string | null;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function fromAddress(parameters: Pick<URLSearchParams, "get">): Filter {
  const [state, service] = [parameters.get("state"), parameters.get("service")];
  const day = (name: string) => {
    const value = parameters.get(name);
    return value && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : null;
  };
  return {
    state: state === "open" || state === "resolved" ? state : "all",
    serviceId: service && UUID.test(service) ? service : null,
    from: day("from"),
    until: day("until"),
  };
}

/** "?state=open&from=2026-11-01", or nothing. */
export function toAddress({ state, serviceId, from, until }: Filter): string {
  const parameters = new URLSearchParams();
  if (state !== "all") parameters.set("state", state);
  if (serviceId) parameters.set("service", serviceId);
  if (from) parameters.set("from", from);
  if (until) parameters.set("until", until);
  const text = parameters.toString();
  return text && `?${text}`;
}

/** As the API has it, for open ones or for those that are over. Days begin in the organization's time zone. */
export function toQuery(filter: Filter, state: "open" | "resolved", timeZone: string): IncidentFilter {
  const { serviceId, from, until } = filter;
  return {
    state,
    ...(serviceId && { service_id: serviceId }),
    ...(from && { started_from: beginning(from, timeZone) }),
    ...(until && { started_until: beginning(dayAfter(until), timeZone) }),
  };
}

export function isFiltered({ state, serviceId, from, until }: Filter): boolean {
  return state !== "all" || Boolean(serviceId ?? from ?? until);
}

function beginning(day: string, timeZone: string): string {
  return fromLocalInput(`${day}T00:00`, timeZone).toISOString();
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
