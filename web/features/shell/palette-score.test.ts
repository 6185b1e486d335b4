import { expect, test } from "vitest";
import { scoreOf } from "@/features/shell/palette-score";

test("what begins like what is typed comes before what has it inside, and strewn letters are no fit", () => {
  expect(scoreOf("Settings: NATS access", "nats")).toBe(1);
  expect(scoreOf("Settings: NATS access", "acc set")).toBe(1);
  expect(scoreOf("Webhooks", "hook")).toBe(0.5);
  expect(scoreOf("Appearance: Light or dark, as the system", "nats")).toBe(0);
  expect(scoreOf("Report an incident", "outage", ["new", "outage"])).toBe(1);
});
