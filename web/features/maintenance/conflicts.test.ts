import { expect, test } from "vitest";
import { conflictsOf } from "@/features/maintenance/conflicts";
import type { Window } from "@/features/maintenance/queries";
import type { components as Incidents } from "@/lib/api/incidents";

type Incident = Incidents["schemas"]["Incident"];

const service = (id: string) => ({ service_id: id, name: `Service ${id}` });
const window = (id: string, start: string, end: string, services: string[], status = "scheduled") =>
  ({ id, title: id, status, scheduled_start: start, scheduled_end: end, services: services.map(service) }) as Window;
const incident = (id: string, services: string[]) =>
  ({ id, title: id, services: services.map(service) }) as unknown as Incident;

const planned = {
  id: "itself",
  start: new Date("2026-12-03T02:00:00Z"),
  end: new Date("2026-12-03T04:00:00Z"),
  serviceIds: ["a", "b"],
};

test("another window conflicts when it shares time and a service, and names which", () => {
  const found = conflictsOf(
    planned,
    [
      window("shares", "2026-12-03T03:00:00Z", "2026-12-03T05:00:00Z", ["b", "c"]),
      window("itself", "2026-12-03T02:00:00Z", "2026-12-03T04:00:00Z", ["a", "b"]),
      window("begins when it ends", "2026-12-03T04:00:00Z", "2026-12-03T05:00:00Z", ["a"]),
      window("of other services", "2026-12-03T02:00:00Z", "2026-12-03T04:00:00Z", ["c"]),
      window("cancelled", "2026-12-03T02:00:00Z", "2026-12-03T04:00:00Z", ["a"], "cancelled"),
    ],
    [],
  );
  expect(found).toEqual([{ kind: "window", id: "shares", title: "shares", services: ["Service b"] }]);
});

test("an open incident of the same services is told", () => {
  const found = conflictsOf(planned, [], [incident("down", ["a"]), incident("elsewhere", ["c"])]);
  expect(found.map(({ kind, id }) => [kind, id])).toEqual([["incident", "down"]]);
});
