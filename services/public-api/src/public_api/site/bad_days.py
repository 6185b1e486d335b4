"""The days of a service that were not all well: how bad each was, for how long, and what was going on. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from public_api.site.happenings import Happening, on
from public_api.site.rendering import as_json
from public_api.site.times import Times
from public_api.site.words import WORDS, duration
from public_api.uptime import CHARACTERS


@dataclass(frozen=True, slots=True)
class BadDay:
    place: int
    """Counted from the first day that is shown."""
    date: str
    text: str
    kind: str
    lasted: str
    happened: Sequence[Happening]


def bad_days(entry: Mapping[str, Any], first: date, happened: Iterable[Happening], times: Times) -> list[BadDay]:
    """Of a service's entry in the section `uptime`, the first one first."""
    found = []
    for place, character in enumerate(entry["days"]):
        if character not in ".0":
            day = first + timedelta(days=place)
            # An older release wrote no seconds.
            seconds = entry.get("seconds", {}).get(day.isoformat(), {})
            kind = CHARACTERS[character]
            lasted = ", ".join(_lasted(kind, seconds))
            found.append(BadDay(place, day.isoformat(), times.day(day), kind, lasted, on(day, happened)))
    return found


def said(days: Iterable[BadDay], home: str) -> str:
    """What the script says of days, as JSON: by place how it was in words, and what was going on. `home` leads to the page's address."""
    return as_json(
        {
            day.place: [day.lasted, [[home + happening.path, happening.title] for happening in day.happened]]
            for day in days
        }
    )


def _lasted(worst: str, seconds: Mapping[str, int]) -> Iterator[str]:
    """`Major outage 34 min`, `degraded performance 5 min`."""
    # What has just begun lasted for no second yet.
    for number, status in enumerate([worst, *(status for status in seconds if status != worst)]):
        word = str(WORDS["service_status"][status])
        lasted = f" {duration(seconds[status])}" if status in seconds else ""
        yield f"{word.lower() if number else word}{lasted}"
