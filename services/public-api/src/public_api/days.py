"""How many seconds of each day a service spent in which status. Pure: its past, and until when to count, are arguments.

- A service has the status of the highest version whose change is not later; before the first one it was operational.
- An incident that was written down when it was over counts as if its statuses had been seen then: the worst of both holds.
- Before its start, and while it was gone (deleted or hidden), nothing is known of a service.
- A window is counted beside the status. What it covers of an outage is counted once more, because it costs no uptime.
- Days are those of the organization's zone: 23 or 25 hours long where its clocks change.

Moments are cut to whole seconds, so that what is counted adds up.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from common.contracts.values import ServiceStatus

Value = TypeVar("Value")

DAYS_KEPT = 90

_MAJOR_TENTHS, _PARTIAL_TENTHS = 10, 3
WEIGHTS = {"major_outage": _MAJOR_TENTHS / 10, "partial_outage": _PARTIAL_TENTHS / 10, "degraded": 0.0}
"""How much of a second in each status is lost."""


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """From `at` on it is `value`, unless a higher version says otherwise."""

    version: int
    at: datetime
    value: Value


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when (None: until now) an incident that was written down later put a status on a service, or a window was in progress."""

    started_at: datetime
    ended_at: datetime | None
    status: ServiceStatus | None
    """None: a window."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a service's past, in any order."""

    begins_at: datetime
    statuses: Sequence[Change[ServiceStatus]] = ()
    absences: Sequence[Change[bool]] = ()
    """Whether it was gone."""
    periods: Sequence[Period] = ()


@dataclass(slots=True)
class Day:
    """Seconds of one day. What is not counted here was operational."""

    unknown: int = 0
    """Since its start, while it was gone."""
    degraded: int = 0
    partial_outage: int = 0
    major_outage: int = 0
    maintenance: int = 0
    partial_outage_in_maintenance: int = 0
    major_outage_in_maintenance: int = 0

    @property
    def lost_tenths(self) -> int:
        """What it costs in uptime, in tenths of a second."""
        major = self.major_outage - self.major_outage_in_maintenance
        partial = self.partial_outage - self.partial_outage_in_maintenance
        return major * _MAJOR_TENTHS + partial * _PARTIAL_TENTHS

    @property
    def by_status(self) -> dict[str, int]:
        """The seconds in each status that was not well, and in maintenance, the worst first; those left out of which there were none."""
        seconds = {
            "major_outage": self.major_outage,
            "partial_outage": self.partial_outage,
            "degraded": self.degraded,
            "maintenance": self.maintenance,
        }
        return {status: counted for status, counted in seconds.items() if counted}

    def character(self, seconds: int) -> str:
        """How the day reads that had so many seconds since the service's start: by the worst status it saw."""
        if self.major_outage:
            return "3"
        if self.partial_outage:
            return "2"
        if self.degraded:
            return "1"
        if self.maintenance:
            return "m"
        return "0" if self.unknown < seconds else "."


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def beginning_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day. Where clocks skip midnight, the day begins with the hour after it."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def count(past: Past, zone: ZoneInfo, first: date, until: datetime) -> dict[date, Day]:
    """The days from `first` on, those left out that were operational alone. The last one is counted up to `until`."""
    last = day_of(until, zone)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    bounds = [_second(beginning_of(day, zone)) for day in days]
    begin, end = max(bounds[0], _second(past.begins_at)) if bounds else 0, _second(until)
    if not bounds or begin >= end:
        return {}
    statuses = _Timeline(past.statuses, ServiceStatus.OPERATIONAL)
    absences = _Timeline(past.absences, False)
    periods = [
        (_second(period.started_at), end if period.ended_at is None else _second(period.ended_at), period.status)
        for period in past.periods
    ]
    cuts = {begin, end, *bounds, *statuses.starts, *absences.starts}
    cuts.update(moment for start, stop, _ in periods for moment in (start, stop))
    inner = sorted(cut for cut in cuts if begin <= cut <= end)
    counted: dict[date, Day] = {}
    for start, stop in pairwise(inner):
        covering = [status for since, to, status in periods if since <= start < to]
        gone = absences.at(start)
        status = max([statuses.at(start), *filter(None, covering)], key=lambda found: found.severity)
        in_window = None in covering
        if gone or in_window or status is not ServiceStatus.OPERATIONAL:
            day = counted.setdefault(days[bisect_right(bounds, start) - 1], Day())
            _add(day, stop - start, None if gone else status, in_window)
    return counted


def held(changes: Iterable[Change[Value]]) -> list[Change[Value]]:
    """Those of changes that ever held, the first first: no later version says something else since before then."""
    found: list[Change[Value]] = []
    for change in sorted(changes, key=lambda one: one.version, reverse=True):
        if not found or change.at < found[-1].at:
            found.append(change)
    found.reverse()
    return found


def percentage(days: Sequence[Day], begin: datetime, until: datetime) -> float | None:
    """Uptime in two decimals, rounded down, so that 100 means that nothing was lost. `days` are those between that were not operational alone."""
    known = _second(until) - _second(begin) - sum(day.unknown for day in days)
    if known <= 0:
        return None
    lost = sum(day.lost_tenths for day in days)
    return (known * 10 - lost) * 10_000 // (known * 10) / 100


def _add(day: Day, seconds: int, status: ServiceStatus | None, in_window: bool) -> None:
    if status is None:
        day.unknown += seconds
        return
    if status is ServiceStatus.DEGRADED:
        day.degraded += seconds
    elif status is ServiceStatus.PARTIAL_OUTAGE:
        day.partial_outage += seconds
        day.partial_outage_in_maintenance += seconds * in_window
    elif status is ServiceStatus.MAJOR_OUTAGE:
        day.major_outage += seconds
        day.major_outage_in_maintenance += seconds * in_window
    day.maintenance += seconds * in_window


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


class _Timeline(Generic[Value]):
    """What holds from when on, of changes that may say so out of order."""

    def __init__(self, changes: Sequence[Change[Value]], before: Value) -> None:
        known = held(changes)
        self.starts = [_second(change.at) for change in known]
        self._values = [change.value for change in known]
        self._before = before

    def at(self, second: int) -> Value:
        index = bisect_right(self.starts, second)
        return self._values[index - 1] if index else self._before
