/** What a signed-in page costs whoever opens it on a phone at night. Asks the console as it is built, not its sources. */
import { gzipSync } from "node:zlib";
import type { Page, Response } from "@playwright/test";
import { DESK, expect, test } from "@/e2e/fixtures";
import { CONSOLE } from "@/e2e/stack";

const SCRIPT_MAX_BYTES = 280 * 1024;
const SETTINGS = ["page", "members", "api-keys", "nats-access", "audit-log", "account"].map((tab) => `settings/${tab}`);
const PAGES = ["", "services", "incidents", "incidents/new", "maintenance", ...SETTINGS];

test("the first load of a signed-in page has at most 280 KB of gzipped script", { tag: DESK }, async ({ as }) => {
  const page = await as("admin", "/icon.svg");
  const sizes: Record<string, number> = {};
  for (const path of PAGES) sizes[path] = await scriptBytes(page, `${CONSOLE}/acme/${path}`);
  test.info().annotations.push({ type: "gzipped script, bytes", description: JSON.stringify(sizes) });
  const tooLarge = Object.entries(sizes).filter(([, size]) => size > SCRIPT_MAX_BYTES);
  expect(tooLarge).toEqual([]);
});

/** What is loaded until the page is there, whatever was loaded for another one before. */
async function scriptBytes(page: Page, url: string): Promise<number> {
  const scripts: Response[] = [];
  const note = (response: Response) => {
    if (response.request().resourceType() === "script") scripts.push(response);
  };
  page.on("response", note);
  await page.goto(url, { waitUntil: "networkidle" });
  await page.locator("main h1").first().waitFor();
  page.off("response", note);
  expect(scripts.length).toBeGreaterThan(0);
  const sizes = await Promise.all(scripts.map(async (script) => gzipSync(await script.body()).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
