/** Waits until the demo's people and organizations are there: the console may be sooner. */
import { existsSync } from "node:fs";
import { expect } from "@playwright/test";
import { DEMO_COMPLETE } from "@/e2e/stack";

const A_MINUTE_MS = 60_000;

export default async function whenFilled(): Promise<void> {
  await expect.poll(() => existsSync(DEMO_COMPLETE), { timeout: A_MINUTE_MS }).toBe(true);
}
