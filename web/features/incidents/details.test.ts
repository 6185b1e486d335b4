import { expect, test } from "vitest";
import type { Incident } from "@/features/incidents/content";
import { clashesOf, type Details, detailsOf, merged, toChange } from "@/features/incidents/details";

const BEFORE: Details = {
  title: "Search slow",
  description: "",
  impact: "minor",
  affected: { a: "degraded" },
  visibility: "public",
  past: null,
};
const nameOf = (id: string) => id.toUpperCase();

test("only what changed is sent", () => {
  expect(toChange(BEFORE, BEFORE)).toBeNull();
  expect(toChange(BEFORE, { ...BEFORE, title: "Search down" })).toEqual({ title: "Search down" });
});

test("other services come with the impact that was chosen, or leave it to themselves", () => {
  const services = [{ service_id: "a", status: "major_outage" }];
  const affected = { a: "major_outage" as const };
  expect(toChange(BEFORE, { ...BEFORE, affected, impact: null })).toEqual({ services });
  expect(toChange(BEFORE, { ...BEFORE, affected })).toEqual({ services, impact: "minor" });
  expect(toChange(BEFORE, { ...BEFORE, impact: "critical" })).toEqual({ impact: "critical" });
});

test("the order of services is no change", () => {
  const one: Details = { ...BEFORE, affected: { a: "degraded", b: "degraded" } };
  const other: Details = { ...BEFORE, affected: { b: "degraded", a: "degraded" } };
  expect(toChange(one, other)).toBeNull();
});

test("theirs and mine clash where both changed the same in different ways", () => {
  const theirs: Details = { ...BEFORE, title: "Search is down", visibility: "internal" };
  const mine: Details = { ...BEFORE, title: "Search fails", visibility: "internal", description: "x" };
  expect(clashesOf(BEFORE, theirs, mine, nameOf)).toEqual([
    { field: "Title", theirs: "Search is down", mine: "Search fails" },
  ]);
  expect(merged(BEFORE, theirs, mine)).toEqual({ ...theirs, title: "Search fails", description: "x" });
});

test("a clash over services names them", () => {
  const theirs: Details = { ...BEFORE, affected: { a: "major_outage" } };
  const mine: Details = { ...BEFORE, affected: {} };
  expect(clashesOf(BEFORE, theirs, mine, nameOf)).toEqual([
    { field: "Affected services", theirs: "A: Major outage", mine: "" },
  ]);
});

test("an incident has times to change only if it was over when it was written down", () => {
  const incident: Incident = {
    id: "1",
    title: "x",
    description: "",
    status: "resolved",
    impact: "none",
    started_at: "2026-11-22T08:00:00Z",
    resolved_at: "2026-11-22T09:00:00Z",
    created_at: "2026-11-22T10:00:00Z",
    updated_at: "2026-11-22T10:00:00Z",
    visibility: "public",
    version: 1,
    services: [],
    updates: [],
  };
  expect(detailsOf(incident).past).toEqual({ startedAt: incident.started_at, resolvedAt: incident.resolved_at });
  expect(detailsOf({ ...incident, created_at: incident.started_at }).past).toBeNull();
});
