"""Everybody can use the page: those who see little, see no colours, use no mouse, or have it read out."""

import pytest

from devstack.browser import DESKTOP, IN_BROWSER, PHONE, Visitors
from devstack.page_states import NOW
from devstack.screens import live_views

pytestmark = IN_BROWSER

RUN_AXE = """async () => (await axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]}))
    .violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}: ${node.failureSummary}`))"""

# Every link, control and row of bars, in the order of the page. What is in a closed group is reached once that is opened.
REACHABLE = "a[href], summary, button, select, [tabindex='0']"
# By what it is known again when the script puts a new one in its place.
NAME = "(each) => `${each.localName} ${each.id} ${each.getAttribute('href')} ${each.ariaLabel} ${each.innerText}`"
# Around it, or around what holds the row of bars, which is cut off.
RING = """() => [document.activeElement, document.activeElement.closest(".days")].some((each) => {
    const style = each && getComputedStyle(each);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
})"""


@pytest.mark.parametrize("script", [True, False])
async def test_axe_finds_nothing(visit: Visitors, site: str, axe: str, script: bool, subtests: pytest.Subtests) -> None:
    """Colours do not depend on the width, nor what is where on the time of the day: two of the four ways to look are enough."""
    # axe-core is a script itself, so without the page's own script is without what that would do.
    page = await visit(f"{site}/major/", lost=None if script else "**/*.js", at=NOW)
    for view in live_views(script=script):
        with subtests.test(view.name):
            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await page.emulate_media(color_scheme="light")
            await page.goto(f"{site}/{view.path}")
            await page.evaluate(axe)
            found: list[str] = await page.evaluate(RUN_AXE)
            await page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
            await page.emulate_media(color_scheme="dark")
            found += await page.evaluate(RUN_AXE)
            assert found == []


@pytest.mark.parametrize(
    "path", ["major/", "nested/", "all-well/", "all-well/incidents/i8", "major/services/cards", "major/history"]
)
async def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(
    visit: Visitors, site: str, path: str
) -> None:
    page = await visit(f"{site}/{path}", at=NOW)
    reached = set[str]()
    for _ in range(400):
        await page.keyboard.press("Tab")
        kind: str = await page.evaluate("() => document.activeElement.localName")
        if kind == "body":
            break
        reached.add(await page.evaluate(f"() => ({NAME})(document.activeElement)"))
        assert await page.evaluate(RING), await page.evaluate("() => document.activeElement.outerHTML")
        if kind == "summary" and await page.evaluate("() => !document.activeElement.parentElement.open"):
            await page.keyboard.press("Enter")
    every: list[str] = await page.evaluate(f"(all) => [...document.querySelectorAll(all)].map({NAME})", REACHABLE)
    assert reached >= set(every)


async def test_each_service_is_one_stop_of_the_keyboard(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/all-well/", at=NOW)
    assert await page.locator(".bars").count() == 8
    assert await page.locator(".bars[tabindex='0']").count() == 8
    assert await page.locator(".bars [tabindex], .bars a").count() == 0


async def test_what_is_seen_in_colours_of_the_visitors_choice_is_still_told_apart(visit: Visitors, site: str) -> None:
    page = await visit(f"{site}/major/", forced_colors="active", at=NOW)
    assert await page.get_by_role("heading", name="Major outage").is_visible()
    border: str = await page.evaluate("() => getComputedStyle(document.querySelector('.banner')).borderTopStyle")
    assert border == "solid"
