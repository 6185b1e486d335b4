import { expect, test } from "vitest";
import { addressOf, toFilter, wantedOf } from "@/features/settings/audit-filter";

test("filters are in the address, and what makes no sense there is left out", () => {
  const wanted = { actor: "a b", kind: "incident", from: "2026-11-01" };
  expect(wantedOf(new URLSearchParams(addressOf(wanted)))).toEqual(wanted);
  expect(wantedOf(new URLSearchParams("kind=party&from=yesterday&actor="))).toEqual({});
  expect(addressOf({})).toBe("");
});

test("days are the reader's, and the last one counts too", () => {
  const days = { from: "2026-10-24", until: "2026-10-25" };
  expect(toFilter(days, "Europe/Berlin")).toEqual({
    from: "2026-10-23T22:00:00.000Z",
    to: "2026-10-25T23:00:00.000Z",
  });
});
