/** For `make screens`: the same stack as the tests have, and pictures in the place of tests. */
import { devices } from "@playwright/test";
import config from "@/playwright.config";

const PHONE = { ...devices["Pixel 7"], viewport: { width: 375, height: 667 }, deviceScaleFactor: 1 };
const DESK = { viewport: { width: 1280, height: 800 } };
const SCHEMES = ["light", "dark"] as const;

export default {
  ...config,
  testDir: "screens",
  testMatch: "pictures.ts",
  projects: SCHEMES.flatMap((colorScheme) => [
    { name: `375-${colorScheme}`, use: { ...PHONE, colorScheme } },
    { name: `1280-${colorScheme}`, use: { ...DESK, colorScheme } },
  ]),
};
