/** What an entry of the audit says, for people. */
import type { AuditEntry } from "@/features/settings/queries";

export interface Changed {
  field: string;
  /** Undefined where it was, or is, not there. */
  before: string | undefined;
  after: string | undefined;
}

// They change with everything, and say nothing of what was done.
const ALWAYS = new Set(["version", "updated_at"]);

/** "incident.update_posted" is "Incident update posted". */
export function doneOf(action: string): string {
  const words = action.replace(/[._]/g, " ").replace(/^api/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What it was done to, by its name at that time; a status is known by its service's. What has neither needs none. */
export function nameOf({ after, before, aggregate_id }: AuditEntry, services: Map<string, string>): string {
  for (const said of [after, before]) {
    const name = said?.title ?? said?.name ?? said?.email;
    if (typeof name === "string") return name;
  }
  return services.get(aggregate_id) ?? "";
}

/** Fields that are not what they were. What was made or deleted is told whole. */
export function changesOf({ before, after }: AuditEntry): Changed[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return [...fields]
    .filter((field) => !ALWAYS.has(field))
    .map((field) => ({ field, before: written(before?.[field]), after: written(after[field]) }))
    .filter((changed) => changed.before !== changed.after);
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
