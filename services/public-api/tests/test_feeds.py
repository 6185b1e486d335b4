"""Feeds: what a reader finds in them, in three formats alike, whatever people wrote, and the same bytes each time."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from common.envelope import Envelope
from public_api.archive import RECENT, Archive
from public_api.feeds import ATOM, JSON_FEED, RSS, render

ADDRESS = "https://acme.example.org"
ATOM_NAME = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<script>alert(1)</script> & ]]> \ufffe\U0001f600"
LEGIBLE = HOSTILE.replace("\ufffe", "\ufffd")
Event = Callable[..., Envelope]


@pytest.fixture
def feeds(event: Event, told: Callable[..., tuple[dict[str, Any], Archive]]) -> Callable[..., dict[str, str]]:
    """feeds(event, …) renders those of a page in Berlin's zone with one service."""

    def feeds(*events: Envelope) -> dict[str, str]:
        page = event("page_settings.provisioned", name="Acme & Sons", time_zone="Europe/Berlin")
        service = event("service.created", "s", name="Checkout")
        document, archive = told(page, service, *events, at=datetime(2026, 11, 20, 13, tzinfo=UTC))
        return render(document, archive, ADDRESS)

    return feeds


def test_the_three_formats_say_the_same_of_an_incident(feeds: Callable[..., dict[str, str]], event: Event) -> None:
    updates = [
        {"id": "1", "status": "investigating", "message": HOSTILE, "created_at": "2026-11-20T11:00:00Z"},
        {"id": "2", "status": "identified", "message": "One\ntwo\n\nthree", "created_at": "2026-11-20T11:30:00Z"},
    ]
    named = [{"service_id": "s", "status": "degraded"}]
    opened = event("incident.opened", "i", title=HOSTILE, updates=updates, services=named)
    files = feeds(opened)

    (item,) = json.loads(files[JSON_FEED])["items"]
    entry = ElementTree.fromstring(files[ATOM]).find(f"{ATOM_NAME}entry")
    in_rss = ElementTree.fromstring(files[RSS]).find("channel/item")
    assert entry is not None
    assert in_rss is not None
    link = entry.find(f"{ATOM_NAME}link")
    assert link is not None
    ids = (item["id"], entry.findtext(f"{ATOM_NAME}id"), in_rss.findtext("guid"))
    assert set(ids) == {"urn:uuid:i"}
    assert {item["url"], link.get("href"), in_rss.findtext("link")} == {f"{ADDRESS}/incidents/i"}
    titles = (item["title"], entry.findtext(f"{ATOM_NAME}title"), in_rss.findtext("title"))
    assert set(titles) == {f"Incident: {LEGIBLE}"}
    encoded = in_rss.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    contents = {item["content_html"], entry.findtext(f"{ATOM_NAME}content"), encoded or in_rss.findtext("description")}
    (content,) = contents
    assert content == (
        "<p>Affects: Checkout</p>\n"
        "<p><strong>Identified</strong>, 2026-11-20 12:30 CET</p>\n<p>One<br>\ntwo</p>\n<p>three</p>\n\n"
        "<p><strong>Investigating</strong>, 2026-11-20 12:00 CET</p>\n"
        "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; ]]&gt; \ufffd\U0001f600</p>\n"
    )
    assert item["date_modified"] == entry.findtext(f"{ATOM_NAME}updated") == "2026-11-20T13:00:00+01:00"
    assert in_rss.findtext("pubDate") == "Fri, 20 Nov 2026 13:00:00 +0100"


def test_who_changed_last_comes_first_and_only_so_many_are_told(
    feeds: Callable[..., dict[str, str]], event: Event
) -> None:
    windows = [
        event("maintenance.scheduled", f"w{number}", updated_at=f"2026-11-20T11:{number:02}:00Z")
        for number in range(58)
    ]
    files = feeds(*windows, event("incident.opened", "i"))
    items = json.loads(files[JSON_FEED])["items"]
    newest = ["i", *(f"w{number}" for number in range(57, 58 - RECENT, -1))]
    assert [item["id"].removeprefix("urn:uuid:") for item in items] == newest
    assert items[1]["title"] == "Maintenance: Upgrade"
    assert items[1]["content_html"] == "<p>Planned for 2026-11-21 13:00 CET to 2026-11-21 14:00 CET</p>"
    ids = [entry.findtext(f"{ATOM_NAME}id") for entry in ElementTree.fromstring(files[ATOM]).iter(f"{ATOM_NAME}entry")]
    assert ids == [item["id"] for item in items]
    assert len(list(ElementTree.fromstring(files[RSS]).iter("item"))) == RECENT


def test_a_feed_names_itself_and_is_the_same_each_time(feeds: Callable[..., dict[str, str]]) -> None:
    files = feeds()
    assert files == feeds(), "no time of rendering is in it"
    atom, rss = ElementTree.fromstring(files[ATOM]), ElementTree.fromstring(files[RSS])
    assert atom.findtext(f"{ATOM_NAME}title") == rss.findtext("channel/title") == "Acme & Sons: status"
    links = {link.get("rel"): link.get("href") for link in atom.iter(f"{ATOM_NAME}link")}
    assert links == {"self": f"{ADDRESS}/{ATOM}", "alternate": f"{ADDRESS}/"}
    own = rss.find(f"channel/{ATOM_NAME}link")
    assert own is not None
    assert own.get("href") == f"{ADDRESS}/{RSS}"
    assert atom.findtext(f"{ATOM_NAME}updated") == "2026-11-20T12:00:00+00:00"
    assert json.loads(files[JSON_FEED])["items"] == []
