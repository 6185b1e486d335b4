"""The page of each service: its last days, what happened on them, and how its status changed. Pure.

Its table of days says in words what the bars show, so it is their text alternative; each day has an address.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from public_api.archive import CHANGES_TOLD, Archive
from public_api.days import DAYS_KEPT, day_of
from public_api.pages import Content
from public_api.site.bad_days import bad_days, said
from public_api.site.bars import bars
from public_api.site.happenings import Happening, ended, everything, happenings
from public_api.site.outline import path_of
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
    named: dict[str, list[Row]] = {}
    for row in _lately(document, archive):
        for service in row["services"]:
            named.setdefault(service["id"], []).append(_brief(row))
    changes = archive.changes if archive else {}
    return {
        f"services/{id}": _page(
            as_json({**service, "groups": _groups(service, groups)}),
            as_json(entries.get(id)),
            document["uptime"]["first_day"],
            happened.get(id, ()),
            as_json(named.get(id, ())),
            as_json(changes.get(id, ())),
            organization,
            times,
        )
        for service in document["services"]
        if (id := service["id"])
    }


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


def _brief(row: Row) -> Row:
    """What is told of an incident or a window where it is only named."""
    times = ("started_at", "resolved_at", "scheduled_start", "scheduled_end", "completed_at", "cancelled_at")
    kept = ("id", "title", "status", "impact", "updated_at", *times)
    return {**{key: row[key] for key in kept if key in row}, "path": path_of(row)}


@lru_cache(maxsize=4096)
def _page(
    service_json: str,
    entry_json: str,
    first_day: str,
    happened: tuple[Happening, ...],
    named_json: str,
    changes_json: str,
    organization_json: str,
    times: Times,
) -> Content:
    """Kept, because of all services of an organization only few change at a time."""
    service, entry, organization = json.loads(service_json), json.loads(entry_json), json.loads(organization_json)
    named, changes = json.loads(named_json), json.loads(changes_json)
    first = date.fromisoformat(first_day)
    days = bad_days(entry, first, happened, times) if entry else []
    is_well = service["status"] == "operational"
    shown = "maintenance" if is_well and service["under_maintenance"] else service["status"]
    state = WORDS["service_status"][shown]
    moments = [row["updated_at"] for row in named] + [change["at"] for change in changes]
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
        open=_open(named),
        past=[row for row in named if ended(row) is not None],
        changes=changes,
        changes_told=CHANGES_TOLD,
        times=times,
        title=WORDS["service_title"].format(service=service["name"], state=state, name=organization["name"]),
        summary=service["description"] or f"{service['name']}: {state}",
        favicon=favicon(shown),
        as_of=max([*moments, *([entry["to"]] if entry else [])], default=""),
        is_something_open=shown != "operational",
    )
    return content(parts, organization)


def _open(named: list[Row]) -> list[Row]:
    """What is going on, then what is planned, the next first. `named` are the latest first."""
    planned = [row for row in named if row["status"] == "scheduled"]
    return [row for row in named if ended(row) is None and row not in planned] + planned[::-1]
