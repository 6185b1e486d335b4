"""Which incident, and which window, belongs to which day of which service: those that name it and were going on then. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from public_api.archive import Archive
from public_api.days import day_of
from public_api.site.outline import path_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident, or a window that has begun: from which until which of the organization's days it was going on."""

    path: str
    title: str
    first: date
    last: date


def happenings(document: Row, archive: Archive | None) -> dict[str, tuple[Happening, ...]]:
    """By service what happened to it on the days that the document shows, the latest first."""
    zone = ZoneInfo(document["uptime"]["time_zone"])
    shown = tuple(date.fromisoformat(document["uptime"][day]) for day in ("first_day", "last_day"))
    found: dict[str, list[Happening]] = {}
    for row in everything(document, archive):
        begin, end = began(row), ended(row)
        if begin is None:
            continue
        # What is over at midnight was not going on on the day that begins then.
        last = shown[1] if end is None else day_of(max(begin, end - timedelta(microseconds=1)), zone)
        happening = Happening(path_of(row), row["title"], max(day_of(begin, zone), shown[0]), min(last, shown[1]))
        if happening.first <= happening.last:
            for service in row["services"]:
                found.setdefault(service["id"], []).append(happening)
    return {id: tuple(mine) for id, mine in found.items()}


def on(day: date, mine: Iterable[Happening]) -> list[Happening]:
    """What was going on on a day."""
    return [happening for happening in mine if happening.first <= day <= happening.last]


def everything(document: Row, archive: Archive | None) -> list[Row]:
    """Every incident and window that is told of, the latest first, whether it is over or yet to begin."""
    maintenance = document["maintenance"]
    rows = [*document["incidents"], *maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    found = {path_of(row): row for row in (*(archive.by_path().values() if archive else ()), *rows)}
    return in_order(found.values())


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The latest first."""
    return sorted(rows, key=lambda row: (begins(row), row["id"]), reverse=True)


def begins(row: Row) -> datetime:
    """When something began, or is to."""
    return datetime.fromisoformat(row["started_at"] or row["scheduled_start"])


def began(row: Row) -> datetime | None:
    return datetime.fromisoformat(row["started_at"]) if row["started_at"] else None


def ended(row: Row) -> datetime | None:
    """When it was over, or called off."""
    moment = row["resolved_at"] if "impact" in row else row["completed_at"] or row["cancelled_at"]
    return datetime.fromisoformat(moment) if moment else None
