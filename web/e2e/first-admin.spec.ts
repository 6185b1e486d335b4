/** Whoever installed Tidings opens the link that it prints. On one screen alone: of two links only the newer one is good. */
import { expect, expectAccessible, test } from "@/e2e/fixtures";
import { adminLink, CONSOLE } from "@/e2e/stack";

test("the printed link makes an admin with an organization, once", async ({ page, browser }) => {
  const unique = crypto.randomUUID().slice(0, 8);
  const link = adminLink();
  await page.goto(link);
  await page.getByRole("heading", { name: "Make the first admin" }).waitFor();
  expect(page.url(), "the code is not left behind").toBe(`${CONSOLE}/first-admin`);
  await expectAccessible(page);
  const create = page.getByRole("button", { name: "Create" });
  await create.click();
  await expect(page.getByText("Choose a password.")).toBeVisible();
  await page.getByLabel("Your name").fill("Ines Installer");
  await page.getByLabel("E-mail").fill(`ines-${unique}@example.org`);
  await page.getByLabel("New password").fill("seven green lamps");
  await page.getByLabel("Organization").fill(`Installed ${unique}`);
  await create.click();
  await expect(page).toHaveURL(`${CONSOLE}/installed-${unique}`);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

  const second = await browser.newPage();
  await second.goto(link);
  await second.getByLabel("Your name").fill("Mallory");
  await second.getByLabel("E-mail").fill(`mallory-${unique}@example.org`);
  await second.getByLabel("New password").fill("seven green lamps");
  await second.getByLabel("Organization").fill("Mine");
  await second.getByRole("button", { name: "Create" }).click();
  await expect(second.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  await second.close();
});
