"""Rules of recurrence: which are taken, how much work they may be, and what daylight saving does to the times they name."""

from datetime import MAXYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from common.contracts.rules import RuleError
from maintenance.domain import recurrence

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2026, 3, 1, 2, 30)


def starts(rule: str, *, zone: ZoneInfo = UTC_ZONE, days: int = 400, first: datetime = FIRST) -> list[datetime]:
    kept = recurrence.normalized(rule)
    recurrence.check(kept, first, zone)
    return recurrence.starts_between(kept, first, zone, first, first + timedelta(days=days))


def test_a_rule_names_wall_times() -> None:
    assert starts("RRULE:freq=weekly;byday=su;count=3") == [FIRST, FIRST + timedelta(7), FIRST + timedelta(14)]
    assert starts("FREQ=MONTHLY;BYDAY=-1FR", days=70) == [datetime(2026, 3, 27, 2, 30), datetime(2026, 4, 24, 2, 30)]
    assert starts("FREQ=DAILY;BYHOUR=1,13;BYMINUTE=15", days=1) == [
        datetime(2026, 3, 1, 13, 15),
        datetime(2026, 3, 2, 1, 15),
    ]


@pytest.mark.parametrize(
    ("until", "zone", "last"),
    [
        ("20260305", UTC_ZONE, 5),
        ("20260305T023000", UTC_ZONE, 5),
        ("20260305T022959", UTC_ZONE, 4),
        ("20260305T013000Z", BERLIN, 5),
        ("20260305T012900Z", BERLIN, 4),
        ("99980101", UTC_ZONE, 31),
    ],
)
def test_the_end_of_a_rule_is_a_day_a_wall_time_or_a_moment(until: str, zone: ZoneInfo, last: int) -> None:
    assert starts(f"FREQ=DAILY;UNTIL={until}", zone=zone, days=31)[-1].day == last


@pytest.mark.parametrize(
    "rule",
    [
        "", "x", "FREQ", "FREQ=", "BYDAY=SU", "FREQ=WEEKLY;", "FREQ=WEEKLY;FREQ=WEEKLY", "FREQ=SECONDLY", "FREQ=MINUTELY",
        "FREQ=DAILY;BYSECOND=1", "FREQ=DAILY;BYEASTER=1", "FREQ=DAILY;DTSTART=20260101", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=1000", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=5;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270230", "FREQ=DAILY;UNTIL=2027", "FREQ=DAILY;UNTIL=99991231", "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTH=0", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=2SU",
        "FREQ=WEEKLY;BYDAY=0SU", "FREQ=MONTHLY;BYDAY=0SU", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=DAILY;BYSETPOS=0", "FREQ=HOURLY;BYSETPOS=2", "FREQ=HOURLY;INTERVAL=4;BYHOUR=3", "FREQ=DAILY\nCOUNT=3",
        "RRULE:RRULE:FREQ=DAILY", "FREQ=DAILY;BYMONTH=1,",
    ],
)  # fmt: skip
def test_what_is_no_rule_or_not_taken_is_refused(rule: str) -> None:
    with pytest.raises(RuleError) as refused:
        starts(rule)
    assert (refused.value.name, refused.value.where) == ("invalid-rule", "body.rule")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("FREQ=HOURLY", "recurs-too-often"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "recurs-too-often"),
        ("FREQ=DAILY;BYMONTH=12;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", "recurs-too-often"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never-recurs"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never-recurs"),
        ("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "never-recurs"),
        ("FREQ=DAILY;BYSETPOS=2", "never-recurs"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", "never-recurs"),
        ("FREQ=DAILY;UNTIL=20260101", "never-recurs"),
    ],
)
def test_a_rule_that_recurs_too_often_or_never_is_refused(rule: str, problem: str) -> None:
    with pytest.raises(RuleError) as refused:
        starts(rule)
    assert refused.value.name == problem


def test_a_rule_without_end_is_looked_into_for_few_years(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def remember(rule: str, dtstart: datetime) -> list[datetime]:
        asked.append(dtstart)
        return []

    monkeypatch.setattr(recurrence, "rrulestr", remember)
    for year in (2026, 2027, 2100):
        with pytest.raises(RuleError):
            starts("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", first=datetime(year, 3, 1))
    assert all(MAXYEAR - 400 <= first.year < MAXYEAR for first in asked), "dateutil looks up to the last year there is"


def test_two_windows_a_day_are_as_many_as_there_may_be() -> None:
    assert len(starts("FREQ=HOURLY;INTERVAL=12", days=180)) == 360


numbers = st.lists(st.integers(1, 28), min_size=1, max_size=3, unique=True).map(lambda some: ",".join(map(str, some)))
PARTS = {
    "INTERVAL": st.integers(1, 12),
    "COUNT": st.integers(1, 50),
    "BYMONTH": st.integers(1, 12),
    "BYMONTHDAY": numbers | st.integers(-31, -1),
    "BYYEARDAY": st.integers(-366, 366).filter(bool),
    "BYWEEKNO": st.integers(-53, 53).filter(bool),
    "BYDAY": st.sampled_from(["MO", "SU,WE", "MO,TU,WE,TH,FR"]),
    "BYHOUR": st.integers(0, 23),
    "BYSETPOS": st.integers(-366, 366).filter(bool),
    "WKST": st.sampled_from(["MO", "SU"]),
}
some_parts = st.sets(st.sampled_from(sorted(PARTS)), max_size=3).flatmap(
    lambda names: st.fixed_dictionaries({name: PARTS[name] for name in sorted(names)})
)
rules = st.builds(
    lambda freq, parts: ";".join([f"FREQ={freq}", *(f"{name}={value}" for name, value in parts.items())]),
    st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]),
    some_parts,
)


@settings(max_examples=25, deadline=None)
@given(rules, st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)))
@example("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2024, 2, 29, 12))
@example("FREQ=YEARLY;BYYEARDAY=-1;WKST=SU", datetime(2027, 12, 31, 23, 59))
def test_the_years_that_are_worked_out_instead_are_like_those_that_are_meant(rule: str, first: datetime) -> None:
    first = first.replace(second=0, microsecond=0)
    try:
        found = starts(rule, days=1500, first=first)
    except RuleError:
        assume(False)
    meant = []
    for start in rrulestr(rule, dtstart=first):
        if start >= first + timedelta(days=1500):
            break
        meant.append(start)
        if len(meant) > len(found):
            break
    assert found == meant


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),  # skipped: 03:30 in summer time
        (
            "Europe/Berlin",
            datetime(2026, 10, 25, 2, 30),
            datetime(2026, 10, 25, 0, 30),
        ),  # twice: the first, in summer time
        ("America/New_York", datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 8, 7, 30)),
        ("America/New_York", datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 5, 30)),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), datetime(2026, 10, 3, 15, 45)),  # skipped: half an hour
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45), datetime(2026, 4, 4, 14, 45)),
    ],
)
def test_a_time_that_is_skipped_is_later_and_of_one_that_comes_twice_it_is_the_first(
    zone: str, local: datetime, moment: datetime
) -> None:
    assert recurrence.to_utc(local, ZoneInfo(zone)) == moment.replace(tzinfo=UTC)
