/** What is typed of an update before it is posted. */
import { type Affected, affectedOf, type Incident, named, type PostUpdate } from "@/features/incidents/content";
import { Drafts } from "@/lib/drafts";
import { type IncidentStatus, nextIncidentStatus } from "@/lib/status";

export interface UpdateContent {
  status: IncidentStatus;
  message: string;
  /** Null: as the incident has them. */
  affected: Affected | null;
  /** Services whose own status is to be set to operational when it is resolved. Null: all that are still bad. */
  restored: string[] | null;
  /** The version that was read before it was written. */
  version: number;
}

export function updateDrafts(organizationId: string, incidentId: string): Drafts<UpdateContent> {
  return new Drafts<UpdateContent>(`update ${incidentId}`, organizationId);
}

/** What the next update most likely says. */
export function blankUpdate(incident: Incident): UpdateContent {
  return {
    status: nextIncidentStatus(incident.status),
    message: "",
    affected: null,
    restored: null,
    version: incident.version,
  };
}

export function presentlyAffected(incident: Incident): Affected {
  return affectedOf(incident.services);
}

/** The body of POST /incidents/{id}/updates. */
export function toUpdate({ status, message, affected }: UpdateContent): PostUpdate {
  return { status, message, ...(affected && { services: named(affected) }) };
}
