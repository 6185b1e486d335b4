/** What the page is about: services made, set, arranged, hidden, deleted and restored; why one stays as it is; and who may do what. */
import type { Locator, Page } from "@playwright/test";
import { DESK, expect, expectAccessible, test, unique } from "@/e2e/fixtures";
import { CONSOLE } from "@/e2e/stack";

const LIST = "/acme/services";

async function create(page: Page, name: string, group?: string): Promise<void> {
  await page.getByRole("button", { name: "New service" }).click();
  const sheet = page.getByRole("dialog", { name: "New service" });
  await sheet.getByLabel("Name").fill(name);
  if (group) await sheet.getByLabel("Group").selectOption({ label: group });
  await sheet.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("link", { name, exact: true })).toBeVisible();
}

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function remove(page: Page, name: string): Promise<void> {
  await choose(page, name, "Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete the service" }).click();
  await expect(page.getByRole("link", { name, exact: true })).toBeHidden();
}

/** A group is a list within its item. */
const groupOf = (page: Page, name: string) =>
  page
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name, exact: true }) })
    .last();
const statusOf = (page: Page | Locator, name: string) => page.getByRole("button", { name: `Status of ${name}:` });

async function undo(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Undo" }).last().click();
  // What was said stays as long as one points at it, and on a phone it lies over the last rows.
  await page.mouse.move(0, 0);
}

async function set(page: Page, name: string, status: string): Promise<void> {
  await statusOf(page, name).click();
  await page.getByRole("menuitemradio", { name: status }).click();
}

test("services are made and arranged in a group, by keyboard and by buttons, and a deleted group comes back", async ({
  as,
}) => {
  const page = await as("admin", LIST);
  const [group, kiosk, till] = [unique("Shop"), unique("Kiosk"), unique("Till")];
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name").fill(group);
  await page.getByRole("button", { name: "Create" }).click();
  await create(page, kiosk, group);
  await create(page, till);
  const names = () => groupOf(page, group).getByRole("link").allInnerTexts();

  // By keyboard: into the group, and up in it. The focus goes with the row.
  await page.getByRole("link", { name: till }).focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expect.poll(names).toEqual([kiosk, till]);
  await expect(page.getByRole("link", { name: till })).toBeFocused();
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(names).toEqual([till, kiosk]);
  await expect(page.getByText(`${till}: 1 of 2 in ${group}`)).toBeAttached();

  // By buttons: several steps, one after the other, all of them kept.
  await page.getByRole("button", { name: "Arrange" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: `Move ${till} down` }).click();
  await page.getByRole("button", { name: `Move ${kiosk} out of ${group}` }).click();
  await page.getByRole("button", { name: `Move ${kiosk} into ${group}` }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await expect.poll(names).toEqual([till, kiosk]);

  await choose(page, `the group ${group}`, "Delete the group");
  await expect(page.getByRole("button", { name: group, exact: true })).toBeHidden();
  await undo(page);
  await expect.poll(names).toEqual([till, kiosk]);
  await choose(page, `the group ${group}`, "Delete the group");
  for (const name of [till, kiosk]) {
    // What was said lies over the last rows for a while.
    await page.reload();
    await remove(page, name);
  }
});

test("a service is hidden, deleted and brought back as it was", async ({ as }) => {
  const page = await as("admin", LIST);
  const name = unique("Vault");
  await create(page, name);
  await choose(page, name, "Edit");
  const sheet = page.getByRole("dialog", { name: `Edit ${name}` });
  await sheet.getByLabel("Who sees it").selectOption("Members only");
  await expectAccessible(page);
  await sheet.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name, exact: true }) });
  await expect(row.last()).toContainText("Internal");

  await choose(page, name, "Delete");
  await expect(page.getByRole("alertdialog")).toContainText("Its history stays");
  await page.getByRole("button", { name: "Delete the service" }).click();
  await expect(row).toHaveCount(0);
  await page.getByText(/^\d+ deleted services?$/).click();
  await page.getByRole("button", { name: `Restore ${name}` }).click();
  await expect(row.last()).toContainText("Internal");
  await remove(page, name);
});

test("a status is set by two taps, others see it at once, and one tap takes it back", async ({ as }) => {
  const page = await as("admin", LIST);
  const name = unique("Ledger");
  await create(page, name);
  const colleague = await as("responder", LIST);
  await set(page, name, "Degraded");
  await expect(statusOf(colleague, name)).toContainText("Degraded");
  await undo(page);
  await expect(statusOf(page, name)).toContainText("Operational");
  await expect(statusOf(colleague, name)).toContainText("Operational");
  await remove(page, name);
});

test("a service that an incident keeps down says so everywhere, and leads to the incident", async ({ as }) => {
  const page = await as("admin", LIST);
  const [name, title] = [unique("Ledger"), unique("Database down")];
  await create(page, name);
  const colleague = await as("responder", "/acme/incidents/new");
  await colleague.getByRole("radiogroup", { name }).getByRole("radio", { name: "Major outage" }).check();
  await colleague.getByRole("textbox", { name: "Title" }).fill(title);
  await colleague.getByRole("textbox", { name: "Message" }).fill("We look into it.");
  await colleague.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByText(`stays Major outage: ${title}`)).toBeVisible();
  await set(page, name, "Degraded");
  await expect(page.getByText(`set to Degraded, stays Major outage: ${title}`)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "Overview" }).filter({ visible: true }).click();
  await expect(page.getByRole("region", { name: "Open incidents" })).toContainText(title);
  await expectAccessible(page);
  const bad = page.getByRole("region", { name: "Services not operational" });
  await bad.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const newest = page.getByRole("region", { name: "History" }).getByRole("listitem").first();
  await expect(newest).toContainText("was Operational");
  await expect(newest).toContainText(title);
  await page.getByRole("slider", { name: `Days of ${name}` }).press("ArrowLeft");
  await expect(page.getByRole("slider")).toHaveAttribute("aria-valuetext", /: No data$/);
  await expectAccessible(page);
  await page.getByRole("link", { name: title }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();

  await page.goBack();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("alertdialog")).toContainText("An open incident names it");
  await page.getByRole("button", { name: "Delete the service" }).click();
  await expect(page).toHaveURL(CONSOLE + LIST);
  await colleague.getByRole("button", { name: "More" }).click();
  await colleague.getByRole("menuitem", { name: "Delete incident" }).click();
  await colleague.getByRole("button", { name: "Delete incident" }).click();
  await expect(colleague).toHaveURL(`${CONSOLE}/acme/incidents`);
});

test("what is refused goes back to what it was, and can be tried again", { tag: DESK }, async ({ as }) => {
  const page = await as("admin", LIST);
  const name = unique("Mirror");
  await create(page, name);
  await page.route("**/services/*/status", (route) => route.abort());
  await set(page, name, "Major outage");
  await expect(page.getByText(`${name} stays as it was. Tidings cannot be reached`).first()).toBeVisible();
  await expect(statusOf(page, name)).toContainText("Operational");
  await page.unroute("**/services/*/status");
  await page.getByRole("button", { name: "Try again" }).last().click();
  await expect(statusOf(page, name)).toContainText("Major outage");
  await expect(page.getByText(`${name} set to Major outage`).first()).toBeVisible();
  await remove(page, name);
});

test("the second to save sees what the first one wrote, and loses nothing", { tag: DESK }, async ({ as }) => {
  const [first, second] = [await as("admin", LIST), await as("admin", LIST)];
  const name = unique("Archive");
  await create(first, name);
  for (const page of [second, first]) {
    await choose(page, name, "Edit");
    await page
      .getByRole("dialog")
      .getByLabel("Name")
      .fill(page === first ? `${name} of theirs` : `${name} of mine`);
  }
  await second.getByRole("dialog").getByLabel("Description").fill("Kept for ten years");
  await first.getByRole("button", { name: "Save" }).click();
  await expect(first.getByRole("dialog")).toBeHidden();
  await second.getByRole("button", { name: "Save" }).click();
  const clash = second.getByRole("alert").filter({ hasText: "changed this while you were at it" });
  await expect(clash).toContainText(`${name} of theirs`);
  await expect(clash).toContainText(`${name} of mine`);
  await expectAccessible(second);
  await second.getByRole("button", { name: "Keep mine" }).click();
  await expect(first.getByRole("link", { name: `${name} of mine` })).toBeVisible();
  await second.getByRole("link", { name: `${name} of mine` }).click();
  await expect(second.getByText("Kept for ten years")).toBeVisible();
  await remove(first, `${name} of mine`);
});

test("a viewer reads, a responder sets statuses, and neither is shown more", { tag: DESK }, async ({ as }) => {
  const viewer = await as("viewer", LIST);
  await expect(viewer.getByRole("link", { name: "Checkout" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: /New|Arrange|More for|Status of/ })).toHaveCount(0);
  await expectAccessible(viewer);
  const responder = await as("responder", LIST);
  await expect(statusOf(responder, "Checkout")).toBeVisible();
  await expect(responder.getByRole("button", { name: /New|Arrange|More for/ })).toHaveCount(0);
});
