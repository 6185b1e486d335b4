import { expect, test } from "vitest";
import { type Domain, detailOf, lookOfDomain } from "@/features/settings/domain-words";

const DOMAIN = {
  status: "pending",
  finding: null,
  failing_since: null,
  ends_at: "2026-11-29T12:00:00Z",
} as Domain;

test("one that waits says what was found, and until when it is looked for", () => {
  expect(detailOf(DOMAIN)).toBe("It is looked for now.");
  expect(detailOf({ ...DOMAIN, finding: "different" })).toMatch(/another value.+until Sun,? 29 Nov/);
  expect(detailOf({ ...DOMAIN, finding: "taken" })).toContain("another organization");
});

test("one whose record is gone says since when, and when it ends", () => {
  const failing: Domain = { ...DOMAIN, status: "failing", finding: "missing", failing_since: "2026-11-22T12:00:00Z" };
  expect(lookOfDomain(failing).word).toBe("Live, record missing");
  expect(detailOf(failing)).toMatch(/since Sun,? 22 Nov.+released on Sun,? 29 Nov/);
});
