"""The window's rules by themselves: whatever people and the scheduler do to it, in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import uuid7
from common.contracts.catalog import KnownService
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.maintenance import Maintenance, MaintenanceReminder
from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus, NamedActor, Visibility
from maintenance.domain.details import Details
from maintenance.domain.times import LONGEST
from maintenance.domain.update import Note
from maintenance.domain.window import Occurrence, Window, reminder_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEEN, SECRET = uuid7(), uuid7()
DETAILS = Details(
    title="Upgrade",
    description="",
    visibility=Visibility.PUBLIC,
    services={SEEN: KnownService("Website"), SECRET: KnownService("Secret", Visibility.INTERNAL)},
    starts_by_itself=True,
    completes_by_itself=True,
    reminder_minutes=(60, 10),
)

COMMANDS = st.sampled_from(
    ["start", "complete", "cancel", "extend", "move", "hide", "show", "say", "silence", "delete", "due"]
)


_S, _I, _C, _X = MaintenanceStatus
LIVES = [[_S], [_S, _I], [_S, _I, _C], [_S, _I, _X], [_S, _X]]


def planned(details: Details = DETAILS) -> tuple[Window, DomainEvent]:
    start = NOW + timedelta(hours=2)
    return Window.plan(id=uuid7(), details=details, start=start, end=start + timedelta(hours=1), now=NOW)


def do(window: Window, command: str, now: datetime) -> DomainEvent | None:
    note = Note(uuid7(), "Said", NamedActor(id="ada", name="Ada Lovelace"))
    if command == "due":
        due = sorted((due_at, kind) for kind, due_at in window.due().items() if due_at <= now)
        if not due:
            return None
        minutes = reminder_of(due[0][1])
        if minutes is not None:
            return window.remind(minutes, now)
        return window.start_by_itself(now) if due[0][1] == "start" else window.complete_by_itself(now)
    if command == "move":
        return window.change(window.details, now + timedelta(hours=3), now + timedelta(hours=4), now)
    if command in ("hide", "show"):
        visibility = Visibility.INTERNAL if command == "hide" else Visibility.PUBLIC
        details = replace(window.details, visibility=visibility)
        return window.change(details, window.scheduled_start, window.scheduled_end, now)
    if command == "silence":
        details = replace(window.details, starts_by_itself=False, reminder_minutes=())
        return window.change(details, window.scheduled_start, window.scheduled_end, now)
    if command == "say":
        return window.post_update(note, now)
    if command == "extend":
        return window.extend(now + timedelta(hours=5), note, now)
    if command == "delete":
        return window.delete(now)
    return {"start": window.start, "complete": window.complete, "cancel": window.cancel}[command](note, now)


@given(st.lists(st.tuples(COMMANDS, st.integers(0, 90)), max_size=25))
def test_every_change_is_one_version_and_tells_nobody_what_is_internal(steps: list[tuple[str, int]]) -> None:
    window, event = planned()
    events = [event]
    now = NOW
    statuses = [window.status]
    for command, minutes in steps:
        now += timedelta(minutes=minutes)
        before = window.version
        was_public = window.details.is_public
        try:
            event_or_none = do(window, command, now)
        except RuleError:
            assert window.version == before, "what was refused changed nothing"
            continue
        assert window.version == before + (event_or_none is not None)
        if event_or_none is None:
            continue
        events.append(event_or_none)
        statuses += [window.status] if window.status is not statuses[-1] else []
        assert not [internal for internal in (str(SECRET), "Ada Lovelace") if internal in str(event_or_none.public)]
        assert (event_or_none.public is None) == (not was_public and not window.details.is_public)
        if window.deleted_at is not None:
            assert isinstance(event_or_none.internal, Tombstone)
            break
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    assert statuses in LIVES, "nothing goes back"
    if window.is_over or window.deleted_at is not None:
        assert window.due() == {}
    if window.completed_at is not None:
        assert window.started_at is not None
        assert window.started_at <= window.completed_at


def test_the_scheduler_moves_at_the_scheduled_times_however_late() -> None:
    window, _ = planned()
    start, end = window.scheduled_start, window.scheduled_end
    late = end + timedelta(days=3)
    assert window.start_by_itself(start - timedelta(microseconds=1)) is None, "not yet"
    assert window.complete_by_itself(late) is None, "not before it has started"
    started, completed = window.start_by_itself(late), window.complete_by_itself(late)
    assert started is not None
    assert completed is not None
    assert (window.started_at, window.completed_at) == (start, end)
    assert (started.occurred_at, completed.occurred_at) == (late, late)
    assert window.start_by_itself(late) is None, "once"
    assert window.complete_by_itself(late) is None, "once"


def test_a_reminder_says_how_early_it_is_and_is_dropped_when_the_window_has_begun() -> None:
    window, _ = planned()
    assert window.remind(60, window.scheduled_start - timedelta(minutes=61)) is None, "not yet"
    late = window.scheduled_start - timedelta(minutes=50)
    reminder = window.remind(60, late)
    assert reminder is not None
    assert isinstance(reminder.public, MaintenanceReminder)
    assert (reminder.public.minutes_before, reminder.version) == (60, 2)
    assert window.remind(60, late) is None, "once"
    assert set(window.due()) == {"reminder_10", "start"}
    assert window.remind(10, window.scheduled_start) is None
    assert (set(window.due()), window.version) == ({"start"}, 2), "and it is not due any more"


def test_reminders_are_due_again_when_the_window_moves_and_only_those_still_ahead() -> None:
    window, _ = planned()
    window.remind(60, window.scheduled_start - timedelta(minutes=60))
    start = window.scheduled_start + timedelta(hours=3)
    window.change(window.details, start, start + timedelta(hours=1), NOW + timedelta(hours=1))
    assert set(window.due()) == {"reminder_60", "reminder_10", "start"}
    start = NOW + timedelta(hours=1, minutes=30)
    window.change(window.details, start, start + timedelta(hours=1), NOW + timedelta(hours=1))
    assert set(window.due()) == {"reminder_10", "start"}


def test_a_window_ends_30_days_after_its_start_at_the_latest_also_when_it_began_early() -> None:
    window, _ = planned()
    window.start(None, NOW)
    window.extend(NOW + LONGEST, None, NOW)
    with pytest.raises(RuleError) as refused:
        window.extend(window.scheduled_start + LONGEST, None, NOW)
    assert refused.value.name == "too-long"


def test_a_window_whose_end_is_past_is_not_started_by_a_person() -> None:
    window, _ = planned(replace(DETAILS, starts_by_itself=False))
    late = window.scheduled_end
    with pytest.raises(RuleError) as refused:
        window.start(None, late)
    assert (refused.value.name, refused.value.conflict) == ("end-past", True)
    window.extend(late + timedelta(hours=1), None, late)
    assert window.start(None, late).type == "maintenance.started"


def test_an_occurrence_that_a_person_changes_is_its_series_no_more_but_one_that_is_talked_about_is() -> None:
    for command, is_attached in (
        ("move", False),
        ("extend", False),
        ("cancel", False),
        ("delete", False),
        ("say", True),
    ):
        window, _ = planned()
        window.occurrence = Occurrence(UUID(int=1), datetime(2026, 3, 1, 14))
        do(window, command, NOW)
        assert window.occurrence.is_attached is is_attached, command


def test_only_what_everybody_saw_is_published_again() -> None:
    window, _ = planned()
    again = window.publish_again(NOW)
    assert again is not None
    assert (again.type, again.version) == ("maintenance.updated", 2)
    assert isinstance(again.public, Maintenance)
    do(window, "hide", NOW)
    assert window.publish_again(NOW) is None
    do(window, "show", NOW)
    window.cancel(None, NOW)
    assert window.publish_again(NOW) is None
