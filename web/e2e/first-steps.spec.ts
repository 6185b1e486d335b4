/** Somebody comes for the first time: an account, an organization, and its console. */
import { expect, expectAccessible, test } from "@/e2e/fixtures";
import { CONSOLE, mailedLink, pageOf } from "@/e2e/stack";

const PASSWORD = "seven green lamps";

test("sign up, create an organization, and its page is live", async ({ page }, { project }) => {
  const email = `new-${project.name}-${Date.now()}@example.org`;
  const slug = `first-steps-${Date.now()}`;
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
  expect((await page.goto(pageOf(slug)))?.status()).toBe(200);
});

test("a link leads there after signing in, and signing out leads back", async ({ as, browser }) => {
  const page = await as("viewer", "/acme/incidents");
  await expect(page.getByRole("heading", { name: "Incidents" })).toBeVisible();
  await page.getByRole("button", { name: "Account of Viewer" }).filter({ visible: true }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${CONSOLE}/sign-in?to=%2Facme%2Fincidents`);
  await expectAccessible(page);

  const stranger = await browser.newPage();
  await stranger.goto(`${CONSOLE}/acme/incidents?state=open`);
  await expect(stranger).toHaveURL(`${CONSOLE}/sign-in?to=%2Facme%2Fincidents%3Fstate%3Dopen`);
  await stranger.close();
});

test("another organization is two taps away", async ({ as }) => {
  const page = await as("admin", "/acme/services");
  await page.getByRole("button", { name: "Organization: Acme" }).filter({ visible: true }).click();
  await page.getByRole("menuitemradio", { name: "Globex" }).click();
  await expect(page).toHaveURL(`${CONSOLE}/globex/services`);
});

test("an unknown organization is said to be one, with those that are known", async ({ as }) => {
  const page = await as("viewer", "/nobodys");
  await expect(page.getByRole("heading", { name: "There is no organization “nobodys” for you" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Acme" }).click();
  await expect(page).toHaveURL(`${CONSOLE}/acme`);
});
