"""The bars: a day of a service is shown to a pointer, a finger and the keyboard alike, with what happened on it."""

import pytest
from playwright.async_api import Page, expect

from devstack.browser import DESKTOP, IN_BROWSER, PHONE, Visitors
from devstack.page_states import DAYS, NOW

pytestmark = IN_BROWSER

TODAY = "22 Nov 2026"


async def place_of(page: Page, service: str, day: int) -> tuple[float, float]:
    """Where a day is, counted from the last one, in pixels of the window."""
    bars = page.locator(f"#s-{service} .bars")
    await bars.scroll_into_view_if_needed()
    box = await bars.bounding_box()
    assert box is not None
    return box["x"] + box["width"] * (DAYS - day - 0.5) / DAYS, box["y"] + box["height"] / 2


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
async def test_a_pointer_shows_the_day_below_it_and_reaches_what_is_shown(
    visit: Visitors, site: str, size: tuple[int, int]
) -> None:
    page = await visit(f"{site}/major/", size=size, at=NOW)
    tip = page.locator(".tip")
    await page.mouse.move(*await place_of(page, "cards", 0))
    await expect(tip).to_have_text(f"{TODAY} Major outage 34 min, degraded performance 5 minCard payments fail")
    await page.mouse.move(*await place_of(page, "cards", 5))
    await expect(tip).to_have_text("17 Nov 2026 operational")
    await page.mouse.move(*await place_of(page, "cards", 0))
    box, window = await tip.bounding_box(), size[0]
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= window
    await page.mouse.move(box["x"] + 20, box["y"] + 10)
    await page.clock.fast_forward(2000)
    await tip.get_by_role("link", name="Card payments fail").click()
    assert page.url == f"{site}/major/incidents/i0"


async def test_a_pointer_that_goes_elsewhere_hides_it(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/", at=NOW)
    await page.mouse.move(*await place_of(page, "cards", 0))
    await expect(page.locator(".tip")).to_be_visible()
    await page.mouse.move(5, 5)
    await page.clock.fast_forward(2000)
    await expect(page.locator(".tip")).to_be_hidden()


async def test_a_finger_shows_a_day(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/", at=NOW, has_touch=True)
    await page.touchscreen.tap(*await place_of(page, "cards", 0))
    await expect(page.locator(".tip")).to_contain_text("Major outage 34 min")


async def test_the_keyboard_walks_from_day_to_day_and_from_service_to_service(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/", at=NOW)
    tip, said = page.locator(".tip"), page.locator("#said")
    await page.locator("#s-cards .bars").focus()
    await expect(tip).to_contain_text(f"{TODAY} Major outage")
    await page.keyboard.press("ArrowLeft")
    await expect(tip).to_have_text("21 Nov 2026 operational")
    await expect(said).to_have_text("21 Nov 2026 operational")
    await page.keyboard.press("Home")
    await expect(tip).to_contain_text("25 Aug 2026")
    await page.keyboard.press("End")
    await page.keyboard.press("Tab")
    await expect(tip.get_by_role("link", name="Card payments fail")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#s-transfers .bars")).to_be_focused()
    await expect(tip).to_have_text(f"{TODAY} operational")
    await page.keyboard.press("Escape")
    await expect(tip).to_be_hidden()


async def test_days_without_data_are_said_to_be_so_and_are_grey(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/all-well/", at=NOW)
    await page.locator("details.group").evaluate_all("(groups) => groups.forEach((group) => { group.open = true })")
    await page.locator("#s-api .bars").focus()
    await page.keyboard.press("Home")
    await expect(page.locator(".tip")).to_have_text("25 Aug 2026 no data")
    grey = await page.locator("#s-api .n").evaluate(
        "(path) => getComputedStyle(path).stroke.match(/[0-9]+/g).map(Number)"
    )
    assert max(grey) - min(grey) < 32


async def test_on_the_page_of_a_service_links_lead_where_they_should(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/services/cards", at=NOW)
    await page.locator(".bars").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{site}/major/incidents/i0")
