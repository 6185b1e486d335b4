/** The one place that knows statuses: their order, colour, shape and word. */
import type { components as Catalog } from "@/lib/api/catalog";
import type { components as Incidents } from "@/lib/api/incidents";
import type { components as Maintenance } from "@/lib/api/maintenance";

export type ServiceStatus = Catalog["schemas"]["ServiceStatus"];
export type IncidentStatus = Incidents["schemas"]["IncidentStatus"];
export type IncidentImpact = Incidents["schemas"]["IncidentImpact"];
export type MaintenanceStatus = Maintenance["schemas"]["MaintenanceStatus"];
export type AnyStatus = ServiceStatus | IncidentStatus | IncidentImpact | MaintenanceStatus;

/** How it looks. The shape tells statuses apart without any colour. */
export interface Look {
  word: string;
  tone: "ok" | "degraded" | "partial" | "major" | "window" | "none";
  shape: "check" | "dash" | "triangle" | "octagon" | "clock" | "wrench" | "eye" | "search" | "cross" | "circle";
}

/** From good to bad: a later one outweighs an earlier one. */
export const SERVICE_STATUSES = [
  "operational",
  "degraded",
  "partial_outage",
  "major_outage",
] as const satisfies ServiceStatus[];
/** In the order in which incidents usually go. */
export const INCIDENT_STATUSES = [
  "investigating",
  "identified",
  "monitoring",
  "resolved",
] as const satisfies IncidentStatus[];
export const INCIDENT_IMPACTS = ["none", "minor", "major", "critical"] as const satisfies IncidentImpact[];
export const MAINTENANCE_STATUSES = [
  "scheduled",
  "in_progress",
  "completed",
  "cancelled",
] as const satisfies MaintenanceStatus[];

const LOOKS: Record<AnyStatus, Look> = {
  operational: { word: "Operational", tone: "ok", shape: "check" },
  degraded: { word: "Degraded", tone: "degraded", shape: "dash" },
  partial_outage: { word: "Partial outage", tone: "partial", shape: "triangle" },
  major_outage: { word: "Major outage", tone: "major", shape: "octagon" },
  investigating: { word: "Investigating", tone: "major", shape: "search" },
  identified: { word: "Identified", tone: "partial", shape: "triangle" },
  monitoring: { word: "Monitoring", tone: "degraded", shape: "eye" },
  resolved: { word: "Resolved", tone: "ok", shape: "check" },
  none: { word: "No impact", tone: "none", shape: "circle" },
  minor: { word: "Minor", tone: "degraded", shape: "dash" },
  major: { word: "Major", tone: "partial", shape: "triangle" },
  critical: { word: "Critical", tone: "major", shape: "octagon" },
  scheduled: { word: "Scheduled", tone: "window", shape: "clock" },
  in_progress: { word: "In progress", tone: "window", shape: "wrench" },
  completed: { word: "Completed", tone: "ok", shape: "check" },
  cancelled: { word: "Cancelled", tone: "none", shape: "cross" },
};

export function lookOf(status: AnyStatus): Look {
  return LOOKS[status];
}

/** The worst of these; of none it is operational. */
export function worst(statuses: Iterable<ServiceStatus>): ServiceStatus {
  let found: ServiceStatus = "operational";
  for (const status of statuses) {
    if (SERVICE_STATUSES.indexOf(status) > SERVICE_STATUSES.indexOf(found)) found = status;
  }
  return found;
}

/** What the next update will most likely say; resolved stays resolved. */
export function nextIncidentStatus(status: IncidentStatus): IncidentStatus {
  return INCIDENT_STATUSES[INCIDENT_STATUSES.indexOf(status) + 1] ?? status;
}
