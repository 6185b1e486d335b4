/** What every test has: pages that must not complain, people who are signed in, and a look at what axe finds. */
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { CONSOLE, demoPassword } from "@/e2e/stack";

export { expect };

/** Of a test whose subject is the same on a phone, which is spared it. */
export const DESK = "@desk";

type Role = "admin" | "responder" | "viewer";
const NAMES: Record<Role, string> = { admin: "demo", responder: "responder", viewer: "viewer" };
const COOKIE = "tidings_session";

type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface Fixtures {
  /** A page of somebody whom nobody knows yet, in a browser of their own. */
  open: (url?: string) => Promise<Page>;
  /** A page of somebody of the demo, in a browser of their own. */
  as: (role: Role, path?: string) => Promise<Page>;
  /** What a test expects pages to complain of, because it breaks something on purpose: `test.use({ tolerated: [/…/] })`. */
  tolerated: RegExp[];
}

interface WorkerFixtures {
  /** Sessions that nobody uses now: identity limits how often somebody signs in. */
  sessions: Record<Role, Session[]>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  tolerated: [[], { option: true }],

  sessions: [({ playwright: _ }, use) => use({ admin: [], responder: [], viewer: [] }), { scope: "worker" }],

  context: async ({ context, tolerated }, use) => {
    const complaints = listen(context);
    await use(context);
    expect(intolerable(complaints, tolerated)).toEqual([]);
  },

  open: async ({ browser, contextOptions, tolerated }, use) => {
    const opened: { context: BrowserContext; complaints: string[] }[] = [];
    await use(async (url) => {
      const context = await browser.newContext(contextOptions);
      opened.push({ context, complaints: listen(context) });
      const page = await context.newPage();
      if (url) await page.goto(url);
      return page;
    });
    for (const { context } of opened) await context.close();
    expect(opened.flatMap(({ complaints }) => intolerable(complaints, tolerated))).toEqual([]);
  },

  as: async ({ browser, contextOptions, sessions, tolerated }, use) => {
    const opened: { context: BrowserContext; role: Role; complaints: string[] }[] = [];
    await use(async (role, path = "/acme") => {
      const session = sessions[role].pop();
      const context = await browser.newContext({ ...contextOptions, ...(session && { storageState: session }) });
      opened.push({ context, role, complaints: listen(context) });
      const page = await context.newPage();
      if (!session) await signIn(page, NAMES[role]);
      await page.goto(CONSOLE + path);
      return page;
    });
    for (const { context, role } of opened) {
      const session = await context.storageState();
      if (session.cookies.some(({ name }) => name === COOKIE)) sessions[role].push(session);
      await context.close();
    }
    expect(opened.flatMap(({ complaints }) => intolerable(complaints, tolerated))).toEqual([]);
  },
});

/** No two tests speak of the same. */
export function unique(name: string): string {
  return `${name} ${crypto.randomUUID().slice(0, 8)}`;
}

/** axe finds nothing on the page as it is, light and dark. */
export async function expectAccessible(page: Page): Promise<void> {
  // The address is there before the page is.
  await page.locator("main h1").first().waitFor({ state: "attached" });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await still(page);
    expect(await violations(page), `${page.url()} in ${colorScheme}`).toEqual([]);
  }
}

/** Waits until what was asked for last is painted, and nothing moves. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    while (document.getAnimations().some(({ playState }) => playState === "running")) await frame();
  });
}

/** What axe finds on the page as it is. */
export async function violations(page: Page): Promise<string[]> {
  // A preview of the page runs no scripts, axe's neither; the page itself is looked at by the tests of public-api.
  const { violations } = await new AxeBuilder({ page }).exclude("iframe[sandbox]").analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} (${node.failureSummary})`).join(", ")}`,
  );
}

/** By the API, from a page of the console: outside of a browser few machines know that app.localhost is this one. */
async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(`${CONSOLE}/icon.svg`);
  const body = JSON.stringify({ email: `${name}@tidings.localhost`, password: demoPassword() });
  const status = await page.evaluate(async (body) => {
    const headers = { "content-type": "application/json" };
    return (await fetch("/api/identity/v1/session", { method: "POST", headers, body })).status;
  }, body);
  expect(status).toBe(200);
}

function intolerable(complaints: string[], tolerated: RegExp[]): string[] {
  return complaints.filter((complaint) => !tolerated.some((each) => each.test(complaint)));
}

/** Errors of the console, which say also what the Content-Security-Policy forbade, and of scripts. */
function listen(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("console", (message) => {
    // Answers that refuse are what the page deals with: the first is always that nobody is signed in yet.
    if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
    // What Playwright would run in every frame to trace it, previews of the page refuse as they refuse all scripts.
    if (message.text().startsWith("Blocked script execution in 'about:srcdoc'")) return;
    complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return complaints;
}
