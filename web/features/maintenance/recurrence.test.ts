import { expect, test } from "vitest";
import {
  inWords,
  monthlyChoices,
  type Recurrence,
  recurrenceOf,
  ruleOf,
  usual,
} from "@/features/maintenance/recurrence";

const FIRST = "2026-12-01"; // the first Tuesday of December
const LAST = "2026-12-29"; // the fifth and last one
const said = (changes: Partial<Recurrence>) =>
  inWords(ruleOf({ ...usual(FIRST), ...changes }, FIRST), `${FIRST}T02:00`, "Europe/Berlin");

test("what recurs is said in words", () => {
  const at = "at 02:00 Europe/Berlin";
  expect(said({})).toBe(`Every Tuesday ${at}`);
  expect(said({ interval: 2, ends: "on", until: "2027-03-03" })).toBe(`Every second Tuesday ${at}, until 3 March 2027`);
  expect(said({ weekdays: ["TH", "MO"] })).toBe(`Every Monday and Thursday ${at}`);
  expect(said({ weekdays: ["TH", "MO"], interval: 2 })).toBe(`Every second week on Monday and Thursday ${at}`);
  expect(said({ interval: 12 })).toBe(`Every 12 weeks on Tuesday ${at}`);
  expect(said({ frequency: "DAILY", ends: "after", count: 3 })).toBe(`Every day ${at}, 3 times`);
  expect(said({ frequency: "DAILY", interval: 3 })).toBe(`Every third day ${at}`);
  expect(said({ frequency: "MONTHLY" })).toBe(`Every month on the first Tuesday ${at}`);
  expect(said({ frequency: "MONTHLY", monthly: "day", interval: 2 })).toBe(`Every second month on day 1 ${at}`);
});

test("of the days of a month there are those that its first one is", () => {
  expect(monthlyChoices(FIRST)).toEqual(["day", "nth"]);
  expect(monthlyChoices("2026-12-25")).toEqual(["day", "nth", "last"]);
  expect(monthlyChoices(LAST)).toEqual(["day", "last"]);
  const last = { ...usual(LAST), frequency: "MONTHLY", monthly: "last" } as const;
  expect(inWords(ruleOf(last, LAST), `${LAST}T02:00`, "UTC")).toBe("Every month on the last Tuesday at 02:00 UTC");
  expect(ruleOf({ ...last, monthly: "nth" }, LAST)).toBe("FREQ=MONTHLY;BYMONTHDAY=29");
});

test.each<Partial<Recurrence>>([
  {},
  { weekdays: ["MO", "TH"], interval: 2 },
  { frequency: "DAILY", ends: "on", until: "2027-03-03" },
  { frequency: "MONTHLY", monthly: "day", ends: "after", count: 5 },
  { frequency: "MONTHLY", monthly: "nth", interval: 3 },
])("a rule that the form made is shown by it again: %o", (changes) => {
  const recurrence = { ...usual(FIRST), ...changes };
  expect(recurrenceOf(ruleOf(recurrence, FIRST), FIRST)).toEqual(recurrence);
});

test("rules that other systems made are understood where the form can say the same", () => {
  expect(recurrenceOf("FREQ=WEEKLY", FIRST)?.weekdays).toEqual(["TU"]);
  expect(recurrenceOf("FREQ=MONTHLY", FIRST)?.monthly).toBe("day");
  expect(recurrenceOf("INTERVAL=2;FREQ=WEEKLY;UNTIL=20270303T020000Z;BYDAY=TH,MO", FIRST)).toMatchObject({
    interval: 2,
    until: "2027-03-03",
  });
});

test.each([
  "FREQ=YEARLY",
  "FREQ=HOURLY;INTERVAL=6",
  "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
  "FREQ=MONTHLY;BYDAY=2WE",
  "FREQ=MONTHLY;BYMONTHDAY=15",
  "FREQ=WEEKLY;BYDAY=TU;BYHOUR=2,14",
  "FREQ=DAILY;BYDAY=MO",
])("a rule that the form cannot say is left as it is: %s", (rule) => {
  expect(recurrenceOf(rule, FIRST)).toBeNull();
  expect(inWords(rule, `${FIRST}T02:00`, "UTC")).toBe(`By the rule ${rule}, at 02:00 UTC`);
});
