/** What one can still do when something is away: a service that was deleted, or the services altogether. */
import { DESK, expect, expectAccessible, test } from "@/e2e/fixtures";

const nameOf = (what: string) => `${what} ${crypto.randomUUID().slice(0, 8)}`;

test("a link to a deleted service says that it was deleted, and an admin restores it there", async ({ as }) => {
  const page = await as("admin", "/acme/services");
  const name = nameOf("Kiosk");
  await page.getByRole("button", { name: "New service" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
  const link = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the service" }).click();
  await expect(page).toHaveURL(/\/services$/);

  const reader = await as("viewer", link);
  await expect(reader.getByText("an admin can restore it")).toBeVisible();
  await expect(reader.getByRole("button", { name: "Restore" })).toBeHidden();

  await page.goto(new URL(link, page.url()).href);
  await expect(page.getByRole("heading", { name: "This service was deleted" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("button", { name: `Status of ${name}` })).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete the service" }).click();
  await expect(page).toHaveURL(/\/services$/);
});

test("an incident is told while the services cannot be read", { tag: DESK }, async ({ as }) => {
  const page = await as("responder", "/acme");
  await page.route(/\/api\/catalog\/v1\/(services|layout)/, (route) => route.fulfill({ status: 503, body: "" }));
  await page.goto(`${page.url()}/incidents/new`);
  await expect(page.getByRole("heading", { name: "The services cannot be read now" })).toBeVisible();
  await expectAccessible(page);
  const title = nameOf("Something is wrong");
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("Message").fill("We look **into** it.");
  await page.getByRole("radio", { name: "Resolved" }).check();
  await page.getByRole("button", { name: /^Publish/ }).click();
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  // Members see what visitors see, not its source.
  await expect(page.locator("strong", { hasText: "into" })).toBeVisible();
});
