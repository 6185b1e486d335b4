/** What a signed-in page costs whoever opens it on a phone at night. Asks the console as it is built, not its sources. */
import { gzipSync } from "node:zlib";
import type { Response } from "@playwright/test";
import { expect, test } from "@/e2e/fixtures";

const SCRIPT_MAX_BYTES = 280 * 1024;

test("the first load of a signed-in page has at most 280 KB of gzipped script", async ({ as }) => {
  const page = await as("admin", "/icon.svg");
  const scripts: Response[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response);
  });
  await page.goto(page.url().replace("/icon.svg", "/acme"), { waitUntil: "networkidle" });
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  const sizes = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length));
  const size = sizes.reduce((sum, each) => sum + each, 0);
  test.info().annotations.push({ type: "gzipped script", description: `${size} bytes` });
  expect(scripts.length).toBeGreaterThan(0);
  expect(size).toBeLessThanOrEqual(SCRIPT_MAX_BYTES);
});
