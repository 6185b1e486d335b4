import { expect, test } from "vitest";
import { fromAddress, toAddress, toQuery } from "@/features/incidents/filter";

test("the address holds the filter, and an odd one shows everything", () => {
  const address = "?state=open&service=0199e6b1-5a40-7c3e-9d55-0f4b1c7a2e10&from=2026-11-01&until=2026-11-22";
  expect(toAddress(fromAddress(new URLSearchParams(address)))).toBe(address);
  expect(toAddress(fromAddress(new URLSearchParams("?state=odd&from=yesterday&until=2026-99-99&service=x")))).toBe("");
});

test("days begin where the organization is, also when clocks change, and the last one is included", () => {
  const filter = fromAddress(new URLSearchParams("?from=2026-10-25&until=2026-10-25"));
  expect(toQuery(filter, "open", "Europe/Berlin")).toEqual({
    state: "open",
    started_from: "2026-10-24T22:00:00.000Z",
    started_until: "2026-10-25T23:00:00.000Z",
  });
});
