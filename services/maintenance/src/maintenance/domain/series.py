"""A series: windows that recur by a rule in the organization's zone, planned 180 days ahead. Pure: time, zone and ids are arguments.

An occurrence is known by the wall time at which the rule puts it. When an edit moves the rule, an occurrence of the same day becomes the
one that the rule puts there now, so it keeps its id and what was said of it. Those that a person moved, cancelled or deleted, and those
that have begun, keep their place in the rule and are left alone: nothing is planned beside them, and they never come back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts.rules import RuleError
from maintenance.domain import recurrence
from maintenance.domain.details import Details
from maintenance.domain.window import Window

SERIES_MAX = 100
MOVES_MAX = 400
NAMES_MAX = 10_000
FIRST_START_PAST = timedelta(days=366)
FIRST_START_AHEAD = timedelta(days=730)
REPLAN = timedelta(days=1)
TODAY = timedelta(days=2)
"""How far back what has begun counts as of today, in whatever zone."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in time that the rule makes for a window."""

    local_start: datetime
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """What brings a series' windows up to date: windows to make, to change (into what), and to delete."""

    new: Sequence[Slot]
    changed: Sequence[tuple[Window, Slot]]
    gone: Sequence[Window]
    is_complete: bool
    """False when there was more to do than belongs into one transaction: plan again at once."""


@dataclass
class Series:
    id: UUID
    details: Details
    rule: str
    first_start: datetime
    duration: timedelta
    created_at: datetime
    updated_at: datetime
    version: int = 1
    deleted_at: datetime | None = None

    @classmethod
    def begin(
        cls,
        *,
        id: UUID,
        details: Details,
        rule: str,
        first_start: datetime,
        duration: timedelta,
        zone: ZoneInfo,
        now: datetime,
    ) -> "Series":
        series = cls(id, details, recurrence.normalized(rule), first_start, duration, now, now)
        series._check_first_start(zone, now)
        last = recurrence.check(series.rule, first_start, zone)
        if recurrence.to_utc(last, zone) <= now:
            raise RuleError("never-recurs", "body.rule", "The rule names no time from now on.")
        return series

    @classmethod
    def of_elsewhere(
        cls,
        *,
        id: UUID,
        details: Details,
        rule: str,
        first_start: datetime,
        duration: timedelta,
        created_at: datetime,
        zone: ZoneInfo,
        now: datetime,
    ) -> "Series":
        """One that was kept somewhere else until now: it may have begun long ago, and be over."""
        if recurrence.to_utc(first_start, zone) > now + FIRST_START_AHEAD:
            raise RuleError("first-start-too-far", "body.first_start", "A series begins in two years at most.")
        if created_at > now:
            raise RuleError("in-future", "body.created_at", "What was, was before now.")
        series = cls(id, details, recurrence.normalized(rule), first_start, duration, created_at, now)
        recurrence.check(series.rule, first_start, zone)
        return series

    def change(
        self,
        *,
        details: Details,
        rule: str,
        first_start: datetime,
        duration: timedelta,
        zone: ZoneInfo,
        now: datetime,
    ) -> bool:
        """Returns whether that changes anything. The windows follow when they are planned."""
        rule = recurrence.normalized(rule)
        before = (self.details, self.rule, self.first_start, self.duration)
        if before == (details, rule, first_start, duration):
            return False
        self.details, self.rule, self.first_start, self.duration = details, rule, first_start, duration
        if first_start != before[2]:
            self._check_first_start(zone, now)
        recurrence.check(rule, first_start, zone)
        self.version += 1
        self.updated_at = now
        return True

    def delete(self, now: datetime) -> None:
        self.deleted_at = now
        self.version += 1
        self.updated_at = now

    def plan(self, attached: Sequence[Window], taken: Collection[datetime], zone: ZoneInfo, now: datetime) -> Planned:
        """`attached` are its windows that are still its own and ahead, `taken` the local starts of its other ones of today and later."""
        windows = {window.occurrence.local_start: window for window in attached if window.occurrence is not None}
        slots = self._slots(zone, now, beyond=max(windows, default=None))
        in_rule = {slot.local_start for slot in slots}
        moved = {*windows, *taken} - in_rule
        new, changed = [], []
        for slot in reversed(slots):  # of several a day the early ones may be over, or may never have been planned
            local = slot.local_start
            if local not in windows and local not in taken:
                local = max((other for other in moved if other.date() == local.date()), default=local)
                moved.discard(local)
            if local in taken or slot.start <= now:
                continue
            window = windows.pop(local, None)
            if window is None:
                new.append(slot)
            elif not self._is_up_to_date(window, slot):
                changed.append((window, slot))
        new.reverse()
        changed.reverse()
        return self._bounded(new, changed, list(windows.values()))

    def details_for(self, window: Window | None) -> Details:
        """What a window of the series says. A service that was deleted since is not named anew."""
        named = window.details.services if window is not None else {}
        services = {
            id: service for id, service in self.details.services.items() if id in named or not service.is_deleted
        }
        return Details(
            title=self.details.title,
            description=self.details.description,
            visibility=self.details.visibility,
            services=services,
            starts_by_itself=self.details.starts_by_itself,
            completes_by_itself=self.details.completes_by_itself,
            reminder_minutes=self.details.reminder_minutes,
        )

    def _slots(self, zone: ZoneInfo, now: datetime, *, beyond: datetime | None) -> list[Slot]:
        """The places of these days and of 180 days ahead; farther where, in another zone, a window was planned already."""
        if self.deleted_at is not None:
            return []
        local_now = recurrence.to_local(now, zone)
        until = local_now + recurrence.AHEAD
        if beyond is not None:
            until = max(until, beyond + timedelta(minutes=1))
        slots = []
        for local in recurrence.starts_between(self.rule, self.first_start, zone, local_now - TODAY, until):
            start = recurrence.to_utc(local, zone)
            slots.append(Slot(local, start, start + self.duration))
        return slots

    def _bounded(self, new: list[Slot], changed: list[tuple[Window, Slot]], gone: list[Window]) -> Planned:
        most = max(1, min(MOVES_MAX, NAMES_MAX // max(1, len(self.details.services))))
        is_complete = len(new) + len(changed) + len(gone) <= most
        gone = gone[:most]
        changed = changed[: most - len(gone)]
        return Planned(new[: most - len(gone) - len(changed)], changed, gone, is_complete)

    def _is_up_to_date(self, window: Window, slot: Slot) -> bool:
        assert window.occurrence is not None
        return (window.details, window.scheduled_start, window.scheduled_end, window.occurrence.local_start) == (
            self.details_for(window),
            slot.start,
            slot.end,
            slot.local_start,
        )

    def _check_first_start(self, zone: ZoneInfo, now: datetime) -> None:
        if not now - FIRST_START_PAST <= recurrence.to_utc(self.first_start, zone) <= now + FIRST_START_AHEAD:
            raise RuleError(
                "first-start-too-far", "body.first_start", "A series begins a year ago at the earliest, in two years at most."
            )  # fmt: skip
