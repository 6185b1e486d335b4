/** Ways into an organization: by a link, by the switcher, and by an address that is nobody's. */
import { DESK, expect, expectAccessible, test } from "@/e2e/fixtures";
import { CONSOLE } from "@/e2e/stack";

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

test("an unknown organization is said to be one, with those that are known", { tag: DESK }, async ({ as }) => {
  const page = await as("viewer", "/nobodys");
  await expect(page.getByRole("heading", { name: "There is no organization “nobodys” for you" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Acme" }).click();
  await expect(page).toHaveURL(`${CONSOLE}/acme`);
});
