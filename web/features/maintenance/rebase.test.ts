import { expect, test } from "vitest";
import { newValues } from "@/features/maintenance/form-values";
import { rebase } from "@/features/maintenance/rebase";

const before = { ...newValues("2026-12-01", "UTC", new Date("2026-11-22T12:00Z")), title: "Before" };

test("what each one left alone the other one decides", () => {
  const found = rebase(before, { ...before, description: "Mine" }, { ...before, title: "Theirs" });
  expect(found.clashes).toEqual([]);
  expect(found.mine).toEqual({ ...before, title: "Theirs", description: "Mine" });
  expect(found.theirs).toEqual(found.mine);
});

test("where both changed it they clash, and nothing of either is lost", () => {
  const mine = { ...before, title: "Mine", services: ["a"] };
  const found = rebase(before, mine, { ...before, title: "Theirs" });
  expect(found.clashes).toEqual(["title"]);
  expect(found.mine).toEqual(mine);
  expect(found.theirs).toEqual({ ...mine, title: "Theirs" });
});

test("who changed it alike does not clash", () => {
  const same = { ...before, reminder_minutes: [10] };
  expect(rebase(before, same, structuredClone(same)).clashes).toEqual([]);
});
