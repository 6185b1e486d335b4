"""The calendar of an organization's maintenance windows (RFC 5545), as bytes for whoever subscribes to it. Pure.

A window keeps its UID for ever, and SEQUENCE is its version: so calendars move what was moved, and strike out what was called off. All
that is in it follows from the windows, hence every replica makes the same bytes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event

from common.contracts.maintenance import Maintenance
from common.contracts.values import MaintenanceStatus
from public_api.items import Names, begins_at, ended_at

PAST_SHOWN = timedelta(days=90)
UPCOMING_MAX = 500
PAST_MAX = 1000


def render(name: str, windows: Iterable[Maintenance], names: Names) -> str:
    """The calendar called `name`, its events in the order given."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tidings//Maintenance//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    end = "END:VCALENDAR\r\n"
    return (
        _text(calendar).removesuffix(end)
        + "".join(_event(window, _affected(window, names)) for window in windows)
        + end
    )


def _affected(window: Maintenance, names: Names) -> tuple[str, ...]:
    found = (names.of(named.service_id, named.name) for named in window.services)
    return tuple(name for name in found if name is not None)


@lru_cache(maxsize=8192)
def _event(window: Maintenance, affected: tuple[str, ...]) -> str:
    """Kept, because writing one takes long and of a calendar only little changes at a time."""
    event = Event()
    event.add("uid", f"{window.id}@tidings")
    event.add("sequence", window.version)
    event.add("dtstamp", _whole(window.updated_at))
    event.add("created", _whole(window.created_at))
    event.add("last-modified", _whole(window.updated_at))
    event.add("dtstart", _whole(begins_at(window)))
    event.add("dtend", _whole(_end(window)))
    event.add("summary", window.title)
    parts = [window.description, f"Affects: {', '.join(affected)}" if affected else ""]
    if description := "\n\n".join(part for part in parts if part):
        event.add("description", description)
    event.add("status", "CANCELLED" if window.status is MaintenanceStatus.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return _text(event)


def _end(window: Maintenance) -> datetime:
    """When it was over, or is to be. One that was called off before it began stands where it was planned."""
    over_at = ended_at(window) if window.started_at else None
    return max(over_at or window.scheduled_end, begins_at(window))


def _text(component: Calendar | Event) -> str:
    content: bytes = component.to_ical()
    return content.decode()


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
