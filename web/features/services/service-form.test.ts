import { expect, test } from "vitest";
import { BLANK, changesOf, clashesOf } from "@/features/services/service-form";

const BEFORE = { ...BLANK, name: "API", description: "For partners", start_date: "2026-01-01" };

test("only what was changed is sent, and a first day is never taken away", () => {
  expect(changesOf(BEFORE, BEFORE)).toEqual({});
  expect(changesOf(BEFORE, { ...BEFORE, name: "REST API", description: "", start_date: "" })).toEqual({
    name: "REST API",
    description: "",
  });
});

test("two changes of different fields do not clash, of the same they do", () => {
  const mine = { ...BEFORE, name: "REST API" };
  expect(clashesOf(BEFORE, mine, { ...BEFORE, description: "For all" })).toEqual([]);
  expect(clashesOf(BEFORE, mine, mine)).toEqual([]);
  expect(clashesOf(BEFORE, mine, { ...BEFORE, name: "Partner API" })).toEqual([
    { field: "Name", theirs: "Partner API", mine: "REST API" },
  ]);
});
