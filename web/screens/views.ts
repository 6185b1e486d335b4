/** Every page of the console, and what else can be open on one. */
import type { Page } from "@playwright/test";

export interface View {
  name: string;
  path: string;
  /** Nobody is signed in without one. */
  role?: "admin" | "responder" | "viewer";
  /** What is done there before the picture is taken. */
  act?: (page: Page) => Promise<void>;
}

/** On to the first thing of a list, or to the first that is called so. */
const first =
  (path: RegExp, hasText = /./) =>
  async (page: Page) => {
    const links = page.locator("main a[href]").filter({ hasText });
    await links.first().waitFor();
    const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    const found = addresses.find((address) => path.test(address));
    if (!found) throw new Error(`No link of ${page.url()} leads to ${path}`);
    await page.goto(new URL(found, page.url()).href);
  };

const button = (name: string) => (page: Page) =>
  page.getByRole("button", { name, exact: true }).filter({ visible: true }).first().click();

async function openPalette(page: Page): Promise<void> {
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search" }).waitFor();
}

type Act = NonNullable<View["act"]>;

const both =
  (one: Act, other: Act): Act =>
  async (page) => {
    await one(page);
    await other(page);
  };

const INCIDENT = first(/\/incidents\/[\da-f-]{36}$/);
const WINDOW = first(/\/maintenance\/[^?]+/);
const PLANNED = first(/\/maintenance\/[^?]+/, /Upgrade of the order/);

const OUT: View[] = [
  { name: "sign-in", path: "/sign-in" },
  { name: "sign-up", path: "/sign-up" },
  { name: "reset", path: "/reset" },
  { name: "invitation", path: "/invitation" },
  { name: "first-admin", path: "/first-admin" },
  { name: "missing", path: "/sign-in/nothing" },
];

const SETTINGS: View[] = ["page", "members", "api-keys", "nats-access", "audit-log", "account"].map((tab) => ({
  name: `settings-${tab}`,
  path: `/acme/settings/${tab}`,
  role: "admin",
}));

const IN: View[] = [
  { name: "overview", path: "/acme", role: "admin" },
  { name: "overview-viewer", path: "/acme", role: "viewer" },
  { name: "services", path: "/acme/services", role: "responder" },
  { name: "services-admin", path: "/acme/services", role: "admin" },
  { name: "service-new", path: "/acme/services", role: "admin", act: button("New service") },
  { name: "service", path: "/acme/services", role: "admin", act: first(/\/services\/.+/) },
  { name: "incidents", path: "/acme/incidents", role: "responder" },
  { name: "incidents-viewer", path: "/acme/incidents", role: "viewer" },
  { name: "incident-new", path: "/acme/incidents/new", role: "responder" },
  { name: "incident", path: "/acme/incidents", role: "responder", act: INCIDENT },
  { name: "incident-edit", path: "/acme/incidents", role: "responder", act: both(INCIDENT, button("Edit")) },
  { name: "incident-menu", path: "/acme/incidents", role: "responder", act: both(INCIDENT, button("More")) },
  { name: "maintenance", path: "/acme/maintenance", role: "responder" },
  { name: "window", path: "/acme/maintenance", role: "responder", act: WINDOW },
  { name: "window-move", path: "/acme/maintenance", role: "responder", act: both(PLANNED, button("Move")) },
  { name: "window-new", path: "/acme/maintenance?new=2027-01-15", role: "responder" },
  { name: "settings-viewer", path: "/acme/settings/page", role: "viewer" },
  { name: "settings-unknown", path: "/acme/settings/nothing", role: "viewer" },
  { name: "invite", path: "/acme/settings/members", role: "admin", act: button("Invite a colleague") },
  { name: "key-new", path: "/acme/settings/api-keys", role: "admin", act: button("Make a key") },
  { name: "palette", path: "/acme", role: "admin", act: openPalette },
  { name: "organization-new", path: "/organizations/new", role: "viewer" },
  { name: "organization-unknown", path: "/nobodys", role: "viewer" },
];

export const VIEWS = [...OUT, ...IN, ...SETTINGS];
