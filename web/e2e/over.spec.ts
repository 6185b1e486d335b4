/** What lies over a page, on a phone as on a desk: Back closes it, the focus is where it is of use, and axe finds nothing. */
import { expect, expectAccessible, test } from "@/e2e/fixtures";

test("Back closes a sheet, asks about what is typed in it, and then leaves the page as ever", async ({
  as,
  isMobile,
}) => {
  const page = await as("admin", "/acme");
  const navigation = page.getByRole("navigation", { name: "Console" }).filter({ visible: true });
  await navigation.getByRole("link", { name: "Services" }).click();
  const opener = page.getByRole("button", { name: "New service" });
  await opener.click();
  const sheet = page.getByRole("dialog", { name: "New service" });
  const name = sheet.getByLabel("Name");
  await expect(isMobile ? sheet : name).toBeFocused(); // no keyboard comes up over what is to be read first
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(opener).toBeFocused();

  await opener.click();
  await name.fill("Search");
  page.once("dialog", (question) => question.dismiss());
  await page.goBack();
  await expect(name).toHaveValue("Search");
  page.once("dialog", (question) => question.accept());
  await page.goBack();
  await expect(sheet).toBeHidden();
  await expect(page).toHaveURL(/\/acme\/services$/);

  await opener.click();
  await sheet.getByRole("button", { name: "Cancel" }).click();
  await expect(sheet).toBeHidden();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("a menu hides nothing from screen readers that the Tab key still reaches", async ({ as }) => {
  const page = await as("admin", "/acme");
  await page.getByRole("button", { name: "Account" }).filter({ visible: true }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await expectAccessible(page);
});

test("who wants no motion sees none when the colours change @desk", async ({ as }) => {
  const page = await as("admin");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  const transitions = () => document.getAnimations().filter((each) => each instanceof CSSTransition).length;
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  expect(await page.evaluate(transitions)).toBe(0);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await page.evaluate(transitions)).toBe(0);
});
