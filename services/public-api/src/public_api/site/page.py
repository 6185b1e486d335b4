"""The page for people: HTML of an organization's document. Pure, and a function of the document alone.

So every replica makes the same bytes, and nothing on a page depends on when it is asked for: "now" is the moment of the last change.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from common.contracts.values import IncidentImpact
from public_api import caches
from public_api.archive import Archive
from public_api.codings import Content
from public_api.machines import FEED_TYPES
from public_api.site.bad_days import bad_days, said
from public_api.site.bars import bars
from public_api.site.happenings import Happening, happenings
from public_api.site.outline import as_of, banner, path_of, tree
from public_api.site.parts import Parts, changed, whole
from public_api.site.rendering import as_json, content, html_of, parts_of, plain
from public_api.site.shapes import favicon
from public_api.site.times import Times, lasting
from public_api.site.words import WORDS
from public_api.store.page import PageRecord

DAYS_AHEAD = 7
PAST_SHOWN = 20
"""The history, which is linked to, has all of them."""
SUMMARY_CHARACTERS = 200
_OVER = {"resolved", "completed", "cancelled"}

Row = Mapping[str, Any]


def make(document: Row, archive: str) -> dict[str, Content]:
    """Every page of an organization by its path: its own, and one for each incident and window in its document."""
    return {
        "": content(_index(as_json(document), archive), document["organization"]),
        **{path: item(document, row) for path, row in _items(document).items()},
    }


def changes(before: PageRecord | None, after: PageRecord) -> dict[str, str]:
    """What is to be replaced in pages that people have open: HTML by element id. Each page takes what it has."""
    if before is None:
        return {}
    old, new = json.loads(before.document), json.loads(after.document)
    parts = _index(after.document, after.archive)
    shown = _index(before.document, before.archive) if "uptime" in old else {}
    former = _items(old) if shown else {}
    times = lasting(new)
    return {id: whole(parts, id) for id in changed(shown, parts)} | {
        path: _whole(path, as_json(row), times) for path, row in _items(new).items() if former.get(path) != row
    }


def item(document: Row, row: Row) -> Content:
    """An incident or a window with everything that was said of it."""
    return _item(path_of(row), as_json(row), as_json(document["organization"]), lasting(document))


def _items(document: Row) -> dict[str, Row]:
    maintenance = document["maintenance"]
    windows = [*maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    return {path_of(row): row for row in [*document["incidents"], *windows]}


@lru_cache(maxsize=caches.PARTS)
def _item(path: str, row_json: str, organization_json: str, times: Times) -> Content:
    """Kept, because of all incidents and windows of an organization only one changes at a time."""
    row, organization = json.loads(row_json), json.loads(organization_json)
    parts = parts_of(
        "item.html",
        organization,
        home="../",
        path=path,
        whole=Markup(_whole(path, row_json, times)),
        times=times,
        title=WORDS["item_title"].format(title=row["title"], name=organization["name"]),
        summary=row["updates"][0]["message"][:SUMMARY_CHARACTERS] if row["updates"] else row["title"],
        favicon=favicon(_kind(row)),
        as_of=row["updated_at"],
        is_something_open=row["status"] not in _OVER and row["status"] != "scheduled",
    )
    return content(parts, organization)


@lru_cache(maxsize=caches.PARTS)
def _whole(path: str, row_json: str, times: Times) -> str:
    """All there is to say of an incident or a window, as an element whose id is its path."""
    return html_of("whole.html", path=path, row=json.loads(row_json), times=times)


def _kind(row: Row) -> str:
    if row["status"] in _OVER:
        return "operational"
    return IncidentImpact(row["impact"]).service_status.value if "impact" in row else "maintenance"


def without_script(document: Row, archive: str) -> Content:
    """What is at the page's own address, for a frame in which it is only looked at."""
    return content(_rendered(document, archive, script=None), document["organization"], has_script=False)


@lru_cache(maxsize=caches.PAGES)
def _index(document_json: str, archive: str) -> Parts:
    """What is at the page's own address. Kept, because a page that changed is asked for by the fold, for what changed, and then to be served."""
    return _rendered(json.loads(document_json), archive)


def _rendered(document: Row, archive: str, **values: object) -> Parts:
    uptime = document["uptime"]
    today = Times(uptime["time_zone"], date.fromisoformat(uptime["last_day"]))
    incidents, maintenance = document["incidents"], document["maintenance"]
    open_incidents = [incident for incident in incidents if incident["status"] != "resolved"]
    planned = [row for row in maintenance["upcoming"] if today.days_ahead(row["scheduled_start"]) <= DAYS_AHEAD]
    state = banner(document)
    organization = document["organization"]
    return parts_of(
        "index.html",
        organization,
        home="",
        page=document,
        updates=WORDS["ways"],
        feeds=FEED_TYPES,
        times=lasting(document),
        title=WORDS["title"].format(name=organization["name"], state=state["title"]),
        summary=f"{state['title']}. {state['text']}".strip(),
        favicon=favicon(state["kind"]),
        as_of=as_of(document),
        banner=state,
        open_incidents=open_incidents,
        past_incidents=[incident for incident in incidents if incident["status"] == "resolved"][:PAST_SHOWN],
        windows=[*maintenance["in_progress"], *planned],
        entries=tree({**document, "services": _with_days(document, happenings(document, Archive.read(archive)))}),
        is_something_open=bool(open_incidents or maintenance["in_progress"]),
        aggregate=f"../../api/public/v1/pages/{organization['slug']}",
        **values,
    )


def _with_days(document: Row, happened: Mapping[str, Sequence[Happening]]) -> list[dict[str, Any]]:
    """Services with their bars and their uptime."""
    uptime, times = document["uptime"], lasting(document)
    first = date.fromisoformat(uptime["first_day"])
    told = {}
    for entry in uptime["services"]:
        days = said(bad_days(entry, first, happened.get(entry["id"], ()), times), "")
        told[entry["id"]] = {"bars": bars(entry["days"], first, times, days), "percentage": entry["percentage"]}
    history_days = document["organization"]["history_days"]
    return [
        {**service, "history_days": history_days, **told.get(service["id"], {"bars": ""})}
        for service in document["services"]
    ]


MISSING = plain(WORDS["missing"])
NOT_YET = plain(WORDS["not_yet"])
