"""The page of a service: its days in words, how it changed, and what happened to it."""

import re
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devstack.page_states import Document, archive, document, group, incident, moment, service, window
from public_api.archive import Archive
from public_api.site.happenings import happenings, on
from public_api.site.services import make
from public_api.site.words import duration

DAYS = "." * 40 + "0" * 47 + "13m"
LAST = date(2026, 11, 22)


def told(**fields: Any) -> tuple[Document, Archive]:
    """A document with the service s0 in a group, and its archive."""
    said = document(
        [service(0, "pay", name="Cards", description="Visa & more"), service(1)],
        groups=[group("shop", "Shop"), group("pay", "Payments", "shop")],
        days={"s0": DAYS},
        **fields,
    )
    kept = Archive.read(archive(said))
    assert kept is not None
    return said, kept


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_a_service_has_a_page_that_says_in_words_what_its_bars_show() -> None:
    over = incident(0, "resolved", started_at=moment(days=1, hours=2), resolved_at=moment(days=1))
    html = make(*told(incidents=[over]))["services/s0"].text
    said = text_of(html)
    assert "Cards Operational Shop, Payments Visa &amp; more" in said
    assert "99.97 % uptime" in said
    rows = re.findall(r'<tr id="d-([-\d]+)">(.*?)</tr>', html, flags=re.DOTALL)
    assert [day for day, _ in rows] == ["2026-11-22", "2026-11-21", "2026-11-20"], "the last first, and no others"
    assert [" ".join(text_of(row).split()) for _, row in rows] == [
        "22 Nov Maintenance 1 h",
        "21 Nov Major outage 34 min, degraded performance 5 min Card payments fail for some customers (0)",
        "20 Nov Degraded performance 1 h 10 min",
    ]
    assert '<a href="../incidents/i0">' in rows[1][1]


def test_it_lists_what_is_open_what_is_planned_and_what_was_lately() -> None:
    names = [{"id": "s0", "name": "Cards", "status": "degraded"}]
    rows = [
        incident(0, title="Now", services=names),
        incident(1, "resolved", title="Lately", services=names, started_at=moment(days=80), resolved_at=moment(days=79)),
        incident(2, "resolved", title="Long ago", services=names, started_at=moment(days=99), resolved_at=moment(days=98)),
        incident(3, title="Elsewhere", services=[]),
    ]  # fmt: skip
    said = text_of(make(*told(incidents=rows, maintenance={"upcoming": [window(services=names)]}))["services/s0"].text)
    order = ["Now and planned", "Now Investigating since", "Database upgrade Planned for", "Days", "Lately Resolved"]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "Long ago" not in said
    assert "Elsewhere" not in said
    assert "Operational" in said[said.index("Changes of its status") :]


def test_a_page_is_made_again_only_where_it_tells_of_what_changed() -> None:
    named = [{"id": "s1", "name": "Service 1", "status": "degraded"}]
    before, after = make(*told()), make(*told(incidents=[incident(0, services=named)]))
    assert before["services/s0"] is after["services/s0"]
    assert before["services/s1"] != after["services/s1"]


def test_a_document_of_an_older_release_has_pages_of_services_too() -> None:
    said, _ = told()
    for entry in said["uptime"]["services"]:
        del entry["seconds"]
    assert "21 Nov Major outage " in text_of(make(said, None)["services/s0"].text)


def test_what_happened_belongs_to_the_days_of_the_organization_on_which_it_went_on() -> None:
    """Its day begins at 23:00 UTC."""
    said, kept = told(
        incidents=[
            incident(0, "resolved", started_at="2026-11-10T22:59:00Z", resolved_at="2026-11-12T23:00:00Z"),
            incident(0, id="short", status="resolved", started_at=(at := "2026-11-12T23:00:00Z"), resolved_at=at),
            incident(0, id="open", started_at="2026-11-20T12:00:00Z"),
            incident(0, id="old", status="resolved", started_at=(at := "2026-01-01T00:00:00Z"), resolved_at=at),
        ],
        maintenance={"upcoming": [window(services=[{"id": "s0", "name": "Cards"}])]},
    )
    mine = happenings(said, kept)["s0"]
    days = {
        day: [found.path.removeprefix("incidents/") for found in on(date(2026, 11, day), mine)] for day in range(9, 23)
    }
    assert {day: found for day, found in days.items() if found} == {
        **{day: ["i0"] for day in (10, 11, 12)},
        13: ["short"],
        **{day: ["open"] for day in (20, 21, 22)},
    }


@given(st.integers(1, 100_000))
def test_a_duration_is_said_in_begun_minutes(seconds: int) -> None:
    found = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", duration(seconds))
    assert found
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    assert 0 <= minutes * 60 - seconds < 60
