/** What this browser published, and since when visitors see it. */
import { create } from "zustand";

export interface Published {
  /** The update that visitors are to see. */
  updateId: string;
  sentAt: number;
  /** How long it took, once they do. */
  visibleAfterMs: number | null;
}

/** By the incident's id; the last one only. */
export const usePublications = create<Record<string, Published>>(() => ({}));

export function published(incidentId: string, updateId: string, sentAt: number): void {
  usePublications.setState({ [incidentId]: { updateId, sentAt, visibleAfterMs: null } });
}

export function visible(incidentId: string, now: number): void {
  usePublications.setState((all) => {
    const known = all[incidentId];
    return known && known.visibleAfterMs === null
      ? { [incidentId]: { ...known, visibleAfterMs: now - known.sentAt } }
      : all;
  });
}

export function forget(incidentId: string): void {
  usePublications.setState(({ [incidentId]: _, ...others }) => others, true);
}

/** Whether the page of visitors has the update. */
export function holds(page: { incidents: readonly object[] }, incidentId: string, updateId: string): boolean {
  const shown = page.incidents as { id: string; updates: { id: string }[] }[];
  return shown.some(({ id, updates }) => id === incidentId && updates.some((update) => update.id === updateId));
}
