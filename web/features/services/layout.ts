/**
 * The order of the page, and how it may be changed. Pure.
 *
 * A change says where something is to be and not how to get there, so that it means the same on what somebody else changed meanwhile, and
 * the second time nothing. A group has its own services first, then the groups in it; beside all groups both may stand in any order.
 */
import type { components } from "@/lib/api/catalog";

export type Group = components["schemas"]["GroupEntry-Output"];
export type Entry = components["schemas"]["ServiceEntry-Output"] | Group;

export const DEPTH_MAX = 5;

/** `into` null: beside all groups. `before` null, or not there: at the end. */
interface Place {
  into: string | null;
  before: string | null;
}

export type Change =
  | ({ kind: "place"; id: string } & Place)
  | ({ kind: "put"; entry: Entry } & Place)
  | { kind: "edit"; id: string; name?: string; collapsed?: boolean }
  /** Of a group: what is in it takes its place. */
  | { kind: "remove"; id: string };

/** The order of those services that exist; those that were never placed are last. */
export function orderOf(layout: { entries: Entry[] }, services: { id: string }[]): Entry[] {
  const missing = new Set(services.map(({ id }) => id));
  const known = inEvery(layout.entries, (entries) =>
    entries.filter((entry) => entry.type === "group" || missing.delete(entry.id)),
  );
  return [...known, ...[...missing].map((id) => ({ type: "service" as const, id }))];
}

export function apply(order: Entry[], change: Change): Entry[] {
  switch (change.kind) {
    case "place": {
      const entry = find(order, change.id)?.entry;
      return entry ? place(order, entry, change) : order;
    }
    case "put": {
      const { entry } = change;
      const inside = new Set(idsIn(entry));
      return place(without(order, inside), entry, change);
    }
    case "edit": {
      const { kind: _, ...said } = change;
      return inEvery(order, (entries) =>
        entries.map((entry) => (entry.type === "group" && entry.id === change.id ? { ...entry, ...said } : entry)),
      );
    }
    case "remove":
      return inEvery(order, (entries) =>
        entries.flatMap((entry) => (entry.type === "group" && entry.id === change.id ? childrenOf(entry) : entry)),
      );
  }
}

/** What takes a change of `order` back. */
export function inverse(order: Entry[], change: Change): Change | null {
  const id = change.kind === "put" ? change.entry.id : change.id;
  const found = find(order, id);
  if (!found) return change.kind === "put" ? { kind: "remove", id } : null;
  const { entry, siblings, index, group } = found;
  const where = { into: group?.id ?? null, before: siblings[index + 1]?.id ?? null };
  if (change.kind === "place") return { kind: "place", id, ...where };
  if (entry.type !== "group") return null;
  if (change.kind === "edit") return { kind: "edit", id, name: entry.name, collapsed: entry.collapsed };
  return { kind: "put", entry, ...where };
}

export type Direction = "up" | "down" | "in" | "out";

export interface Move {
  change: Change;
  /** The group that it leads into or out of. */
  group: string | null;
}

/** Where something can go from where it is. */
export function moveOf(order: Entry[], id: string, direction: Direction): Move | null {
  const found = find(order, id);
  if (!found) return null;
  const { entry, siblings, index, group, above } = found;
  const to = (place: Place, name: string | null = null) => ({
    change: { kind: "place" as const, id, ...place },
    group: name,
  });
  const into = group?.id ?? null;
  switch (direction) {
    case "up": {
      const before = siblings[index - 1];
      return before && (!group || before.type === entry.type) ? to({ into, before: before.id }) : null;
    }
    case "down": {
      const after = siblings[index + 1];
      return after && (!group || after.type === entry.type)
        ? to({ into, before: siblings[index + 2]?.id ?? null })
        : null;
    }
    case "in": {
      const groupsBefore = siblings.slice(0, index).filter(isGroup);
      const target = groupsBefore.at(-1) ?? siblings.slice(index + 1).find(isGroup);
      if (!target || found.depth + 1 + heightOf(entry) > DEPTH_MAX) return null;
      const isBehind = target === groupsBefore.at(-1);
      return to({ into: target.id, before: isBehind ? null : (childrenOf(target)[0]?.id ?? null) }, target.name);
    }
    case "out": {
      if (!group) return null;
      const neighbours = above ? childrenOf(above) : order;
      const next = neighbours[neighbours.findIndex((each) => each.id === group.id) + 1];
      return to({ into: above?.id ?? null, before: next?.id ?? null }, group.name);
    }
  }
}

/** "2 of 5 in Website". */
export function placeInWords(order: Entry[], id: string): string {
  const found = find(order, id);
  if (!found) return "";
  const { index, siblings, group } = found;
  return `${index + 1} of ${siblings.length}${group ? ` in ${group.name}` : ""}`;
}

/** Every group, with the names of those that it is in. */
export function groupsOf(order: Entry[], above: string[] = []): { id: string; names: string[] }[] {
  return order.filter(isGroup).flatMap((group) => {
    const names = [...above, group.name];
    return [{ id: group.id, names }, ...groupsOf(group.groups, names)];
  });
}

/** The ids of an entry and of everything in it. */
export function idsIn(entry: Entry): string[] {
  return [entry.id, ...(isGroup(entry) ? childrenOf(entry).flatMap(idsIn) : [])];
}

export function childrenOf(group: Group): Entry[] {
  return [...group.entries, ...group.groups];
}

interface Found {
  entry: Entry;
  siblings: Entry[];
  index: number;
  /** Null beside all groups. */
  group: Group | null;
  /** The group that `group` is in. */
  above: Group | null;
  /** In how many groups it is. */
  depth: number;
}

function find(
  siblings: Entry[],
  id: string,
  group: Group | null = null,
  above: Group | null = null,
  depth = 0,
): Found | null {
  for (const [index, entry] of siblings.entries()) {
    if (entry.id === id) return { entry, siblings, index, group, above, depth };
    const inside = isGroup(entry) ? find(childrenOf(entry), id, entry, group, depth + 1) : null;
    if (inside) return inside;
  }
  return null;
}

function place(order: Entry[], entry: Entry, { into, before }: Place): Entry[] {
  const others = without(order, new Set([entry.id]));
  // A group cannot be in itself, and the group that it was to be in may be gone.
  if (into !== null && !find(others, into)) return order;
  return inEvery(others, (entries, at) => {
    if (at !== into) return entries;
    const index = entries.findIndex(({ id }) => id === before);
    return index === -1 ? [...entries, entry] : entries.toSpliced(index, 0, entry);
  });
}

function without(order: Entry[], ids: Set<string>): Entry[] {
  return inEvery(order, (entries) => entries.filter(({ id }) => !ids.has(id)));
}

/** With what `change` makes of what is beside all groups (null), and of what is in each of them. */
function inEvery(
  entries: Entry[],
  change: (entries: Entry[], at: string | null) => Entry[],
  at: string | null = null,
): Entry[] {
  return change(entries, at).map((entry) => {
    if (!isGroup(entry)) return entry;
    const inside = inEvery(childrenOf(entry), change, entry.id);
    return { ...entry, entries: inside.filter((each) => !isGroup(each)), groups: inside.filter(isGroup) };
  });
}

/** How many groups deep it is itself: none for a service. */
function heightOf(entry: Entry): number {
  return isGroup(entry) ? 1 + Math.max(0, ...entry.groups.map(heightOf)) : 0;
}

function isGroup(entry: Entry): entry is Group {
  return entry.type === "group";
}
