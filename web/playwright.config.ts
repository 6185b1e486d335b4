import { defineConfig, devices } from "@playwright/test";
import {
  COMMAND,
  CONSOLE,
  chromium,
  FOLDER,
  FURTHER_ISSUERS,
  GIVEN,
  ISSUER,
  MEMBERS_URL,
  OUTSIDE,
  READY,
} from "@/e2e/stack";

const TEN_MINUTES_MS = 600_000;
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];

export default defineConfig({
  testDir: "e2e",
  workers: 3,
  fullyParallel: true,
  forbidOnly: true,
  reporter: "list",
  // Generous: the machine runs the other tests meanwhile.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    launchOptions: { executablePath: chromium(), args: ARGUMENTS },
    // `--trace retain-on-failure` shows what happened, and takes a quarter more time.
    trace: "off",
  },
  projects: [
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    {
      name: "phone",
      testIgnore: "first-admin.spec.ts", // it says why
      grepInvert: /@desk/,
      use: { ...devices["Pixel 7"], viewport: { width: 375, height: 667 } },
    },
  ],
  globalSetup: "./e2e/when-filled.ts",
  webServer: [
    {
      command: COMMAND,
      cwd: FOLDER,
      // Nobody answers there, so that nobody on the internet is asked for a domain's record.
      env: { TIDINGS_TOKEN_FURTHER: FURTHER_ISSUERS, TIDINGS_DNS_SERVERS: "127.0.0.1:9" },
      url: READY,
      // With TIDINGS_E2E_PORT and TIDINGS_E2E_FOLDER of one that runs, tests start within seconds.
      reuseExistingServer: GIVEN,
      timeout: TEN_MINUTES_MS,
      gracefulShutdown: { signal: "SIGTERM", timeout: 15_000 },
      stdout: "ignore",
    },
    {
      command: `${process.execPath} e2e/issuer.mjs ${ISSUER} ${OUTSIDE}`,
      url: `${ISSUER}/.well-known/openid-configuration`,
      stdout: "ignore",
      stderr: "ignore", // it warns that it is one for tests
    },
    {
      // They start one after the other, so there is a build by now.
      command: `${process.execPath} e2e/outside.mjs ${OUTSIDE} ${CONSOLE} ${ISSUER} ${MEMBERS_URL}`,
      url: OUTSIDE.replace("app.localhost", "127.0.0.1"),
      stdout: "ignore",
      gracefulShutdown: { signal: "SIGTERM", timeout: 5_000 },
    },
  ],
});
