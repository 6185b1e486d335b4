"""From a page's document to the next one: what is another one in it, and the event by which visitors' pages follow. Pure.

Invariants
- A page's version counts the documents that look different; the position moves without it.
- An event is never larger than the outbox takes: what does not fit is left out, and the event says that it is not complete.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from common.clock import now
from common.contracts.events import DomainEvent
from common.contracts.public_api import PageChanged
from common.database import EVENT_MAX_BYTES
from common.position import Position
from public_api.carry import Former
from public_api.store.page import PageRecord
from public_api.view import View

_ROOM_FOR_ENVELOPE = 1024


def former_of(page: PageRecord | None, moment: datetime) -> Former:
    """What of this document the next one is made with, at this moment."""
    if page is None:
        return Former()
    return Former(_said(page.document).get("uptime"), page.calendar, page.archive, page.is_due(moment))


def next_page(
    organization_id: str, view: View, position: Position, before: PageRecord | None
) -> tuple[PageRecord, list[str]]:
    """The document after this view, and the sections in which it is another one than before."""
    texts = {name: _json(value) for name, value in view.sections.items()}
    old = _said(before.document) if before else {}
    changed = [name for name, value in view.sections.items() if name not in old or old[name] != value]
    page_version = (before.page_version if before else 0) + bool(changed)
    every = {**texts, "page_version": str(page_version), "position": _json(str(position))}
    record = PageRecord(
        organization_id=organization_id,
        slug=view.page.slug,
        retired_slugs=view.page.retired_slugs,
        page_version=page_version,
        document="{" + ",".join(f'"{name}":{text}' for name, text in every.items()) + "}",
        position=position,
        refresh_at=view.refresh_at,
        calendar=view.calendar,
        archive=view.archive,
        domains=view.domains,
    )
    return record, changed


def page_changed(
    record: PageRecord, before: PageRecord | None, sections: Mapping[str, object], parts: Mapping[str, str]
) -> DomainEvent:
    """The event that turns the document before into this one."""
    room = EVENT_MAX_BYTES - _ROOM_FOR_ENVELOPE
    needed = _bytes(parts)
    if has_parts := needed <= room // 2:
        room -= needed
    fitting = _as_much_as_fits(sections, room)
    payload = PageChanged(
        page_version=record.page_version,
        previous_version=before.page_version if before else 0,
        position=str(record.position),
        sections=fitting,
        complete=len(fitting) == len(sections),
        parts=dict(parts) if has_parts else {},
        parts_complete=has_parts,
    )
    return DomainEvent("page.changed", record.organization_id, record.page_version, now(), None, payload)


@lru_cache(maxsize=8)
def _said(document: str) -> Mapping[str, Any]:
    """What a document says. A fold asks twice."""
    said: dict[str, Any] = json.loads(document)
    return said


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bytes(value: object) -> int:
    return len(_json(value).encode())


def _as_much_as_fits(sections: Mapping[str, object], room: int) -> dict[str, object]:
    """The smallest first, as long as there is room for their bytes."""
    sizes = {name: _bytes(value) for name, value in sections.items()}
    fitting: dict[str, object] = {}
    for name in sorted(sizes, key=sizes.__getitem__):
        room -= sizes[name] + len(name) + 4
        if room < 0:
            break
        fitting[name] = sections[name]
    return fitting
