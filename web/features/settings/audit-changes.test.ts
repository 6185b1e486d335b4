import { expect, test } from "vitest";
import { changesOf, doneOf, nameOf } from "@/features/settings/audit-changes";
import type { AuditEntry } from "@/features/settings/queries";

const entry = (before: AuditEntry["before"], after: AuditEntry["after"]): AuditEntry => ({
  id: "e",
  at: "2026-11-22T12:00:00Z",
  actor: null,
  action: "service.updated",
  aggregate_id: "s",
  version: 2,
  service: "catalog",
  traceparent: null,
  before,
  after,
});

test("only what is not as it was is told", () => {
  const changed = entry(
    { name: "Shop", description: "", version: 1, tags: ["a"] },
    { name: "Store", description: "", version: 2, tags: ["a"], visibility: "public" },
  );
  expect(changesOf(changed)).toEqual([
    { field: "name", before: "Shop", after: "Store" },
    { field: "visibility", before: undefined, after: "public" },
  ]);
  expect(nameOf(changed, new Map())).toBe("Store");
});

test("what has no name is called as it was before, or as its service is", () => {
  expect(nameOf(entry({ title: "Cards fail" }, { id: "s" }), new Map())).toBe("Cards fail");
  expect(nameOf(entry(null, { service_id: "s" }), new Map([["s", "Shop"]]))).toBe("Shop");
  expect(nameOf(entry(null, { id: "s" }), new Map())).toBe("");
  expect(doneOf("incident.update_posted")).toBe("Incident update posted");
  expect(doneOf("api_key.revoked")).toBe("API key revoked");
});
