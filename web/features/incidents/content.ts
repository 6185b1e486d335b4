/** What is typed of an incident before anybody else sees it, and the requests that it becomes. Pure. */
import type { components } from "@/lib/api/incidents";
import type { components as Public } from "@/lib/api/public";
import { type IncidentImpact, type IncidentStatus, lookOf, type ServiceStatus, worst } from "@/lib/status";

export type Incident = components["schemas"]["Incident"];
export type IncidentUpdate = components["schemas"]["IncidentUpdate"];
export type OpenIncident = components["schemas"]["OpenIncident"];
export type PostUpdate = components["schemas"]["PostUpdate"];
export type Proposal = components["schemas"]["ProposedIncident"];
export type Visibility = components["schemas"]["Visibility"];
type Preview = Public["schemas"]["TypedIncident"];

/** What the incident puts on services, by their ids. */
export type Affected = Record<string, ServiceStatus>;

export interface Content {
  /** Null: the one that is proposed. */
  title: string | null;
  status: IncidentStatus;
  /** Null: what the statuses of the services come to. */
  impact: IncidentImpact | null;
  affected: Affected;
  message: string;
  visibility: Visibility;
  /** When it was, of one that is over already. */
  past: { startedAt: string; resolvedAt: string } | null;
}

export const BLANK: Content = {
  title: null,
  status: "investigating",
  impact: null,
  affected: {},
  message: "",
  visibility: "public",
  past: null,
};

const TITLE_MAX = 200;

/** "Search: partial outage", "Search, Checkout and 2 more: degraded"; empty as long as no service is chosen. */
export function proposedTitle(affected: Affected, nameOf: (id: string) => string): string {
  const names = Object.keys(affected).map(nameOf);
  const [first, second, ...rest] = names;
  if (first === undefined) return "";
  const shown = rest.length > 0 ? `${first}, ${second} and ${rest.length} more` : names.join(" and ");
  const how = `: ${lookOf(worst(Object.values(affected))).word.toLowerCase()}`;
  const room = TITLE_MAX - how.length;
  return (shown.length > room ? `${shown.slice(0, room - 1)}…` : shown) + how;
}

export function named(affected: Affected): components["schemas"]["AffectedService"][] {
  return Object.entries(affected).map(([service_id, status]) => ({ service_id, status }));
}

/** Of services as an API has them. A template may leave a status to the impact. */
export function affectedOf(
  services: readonly { service_id: string; status: ServiceStatus | null }[],
  impact: IncidentImpact | null = null,
): Affected {
  return Object.fromEntries(services.map(({ service_id, status }) => [service_id, status ?? meaning(impact)]));
}

const MEANINGS: Record<IncidentImpact, ServiceStatus> = {
  none: "operational",
  minor: "degraded",
  major: "partial_outage",
  critical: "major_outage",
};

/** What an impact means for a service, as the incidents service has it. */
function meaning(impact: IncidentImpact | null): ServiceStatus {
  return impact ? MEANINGS[impact] : "degraded";
}

/** The impact that statuses come to. */
export function impactOf(affected: Affected): IncidentImpact {
  const found = worst(Object.values(affected));
  return (Object.keys(MEANINGS) as IncidentImpact[]).find((impact) => MEANINGS[impact] === found) ?? "none";
}

export function filledIn(proposal: Proposal): Content {
  return {
    ...BLANK,
    title: proposal.title,
    status: proposal.status,
    impact: proposal.impact,
    affected: affectedOf(proposal.services, proposal.impact),
    message: proposal.message,
    visibility: proposal.visibility,
  };
}

/** The body of POST /incidents. */
export function toRequest(content: Content, title: string): OpenIncident {
  const { status, impact, affected, message, visibility, past } = content;
  const common = { title, description: "", impact, message, visibility, services: named(affected) };
  return past ? { ...common, started_at: past.startedAt, resolved_at: past.resolvedAt } : { ...common, status };
}

export function toPreview(content: Content, title: string): Preview {
  const { affected, message, past } = content;
  const status = past ? "resolved" : content.status;
  return {
    kind: "incident",
    title,
    description: "",
    status,
    impact: content.impact ?? impactOf(affected),
    services: named(affected),
    updates: [{ status, message, created_at: past?.resolvedAt }],
    ...(past && { started_at: past.startedAt, resolved_at: past.resolvedAt }),
  };
}

/** The incident as it will be with one update more. */
export function updatedPreview(incident: Incident, update: PostUpdate): Preview {
  const status = update.status ?? incident.status;
  const said = incident.updates.map(({ status, message, created_at }) => ({ status, message, created_at }));
  return {
    kind: "incident",
    title: incident.title,
    description: incident.description,
    status,
    impact: update.services ? impactOf(affectedOf(update.services as Incident["services"])) : incident.impact,
    services: update.services ?? incident.services.map(({ service_id, status }) => ({ service_id, status })),
    started_at: incident.started_at,
    updates: [...said, { status, message: update.message }],
  };
}

/** Whether something of it would be lost. */
export function isTyped(content: Content): boolean {
  return JSON.stringify(content) !== JSON.stringify(BLANK);
}
