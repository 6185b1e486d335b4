"""When a series recurs: RFC 5545 rules, worked out by python-dateutil in wall time, within bounds.

Wall time stays across daylight saving: the rule knows nothing of zones, and each of its starts is put into the organization's zone by
itself. One that daylight saving skips is as much later; of one that comes twice it is the first.

Bounds
- Parts outside the grammar below are refused before dateutil sees them, and so are rules that name times by the minute or second, and
  those that name more than 400 in any 180 days.
- dateutil looks for a rule's next start up to the year 9999, and longer for a rule that has none than a request may take. The Gregorian
  calendar repeats every 400 years, to the weekday: the rule is worked out as many times 400 years later as fit, so that it ends soon.
"""

import re
from collections import deque
from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from common.contracts.rules import RuleError

RULE_MAX = 500
OCCURRENCES_MAX = 400
AHEAD = timedelta(days=180)
_LOOK_AHEAD = timedelta(days=3660)
_CYCLE_YEARS = 400
_DAYS = "(MO|TU|WE|TH|FR|SA|SU)"


def _numbers(first: int, last: int, *, signed: bool = False) -> str:
    """A pattern for a list of numbers."""
    number = "(" + "|".join(str(number) for number in range(last, first - 1, -1)) + ")"
    return _listed(f"[+-]?{number}" if signed else f"0?{number}")


def _listed(item: str) -> str:
    return f"{item}(,{item})*"


_GRAMMAR = {
    "FREQ": "YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "WKST": _DAYS,
    "BYMONTH": _numbers(1, 12),
    "BYMONTHDAY": _numbers(1, 31, signed=True),
    "BYYEARDAY": _numbers(1, 366, signed=True),
    "BYWEEKNO": _numbers(1, 53, signed=True),
    "BYDAY": _listed(rf"([+-]?[1-9]\d?)?{_DAYS}"),
    "BYHOUR": _numbers(0, 23),
    "BYMINUTE": _numbers(0, 59),
    "BYSETPOS": _numbers(1, 366, signed=True),
}


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def normalized(text: str) -> str:
    """The rule as it is kept. Raises RuleError for one that is none, or that is not taken."""
    rule = text.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=") for part in rule.split(";")]
    names = [name for name, _, _ in parts]
    for name, _, value in parts:
        if name not in _GRAMMAR:
            raise _invalid(f"{name[:20] or 'An empty part'} is not a part that a rule may have here.")
        if re.fullmatch(_GRAMMAR[name], value) is None:
            raise _invalid(f"{name} cannot be {value[:40] or 'empty'} here.")
    values = {name: value for name, _, value in parts}
    if "FREQ" not in names or len(names) != len(set(names)):
        raise _invalid("A rule has FREQ, and each part once.")
    if "COUNT" in names and "UNTIL" in names:
        raise _invalid("A rule has COUNT or UNTIL, not both.")
    if values["FREQ"] == "HOURLY" and "BYSETPOS" in names:
        raise _invalid("BYSETPOS cannot choose among the times of an hour.")
    if values["FREQ"] not in ("MONTHLY", "YEARLY") and re.search(r"\d", values.get("BYDAY", "")):
        raise _invalid("BYDAY can count weekdays of months and years only.")
    if "UNTIL" in names:
        _moment(values["UNTIL"])
    return rule


def check(rule: str, first_start: datetime, zone: ZoneInfo) -> datetime:
    """Refuse a rule that names no time, or too many at once. Returns its last start within the next years."""
    recent: deque[datetime] = deque(maxlen=OCCURRENCES_MAX)
    for start in _starts(rule, first_start, zone):
        if start > first_start + _LOOK_AHEAD:
            break
        if len(recent) == OCCURRENCES_MAX and start - recent[0] < AHEAD:
            raise RuleError(
                "recurs-too-often", "body.rule", f"At most {OCCURRENCES_MAX} windows in {AHEAD.days} days are planned."
            )
        recent.append(start)
    if not recent:
        raise RuleError("never-recurs", "body.rule", "The rule names no time within ten years of the first start.")
    return recent[-1]


def starts_between(
    rule: str, first_start: datetime, zone: ZoneInfo, since: datetime, until: datetime
) -> list[datetime]:
    """The starts at `since` or later and before `until`, all in wall time."""
    found: list[datetime] = []
    for start in _starts(rule, first_start, zone):
        if start >= until:
            break
        if start >= since:
            found.append(start)
    return found


def _starts(rule: str, first_start: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every start, in order."""
    years = _CYCLE_YEARS * ((MAXYEAR - 1 - first_start.year) // _CYCLE_YEARS)
    late = re.sub(r"UNTIL=([^;]*)", lambda found: _until(found[1], zone, years), rule)
    try:
        for start in rrulestr(late, dtstart=first_start.replace(year=first_start.year + years)):
            yield start.replace(year=start.year - years)
    except ValueError as error:
        raise _invalid(f"The rule cannot be worked out: {error}") from error


def _until(text: str, zone: ZoneInfo, years: int) -> str:
    """The part UNTIL in wall time, as many years later."""
    until = _moment(text)
    if text.endswith("Z"):
        until = to_local(until.replace(tzinfo=UTC), zone)
    elif "T" not in text:
        until += timedelta(hours=23, minutes=59)  # a day includes itself
    year = until.year + years
    return until.strftime(f"UNTIL={year}%m%dT%H%M%S") if year <= MAXYEAR else f"UNTIL={MAXYEAR}1231"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")
    except ValueError:
        raise _invalid(f"UNTIL cannot be {text}: there is no such time.") from None
    if not 1970 <= moment.year < MAXYEAR:
        raise _invalid(f"UNTIL cannot be {text}: no window is planned then.")
    return moment


def _invalid(message: str) -> RuleError:
    return RuleError("invalid-rule", "body.rule", message)
