"""From one document to the next: what is a change of the page, and an event that tells of it and is never too large."""

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from common.clock import now
from common.contracts.catalog import PageSettings
from common.contracts.public_api import PageChanged
from common.database import EVENT_MAX_BYTES
from common.position import Position
from public_api.page_change import next_page, page_changed
from public_api.view import View

EPOCH = "abcdefghijkl"
PAGE = PageSettings(
    organization_id="acme",
    slug="acme",
    name="Acme",
    description="",
    time_zone="UTC",
    version=1,
    created_at=now(),
    updated_at=now(),
)


def told(view: View, parts: Mapping[str, str]) -> PageChanged:
    """The event that tells of everything in a view."""
    record, _ = next_page("acme", view, Position(EPOCH, 1), None)
    event = page_changed(record, None, view.sections, parts)
    assert isinstance(event.public, PageChanged)
    assert len(event.public.model_dump_json().encode()) <= EVENT_MAX_BYTES
    return event.public


def test_a_change_too_large_for_an_event_says_so_and_carries_what_fits() -> None:
    view = View(PAGE, {"status": {"indicator": "operational"}, "services": ["x" * EVENT_MAX_BYTES]}, None)
    record, changed = next_page("acme", view, Position(EPOCH, 1), None)
    assert json.loads(record.document)["services"] == view.sections["services"]
    assert changed == ["status", "services"]
    payload = told(view, {"banner": "<p>"})
    assert payload.complete is False
    assert payload.sections == {"status": {"indicator": "operational"}}
    assert (payload.parts_complete, payload.parts) == (True, {"banner": "<p>"})
    payload = told(view, {"banner": "<p>", "services": "x" * (EVENT_MAX_BYTES // 2)})
    assert (payload.parts_complete, payload.parts) == (False, {})


@given(st.text(max_size=400), st.integers(0, 3000), st.integers(0, EVENT_MAX_BYTES))
def test_an_event_is_never_larger_than_the_limit(text: str, padding: int, shown: int) -> None:
    almost = EVENT_MAX_BYTES - 2000 + padding - len(json.dumps(text, ensure_ascii=False).encode(errors="replace"))
    text = text.encode(errors="replace").decode()
    told(View(PAGE, {"status": text, "services": "x" * almost}, None), {"services": text + "x" * shown})


def test_a_view_that_looks_the_same_changes_nothing_but_moves_the_position() -> None:
    view = View(PAGE, {"status": {"indicator": "operational"}}, None)
    first, changed = next_page("acme", view, Position(EPOCH, 1), None)
    assert changed == ["status"]
    second, changed = next_page("acme", view, Position(EPOCH, 7), first)
    assert changed == []
    assert (second.page_version, second.position.offset) == (1, 7)
    assert json.loads(second.document)["position"] == f"{EPOCH}-7"
