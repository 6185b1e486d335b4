/** All of it as one story of people who come for the first time: from signing up to the second of two who save. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, test, unique } from "@/e2e/fixtures";
import { CONSOLE, mailedLink, pageOf } from "@/e2e/stack";

const PASSWORD = "seven green lamps";
const DAY_MS = 86_400_000;
const VISIBLE = /Published\. Visible to visitors, \d+\.\d s/;

test("from signing up to the second of two who save", async ({ open }, { project }) => {
  test.slow();
  const slug = `story-${project.name}-${Date.now()}`;
  const founder = await open();
  await test.step("somebody signs up and makes an organization", () => found(founder, slug));

  const visitor = await open(pageOf(slug));
  await test.step("they make services", () => addServices(founder, visitor, ["Shop", "Search"]));
  await test.step("an incident is opened, updated and resolved while a visitor watches", () =>
    runIncident(founder, visitor));
  await test.step("a window is planned, run and finished", () => runWindow(founder, visitor, slug));

  const colleague = await open();
  await test.step("a colleague joins who may not delete", () => invite(founder, colleague, slug));
  await test.step("the network is lost while the colleague publishes", () => publishOffline(colleague, visitor, slug));
  await test.step("two save, and the second sees theirs and mine", () => saveBoth(founder, colleague));
});

async function found(page: Page, slug: string): Promise<void> {
  const email = `${slug}@example.org`;
  await page.goto(`${CONSOLE}/sign-up`);
  await expectAccessible(page);
  await page.getByLabel("Your name").fill("Nadia New");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code from the mail").waitFor();

  await expect.poll(() => mailedLink(email)).not.toBeNull();
  await page.goto(mailedLink(email) ?? "");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Confirm" }).click();

  await page.getByRole("heading", { name: "Create an organization" }).waitFor();
  await expectAccessible(page);
  await page.getByLabel("Name").fill("First Steps");
  await expect(page.getByLabel("Address")).toHaveValue("first-steps");
  await page.getByLabel("Address").fill(slug);
  await page.getByLabel("Time zone").selectOption("Europe/Berlin");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(`${CONSOLE}/${slug}`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expectAccessible(page);
}

async function addServices(page: Page, visitor: Page, names: string[]): Promise<void> {
  await page.getByRole("link", { name: "Add your services" }).click();
  for (const name of names) {
    await page
      .getByRole("button", { name: /New service|Add the first service/ })
      .first()
      .click();
    const sheet = page.getByRole("dialog", { name: "New service" });
    await sheet.getByLabel("Name").fill(name);
    await sheet.getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
    await expect(visitor.getByText(name, { exact: true })).toBeVisible();
  }
}

async function runIncident(page: Page, visitor: Page): Promise<void> {
  await follow(page, "Incidents");
  await page.getByRole("link", { name: "New incident" }).first().click();
  await page.getByRole("radiogroup", { name: "Shop" }).getByRole("radio", { name: "Major outage" }).check();
  await page.getByRole("textbox", { name: "Message" }).fill("Nobody can order.");
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByText(VISIBLE)).toBeVisible();
  await expect(visitor.getByText("Nobody can order.", { exact: true })).toBeVisible();

  await page.getByRole("textbox", { name: "Message" }).fill("A disk is full.");
  await page.getByRole("button", { name: "Post as identified" }).click();
  await expect(visitor.getByText("A disk is full.", { exact: true })).toBeVisible();

  await page.getByRole("radio", { name: "Resolved" }).check();
  await page.getByRole("textbox", { name: "Message" }).fill("Orders come again.");
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(visitor.getByText("Orders come again.", { exact: true })).toBeVisible();
  await expect(visitor.getByRole("heading", { name: "All systems operational" })).toBeVisible();
}

async function runWindow(page: Page, visitor: Page, slug: string): Promise<void> {
  await page.goto(`${CONSOLE}/${slug}/maintenance?new=${new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}`);
  const sheet = page.getByRole("dialog", { name: "Plan maintenance" });
  await sheet.getByLabel("Title").fill("A larger disk");
  await sheet.getByLabel("Shop", { exact: true }).check();
  await sheet.getByRole("button", { name: "Plan maintenance" }).click();
  await expect(visitor.getByRole("heading", { name: "A larger disk" })).toBeVisible();
  const act = async (action: string) => {
    await page.getByRole("button", { name: action }).click();
    await page.getByRole("dialog").getByRole("button", { name: action }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
  };
  await act("Start now");
  await expect(visitor.getByText("In progress").first()).toBeVisible();
  await act("Complete");
  await expect(visitor.getByRole("heading", { name: "A larger disk" })).toHaveCount(0);
}

async function invite(admin: Page, colleague: Page, slug: string): Promise<void> {
  const email = `${slug}-ben@example.org`;
  await admin.goto(`${CONSOLE}/${slug}/settings/members`);
  await admin.getByRole("button", { name: "Invite a colleague" }).click();
  await admin.getByLabel("E-mail").fill(email);
  await admin.getByRole("dialog").getByLabel("Role").selectOption("Responder");
  await admin.getByRole("button", { name: "Send the invitation" }).click();
  await expect.poll(() => mailedLink(email)).not.toBeNull();

  await colleague.goto(mailedLink(email) ?? "");
  await colleague.getByRole("button", { name: "Join" }).click();
  await colleague.getByLabel("Your name").fill("Ben");
  await colleague.getByLabel("New password").fill(PASSWORD);
  await colleague.getByRole("button", { name: "Join" }).click();
  await expect(colleague).toHaveURL(`${CONSOLE}/${slug}`);
  await follow(colleague, "Services");
  await expect(colleague.getByRole("button", { name: "Status of Shop:" })).toBeVisible();
  await expect(colleague.getByRole("button", { name: /New|Arrange|More for/ })).toHaveCount(0);
  await colleague.getByRole("link", { name: "Shop", exact: true }).click();
  await expect(colleague.getByRole("heading", { level: 1, name: "Shop" })).toBeVisible();
  await expect(colleague.getByRole("button", { name: /Delete|Edit/ })).toHaveCount(0);
}

async function publishOffline(page: Page, visitor: Page, slug: string): Promise<void> {
  const title = unique("Search is slow");
  await page.goto(`${CONSOLE}/${slug}/incidents/new`);
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByRole("textbox", { name: "Message" }).fill("We look into it.");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByText("Not published yet, trying again.")).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText(VISIBLE)).toBeVisible();
  await expect(visitor.getByRole("heading", { name: title })).toHaveCount(1);
}

/** The incident that the colleague has open. */
async function saveBoth(first: Page, second: Page): Promise<void> {
  await first.goto(second.url());
  for (const page of [first, second]) await page.getByRole("button", { name: "Edit", exact: true }).click();
  await first.getByRole("textbox", { name: "Title" }).fill("Search is down");
  await second.getByRole("textbox", { name: "Title" }).fill("Search is late");
  await first.getByRole("button", { name: "Save" }).click();
  await expect(first.getByRole("heading", { level: 1 })).toContainText("Search is down");
  await second.getByRole("button", { name: "Save" }).click();
  const clash = second.getByRole("alert").filter({ hasText: "changed this while you were at it" });
  await expect(clash).toContainText("Search is down");
  await expect(clash).toContainText("Search is late");
  await clash.getByRole("button", { name: "Take theirs" }).click();
  await expect(second.getByRole("textbox", { name: "Title" })).toHaveValue("Search is down");
}

/** By the navigation, of which a phone has another than a desk. */
async function follow(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name, exact: true }).filter({ visible: true }).first().click();
}
