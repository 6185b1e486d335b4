/** What else goes on with the same services at the same time. It is allowed, and worth knowing before it is planned. */
import type { components as Incidents } from "@/lib/api/incidents";
import type { components as Maintenance } from "@/lib/api/maintenance";

type Window = Maintenance["schemas"]["Maintenance"];
type Incident = Incidents["schemas"]["Incident"];

export interface Planned {
  /** Of the window itself, when it exists already. */
  id?: string | undefined;
  start: Date;
  end: Date;
  serviceIds: string[];
}

export interface Conflict {
  kind: "window" | "incident";
  id: string;
  title: string;
  /** The names of the services that both are about. */
  services: string[];
}

/** Windows that are over or cancelled do not count; an incident counts while it is open, whenever the window is. */
export function conflictsOf(planned: Planned, windows: Window[], openIncidents: Incident[]): Conflict[] {
  const shared = ({ services }: Window | Incident) =>
    services.filter(({ service_id }) => planned.serviceIds.includes(service_id)).map(({ name }) => name ?? "");
  const overlapping = windows.filter(
    ({ id, status, scheduled_start, scheduled_end }) =>
      id !== planned.id &&
      (status === "scheduled" || status === "in_progress") &&
      new Date(scheduled_start) < planned.end &&
      new Date(scheduled_end) > planned.start,
  );
  return [
    ...overlapping.map((window) => conflict("window", window, shared(window))),
    ...openIncidents.map((incident) => conflict("incident", incident, shared(incident))),
  ].filter(({ services }) => services.length > 0);
}

function conflict(kind: Conflict["kind"], { id, title }: { id: string; title: string }, services: string[]): Conflict {
  return { kind, id, title, services };
}
