"""Days against a naive count that looks at every second, and the rules by which they are read."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contracts.values import ServiceStatus
from public_api.days import Change, Day, Past, Period, beginning_of, count, day_of, percentage

OPERATIONAL, DEGRADED, PARTIAL, MAJOR = ServiceStatus
SECONDS = 4 * 86_400
BEGINNINGS = {
    # Each a day before clocks change: forward, back, by half an hour, at midnight forward and back; and a zone where they never do.
    "Europe/Berlin": ["2026-03-28T03:00:00", "2026-10-24T03:00:00"],
    "America/New_York": ["2026-03-07T03:00:00", "2026-10-31T03:00:00"],
    "Australia/Lord_Howe": ["2026-04-04T03:00:00", "2026-10-03T03:00:00"],
    "America/Asuncion": ["2023-09-30T03:00:00", "2024-03-23T03:00:00"],
    "Pacific/Apia": ["2011-12-29T03:00:00"],
    "Asia/Kolkata": ["2026-11-22T03:00:00"],
}
places = st.sampled_from([(zone, text) for zone, texts in BEGINNINGS.items() for text in texts])
# Half hours that meet each other, or miss by a second: a day before the beginning until after the end.
offsets = st.builds(lambda half_hour, by: half_hour * 1800 + by, st.integers(-48, SECONDS // 1800), st.integers(-1, 1))


class Told(NamedTuple):
    """A past, in seconds after a beginning."""

    begins: int
    statuses: list[tuple[int, ServiceStatus]]
    absences: list[tuple[int, bool]]
    periods: list[tuple[int, int | None, ServiceStatus | None]]
    order: list[int]


tellings = st.builds(
    Told,
    begins=st.one_of(st.just(-(10**6)), offsets),
    statuses=st.lists(st.tuples(offsets, st.sampled_from(ServiceStatus)), max_size=6),
    absences=st.lists(st.tuples(offsets, st.booleans()), max_size=3),
    periods=st.lists(
        st.tuples(offsets, st.one_of(st.none(), offsets), st.sampled_from([None, DEGRADED, PARTIAL, MAJOR])), max_size=4
    ),
    order=st.permutations(range(6)),
)


@cache
def days_of_seconds(zone: str, beginning: str) -> list[date]:
    """The local day of each second."""
    start = int(datetime.fromisoformat(beginning).replace(tzinfo=UTC).timestamp())
    local = ZoneInfo(zone)
    return [datetime.fromtimestamp(start + second, local).date() for second in range(SECONDS)]


def naive(told: Told, days: Sequence[date], until: int) -> dict[date, Day]:
    """Every second one by one: what it was, and to which day it belongs."""
    statuses = [OPERATIONAL] * SECONDS
    gone = [False] * SECONDS
    # The list's order is that of versions: a higher one overrules from its moment on.
    for at, status in told.statuses:
        statuses[max(at, 0) :] = [status] * (SECONDS - max(at, 0))
    for at, is_gone in told.absences:
        gone[max(at, 0) :] = [is_gone] * (SECONDS - max(at, 0))
    windows = [False] * SECONDS
    for start, end, put in told.periods:
        for second in range(max(start, 0), SECONDS if end is None else min(max(end, 0), SECONDS)):
            if put is None:
                windows[second] = True
            elif put.severity > statuses[second].severity:
                statuses[second] = put
    begin = max(told.begins, 0)
    seconds = Counter(
        zip(days[begin:until], statuses[begin:until], gone[begin:until], windows[begin:until], strict=True)
    )
    found: dict[date, Day] = {}
    for (day, status, is_gone, in_window), number in seconds.items():
        total = found.setdefault(day, Day())
        if is_gone:
            total.unknown += number
            continue
        total.degraded += number * (status is DEGRADED)
        total.partial_outage += number * (status is PARTIAL)
        total.major_outage += number * (status is MAJOR)
        total.maintenance += number * in_window
        total.partial_outage_in_maintenance += number * (status is PARTIAL and in_window)
        total.major_outage_in_maintenance += number * (status is MAJOR and in_window)
    return {day: total for day, total in found.items() if total != Day()}


@settings(max_examples=40, deadline=None)
@given(place=places, told=tellings, until=offsets.map(lambda offset: min(max(offset, 0), SECONDS)))
def test_days_are_what_a_count_of_every_second_says(place: tuple[str, str], told: Told, until: int) -> None:
    zone, start = ZoneInfo(place[0]), datetime.fromisoformat(place[1]).replace(tzinfo=UTC)

    def moment(offset: int) -> datetime:
        return start + timedelta(seconds=offset)

    statuses = [Change(version, moment(at), status) for version, (at, status) in enumerate(told.statuses, 1)]
    past = Past(
        begins_at=moment(told.begins),
        statuses=[statuses[index] for index in told.order if index < len(statuses)],
        absences=[Change(version, moment(at), gone) for version, (at, gone) in enumerate(told.absences, 1)][::-1],
        periods=[
            Period(moment(begin), None if end is None else moment(end), status) for begin, end, status in told.periods
        ],
    )
    days = days_of_seconds(*place)
    expected = naive(told, days, until)
    # The first day began before the first second that was counted.
    first = days[0] + timedelta(days=1)
    expected.pop(days[0], None)
    assert count(past, zone, first, moment(until)) == expected

    begin = max(beginning_of(first, zone), past.begins_at)
    known = [second for second in range(max(told.begins, 0), until) if days[second] >= first]
    lost = sum(day.lost_tenths for day in expected.values()) / 10
    unknown = sum(day.unknown for day in expected.values())
    found = percentage(list(expected.values()), begin, moment(until))
    if len(known) == unknown:
        assert found is None
    else:
        exact = 100 * (1 - lost / (len(known) - unknown))
        assert found is not None
        assert found <= exact + 1e-9 < found + 0.01 + 1e-6
        assert (found == 100) == (lost == 0)


@pytest.mark.parametrize(
    ("day", "character"),
    [
        (Day(), "0"),
        (Day(degraded=1, maintenance=80_000), "1"),
        (Day(partial_outage=1, degraded=80_000), "2"),
        (Day(major_outage=1, major_outage_in_maintenance=1, maintenance=1), "3"),
        (Day(maintenance=1), "m"),
        (Day(unknown=86_400), "."),
        (Day(unknown=86_399), "0"),
    ],
)
def test_a_day_reads_as_the_worst_that_it_saw(day: Day, character: str) -> None:
    assert day.character(86_400) == character


def test_an_outage_costs_by_its_weight_and_nothing_within_a_window() -> None:
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    until = begin + timedelta(seconds=1000)
    assert percentage([Day(major_outage=100)], begin, until) == 90
    assert percentage([Day(partial_outage=100)], begin, until) == 97
    assert percentage([Day(degraded=100)], begin, until) == 100
    excused = Day(maintenance=150, major_outage=100, major_outage_in_maintenance=100)
    assert percentage([excused], begin, until) == 100
    assert percentage([Day(major_outage=1)], begin, begin + timedelta(days=90)) == 99.99, "never rounded up to 100"


def test_days_begin_where_the_zones_clocks_say() -> None:
    assert day_of(datetime(2026, 11, 21, 23, tzinfo=UTC), ZoneInfo("Europe/Berlin")) == date(2026, 11, 22)
    # Clocks go from 00:00 to 01:00: the day begins there, and has 23 hours.
    zone = ZoneInfo("America/Asuncion")
    first, second = (beginning_of(date(2023, 10, day), zone).timestamp() for day in (1, 2))
    assert second - first == 23 * 3600
