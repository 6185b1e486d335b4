/** An incident from the first minute to the last: published once whatever the network does, seen by visitors, run by two people. */
import type { Locator, Page } from "@playwright/test";
import { DESK, expect, expectAccessible, test, unique } from "@/e2e/fixtures";
import { CONSOLE, pageOf } from "@/e2e/stack";

const LIST = "/acme/incidents";
const VISIBLE = /Published\. Visible to visitors, \d+\.\d s/;

function choice(page: Page, service: string, status: string): Locator {
  return page.getByRole("radiogroup", { name: service }).getByRole("radio", { name: status });
}

async function compose(page: Page, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByRole("textbox", { name: "Message" }).fill("We are looking into it.");
}

/** What other tests look at is as it was. */
async function remove(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete incident" }).click();
  await page.getByRole("button", { name: "Delete incident" }).click();
  await expect(page).toHaveURL(CONSOLE + LIST);
}

const publish = (page: Page) => page.getByRole("button", { name: /^Publish/ });

test("opened from a link, an incident is published in at most six taps and one typed field", async ({ as }) => {
  const page = await as("responder", "/acme");
  await page.setViewportSize({ width: 375, height: 667 });
  let taps = 0;
  const tap = async (target: Locator) => {
    await target.filter({ visible: true }).first().click();
    taps += 1;
  };
  await tap(page.getByRole("link", { name: "Incidents", exact: true }));
  await tap(page.getByRole("link", { name: "New incident" }));
  await tap(choice(page, "Webhooks", "Degraded"));
  await tap(page.getByRole("textbox", { name: "Message" }));
  const message = unique("Deliveries are late");
  await page.keyboard.type(message);
  await tap(publish(page));
  await expect(page.getByText(VISIBLE)).toBeVisible();
  expect(taps).toBeLessThanOrEqual(6);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Webhooks: degraded");
  await remove(page);
});

test("a visitor's page shows by itself how an incident is opened, updated and resolved", async ({ as, browser }) => {
  const [title, found, over] = ["Prices are wrong", "An index was lost", "It is built again"].map(unique) as [
    string,
    string,
    string,
  ];
  const visitor = await browser.newPage();
  await visitor.goto(pageOf("acme"));
  const page = await as("responder", "/acme/incidents/new");
  await choice(page, "Search", "Partial outage").check();
  await compose(page, title);
  await expect(page.frameLocator("iframe").getByText(title)).toBeVisible();
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText(VISIBLE)).toBeVisible();
  await expect(visitor.getByRole("heading", { name: title })).toBeVisible();
  await expectAccessible(page);

  await expect(page.getByRole("radio", { name: "Identified" })).toBeChecked();
  await page.getByRole("textbox", { name: "Message" }).fill(found);
  // Visitors see it before whoever wrote it has the answer.
  await page.exposeFunction("seen", () => expect(visitor.getByText(found, { exact: true })).toBeVisible());
  await page.evaluate(() => {
    const { fetch } = window;
    window.fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!(input instanceof Request && input.method === "POST" && input.url.endsWith("/updates"))) return answer;
      window.fetch = fetch;
      await Reflect.get(window, "seen")();
      return answer;
    };
  });
  await page.getByRole("button", { name: "Post as identified" }).click();
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("");
  await expect(page.getByText(VISIBLE)).toBeVisible();

  await page.getByRole("radio", { name: "Resolved" }).check();
  await page.getByRole("textbox", { name: "Message" }).fill(over);
  await page.getByRole("button", { name: "Resolve" }).click();
  await expect(page.getByRole("button", { name: "Post another update" })).toBeVisible();
  await expect(visitor.getByText(over, { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Write a postmortem" }).click();
  await page.getByRole("textbox", { name: "What was learned" }).fill("Indexes are backed up.");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Published", { exact: true })).toBeVisible();
  await remove(page);
  await expect(visitor.getByRole("heading", { name: title })).toHaveCount(0);
  await visitor.close();
});

test("without a network, and when the answer is lost after the commit, there is one incident in the end", {
  tag: DESK,
}, async ({ as }) => {
  const title = unique("Payments fail");
  const page = await as("responder", "/acme/incidents/new");
  await page.context().addInitScript(() => {
    const { fetch } = window;
    window.fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const isIncident = input instanceof Request && input.method === "POST" && input.url.endsWith("/v1/incidents");
      if (!isIncident || sessionStorage.getItem("answers arrive")) return answer;
      sessionStorage.setItem("was committed", String(answer.status));
      throw new TypeError("The answer is lost");
    };
  });
  await page.reload();
  await compose(page, title);
  await page.context().setOffline(true);
  await publish(page).click();
  await expect(page.getByText("Not published yet, trying again.")).toBeVisible();
  await page.context().setOffline(false);
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem("was committed"))).toBe("201");
  await expect(page.getByText("Not published yet, trying again.")).toBeVisible();

  await page.evaluate(() => sessionStorage.setItem("answers arrive", "yes"));
  await page.reload();
  await expect(page.getByText(VISIBLE)).toBeVisible();
  await page.goto(CONSOLE + LIST);
  await expect(page.getByRole("link", { name: title })).toHaveCount(1);
  await expect(page.getByText(/draft|Not published/)).toHaveCount(0);
  await page.getByRole("link", { name: title }).click();
  await remove(page);
});

test("two people on one incident see each other's changes, and nobody's are lost", { tag: DESK }, async ({ as }) => {
  const title = unique("Logins fail");
  const ada = await as("admin", "/acme/incidents/new");
  await compose(ada, title);
  await publish(ada).click();
  await expect(ada.getByText(VISIBLE)).toBeVisible();
  const ben = await as("responder", new URL(ada.url()).pathname);

  await ada.getByRole("textbox", { name: "Message" }).fill("Mine, not posted yet");
  await ben.getByRole("textbox", { name: "Message" }).fill("The database is full.");
  await ben.getByRole("button", { name: "Post as identified" }).click();
  await expect(ada.getByRole("listitem").filter({ hasText: "The database is full." })).toContainText("Responder");
  await expect(ada.getByRole("heading", { name: "The incident changed while you were writing" })).toBeVisible();
  await ada.getByRole("button", { name: "Keep mine, post it after theirs" }).click();
  await ada.getByRole("button", { name: "Post update" }).click();
  await expect(ben.getByText("Mine, not posted yet")).toBeVisible();

  for (const page of [ada, ben]) await page.getByRole("button", { name: "Edit", exact: true }).click();
  await ada.getByRole("textbox", { name: "Title" }).fill(`${title}, hers`);
  await ben.getByRole("textbox", { name: "Title" }).fill(`${title}, his`);
  await ada.getByRole("button", { name: "Save" }).click();
  const conflict = ben.getByRole("alert").filter({ hasText: "changed this while you were at it" });
  await expect(conflict).toContainText(`${title}, hers`);
  await expect(conflict).toContainText(`${title}, his`);
  await expectAccessible(ben);
  await ben.getByRole("button", { name: "Keep mine" }).click();
  await ben.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByRole("heading", { level: 1 })).toContainText(`${title}, his`);
  await remove(ada);
  await expect(ben.getByRole("link", { name: "All incidents" })).toBeVisible();
});

test("an open incident that names a chosen service is said first, and takes what was typed", async ({ as }) => {
  const title = unique("Feeds stand still");
  const page = await as("admin", "/acme/incidents/new");
  await choice(page, "API", "Degraded").check();
  await compose(page, title);
  await publish(page).click();
  await expect(page.getByText(VISIBLE)).toBeVisible();

  await page.goto(`${CONSOLE}/acme/incidents/new`);
  await choice(page, "API", "Major outage").check();
  await page.getByRole("textbox", { name: "Message" }).fill("It is worse than we thought.");
  const known = page.getByRole("listitem").filter({ hasText: `${title} is open already and names API.` });
  await expectAccessible(page);
  await known.getByRole("button", { name: "Add an update instead" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(title);
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("It is worse than we thought.");
  await remove(page);
});

test("viewers read incidents and are offered nothing that they may not do", { tag: DESK }, async ({ as }) => {
  const page = await as("viewer", LIST);
  await page.getByRole("heading", { name: "Resolved" }).waitFor();
  await expectAccessible(page);
  await expect(page.getByRole("link", { name: "New incident" })).toHaveCount(0);
  await page.getByRole("link", { name: "Search finds outdated prices" }).click();
  await expect(page.getByText("All prices are right again.")).toBeVisible();
  await expect(
    page.getByRole("button", { name: /Edit|Delete|Post|Write/ }).filter({ hasNotText: "Edits" }),
  ).toHaveCount(0);
  await page.goto(`${CONSOLE}/acme/incidents/new`);
  await expect(page.getByRole("heading", { name: "Your role reads incidents" })).toBeVisible();
});
