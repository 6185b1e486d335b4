import { expect, test } from "vitest";
import {
  apply,
  type Change,
  childrenOf,
  type Direction,
  type Entry,
  type Group,
  groupsOf,
  idsIn,
  inverse,
  moveOf,
  orderOf,
  placeInWords,
} from "@/features/services/layout";

const service = (id: string) => ({ type: "service" as const, id });
const group = (id: string, entries: string[], groups: Group[] = []): Group => ({
  type: "group",
  id,
  name: id,
  collapsed: false,
  entries: entries.map(service),
  groups,
});
/** a, W(b, c), d, P(e, I(f)) */
const ORDER: Entry[] = [service("a"), group("W", ["b", "c"]), service("d"), group("P", ["e"], [group("I", ["f"])])];

const written = (order: Entry[]): string =>
  order.map((each) => (each.type === "group" ? `${each.id}(${written(childrenOf(each))})` : each.id)).join(" ");

function moved(order: Entry[], id: string, direction: Direction): string {
  const move = moveOf(order, id, direction);
  return move ? written(apply(order, move.change)) : "stays";
}

test("beside all groups things move past each other", () => {
  expect(moved(ORDER, "d", "up")).toBe("a d W(b c) P(e I(f))");
  expect(moved(ORDER, "W", "down")).toBe("a d W(b c) P(e I(f))");
  expect(moved(ORDER, "a", "up")).toBe("stays");
});

test("within a group services move among services and groups among groups", () => {
  expect(moved(ORDER, "c", "up")).toBe("a W(c b) d P(e I(f))");
  expect(moved(ORDER, "e", "down")).toBe("stays");
  expect(moved(ORDER, "I", "up")).toBe("stays");
});

test("into the group before, or else behind, and out of it beside it", () => {
  expect(moved(ORDER, "d", "in")).toBe("a W(b c d) P(e I(f))");
  expect(moved(ORDER, "a", "in")).toBe("W(a b c) d P(e I(f))");
  expect(moved(ORDER, "P", "in")).toBe("a W(b c P(e I(f))) d");
  expect(moved(ORDER, "f", "out")).toBe("a W(b c) d P(e f I())");
  expect(moved(ORDER, "b", "out")).toBe("a W(c) b d P(e I(f))");
  expect(moved(ORDER, "I", "out")).toBe("a W(b c) d P(e) I(f)");
});

test("groups are not more than five deep", () => {
  const deep = group("1", [], [group("2", [], [group("3", [], [group("4", [], [group("5", [])])])])]);
  expect(moved([service("s"), deep], "s", "in")).not.toBe("stays");
  expect(moved([deep, group("x", [])], "x", "in")).not.toBe("stays");
  expect(moved([group("x", []), deep], "1", "in")).toBe("stays");
});

test("every move keeps everything, means nothing the second time, and can be taken back", () => {
  const all = ORDER.flatMap(idsIn).sort();
  for (const id of all) {
    for (const direction of ["up", "down", "in", "out"] as const) {
      const move = moveOf(ORDER, id, direction);
      if (!move) continue;
      const after = apply(ORDER, move.change);
      expect(after.flatMap(idsIn).sort()).toEqual(all);
      expect(written(apply(after, move.change))).toBe(written(after));
      expect(written(apply(after, inverse(ORDER, move.change) as Change))).toBe(written(ORDER));
    }
  }
});

test("a group is made, named, closed and removed, and all of it can be taken back", () => {
  const changes: Change[] = [
    { kind: "put", entry: group("new", []), into: null, before: null },
    { kind: "edit", id: "W", name: "Web" },
    { kind: "edit", id: "P", collapsed: true },
    { kind: "remove", id: "P" },
  ];
  for (const change of changes) {
    const after = apply(ORDER, change);
    expect(after).not.toEqual(ORDER);
    expect(apply(after, inverse(ORDER, change) as Change)).toEqual(ORDER);
  }
  expect(written(apply(ORDER, { kind: "remove", id: "P" }))).toBe("a W(b c) d e I(f)");
});

test("a place that is gone is the end, and a group that is gone changes nothing", () => {
  expect(written(apply(ORDER, { kind: "place", id: "a", into: "W", before: "gone" }))).toBe("W(b c a) d P(e I(f))");
  expect(apply(ORDER, { kind: "place", id: "a", into: "gone", before: null })).toBe(ORDER);
  expect(apply(ORDER, { kind: "place", id: "P", into: "I", before: null })).toBe(ORDER);
});

test("deleted services are left out, and those that were never placed are last", () => {
  const known = ["b", "c", "d", "e", "f", "new"].map((id) => ({ id }));
  expect(written(orderOf({ entries: ORDER }, known))).toBe("W(b c) d P(e I(f)) new");
});

test("places and groups are said in words", () => {
  expect(placeInWords(ORDER, "c")).toBe("2 of 2 in W");
  expect(placeInWords(ORDER, "d")).toBe("3 of 4");
  expect(groupsOf(ORDER).map(({ names }) => names.join(" / "))).toEqual(["W", "P", "P / I"]);
});
