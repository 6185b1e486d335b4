"""A page that is open keeps itself up to date, asks for nothing while it is connected, and says so when it is not."""

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.async_api import Page, expect

from devstack.browser import IN_BROWSER, Visitors
from devstack.page_states import NOW, Document, moment, service, states
from devstack.teststack import eventually

from .live_site import EPOCH, LiveSite

pytestmark = IN_BROWSER

STATES = states()
# What the script adds to what was loaded: where the keyboard may go, what is marked, and which day is shown.
MAIN = """() => {
    const main = document.querySelector("main").cloneNode(true);
    for (const each of main.querySelectorAll("*")) {
        each.classList.remove("fresh");
        if (!each.getAttribute("class")) each.removeAttribute("class");
    }
    return main.innerHTML + document.title + document.querySelector("#icon").href + document.querySelector("#as-of").outerHTML;
}"""


Live = Callable[[Document], LiveSite]


@pytest.fixture
def live() -> Iterator[Live]:
    """live(document) serves a page that can be changed."""
    with ExitStack() as running:
        yield lambda document: running.enter_context(LiveSite(document).running())


async def opened(visit: Visitors, site: LiveSite, path: str = "") -> Page:
    """A visitor whose page is connected. Their clock is the test's."""
    page = await visit(site.address + path, at=NOW)
    await eventually(lambda: site.sockets == 1, "the page is connected")
    return page


async def as_shown(page: Page) -> str:
    shown: str = await page.evaluate(MAIN)
    return shown


async def as_loaded(page: Page, site: LiveSite) -> str:
    """What somebody sees who comes now."""
    other = await page.context.new_page()
    await other.goto(site.address)
    await eventually(lambda: site.sockets == 2, "the other page is connected")
    shown = await as_shown(other)
    await other.close()
    return shown


@pytest.mark.parametrize("before", ["all-well", "major", "nested"])
async def test_changes_make_an_open_page_what_would_be_loaded_and_ask_for_nothing(
    live: Live, visit: Visitors, before: str
) -> None:
    site = live(STATES[before])
    page = await opened(visit, site)
    for after in ("minor", "major", "empty", "nested", "maintenance", "all-well"):
        site.asked.clear()
        site.tell(change := site.show(STATES[after]))
        await expect(page.locator("html")).to_have_attribute("data-version", str(change["page_version"]))
        assert site.asked == []
        assert await as_shown(page) == await as_loaded(page, site), f"{before} to {after}"
        await eventually(lambda: site.sockets == 1, "the other page is gone")


async def test_what_is_older_than_what_is_shown_changes_nothing(live: Live, visit: Visitors) -> None:
    site = live(STATES["all-well"])
    page = await opened(visit, site)
    older = {**site.show(STATES["major"]), "page_version": 7, "previous_version": 6}
    site.tell(older)
    site.tell({**older, "page_version": 3})
    site.tell(site.show(STATES["minor"]) | {"previous_version": 7})
    await expect(page.locator("#banner h2")).to_have_text("Degraded performance")
    assert "Major outage" not in (await page.text_content("#said") or "")


async def test_a_change_that_does_not_follow_what_is_shown_makes_it_ask_once_and_conditionally(
    live: Live, visit: Visitors
) -> None:
    site = live(STATES["all-well"])
    page = await opened(visit, site)
    site.asked.clear()
    site.show(STATES["minor"])
    site.tell(site.show(STATES["major"]))
    site.tell(site.show(STATES["maintenance"]))
    await page.wait_for_timeout(50)
    assert site.asked == []
    await page.clock.fast_forward(10_000)
    await expect(page.locator("#banner h2")).to_have_text("Maintenance in progress")
    assert len(site.asked) == 1
    _, status, validator = site.asked[0]
    assert (status, bool(validator)) == (200, True)


async def test_who_missed_something_asks_once_and_conditionally_when_told_to(live: Live, visit: Visitors) -> None:
    site = live(STATES["all-well"])
    site.hello = {"recovered": False, "retry_after_ms": 4_000}
    page = await opened(visit, site)
    site.asked.clear()
    await page.clock.fast_forward(3_000)
    assert site.asked == []
    await page.clock.fast_forward(2_000)
    await eventually(lambda: bool(site.asked), "it asked")
    assert [status for _, status, _ in site.asked] == [304]


async def test_a_page_that_lost_its_connection_says_how_old_it_is_and_goes_on_from_its_place(
    live: Live, visit: Visitors
) -> None:
    site = live(STATES["all-well"])
    page = await opened(visit, site)
    site.tell(site.show(STATES["minor"]))
    await expect(page.locator("#banner h2")).to_have_text("Degraded performance")
    site.hello, site.is_away = None, True
    site.hang_up(3001)
    await page.clock.fast_forward(120_000)
    await expect(page.locator("#away")).to_have_text("Not live: last updated 2 minutes ago")
    site.hello, site.is_away = {"recovered": True, "retry_after_ms": 0}, False

    async def is_live_again() -> bool:
        # Again and again: an attempt that was under way fails yet, and the next one waits for the clock.
        await page.clock.fast_forward(60_000)
        return await page.locator("#away").is_hidden()

    await eventually(is_live_again, "the notice is gone")
    await expect(page.locator("#said")).to_have_text("Live again.")
    assert site.since[0] == f"{EPOCH}-7"
    assert set(site.since[1:]) == {f"{EPOCH}-8"}


async def test_a_page_that_is_not_let_in_asks_every_now_and_then_and_never_shows_what_is_older(
    live: Live, visit: Visitors
) -> None:
    site = live(STATES["all-well"])
    site.hello = None
    page = await visit(site.address, at=NOW)
    site.asked.clear()
    site.show(STATES["major"])
    await page.clock.fast_forward(40_000)
    await expect(page.locator("#banner h2")).to_have_text("Major outage")
    await expect(page.locator("#away")).to_have_text("Not live: last updated just now")
    assert all(validator for _, _, validator in site.asked)
    asked = len(site.asked)
    site.go_back(STATES["minor"], version=7)
    await page.clock.fast_forward(40_000)
    await eventually(lambda: len(site.asked) > asked, "it asked again")
    await expect(page.locator("#banner h2")).to_have_text("Major outage")


async def test_what_changed_is_marked_and_read_out_once(live: Live, visit: Visitors) -> None:
    site = live(STATES["all-well"])
    page = await opened(visit, site)
    site.tell(site.show(STATES["minor"]))
    await expect(page.locator("#said")).to_have_text(
        "Degraded performance. Affected: Webhooks. Webhooks arrive late: Monitoring."
        " We added workers. Webhooks arrive within a minute again. Webhooks: Degraded performance."
    )
    marked = await page.locator(".fresh").evaluate_all("(all) => all.map((each) => each.id)")
    assert {"banner", "i-i1", "s-webhooks"} <= set(marked)
    assert "s-website" not in marked


async def test_what_a_visitor_opened_and_where_they_are_stays(live: Live, visit: Visitors) -> None:
    site = live(STATES["nested"])
    page = await opened(visit, site)
    group = page.locator("details.group:not([open]) > summary").first
    id = await group.get_attribute("id")
    await group.click()
    document = copy.deepcopy(STATES["nested"])
    document["services"].append(service(99))
    site.tell(site.show(document))
    await expect(page.locator("#s-s99")).to_be_visible()
    assert await page.evaluate("() => document.activeElement.id") == id
    assert await page.locator(f"details:has(> #{id})").get_attribute("open") is not None


async def test_the_page_of_an_incident_is_kept_up_to_date_too(live: Live, visit: Visitors) -> None:
    site = live(STATES["major"])
    page = await opened(visit, site, "incidents/i0")
    site.asked.clear()
    await page.clock.fast_forward(10_000)
    await eventually(lambda: bool(site.asked), "it asked for what happened while it was loaded")
    assert [(path, status) for path, status, _ in site.asked] == [("/p/acme/incidents/i0", 304)]
    document = copy.deepcopy(STATES["major"])
    said = {"id": "n", "status": "monitoring", "message": "It works.", "created_at": moment(), "edited_at": None}
    document["incidents"][0]["updates"].insert(0, said)
    site.tell(site.show(document))
    await expect(page.locator("#n")).to_contain_text("It works.")
    await expect(page.locator("#said")).to_contain_text("Monitoring. It works.")
    assert len(site.asked) == 1
