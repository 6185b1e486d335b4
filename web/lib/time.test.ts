import { expect, test } from "vitest";
import { absolute, ago, duration, fromLocalInput, toLocalInput, untilNextWord } from "@/lib/time";

const NOW = new Date("2026-11-22T12:00:00Z");
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

test("an age is told in its largest unit", () => {
  expect(ago(before(20), NOW)).toBe("now");
  expect(ago(before(12 * 60), NOW)).toBe("12 min ago");
  expect(ago(before(-3 * 3600), NOW)).toBe("in 3 hr");
  expect(ago(before(40 * 86_400), NOW)).toBe("last mo");
});

test("it is looked at again when it says something else", () => {
  expect(untilNextWord(before(90), NOW)).toBe(30_000);
  expect(ago(before(90), new Date(NOW.getTime() + untilNextWord(before(90), NOW)))).toBe("2 min ago");
});

test("an absolute time names its place", () => {
  expect(absolute("2026-11-22T12:00:00Z", "UTC")).toBe("22 Nov 2026, 12:00 UTC");
});

test("a duration has its two largest units", () => {
  expect(duration(30_000)).toBe("1 min");
  expect(duration(10_000)).toBe("less than a minute");
  expect(duration(125 * 60_000)).toBe("2 h 5 min");
  expect(duration(2 * 86_400_000 + 5 * 60_000)).toBe("2 d");
});

test("what is half typed is no time, and nothing breaks by it", () => {
  expect(fromLocalInput("", "UTC").getTime()).toBeNaN();
});

test("a wall clock's time becomes the moment it shows there, through both changes of the year", () => {
  const zone = "Europe/Berlin";
  expect(fromLocalInput("2026-01-15T14:05", zone).toISOString()).toBe("2026-01-15T13:05:00.000Z");
  expect(fromLocalInput("2026-07-15T14:05", zone).toISOString()).toBe("2026-07-15T12:05:00.000Z");
  // Clocks jump from 2 to 3 on 29 March, and from 3 back to 2 on 25 October.
  expect(toLocalInput(fromLocalInput("2026-03-29T02:30", zone), zone)).toBe("2026-03-29T03:30");
  expect(fromLocalInput("2026-10-25T02:30", zone).toISOString()).toBe("2026-10-25T00:30:00.000Z");
  expect(fromLocalInput("2026-11-01T01:30", "America/New_York").toISOString()).toBe("2026-11-01T05:30:00.000Z");
  for (const local of [
    "2026-03-29T01:59",
    "2026-03-29T03:00",
    "2026-10-25T01:59",
    "2026-10-25T02:30",
    "2026-10-25T03:00",
  ]) {
    expect(toLocalInput(fromLocalInput(local, zone), zone)).toBe(local);
  }
});
