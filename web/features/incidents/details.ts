/** What is said of an incident as a whole, as two people may change it at once. Pure. */
import type { Clash } from "@/components/conflict";
import { type Affected, affectedOf, type Content, type Incident, named } from "@/features/incidents/content";
import type { components } from "@/lib/api/incidents";
import { type IncidentImpact, lookOf } from "@/lib/status";
import { absolute } from "@/lib/time";

export interface Details {
  title: string;
  description: string;
  /** Null: what the services come to. */
  impact: IncidentImpact | null;
  affected: Affected;
  visibility: Content["visibility"];
  /** Of one that was over when it was written down; others have no times that could be changed. */
  past: Content["past"];
}

export function detailsOf(incident: Incident): Details {
  const { title, description, impact, visibility, started_at, resolved_at, created_at } = incident;
  const wasOver = resolved_at !== null && Date.parse(started_at) < Date.parse(created_at);
  return {
    title,
    description,
    impact,
    affected: affectedOf(incident.services),
    visibility,
    past: wasOver ? { startedAt: started_at, resolvedAt: resolved_at } : null,
  };
}

const FIELDS = ["title", "description", "impact", "affected", "visibility", "past"] as const;
type Field = (typeof FIELDS)[number];

function changed(before: Details, after: Details): Field[] {
  return FIELDS.filter((field) => canonical(before[field]) !== canonical(after[field]));
}

/** The body of PATCH /incidents/{id}: what somebody else changed meanwhile stays. Null when nothing changed. */
export function toChange(before: Details, mine: Details): components["schemas"]["ChangeIncident"] | null {
  const fields = new Set(changed(before, mine));
  if (fields.size === 0) return null;
  const { title, description, impact, affected, visibility, past } = mine;
  // Without an impact it follows the services, which therefore must be said.
  const namesServices = fields.has("affected") || (fields.has("impact") && impact === null);
  return {
    ...(fields.has("title") && { title }),
    ...(fields.has("description") && { description }),
    ...(namesServices && { services: named(affected) }),
    ...(impact !== null && (fields.has("impact") || namesServices) && { impact }),
    ...(fields.has("visibility") && { visibility }),
    ...(fields.has("past") && past && { started_at: past.startedAt, resolved_at: past.resolvedAt }),
  };
}

const LABELS: Record<Field, string> = {
  title: "Title",
  description: "Description",
  impact: "Impact",
  affected: "Affected services",
  visibility: "Who sees it",
  past: "Times",
};

/** What both changed, each in their own way. */
export function clashesOf(before: Details, theirs: Details, mine: Details, nameOf: (id: string) => string): Clash[] {
  const byMe = new Set(changed(before, mine));
  const different = new Set(changed(theirs, mine));
  return changed(before, theirs)
    .filter((field) => byMe.has(field) && different.has(field))
    .map((field) => ({
      field: LABELS[field],
      theirs: inWords(theirs, field, nameOf),
      mine: inWords(mine, field, nameOf),
    }));
}

/** Theirs, with what I changed. */
export function merged(before: Details, theirs: Details, mine: Details): Details {
  const byMe = changed(before, mine);
  return { ...theirs, ...Object.fromEntries(byMe.map((field) => [field, mine[field]])) };
}

function inWords(details: Details, field: Field, nameOf: (id: string) => string): string {
  const { affected, impact, past, visibility } = details;
  switch (field) {
    case "affected":
      return Object.entries(affected)
        .map(([id, status]) => `${nameOf(id)}: ${lookOf(status).word}`)
        .join("\n");
    case "impact":
      return impact ? lookOf(impact).word : "As the services";
    case "visibility":
      return visibility === "public" ? "Everybody" : "Members alone";
    case "past":
      return past ? `${absolute(past.startedAt)} to ${absolute(past.resolvedAt)}` : "";
    default:
      return details[field];
  }
}

/** The same for the same, in whatever order services are. */
function canonical(value: Details[Field]): string {
  const isMap = typeof value === "object" && value !== null;
  return JSON.stringify(isMap ? Object.entries(value).sort(([one], [other]) => one.localeCompare(other)) : value);
}
