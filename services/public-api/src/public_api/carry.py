"""What is carried on from one document to the next, because making it anew for every event would take too long: days, calendars, archives.

An event touches the days of the services it is about, and the calendar and the archive when they tell of it or of what it names. Everything
else of them stands as it is in the document before, and costs nothing.
"""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from public_api import calendar_feed
from public_api.archive import RECENT, read_changes, split, tell_changes, write_changes, write_dates, write_items
from public_api.history import Counting, ServiceKey, Touched, count_days, forget_days, load_changes
from public_api.store.items import load_archived, load_calendar_windows
from public_api.uptime import Uptime
from public_api.view import Known, View

_CALENDARS_ARE_MADE_OF = {"maintenance", "page_settings", "service"}


@dataclass(frozen=True, slots=True)
class Former:
    """A document before, as far as it is carried on. `is_due`: time has passed that changes it."""

    uptime: Mapping[str, Any] | None = None
    calendar: str = ""
    archive: str = ""
    is_due: bool = True


@dataclass(frozen=True, slots=True)
class Carried:
    """`sections` are top level keys of the aggregate."""

    sections: dict[str, Any]
    calendar: str
    archive: str = ""

    def added_to(self, view: View) -> View:
        return replace(view, sections={**view.sections, **self.sections}, calendar=self.calendar, archive=self.archive)


async def carry_on(
    connection: AsyncConnection,
    known: Mapping[str, Known],
    former: Mapping[str, Former],
    touched: Mapping[str, Touched],
    at: datetime,
) -> dict[str, Carried]:
    """The days, calendars and archives of organizations at a moment."""
    made = {id: Uptime(found, former[id].uptime, at) for id, found in known.items()}
    counting: dict[ServiceKey, Counting] = {}
    anew: dict[str, Collection[str]] = {}
    for id, uptime in made.items():
        changes = touched.get(id) or Touched()
        wanted = uptime.to_be_counted(
            changes.since, is_due=former[id].is_due, check_starts="service" in changes.aggregates
        )
        begins = {service.id: uptime.begins_at(service) for service in known[id].services}
        for service_id, first in wanted.items():
            counting[id, service_id] = Counting(begins[service_id], first, uptime.at, uptime.zone)
        anew[id] = uptime.to_be_shown_anew(wanted)
    shown = {(id, service_id) for id, services in anew.items() for service_id in services}
    days = await count_days(connection, counting, shown) if shown else {}
    await forget_days(connection, {id: uptime.kept_from for id, uptime in made.items() if uptime.days_moved})
    return {
        id: Carried(
            {"uptime": uptime.section({service_id: days[id, service_id] for service_id in anew[id]}, anew[id])},
            await _calendar(connection, id, known[id], former[id], touched.get(id), uptime),
            await _archive(connection, id, known[id], former[id], touched.get(id), uptime),
        )
        for id, uptime in made.items()
    }


async def _calendar(
    connection: AsyncConnection,
    organization_id: str,
    known: Known,
    former: Former,
    touched: Touched | None,
    uptime: Uptime,
) -> str:
    is_touched = touched is not None and not _CALENDARS_ARE_MADE_OF.isdisjoint(touched.aggregates)
    if former.calendar and not is_touched and not uptime.days_moved:
        return former.calendar
    return await make_calendar(connection, organization_id, known, uptime)


async def make_calendar(connection: AsyncConnection, organization_id: str, known: Known, uptime: Uptime) -> str:
    """The calendar as of an organization's day, so that it stands until that is over."""
    since = uptime.beginning_of_today - calendar_feed.PAST_SHOWN
    windows = await load_calendar_windows(connection, organization_id, since)
    return calendar_feed.render(f"{known.page.name}: maintenance", windows, known.names)


async def _archive(
    connection: AsyncConnection,
    organization_id: str,
    known: Known,
    former: Former,
    touched: Touched | None,
    uptime: Uptime,
) -> str:
    """The archive, whose lines stand as long as nothing touches what they tell of, and no day ends."""
    lines = () if uptime.days_moved else split(former.archive)
    _, incidents, windows, changes = lines or ("", "", "", "")
    touched = touched or Touched()
    if not incidents or not touched.aggregates.isdisjoint({"incident", "service"}):
        incidents = await _items(connection, organization_id, "incident", known, uptime)
    if not windows or not touched.aggregates.isdisjoint({"maintenance", "service"}):
        windows = await _items(connection, organization_id, "maintenance", known, uptime)
    if not changes or touched.since or "service" in touched.aggregates:
        changes = await _changes(connection, organization_id, known, changes, touched.since, uptime)
    return "\n".join([write_dates(organization_id, known), incidents, windows, changes])


async def make_archive(connection: AsyncConnection, organization_id: str, known: Known, uptime: Uptime) -> str:
    """The archive, all of it made anew."""
    return await _archive(connection, organization_id, known, Former(), None, uptime)


async def _items(
    connection: AsyncConnection, organization_id: str, aggregate: str, known: Known, uptime: Uptime
) -> str:
    found = await load_archived(connection, organization_id, aggregate, RECENT, uptime.beginning_of_kept)
    return write_items(aggregate, found, known.names)


async def _changes(
    connection: AsyncConnection,
    organization_id: str,
    known: Known,
    former: str,
    touched: Container[str],
    uptime: Uptime,
) -> str:
    services = {service.id for service in known.services}
    told = read_changes(former)
    anew = {id for id in services if id in touched or id not in told}
    found = await load_changes(connection, {(organization_id, id) for id in anew}, uptime.beginning_of_kept)
    for (_, service_id), changes in found.items():
        told[service_id] = tell_changes(changes, uptime.beginning_of_kept)
    return write_changes({id: told[id] for id in services})
