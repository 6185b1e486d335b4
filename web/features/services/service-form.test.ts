import { expect, test } from "vitest";
import { BLANK, changesOf, settle } from "@/features/services/service-form";

const BEFORE = { ...BLANK, name: "API", description: "For partners", start_date: "2026-01-01" };

test("only what was changed is sent, and a first day is never taken away", () => {
  expect(changesOf(BEFORE, BEFORE)).toEqual({});
  expect(changesOf(BEFORE, { ...BEFORE, name: "REST API", description: "", start_date: "" })).toEqual({
    name: "REST API",
    description: "",
  });
});

test("what only one of two changed is as they wrote it; where both did, one of them must decide", () => {
  const mine = { ...BEFORE, name: "REST API", description: "For everybody" };
  const theirs = { ...BEFORE, name: "Partner API", start_date: "2026-02-01" };
  expect(settle(BEFORE, mine, theirs)).toEqual({
    mine: { ...theirs, name: "REST API", description: "For everybody" },
    theirs: { ...theirs, description: "For everybody" },
    clashes: [{ field: "Name", theirs: "Partner API", mine: "REST API" }],
  });
  expect(settle(BEFORE, mine, mine).clashes).toEqual([]);
});
