/** Takes a picture of every page of the console, on a phone and a desk, by day and by night: `make screens`, to be looked at. */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, still, test, violations } from "@/e2e/fixtures";
import { CONSOLE } from "@/e2e/stack";
import { VIEWS } from "@/screens/views";

const FOLDER = join(import.meta.dirname, "..", "..", ".tidings", "screens");
const FINGER = 44;
const SHIFT_MAX = 0.1;

for (const { name, path, role, act } of VIEWS) {
  test(name, async ({ as, page: stranger }, { project }) => {
    const page = role ? await as(role, path) : stranger;
    if (!role) await page.goto(CONSOLE + path);
    await settled(page);
    await act?.(page);
    await settled(page);
    const shift = await layoutShift(page);
    await unroll(page);
    await page.screenshot({ path: join(FOLDER, `console-${name}-${project.name}.png`), animations: "disabled" });
    expect.soft(shift, "what moved under a finger while the page was filled").toEqual([]);
    expect.soft(await violations(page), "what axe finds").toEqual([]);
    expect.soft(await clipped(page), "what is wider than the screen").toEqual([]);
    if (project.name.startsWith("375")) expect.soft(await small(page), "too small for a finger").toEqual([]);
  });
}

/** What was asked for has come. The console keeps a socket open, so the network is never idle. */
async function settled(page: Page): Promise<void> {
  await page.locator("h1, [role=dialog]").first().waitFor();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  await still(page);
}

/** Higher than the screen where there is more: a picture of a whole page by other means knows of no finger. */
async function unroll(page: Page): Promise<void> {
  const size = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  if (size && height > size.height) await page.setViewportSize({ width: size.width, height });
}

/** What moved, if all of it together is more than a little. */
function layoutShift(page: Page): Promise<string[]> {
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Element | null }[] };
  return page.evaluate(
    (most) =>
      new Promise<string[]>((resolve) => {
        const shifts: Shift[] = [];
        const observer = new PerformanceObserver((list) => {
          shifts.push(...(list.getEntries() as Shift[]).filter(({ hadRecentInput }) => !hadRecentInput));
        });
        observer.observe({ type: "layout-shift", buffered: true });
        const said = ({ value, sources }: Shift) =>
          `${value.toFixed(3)}: ${sources.map(({ node }) => node?.outerHTML?.slice(0, 120)).join(" | ")}`;
        const isMuch = () => shifts.reduce((sum, { value }) => sum + value, 0) > most;
        // What is buffered comes with the next task.
        setTimeout(() => resolve(isMuch() ? shifts.map(said) : []), 100);
      }),
    SHIFT_MAX,
  );
}

function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isScrolled = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || isScrolled(element.parentElement));
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > width + 1)
      .filter((element) => !isScrolled(element.parentElement))
      .map((element) => `${element.tagName}: ${element.textContent?.trim().slice(0, 40)}`);
  });
}

/** What can be pressed in less than a finger's height, with what surrounds it and belongs to it. */
function small(page: Page): Promise<string[]> {
  return page.evaluate((finger) => {
    const isHit = (element: Element, x: number, y: number) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (element.contains(hit) || hit.closest("label")?.contains(element));
    };
    // While something is open over the page, a tap beside it only closes it.
    const open = document.querySelector("[role=dialog], [role=alertdialog], [role=menu]");
    return [
      ...(open ?? document).querySelectorAll(
        "a[href], button, input, select, textarea, summary, [role=switch], [role=menuitem]",
      ),
    ]
      .filter((element) => element.checkVisibility() && !element.closest("[aria-hidden=true], .sr-only"))
      .filter((element) => {
        element.scrollIntoView({ block: "center" });
        const { left, top, width, height } = element.getBoundingClientRect();
        const [x, y, reach] = [left + Math.min(width / 2, 20), top + height / 2, finger / 2 - 2];
        const isOnScreen = x > 0 && x < innerWidth && y - reach > 0 && y + reach < innerHeight;
        return (
          height > 1 &&
          height < finger - 1 &&
          isOnScreen &&
          !(isHit(element, x, y - reach) && isHit(element, x, y + reach))
        );
      })
      .map((element) => `${element.textContent?.trim().slice(0, 40)}: ${element.outerHTML.slice(0, 120)}`);
  }, FINGER);
}
