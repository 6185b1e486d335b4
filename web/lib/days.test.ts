import { expect, test } from "vitest";
import type { components } from "@/lib/api/catalog";
import type { components as Public } from "@/lib/api/public";
import { daysOfHistory, inWords, publicDays, summary, worstOfEach } from "@/lib/days";
import type { ServiceStatus } from "@/lib/status";

const NOW = new Date("2026-11-22T12:00:00Z");
const BERLIN = "Europe/Berlin";

function change(changed_at: string, previous: ServiceStatus, status: ServiceStatus) {
  return { changed_at, previous, status } as components["schemas"]["HistoryEntry"];
}

const page = {
  uptime: {
    first_day: "2026-11-20",
    rule: {
      characters: { ".": "no data", "0": "operational", "1": "degraded", "3": "major_outage", m: "maintenance" },
    },
    services: [
      { id: "one", days: ".01", seconds: { "2026-11-22": { degraded: 60 } }, percentage: 100 },
      { id: "two", days: "0m3", seconds: { "2026-11-22": { major_outage: 120 } }, percentage: 99.5 },
    ],
  },
} as unknown as Public["schemas"]["Aggregate"];

test("the public page says each day of each service", () => {
  const { days, percentage } = publicDays(page).get("one") ?? { days: [], percentage: 0 };
  expect(days.map(({ date, kind }) => [date, kind])).toEqual([
    ["2026-11-20", "no data"],
    ["2026-11-21", "operational"],
    ["2026-11-22", "degraded"],
  ]);
  expect(percentage).toBe(100);
  expect(inWords(days[2] as never)).toBe("Sun 22 Nov: Degraded for 1 min");
});

test("together each day is as the worst of them", () => {
  expect(worstOfEach(publicDays(page).values()).map(({ kind }) => kind)).toEqual([
    "operational",
    "maintenance",
    "major_outage",
  ]);
  expect(worstOfEach([])).toEqual([]);
});

test("what lasts over midnight counts for both days, and midnight is the organization's", () => {
  // In Berlin it is 23:30 of the 20th, and 00:30 of the 21st.
  const entries = [
    change("2026-11-20T23:30:00Z", "major_outage", "operational"),
    change("2026-11-20T22:30:00Z", "operational", "major_outage"),
  ];
  const days = daysOfHistory({
    entries,
    status: "operational",
    since: new Date("2026-11-19T12:00:00Z"),
    timeZone: BERLIN,
    now: NOW,
  });
  expect(days).toHaveLength(90);
  expect(days.slice(-5)).toEqual([
    { date: "2026-11-18", kind: "no data", seconds: {} },
    { date: "2026-11-19", kind: "operational", seconds: {} },
    { date: "2026-11-20", kind: "major_outage", seconds: { major_outage: 1800 } },
    { date: "2026-11-21", kind: "major_outage", seconds: { major_outage: 1800 } },
    { date: "2026-11-22", kind: "operational", seconds: {} },
  ]);
  expect(summary(days)).toBe("Something was wrong on 2 of 4 days");
});

test("what began before the days and lasts is on each of them, in the night that a clock changes too", () => {
  const since = new Date("2020-01-01T00:00:00Z");
  const days = daysOfHistory({ entries: [], status: "degraded", since, timeZone: BERLIN, now: NOW });
  expect(new Set(days.map(({ kind }) => kind))).toEqual(new Set(["degraded"]));
  expect(days.find(({ date }) => date === "2026-10-25")?.seconds).toEqual({ degraded: 25 * 3600 });
});

test("a service of which nothing is known says so", () => {
  expect(summary([{ date: "2026-11-22", kind: "no data", seconds: {} }])).toBe("Nothing is known yet");
  expect(summary([{ date: "2026-11-22", kind: "maintenance", seconds: {} }])).toBe("All well for 1 day");
});
