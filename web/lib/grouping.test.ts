import { expect, test } from "vitest";
import type { components } from "@/lib/api/catalog";
import { grouped } from "@/lib/grouping";

type Schemas = components["schemas"];
const service = (id: string) => ({ id, name: id }) as Schemas["ServiceView"];
const entry = (id: string): Schemas["ServiceEntry-Output"] => ({ type: "service", id });
const group = (name: string, ids: string[], groups: Schemas["GroupEntry-Output"][] = []) =>
  ({
    type: "group",
    id: name,
    name,
    collapsed: false,
    entries: ids.map(entry),
    groups,
  }) as Schemas["GroupEntry-Output"];

const layout = (entries: Schemas["Layout"]["entries"]): Schemas["Layout"] => ({ entries, version: 1, updated_at: "" });

function shown(...parameters: Parameters<typeof grouped>) {
  return grouped(...parameters).map(({ names, services }) => [names.join("/"), services.map(({ id }) => id).join(" ")]);
}

test("services are in the order of the page, below all the groups that they are in", () => {
  const entries = [entry("a"), entry("b"), group("Web", ["c"], [group("Inner", ["d"])]), entry("e")];
  expect(shown(layout(entries), ["e", "d", "c", "b", "a"].map(service))).toEqual([
    ["", "a b"],
    ["Web", "c"],
    ["Web/Inner", "d"],
    ["", "e"],
  ]);
});

test("what the layout does not know is last, and what it knows and is gone is not there", () => {
  expect(shown(layout([group("Web", ["gone"]), entry("a")]), ["new", "a"].map(service))).toEqual([
    ["", "a"],
    ["", "new"],
  ]);
});
