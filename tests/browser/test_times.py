"""Times are how long ago something was, and on demand exactly: in the visitor's zone and in UTC. Without script in the organization's zone."""

from playwright.async_api import expect

from devstack.browser import IN_BROWSER, Visitors
from devstack.page_states import NOW

pytestmark = IN_BROWSER

RESOLVED = "Resolved 16 Nov, "


async def test_times_are_relative_first_and_exact_on_demand(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/", at=NOW, timezone_id="America/New_York")
    latest = page.locator("#i-i0 time").first
    await expect(latest).to_have_text("5 minutes ago")
    await page.get_by_role("button", name="Exact times").click()
    await expect(latest).to_have_text("22 Nov, 06:57 GMT-5 (11:57 UTC)")
    await page.get_by_role("button", name="Relative times").click()
    await expect(latest).to_have_text("5 minutes ago")
    await page.clock.fast_forward(3600_000)
    await expect(latest).to_have_text("1 hour ago")


async def test_periods_say_the_day_and_the_zone_once_where_the_visitors_clock_shares_them(
    visit: Visitors, site: str
) -> None:
    page = await visit(f"{site}/all-well/", at=NOW, timezone_id="Europe/London")
    await expect(page.locator("#i-i8 .said")).to_have_text(f"{RESOLVED}10:02 to 12:02 GMT")
    page = await visit(f"{site}/all-well/", at=NOW, timezone_id="Pacific/Auckland")
    await expect(page.locator("#i-i8 .said")).to_have_text("Resolved 16 Nov, 23:02 GMT+13 to 17 Nov, 01:02 GMT+13")


async def test_a_day_is_no_moment(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/services/cards", at=NOW, timezone_id="America/New_York")
    await expect(page.locator("#d-2026-11-22 th")).to_have_text("22 Nov")


async def test_without_script_times_are_in_the_organizations_zone_which_is_named(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/all-well/", script=False, timezone_id="America/New_York")
    await expect(page.locator("#i-i8 .said")).to_have_text(f"{RESOLVED}11:02 to 13:02 CET")
    await expect(page.locator("#zone")).to_have_text("Times are in Europe/Berlin.")
