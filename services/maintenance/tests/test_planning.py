"""What a series does with its windows: a simulated year in three zones, and edits that leave alone what people or time have touched."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from common.clock import uuid7
from common.contracts.catalog import KnownService
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import Visibility
from maintenance.domain import recurrence
from maintenance.domain.details import Details
from maintenance.domain.series import Series
from maintenance.domain.window import COMPLETE, START, Occurrence, Window

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
DETAILS = Details(
    title="Backup",
    description="",
    visibility=Visibility.PUBLIC,
    services={},
    starts_by_itself=True,
    completes_by_itself=True,
    reminder_minutes=(60,),
)


@dataclass
class Calendar:
    """A series and its windows in memory, moved and planned as the scheduler does."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    now: datetime = NOON
    windows: list[Window] = field(default_factory=list)
    events: list[DomainEvent] = field(default_factory=list)

    def begin(self, rule: str, first: datetime, hours: float = 1, details: Details = DETAILS) -> Series:
        self.series = Series.begin(
            id=uuid7(),
            details=details,
            rule=rule,
            first_start=first,
            duration=timedelta(hours=hours),
            zone=self.zone,
            now=self.now,
        )
        self.plan()
        return self.series

    def change(self, **given: object) -> None:
        before = {name: getattr(self.series, name) for name in ("details", "rule", "first_start", "duration")}
        self.series.change(**{**before, **given}, zone=self.zone, now=self.now)
        self.plan()

    def plan(self) -> int:
        """Plan until there is nothing more to do. Returns how many transactions that took."""
        for transactions in range(1, 100):
            attached = [window for window in self.windows if self._is_attached(window)]
            planned = self.series.plan(attached, self._taken(), self.zone, self.now)
            for window in planned.gone:
                self.events.append(window.delete(self.now, by_series=True))
            for window, slot in planned.changed:
                details = self.series.details_for(window)
                event = window.follow_series(details, slot.start, slot.end, slot.local_start, self.now)
                self.events += [event] if event else []
            for slot in planned.new:
                window, event = Window.plan(
                    id=uuid7(),
                    details=self.series.details_for(None),
                    start=slot.start,
                    end=slot.end,
                    occurrence=Occurrence(self.series.id, slot.local_start),
                    now=self.now,
                )
                self.windows.append(window)
                self.events.append(event)
            if planned.is_complete:
                return transactions
        raise AssertionError("planning never ends")

    def pass_time(self, until: datetime) -> None:
        """Make what is due meanwhile, in its order."""
        near = {window.id: window for window in self.windows if window.scheduled_start < until + timedelta(hours=2)}
        near = {id: window for id, window in near.items() if window.due()}
        while True:
            dues = [(due_at, kind, id) for id, window in near.items() for kind, due_at in window.due().items()]
            due_at, kind, id = min(dues, default=(until, "", UUID(int=0)))
            if due_at >= until:
                self.now = until
                return
            self.now = due_at
            window = near[id]
            moves = {START: window.start_by_itself, COMPLETE: window.complete_by_itself}
            event = moves[kind](due_at) if kind in moves else window.remind(60, due_at)
            assert event is not None, kind
            self.events.append(event)

    @property
    def ahead(self) -> list[Window]:
        found = [window for window in self.windows if window.deleted_at is None and window.is_scheduled]
        return sorted(found, key=lambda window: window.scheduled_start)

    def starts(self) -> list[str]:
        return [f"{recurrence.to_local(window.scheduled_start, self.zone):%m-%d %H:%M}" for window in self.ahead]

    def _is_attached(self, window: Window) -> bool:
        assert window.occurrence is not None
        is_ahead = window.is_scheduled and window.scheduled_start > self.now
        return is_ahead and window.occurrence.is_attached and window.deleted_at is None

    def _taken(self) -> set[datetime]:
        return {
            window.occurrence.local_start
            for window in self.windows
            if not self._is_attached(window)
            and window.occurrence is not None
            and (window.deleted_at is None or not window.occurrence.is_attached)
        }


@pytest.mark.parametrize(
    ("zone", "time", "skipped"),
    [
        ("Europe/Berlin", (2, 30), {"2026-03-29": "03:30"}),
        ("America/New_York", (2, 30), {"2026-03-08": "03:30"}),
        ("Australia/Lord_Howe", (2, 15), {"2026-10-04": "02:45"}),
    ],
)
def test_a_year_of_nights_keeps_its_wall_time_and_each_takes_place_once(
    zone: str, time: tuple[int, int], skipped: dict[str, str]
) -> None:
    calendar = Calendar(ZoneInfo(zone))
    calendar.begin("FREQ=DAILY", datetime(2026, 1, 6, *time), hours=1.5)
    for day in range(5, 371, 5):
        calendar.pass_time(NOON + timedelta(days=day))
        calendar.plan()
    over = [window for window in calendar.windows if window.is_over]
    nights = [recurrence.to_local(window.scheduled_start, calendar.zone) for window in over]
    assert [night.date() for night in nights] == [datetime(2026, 1, 6).date() + timedelta(days=n) for n in range(370)]
    usual = f"{time[0]:02}:{time[1]:02}"
    assert {f"{night:%Y-%m-%d}": f"{night:%H:%M}" for night in nights if f"{night:%H:%M}" != usual} == skipped
    offsets = {window.scheduled_start.astimezone(calendar.zone).utcoffset() for window in over}
    assert len(offsets) == 2, "the year had summer and winter"
    assert all(window.scheduled_end - window.scheduled_start == timedelta(hours=1.5) for window in over)
    assert all(
        (window.started_at, window.completed_at) == (window.scheduled_start, window.scheduled_end) for window in over
    )
    types = [event.type for event in calendar.events]
    for kind in ("reminder_due", "started", "completed"):
        assert types.count(f"maintenance.{kind}") == 370
    assert len(calendar.ahead) == 180
    assert "maintenance.updated" not in types, "planning day after day changes nothing that was planned"
    assert "maintenance.deleted" not in types


def test_a_weekly_series_stays_on_its_weekday_and_ends() -> None:
    calendar = Calendar(ZoneInfo("Europe/Berlin"))
    calendar.begin("FREQ=WEEKLY;BYDAY=SU;COUNT=10", datetime(2026, 1, 11, 2))
    assert calendar.starts() == [f"{datetime(2026, 1, 11) + timedelta(weeks=n):%m-%d} 02:00" for n in range(10)]
    calendar.pass_time(NOON + timedelta(days=100))
    calendar.plan()
    assert (calendar.ahead, len(calendar.windows)) == ([], 10)


def test_an_edit_changes_what_is_ahead_in_place_and_leaves_alone_what_a_person_or_time_has_touched() -> None:
    calendar = Calendar()
    calendar.begin("FREQ=DAILY;COUNT=8", datetime(2026, 1, 5, 20))
    over, running, moved, cancelled, deleted, *rest = calendar.ahead
    calendar.pass_time(datetime(2026, 1, 6, 20, 30, tzinfo=UTC))
    moved.change(
        moved.details,
        moved.scheduled_start + timedelta(hours=1),
        moved.scheduled_end + timedelta(hours=1),
        calendar.now,
    )
    cancelled.cancel(None, calendar.now)
    deleted.delete(calendar.now)
    touched = {
        window.id: (window.version, window.scheduled_start) for window in (over, running, moved, cancelled, deleted)
    }
    calendar.change(details=replace(DETAILS, title="Night"), first_start=datetime(2026, 1, 5, 22))
    assert {
        window.id: (window.version, window.scheduled_start) for window in calendar.windows if window.id in touched
    } == touched
    assert calendar.starts() == ["01-07 21:00", *(f"01-{day} 22:00" for day in ("10", "11", "12"))]
    assert [window.details.title for window in calendar.ahead] == ["Backup", "Night", "Night", "Night"]
    assert {window.id for window in rest} == {window.id for window in calendar.ahead[1:]}, (
        "the same windows, at another time"
    )
    for _ in range(3):
        calendar.plan()
    assert len(calendar.windows) == 8, "and nothing comes back"


def test_a_rule_that_names_other_days_deletes_and_makes_windows_and_may_name_the_former_again() -> None:
    calendar = Calendar()
    calendar.begin("FREQ=WEEKLY;BYDAY=MO;COUNT=3", datetime(2026, 1, 12, 2))
    mondays = {window.id for window in calendar.ahead}
    calendar.change(rule="FREQ=WEEKLY;BYDAY=TU;COUNT=3")
    assert calendar.starts() == ["01-13 02:00", "01-20 02:00", "01-27 02:00"]
    assert all(window.deleted_at == calendar.now for window in calendar.windows if window.id in mondays)
    calendar.change(rule="FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    assert calendar.starts() == ["01-12 02:00", "01-19 02:00", "01-26 02:00"]
    assert not mondays & {window.id for window in calendar.ahead}, "a tombstone is for ever"


def test_several_windows_a_day_each_become_the_next_one_of_that_day() -> None:
    calendar = Calendar()
    calendar.begin("FREQ=DAILY;COUNT=4;BYHOUR=2,14", datetime(2026, 1, 5, 2))
    first_two = [window.id for window in calendar.ahead[:2]]
    calendar.change(rule="FREQ=DAILY;COUNT=4;BYHOUR=3,15")
    assert calendar.starts() == ["01-05 15:00", "01-06 03:00", "01-06 15:00"]
    assert [window.id for window in calendar.ahead[:2]] == first_two


def test_a_new_zone_keeps_the_wall_time() -> None:
    calendar = Calendar(ZoneInfo("Europe/Berlin"))
    calendar.begin("FREQ=DAILY", datetime(2026, 1, 6, 5))
    before = [window.id for window in calendar.ahead]
    calendar.zone = ZoneInfo("America/New_York")
    calendar.plan()
    assert {start[-5:] for start in calendar.starts()} == {"05:00"}
    assert [window.id for window in calendar.ahead] == before
    calendar.zone = ZoneInfo("Pacific/Auckland")  # where the first of them would have been today, before now
    calendar.plan()
    assert {start[-5:] for start in calendar.starts()} == {"05:00"}
    assert calendar.ahead[0].scheduled_start > calendar.now


def test_a_deleted_series_takes_along_what_is_ahead_and_its_own() -> None:
    calendar = Calendar()
    series = calendar.begin("FREQ=DAILY;COUNT=4", datetime(2026, 1, 5, 11))
    [first, second, third] = calendar.ahead
    first.extend(first.scheduled_end + timedelta(hours=1), None, calendar.now)
    calendar.pass_time(datetime(2026, 1, 7, 11, 30, tzinfo=UTC))
    series.delete(calendar.now)
    calendar.plan()
    assert [window.deleted_at is None for window in (first, second, third)] == [True, True, False]


def test_a_transaction_has_a_bounded_number_of_events_and_names() -> None:
    services = {uuid7(): KnownService("x") for _ in range(500)}
    calendar = Calendar()
    series = calendar.begin("FREQ=DAILY;COUNT=45", datetime(2026, 1, 6, 2), details=replace(DETAILS, services=services))
    assert (len(calendar.ahead), len(calendar.events)) == (45, 45), "nothing is left out"
    series.details = replace(series.details, title="New")
    assert calendar.plan() == 3, "45 events that name 500 services each, 10,000 names a transaction"
    assert {window.details.title for window in calendar.ahead} == {"New"}


def test_a_service_that_was_deleted_is_named_by_no_new_window() -> None:
    gone, there = (uuid7(), KnownService("gone", is_deleted=True)), (uuid7(), KnownService("there"))
    calendar = Calendar()
    calendar.begin("FREQ=DAILY;COUNT=2", datetime(2026, 1, 6, 2), details=replace(DETAILS, services=dict([there])))
    calendar.change(details=replace(DETAILS, services=dict([gone, there])), rule="FREQ=DAILY;COUNT=3")
    assert [set(window.details.services) for window in calendar.ahead] == [{there[0]}] * 3


def test_a_series_begins_within_reach_and_has_something_ahead() -> None:
    for first, problem in (
        (datetime(2024, 1, 1), "first-start-too-far"),
        (datetime(2028, 6, 1), "first-start-too-far"),
    ):
        with pytest.raises(RuleError) as refused:
            Calendar().begin("FREQ=DAILY", first)
        assert refused.value.name == problem
    with pytest.raises(RuleError) as refused:
        Calendar().begin("FREQ=DAILY;COUNT=3", datetime(2026, 1, 1))
    assert refused.value.name == "never-recurs"
