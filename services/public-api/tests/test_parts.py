"""What of an open page is replaced when something changes: as little as there is to it, and no element that is not there."""

import copy
import json
import re
from datetime import UTC, datetime

import pytest

from common.position import Position
from devstack.page_states import Document, busy, incident, moment
from public_api.site.page import changes
from public_api.store.page import PageRecord


def record(document: Document) -> PageRecord:
    return PageRecord("acme", "acme", (), 7, json.dumps(document), Position("abcdefghijkl", 7), datetime.now(UTC))


@pytest.fixture
def before() -> Document:
    return busy()


@pytest.fixture
def after(before: Document) -> Document:
    return copy.deepcopy(before)


def changed(before: Document, after: Document) -> dict[str, str]:
    return changes(record(before), record(after))


def test_what_looks_the_same_replaces_nothing(before: Document, after: Document) -> None:
    after["page_version"] += 1
    after["position"] = "abcdefghijkl-9"
    assert changed(before, after) == {}


def test_a_status_replaces_what_says_it_and_nothing_else(before: Document, after: Document) -> None:
    row = after["services"][12]
    row["status"] = "degraded"
    parts = changed(before, after)
    groups = {f"g{part}" for part in ("s-back", "-back?open")} if row["group_id"] == "back" else set()
    assert set(parts) <= {"banner", f"s-{row['id']}", *groups}
    assert "Degraded performance" in parts[f"s-{row['id']}"]


def test_a_group_is_opened_by_an_attribute(before: Document, after: Document) -> None:
    for document, status in ((before, "operational"), (after, "degraded")):
        document["groups"][2].update(collapsed=False, status=status)
    assert changed(before, after)["g-back?open"] == " open"
    assert changed(after, before)["g-back?open"] == ""


def test_an_update_replaces_its_incident_here_and_on_its_own_page(before: Document, after: Document) -> None:
    update = {"id": "new", "status": "monitoring", "message": "Soon.", "created_at": moment(), "edited_at": None}
    after["incidents"][0]["updates"].insert(0, update)
    parts = changed(before, after)
    assert set(parts) == {"i-i0", "incidents/i0"}
    assert "Soon." in parts["i-i0"]
    assert '<li id="new">' in parts["incidents/i0"]


def test_a_new_incident_replaces_the_list_of_them_once(before: Document, after: Document) -> None:
    after["incidents"].append(incident(5))
    parts = changed(before, after)
    assert "incidents" in parts
    assert "i-i5" not in parts
    assert parts["incidents"].count("<article") == 3


def test_every_replaced_element_has_its_id(before: Document, after: Document) -> None:
    after["services"].pop()
    after["incidents"][0]["status"] = "resolved"
    after["incidents"][0]["resolved_at"] = moment()
    after["organization"]["name"] = "Another"
    parts = changed(before, after)
    assert {"services", "incidents", "past", "name", "title", "incidents/i0"} <= set(parts)
    for id, html in parts.items():
        if "?" not in id:
            assert re.match(rf'<[a-z0-9]+ [^>]*\bid="{re.escape(id)}"', html.strip()), id
        assert "\0" not in html


def test_the_first_document_replaces_nothing(after: Document) -> None:
    assert changes(None, record(after)) == {}
