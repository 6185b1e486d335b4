import { expect, test } from "vitest";
import { contrast, noteOn } from "@/features/settings/contrast";

test("contrast is measured as WCAG has it", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test("it is said where visitors see another colour", () => {
  expect(noteOn("#ffee00")).toContain("visitors see a darker one on a light page.");
  expect(noteOn("#000080")).toContain("visitors see a lighter one on a dark page.");
  expect(noteOn("#7a7a7a")).toContain("to 1 on light");
  expect(noteOn("#ffe")).toBeNull();
});
