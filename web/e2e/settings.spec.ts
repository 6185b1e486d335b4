/** Settings: who may do what, keys of machines, what was done, and the page itself, which two people change at once. */
import type { Page } from "@playwright/test";
import { DESK, expect, expectAccessible, test } from "@/e2e/fixtures";
import { CONSOLE, mailedLink, pageOf } from "@/e2e/stack";

const PASSWORD = "seven green lamps";
const NEWER = "eight blue kettles";

const unique = (name: string) => `${name} ${crypto.randomUUID().slice(0, 8)}`;
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true }).filter({ visible: true });

/** What a service answers to a request with the access token of whoever is signed in. */
function asked(page: Page, method: string, path: string): Promise<number> {
  return page.evaluate(
    async ([method, path]) => {
      const refreshed = await fetch("/api/identity/v1/session/refresh", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      const { access_token } = await refreshed.json();
      return (await fetch(path, { method, headers: { authorization: `Bearer ${access_token}` } })).status;
    },
    [method, path] as const,
  );
}

test("a colleague who is invited may do what their role says, until they are removed", async ({ as, browser }) => {
  const name = unique("Carla");
  const email = `${name.replace(" ", ".").toLowerCase()}@example.org`;
  const admin = await as("admin", "/acme/settings/members");
  await admin.getByRole("button", { name: "Invite a colleague" }).click();
  await admin.getByLabel("E-mail").fill(email);
  await admin.getByRole("dialog").getByLabel("Role").selectOption("Responder");
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Send the invitation" }).click();
  await expect(admin.getByRole("button", { name: `Withdraw ${email}` })).toBeVisible();

  await expect.poll(() => mailedLink(email)).not.toBeNull();
  const context = await browser.newContext();
  const colleague = await context.newPage();
  await colleague.goto(mailedLink(email) ?? "");
  await colleague.getByRole("button", { name: "Join" }).click();
  await colleague.getByLabel("Your name").fill(name);
  await colleague.getByLabel("New password").fill(PASSWORD);
  await colleague.getByRole("button", { name: "Join" }).click();
  await expect(colleague).toHaveURL(`${CONSOLE}/acme`);
  const row = admin.getByRole("listitem").filter({ hasText: email });
  await expect(row.getByRole("combobox")).toHaveValue("responder");
  await expect(admin.getByRole("button", { name: `Withdraw ${email}` })).toHaveCount(0);

  await colleague.goto(`${CONSOLE}/acme/settings/page`);
  await expect(colleague.getByText("Admins of the organization change these.")).toBeVisible();
  await expect(link(colleague, "Audit log")).toHaveCount(0);
  await expectAccessible(colleague);
  await colleague.goto(`${CONSOLE}/acme/settings/api-keys`);
  await expect(colleague.getByRole("heading", { name: "API keys: for admins only" })).toBeVisible();
  expect(await asked(colleague, "DELETE", `/api/catalog/v1/services/${crypto.randomUUID()}`)).toBe(403);
  expect(await asked(colleague, "GET", "/api/identity/v1/audit")).toBe(403);

  await colleague.goto(`${CONSOLE}/acme/settings/account`);
  const newName = unique("Carla Married");
  await colleague.getByLabel("Your name").fill(newName);
  await colleague.getByRole("button", { name: "Change the name" }).click();
  await expect(row.getByText(newName), "colleagues see it at once").toBeVisible();
  await expect(
    colleague.getByRole("button", { name: `Account of ${newName}` }).filter({ visible: true }),
  ).toBeVisible();
  await expect(colleague.getByLabel("Your name")).toHaveValue(newName);
  await colleague.getByLabel("Present password").fill("not this one at all");
  await colleague.getByLabel("New password").fill(NEWER);
  await colleague.getByRole("button", { name: "Change the password" }).click();
  await expect(colleague.getByText("This is not the present password.")).toBeVisible();
  await colleague.getByLabel("Present password").fill(PASSWORD);
  await colleague.getByRole("button", { name: "Change the password" }).click();
  await expect(colleague.getByText("Password changed; everything else is signed out", { exact: true })).toBeVisible();
  await expectAccessible(colleague);

  await row.getByRole("button", { name: "Remove" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  await colleague.goto(`${CONSOLE}/acme`);
  await expect(colleague.getByRole("heading", { level: 1, name: /There is no organization|Create/ })).toBeVisible();
  await context.close();
});

test("a key is shown once, opens what its role may, and is refused when it is revoked", async ({ as }) => {
  const name = unique("Monitor");
  const page = await as("admin", "/acme/settings/api-keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("heading", { name: "Copy the key now" })).toBeVisible();
  await page.keyboard.press("Escape");
  const key = (await page.getByText(/^tdk_[\w-]+$/).textContent()) ?? "";
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText(key)).toHaveCount(0);

  const status = () =>
    page.evaluate(
      async (key) => (await fetch("/api/catalog/v1/services", { headers: { authorization: `Bearer ${key}` } })).status,
      key,
    );
  await expect.poll(status).toBe(200);
  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("button", { name: `Revoke ${name}` })).toHaveCount(0);
  await expect.poll(status).toBe(401);

  await page.goto(`${CONSOLE}/acme/settings/audit-log?kind=api_key`);
  const entry = page.getByRole("listitem").filter({ hasText: name }).filter({ hasText: "API key revoked" });
  await entry.getByText("API key revoked").click();
  await expect(entry.getByText(/^(::1|127\.0\.0\.1)$/)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("What").selectOption("Members");
  await expect(page).toHaveURL(`${CONSOLE}/acme/settings/audit-log?kind=member`);
  await expect(page.getByText("API key revoked")).toHaveCount(0);
  const file = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export as CSV" }).click();
  expect((await file).suggestedFilename()).toBe("audit-acme.csv");
});

test("the page is previewed, saved and seen; of two who save, the second sees theirs and mine", { tag: DESK }, async ({
  as,
  page: visitor,
}) => {
  const first = await as("admin", "/globex/settings/page");
  const second = await as("admin", "/globex/settings/page");
  const about = unique("We make everything.");
  await first.getByLabel("About").fill(about);
  await expect(first.frameLocator("iframe").getByText(about)).toBeVisible();
  await first.getByLabel("Address").fill("acme");
  await first.getByRole("button", { name: "Save" }).click();
  await expect(first.getByText("taken or reserved")).toBeVisible();
  await expectAccessible(first);
  await expect(first.getByRole("button", { name: /^acme-/ })).toHaveCount(3);
  await first.getByLabel("Address").fill("globex");

  const other = unique("We make some things.");
  await second.getByLabel("About").fill(other);
  await first.getByRole("button", { name: "Save" }).click();
  await expect(first.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();
  await expect(async () => {
    await visitor.goto(pageOf("globex"));
    await expect(visitor.getByText(about)).toBeVisible({ timeout: 500 });
  }).toPass();

  await second.getByRole("button", { name: "Save" }).click();
  const conflict = second.getByRole("alert").filter({ hasText: "changed this while you were at it" });
  await expect(conflict).toContainText(about);
  await expect(conflict).toContainText(other);
  await expectAccessible(second);
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await second.getByRole("button", { name: "Save" }).click();
  await expect(first.getByLabel("About")).toHaveValue(other);

  await first.getByLabel("Name").fill("Typed, and not saved");
  first.once("dialog", (dialog) => void dialog.dismiss());
  await link(first, "Members").click();
  await expect(first.getByLabel("Name")).toHaveValue("Typed, and not saved");
  await first.getByRole("button", { name: "Discard" }).click();
  await expect(first.getByLabel("Name")).toHaveValue("Globex");
});

test("whoever comes to the console's address of before is led to the present one", { tag: DESK }, async ({ as }) => {
  const page = await as("admin", "/organizations/new");
  const before = unique("moves").replace(" ", "-");
  await page.getByLabel("Name").fill("Moves");
  await page.getByLabel("Address").fill(before);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goto(`${CONSOLE}/${before}/settings/page`);
  await page.getByLabel("Address").fill(`${before}-on`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(`${CONSOLE}/${before}-on/settings/page`);

  const later = await page.context().newPage();
  await later.goto(`${CONSOLE}/${before}/incidents?state=open`);
  await expect(later).toHaveURL(`${CONSOLE}/${before}-on/incidents?state=open`);
  await expect(later.getByRole("heading", { name: "Incidents" })).toBeVisible();
});

test("a domain of one's own is added with the records that prove it, and given up", { tag: DESK }, async ({ as }) => {
  const page = await as("admin", "/organizations/new");
  const slug = unique("domains").replace(" ", "-");
  const name = `status.${slug}.test`;
  await page.getByLabel("Name").fill("Domains");
  await page.getByLabel("Address").fill(slug);
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goto(`${CONSOLE}/${slug}/settings/page`);

  const domain = page.getByLabel("Domain", { exact: true });
  await domain.fill(`https://${name}/`);
  await page.getByRole("button", { name: "Add the domain" }).click();
  await expect(page.getByText("A host name such as status.example.com")).toBeVisible();
  await domain.fill(name.toUpperCase());
  await page.getByRole("button", { name: "Add the domain" }).click();
  const row = page.getByRole("listitem").filter({ hasText: name });
  await expect(row.getByText("Waiting for the DNS record")).toBeVisible();
  await expect(row.getByText(`_tidings.${name}`)).toBeVisible();
  await expect(row.getByText(/^tidings-domain=[0-9a-f]{48}$/)).toBeVisible();
  await expectAccessible(page);

  await row.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
});

test("everything is a few letters away, and keys lead there as long as they are on", { tag: DESK }, async ({ as }) => {
  const page = await as("responder", "/acme/settings/account");
  await page.getByRole("heading", { name: "Settings" }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await expect(page).toHaveURL(`${CONSOLE}/acme/maintenance`);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search" }).fill("webho");
  await expectAccessible(page);
  await page.getByRole("option", { name: "Webhooks" }).waitFor();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/acme\/services\/.+/);

  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Shortcuts of a single key" }).click();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search" }).fill("nats");
  await page.getByRole("option", { name: "Settings: NATS access" }).waitFor();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${CONSOLE}/acme/settings/nats-access`);
  await expect(page.getByText("make nats-access ORG=acme NAME=billing")).toBeVisible();
  await expectAccessible(page);
});
