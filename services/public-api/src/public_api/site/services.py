"""The page of each service: its last days, what happened on them, and how its status changed. Pure.

Its table of days says in words what the bars show, so it is their text alternative; each day has an address.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from public_api import caches
from public_api.archive import CHANGES_TOLD, Archive
from public_api.codings import Content
from public_api.days import DAYS_KEPT, day_of
from public_api.site.bad_days import bad_days, said
from public_api.site.bars import bars
from public_api.site.happenings import Happening, ended, everything, happenings
from public_api.site.listed import listed
from public_api.site.rendering import as_json, content, parts_of
from public_api.site.shapes import favicon
from public_api.site.times import Times, lasting
from public_api.site.words import WORDS

Row = Mapping[str, Any]


def make(document: Row, archive: Archive | None) -> dict[str, Content]:
    """By its path the page of each service."""
    organization, times = as_json(document["organization"]), lasting(document)
    groups = {group["id"]: group for group in document["groups"]}
    entries = {entry["id"]: entry for entry in document["uptime"]["services"]}
    happened = happenings(document, archive)
    named = _named(document, archive, times)
    changes = archive.changes if archive else {}
    return {
        f"services/{id}": _page(
            as_json({**service, "groups": _groups(service, groups)}),
            as_json(entries.get(id)),
            document["uptime"]["first_day"],
            happened.get(id, ()),
            named.get(id, _Named()),
            as_json(changes.get(id, ())),
            organization,
            times,
        )
        for service in document["services"]
        if (id := service["id"])
    }


@dataclass(frozen=True, slots=True)
class _Named:
    """The incidents and windows that name a service, and when the last of them changed."""

    open: tuple[Markup, ...] = ()
    over: tuple[Markup, ...] = ()
    updated_at: str = ""

    def and_(self, row: Row, html: Markup) -> "_Named":
        updated_at = max(self.updated_at, row["updated_at"])
        if ended(row) is None:
            return _Named((*self.open, html), self.over, updated_at)
        return _Named(self.open, (*self.over, html), updated_at)


def _named(document: Row, archive: Archive | None, times: Times) -> dict[str, _Named]:
    """By service what names it: what is going on, then what is planned, the next first; and what is over."""
    rows = list(_lately(document, archive))
    planned = [row for row in rows if row["status"] == "scheduled"]
    found: dict[str, _Named] = {}
    for row in [*(row for row in rows if row["status"] != "scheduled"), *reversed(planned)]:
        html = listed(row, times, "../")
        for service in row["services"]:
            found[service["id"]] = found.get(service["id"], _Named()).and_(row, html)
    return found


def _lately(document: Row, archive: Archive | None) -> Iterator[Row]:
    """Incidents and windows that are not over, or were so on one of the days that are kept."""
    zone = ZoneInfo(document["uptime"]["time_zone"])
    since = date.fromisoformat(document["uptime"]["last_day"]) - timedelta(days=DAYS_KEPT - 1)
    for row in everything(document, archive):
        end = ended(row)
        if end is None or day_of(end, zone) >= since:
            yield row


def _groups(service: Row, groups: Mapping[str, Row]) -> list[str]:
    """The names of the groups that a service is in, the outermost first."""
    names: list[str] = []
    group = groups.get(service["group_id"])
    while group is not None:
        names.insert(0, group["name"])
        group = groups.get(group["parent_id"])
    return names


@lru_cache(maxsize=caches.PARTS)
def _page(
    service_json: str,
    entry_json: str,
    first_day: str,
    happened: tuple[Happening, ...],
    named: _Named,
    changes_json: str,
    organization_json: str,
    times: Times,
) -> Content:
    """Kept, because of all services of an organization only few change at a time."""
    service, entry, organization = json.loads(service_json), json.loads(entry_json), json.loads(organization_json)
    changes = json.loads(changes_json)
    first = date.fromisoformat(first_day)
    days = bad_days(entry, first, happened, times) if entry else []
    is_well = service["status"] == "operational"
    shown = "maintenance" if is_well and service["under_maintenance"] else service["status"]
    state = WORDS["service_status"][shown]
    parts = parts_of(
        "service.html",
        organization,
        home="../",
        row=service,
        shown=shown,
        history={"bars": bars(entry["days"], first, times, said(days, "../")), "percentage": entry["percentage"]}
        if entry
        else None,
        days=days[::-1],
        named=named,
        changes=changes,
        changes_told=CHANGES_TOLD,
        times=times,
        title=WORDS["service_title"].format(service=service["name"], state=state, name=organization["name"]),
        summary=service["description"] or f"{service['name']}: {state}",
        favicon=favicon(shown),
        as_of=max(named.updated_at, entry["to"] if entry else "", changes[0]["at"] if changes else ""),
        is_something_open=shown != "operational",
    )
    return content(parts, organization)
