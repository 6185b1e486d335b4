/** A window from plan to end, a series, and what happens when the network or somebody else is faster. */
import type { Page } from "@playwright/test";
import { DESK, expect, expectAccessible, test, unique } from "@/e2e/fixtures";
import { CONSOLE, pageOf } from "@/e2e/stack";

const CALENDAR = "/acme/maintenance";
const DAY_MS = 86_400_000;

/** 2026-12-03, some days from now. */
function ahead(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

async function plan(page: Page, title: string, service?: string): Promise<void> {
  const sheet = page.getByRole("dialog", { name: "Plan maintenance" });
  await sheet.getByLabel("Title").fill(title);
  if (service) await sheet.getByLabel(service, { exact: true }).check();
  await sheet.getByRole("button", { name: "Plan maintenance" }).click();
}

async function remove(page: Page, what: "window" | "series" = "window"): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  const item = what === "window" ? "Delete" : "Delete the whole series";
  await page.getByRole("menuitem", { name: item, exact: true }).click();
  await page.getByRole("button", { name: `Delete ${what}` }).click();
  await expect(page).toHaveURL(CONSOLE + CALENDAR);
}

test("a window is planned, started, extended and completed while a visitor watches", { tag: DESK }, async ({
  as,
  browser,
}) => {
  const title = unique("New switches");
  const visitor = await browser.newPage();
  await visitor.goto(pageOf("acme"));
  const page = await as("responder", `${CALENDAR}?new=${ahead(2)}`);
  const sheet = page.getByRole("dialog", { name: "Plan maintenance" });
  await sheet.getByLabel("Title").fill(title);
  await sheet.getByLabel("What is done").fill("Racks **one** and two.");
  await expect(page.frameLocator("iframe").getByText(title)).toBeVisible();
  await expectAccessible(page);
  await plan(page, title, "Search");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(visitor.getByRole("heading", { name: title })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Start now" }).click();
  await expect(page.getByText("Visitors of your page and whoever subscribed see it at once.")).toBeVisible();
  await page.getByLabel("Say something").fill(`${title}: we begin with rack one.`);
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: "Start now" }).click();
  await expect(page.getByText("In progress", { exact: true })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: "we begin with rack one." })).toContainText("Responder");
  await expect(visitor.getByText(`${title}: we begin with rack one.`, { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Extend" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Extend" }).click();
  await expect(page.getByText("2 h 30 min")).toBeVisible();

  await page.getByLabel("Say how it goes").fill(`${title}: rack two is done as well.`);
  await page.getByRole("button", { name: "Post update" }).click();
  await expect(visitor.getByText(`${title}: rack two is done as well.`, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Complete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Complete" }).click();
  await expect(page.getByRole("button", { name: "Extend" })).toBeHidden();
  await visitor.close();
});

test("a series is planned by keyboard, said in words, and moved in one window alone", { tag: DESK }, async ({ as }) => {
  const title = unique("Nightly restart");
  const page = await as("responder", CALENDAR);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.locator("[role=gridcell][aria-current=date]").focus();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator("[role=gridcell]:focus")).toHaveAccessibleName(/^\w+day 8 /);
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog", { name: "Plan maintenance" });
  await sheet.getByLabel("Title").fill(title);
  await sheet.getByLabel("Webhooks").check();
  await sheet.getByLabel("Repeats").selectOption("By days");
  await sheet.getByLabel("Every how many days").fill("2");
  await sheet.getByLabel("Ends").selectOption("After some times");
  await sheet.getByLabel("How many times").fill("3");
  await expect(sheet.getByText("Every second day at 02:00 Europe/Berlin, 3 times")).toBeVisible();
  await sheet.getByRole("button", { name: "Plan the series" }).click();

  const bars = page.getByRole("grid").getByRole("link", { name: title });
  await expect(bars).toHaveCount(3);
  await expectAccessible(page);
  await bars.first().click();
  await expect(page.getByText("Every second day at 02:00 Europe/Berlin, 3 times")).toBeVisible();

  await page.getByRole("button", { name: "Move" }).click();
  const dialog = page.getByRole("dialog");
  const start = await dialog.getByLabel("Start").inputValue();
  await dialog.getByLabel("Start").fill(start.replace("T02:00", "T05:00"));
  await expect(dialog.getByLabel("End")).toHaveValue(start.replace("T02:00", "T07:00"));
  await expect(dialog.getByText("UTC")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toBeHidden();
  await remove(page, "series");
  await page.goto(`${CONSOLE}${CALENDAR}?month=${start.slice(0, 7)}`);
  await expect(bars).toHaveCount(1);
  await bars.first().click();
  await expect(page.getByText("Its series is no more")).toBeVisible();
  await remove(page);
});

test("who is second to save sees theirs and mine, and loses nothing", async ({ as }) => {
  const title = unique("New certificates");
  const page = await as("responder", `${CALENDAR}?new=${ahead(3)}`);
  await plan(page, title);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill(`${title}, mine`);

  const colleague = await as("admin", new URL(page.url()).pathname);
  await colleague.getByRole("button", { name: "Edit" }).click();
  await colleague.getByLabel("Title").fill(`${title}, theirs`);
  await colleague.getByLabel("What is done").fill("For all hosts.");
  await colleague.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveText(`${title}, theirs`);

  await page.getByRole("button", { name: "Save" }).click();
  const clash = page.getByRole("alert").filter({ hasText: "Somebody changed this" });
  await expect(clash).toContainText(`${title}, theirs`);
  await expect(clash).toContainText(`${title}, mine`);
  await clash.getByRole("button", { name: "Keep mine" }).click();
  await expect(colleague.getByRole("heading", { level: 1 })).toHaveText(`${title}, mine`);
  await expect(colleague.getByText("For all hosts.")).toBeVisible();
  await remove(page);
});

test("when the answer is lost a window is planned once, and the next one there is warned of", { tag: DESK }, async ({
  as,
}) => {
  const title = unique("Move to the new hall");
  const page = await as("responder", `${CALENDAR}?new=${ahead(5)}`);
  await page.evaluate(() => {
    const { fetch } = window;
    window.fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!(input instanceof Request && input.method === "POST" && answer.status === 201)) return answer;
      window.fetch = fetch;
      throw new TypeError("The answer is lost");
    };
  });
  await plan(page, title, "Checkout");
  await expect(page.getByText("Not planned yet, trying again.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const planned = page.url();

  await page.goto(`${CONSOLE}${CALENDAR}?new=${ahead(5)}`);
  const sheet = page.getByRole("dialog", { name: "Plan maintenance" });
  await sheet.getByLabel("Checkout", { exact: true }).check();
  await expect(sheet.getByText("The same services at the same time")).toBeVisible();
  await expect(sheet.getByRole("link", { name: title })).toHaveCount(1);
  await page.goto(planned);
  await remove(page);
});

test("a viewer reads all of it and is offered nothing else", { tag: DESK }, async ({ as }) => {
  const page = await as("viewer", CALENDAR);
  await expect(page.getByRole("heading", { name: "Maintenance", level: 1 })).toBeVisible();
  await expect(page.getByText("Times in Europe/Berlin")).toBeVisible();
  await page
    .getByRole("link", { name: /Upgrade of the/ })
    .first()
    .click();
  await expect(page.getByText("Everybody, on the page")).toBeVisible();
  await expect(page.getByRole("main").getByRole("button", { name: /Plan|Start|Move|Edit|Post|More/ })).toHaveCount(0);
  await expectAccessible(page);
});
