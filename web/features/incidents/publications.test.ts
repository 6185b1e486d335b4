import { beforeEach, expect, test } from "vitest";
import { forget, holds, published, usePublications, visible } from "@/features/incidents/publications";

beforeEach(() => usePublications.setState({}, true));

test("a page holds an incident once it has the update, not before", () => {
  const page = { incidents: [{ id: "one", updates: [{ id: "first" }] }] };
  expect(holds(page, "one", "first")).toBe(true);
  expect(holds(page, "one", "second")).toBe(false);
  expect(holds(page, "other", "first")).toBe(false);
});

test("how long it took is what it took the first time, and is forgotten on demand", () => {
  published("one", "first", 1000);
  visible("one", 1200);
  visible("one", 9000);
  expect(usePublications.getState().one?.visibleAfterMs).toBe(200);
  forget("one");
  expect(usePublications.getState()).toEqual({});
});
