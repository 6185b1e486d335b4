import { expect, test } from "vitest";
import { addDays, addMonths, barsOf, dayOf, daysOf, type Span, weeksOf } from "@/features/maintenance/weeks";

const BERLIN = "Europe/Berlin";
const NOT_YET = { started_at: null, completed_at: null, cancelled_at: null };
const span = (id: string, start: string, end: string): Span => ({
  ...NOT_YET,
  id,
  scheduled_start: start,
  scheduled_end: end,
});

test("a month has the weeks that touch it, from Monday", () => {
  const december = weeksOf("2026-12");
  expect(december.length).toBe(5);
  expect(december[0]?.[0]).toBe("2026-11-30");
  expect(december[4]?.[6]).toBe("2027-01-03");
  expect(weeksOf("2027-02").length).toBe(4);
  expect(weeksOf("2026-03").flat()).toContain("2026-03-29");
});

test("days and months are counted over the changes of clocks and years", () => {
  expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
  expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  expect(addMonths("2026-12", 1)).toBe("2027-01");
  expect(addMonths("2026-01", -1)).toBe("2025-12");
});

test("a window lies on the days of the organization's place", () => {
  expect(dayOf("2026-12-02T23:30:00Z", BERLIN)).toBe("2026-12-03");
  const untilMidnight = span("a", "2026-12-03T20:00:00Z", "2026-12-03T23:00:00Z");
  expect(daysOf(untilMidnight, BERLIN)).toEqual(["2026-12-03", "2026-12-03"]);
  expect(daysOf(untilMidnight, "Asia/Tokyo")).toEqual(["2026-12-04", "2026-12-04"]);
});

test("what ended early takes only the days that it took, and what never began those it was planned for", () => {
  const planned = span("a", "2026-12-03T01:00:00Z", "2026-12-08T03:00:00Z");
  const started = { ...planned, started_at: "2026-12-02T01:00:00Z" };
  expect(daysOf({ ...started, completed_at: "2026-12-04T02:00:00Z" }, BERLIN)).toEqual(["2026-12-02", "2026-12-04"]);
  expect(daysOf({ ...started, cancelled_at: "2026-12-02T02:00:00Z" }, BERLIN)).toEqual(["2026-12-02", "2026-12-02"]);
  expect(daysOf({ ...planned, cancelled_at: "2026-11-01T02:00:00Z" }, BERLIN)).toEqual(["2026-12-03", "2026-12-08"]);
});

test("windows that share a day have lanes of their own, and a lane is used again", () => {
  const [, week = []] = weeksOf("2026-12");
  const bars = barsOf(
    week,
    [
      span("short", "2026-12-08T01:00:00Z", "2026-12-08T02:00:00Z"),
      span("long", "2026-12-08T03:00:00Z", "2026-12-10T04:00:00Z"),
      span("later", "2026-12-09T03:00:00Z", "2026-12-09T04:00:00Z"),
      span("elsewhere", "2026-12-15T03:00:00Z", "2026-12-15T04:00:00Z"),
    ],
    BERLIN,
  );
  const places = bars.map(({ window, column, days, lane }) => [window.id, column, days, lane]);
  expect(places).toEqual([
    ["long", 1, 3, 0],
    ["short", 1, 1, 1],
    ["later", 2, 1, 1],
  ]);
});

test("a window over weeks is cut at their borders, and says so", () => {
  const over = span("over", "2026-12-11T12:00:00Z", "2026-12-22T12:00:00Z");
  const cuts = weeksOf("2026-12").map((week) => barsOf(week, [over], BERLIN)[0]);
  expect(cuts.map((bar) => bar && [bar.column, bar.days, bar.isContinued, bar.goesOn])).toEqual([
    undefined,
    [4, 3, false, true],
    [0, 7, true, true],
    [0, 2, true, false],
    undefined,
  ]);
});
