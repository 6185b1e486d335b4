import { expect, test } from "vitest";
import {
  changedSeries,
  changedWindow,
  newSeries,
  newValues,
  newWindow,
  type Values,
  valuesOfSeries,
} from "@/features/maintenance/form-values";
import type { Series } from "@/features/maintenance/queries";
import { usual } from "@/features/maintenance/recurrence";

const BERLIN = "Europe/Berlin";
const NOW = new Date("2026-11-22T19:20:00Z");
const values = (changes: Partial<Values>): Values => ({ ...newValues("2026-12-01", BERLIN, NOW), ...changes });

test("a new window is proposed at night, or soon when it is today", () => {
  expect(newValues("2026-12-01", BERLIN, NOW).scheduled_start).toBe("2026-12-01T02:00");
  expect(newValues("2026-11-22", BERLIN, NOW).scheduled_start).toBe("2026-11-22T22:00");
});

test("wall time at the organization's place becomes the moment that it is, also when clocks change in between", () => {
  const night = newWindow(values({ scheduled_start: "2027-03-28T01:30", scheduled_end: "2027-03-28T04:00" }), BERLIN);
  expect(night).toMatchObject({
    scheduled_start: "2027-03-28T00:30:00.000Z",
    scheduled_end: "2027-03-28T02:00:00.000Z",
  });
  const series = newSeries(values({}), usual("2026-12-01"), BERLIN);
  expect(series).toMatchObject({
    rule: "FREQ=WEEKLY;BYDAY=TU",
    first_start: "2026-12-01T02:00",
    duration_minutes: 120,
  });
});

test("only what changed is sent", () => {
  const before = values({ title: "Before" });
  expect(changedWindow(before, before, BERLIN)).toEqual({});
  expect(changedWindow(before, { ...before, title: "After", services: ["a"] }, BERLIN)).toEqual({
    title: "After",
    services: [{ service_id: "a" }],
  });
});

test("a rule that the form cannot show is left alone while the rest changes", () => {
  const series = {
    ...newSeries(values({}), usual("2026-12-01"), BERLIN),
    services: [],
    rule: "FREQ=YEARLY",
  } as unknown as Series;
  const before = valuesOfSeries(series, BERLIN);
  expect(before.recurrence).toBeNull();
  expect(changedSeries(before, { ...before, scheduled_end: "2026-12-01T05:00" }, BERLIN)).toEqual({
    duration_minutes: 180,
  });
});
