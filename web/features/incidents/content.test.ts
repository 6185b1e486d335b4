import { expect, test } from "vitest";
import { BLANK, filledIn, impactOf, isTyped, proposedTitle, toPreview, toRequest } from "@/features/incidents/content";

const NAMES: Record<string, string> = { a: "Search", b: "Checkout", c: "API", d: "Webhooks" };
const nameOf = (id: string) => NAMES[id] ?? "";

test("a title is proposed from the services, and says how bad it is", () => {
  expect(proposedTitle({}, nameOf)).toBe("");
  expect(proposedTitle({ a: "partial_outage" }, nameOf)).toBe("Search: partial outage");
  expect(proposedTitle({ a: "degraded", b: "major_outage" }, nameOf)).toBe("Search and Checkout: major outage");
  const four = { a: "degraded", b: "degraded", c: "degraded", d: "degraded" } as const;
  expect(proposedTitle(four, nameOf)).toBe("Search, Checkout and 2 more: degraded");
  const long = proposedTitle({ a: "degraded", b: "degraded" }, () => "x".repeat(200));
  expect([long.length, long.slice(-11)]).toEqual([200, "…: degraded"]);
});

test("the impact that is proposed is that of the worst service", () => {
  expect(impactOf({})).toBe("none");
  expect(impactOf({ a: "degraded", b: "partial_outage" })).toBe("major");
});

test("what is published says what was typed, and leaves the impact to the services", () => {
  const content = { ...BLANK, affected: { a: "degraded" as const }, message: "Slow" };
  expect(toRequest(content, "Search: degraded")).toEqual({
    title: "Search: degraded",
    description: "",
    status: "investigating",
    impact: null,
    message: "Slow",
    visibility: "public",
    services: [{ service_id: "a", status: "degraded" }],
  });
});

test("what is over is written down with its times and no status", () => {
  const past = { startedAt: "2026-11-22T08:00:00Z", resolvedAt: "2026-11-22T09:00:00Z" };
  const request = toRequest({ ...BLANK, past }, "Power was out");
  expect(request).toMatchObject({ started_at: past.startedAt, resolved_at: past.resolvedAt });
  expect(request).not.toHaveProperty("status");
  expect(toPreview({ ...BLANK, past }, "Power was out")).toMatchObject({
    status: "resolved",
    resolved_at: past.resolvedAt,
  });
});

test("a template's services get what its impact means where they have no status of their own", () => {
  const services = [
    { service_id: "a", status: null },
    { service_id: "b", status: "degraded" as const },
  ];
  const filled = filledIn({
    title: "Problems",
    message: "",
    status: "identified",
    impact: "major",
    visibility: "public",
    services,
  });
  expect(filled.affected).toEqual({ a: "partial_outage", b: "degraded" });
  expect(isTyped(filled)).toBe(true);
  expect(isTyped(BLANK)).toBe(false);
});
