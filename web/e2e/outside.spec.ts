/** People of an outside issuer: the same build of the console with other settings, and services that believe both issuers. */
import type { Page } from "@playwright/test";
import { DESK, expect, expectAccessible, test } from "@/e2e/fixtures";
import { MEMBERS_URL, OUTSIDE, pageOf } from "@/e2e/stack";

test.beforeEach(async ({ context }) => {
  // The provider's form wants a font.
  await context.route("https://fonts.googleapis.com/**", (route) => route.abort());
});

test(
  "whoever signed in at the issuer lands where they were going, stays signed in, and signs out",
  { tag: DESK },
  async ({ page }, { project }) => {
    const organization = `outside-${project.name}-${Date.now()}`;
    await page.goto(`${OUTSIDE}/organizations/new`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expectAccessible(page);
    await signIn(page, `ana.${organization}.admin`);

    await page.getByRole("heading", { name: "Create your status page" }).waitFor();
    await expect(page).toHaveURL(`${OUTSIDE}/organizations/new`);
    await page.getByLabel("Name").fill("Outside");
    await page.getByLabel("Address").fill(organization);
    await page.getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await expect(page).toHaveURL(`${OUTSIDE}/${organization}`);
    expect((await page.goto(pageOf(organization)))?.status()).toBe(200);

    await page.goto(`${OUTSIDE}/${organization}/settings/members`);
    await expect(page.getByRole("link", { name: "Manage members" })).toHaveAttribute("href", MEMBERS_URL);
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
    );
    expect(kept, "no token is kept").not.toContain("eyJ");
    await page.goto(`${OUTSIDE}/reset`);
    await expect(page, "passwords are the issuer's").toHaveURL(`${OUTSIDE}/${organization}`);

    await page.getByRole("button", { name: "Account of Ana" }).filter({ visible: true }).click();
    await expect(page.getByRole("menuitem", { name: "Sign out everywhere" })).toHaveCount(0);
    await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await expect(page.getByRole("button", { name: "Go on to sign in" })).toBeVisible();
  },
);

test("whom the services do not know is told so, and may sign in as somebody else", { tag: DESK }, async ({ page }) => {
  await page.goto(`${OUTSIDE}/acme/incidents?state=open`);
  await signIn(page, "bob.acme.cleaner");
  await expect(page.getByText("You have no access here")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Sign in as somebody else" }).click();
  await fillIn(page, "vera.acme.viewer");
  // What the other issuer calls acme is another organization.
  await expect(page.getByRole("heading", { name: "There is no organization “acme” for you" })).toBeVisible();
  await expect(page).toHaveURL(`${OUTSIDE}/acme/incidents?state=open`);
  await page.getByRole("link", { name: "Go on to your organization" }).click();
  await expect(page.getByRole("heading", { name: "There is no status page yet" })).toBeVisible();
  await expectAccessible(page);
});

async function signIn(page: Page, login: string): Promise<void> {
  await page.getByRole("button", { name: "Go on to sign in" }).click();
  await fillIn(page, login);
}

/** The provider's form. */
async function fillIn(page: Page, login: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
}
