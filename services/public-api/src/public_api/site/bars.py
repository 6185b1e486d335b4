"""The days of a service as one picture, and the same in words.

A run of equal days is one dashed line: its width is the day's height, its dashes are the days. Height says how bad a day was, colour says it
again; maintenance has a notch, and no data is low and grey. style.css knows the widths of the lines by their class.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

from public_api import caches
from public_api.site.times import Times
from public_api.site.words import WORDS

DAY_WIDTH = 4
HEIGHT = 32
_HEIGHTS = {".": 4, "0": 14, "1": 20, "2": 26, "3": HEIGHT}
_NOTCHED = (HEIGHT - 3, HEIGHT - 11)
"""The middles of the two lines, each 6 high, that make a bar of maintenance."""
_CLASSES = {".": "n", "0": "o", "1": "d", "2": "p", "3": "x", "m": "m"}


@lru_cache(maxsize=caches.PARTS)
def bars(days: str, first: date, times: Times, said: str = "{}") -> Markup:
    """`days` are the characters of the document's section `uptime`, the oldest first.

    `said` is JSON for the script: by the number of a day that was not all well, how it was in words, and its incidents (path and title).

    Kept, because from one change to the next most services are what they were.
    """
    lines: dict[str, str] = {}
    for character, start, length in _runs(days):
        lines[character] = lines.get(character, "") + _line(character, start, length)
    drawn = [Markup('<path class="{}" d="{}"/>').format(_CLASSES[character], line) for character, line in lines.items()]
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}" data-first="{}" data-days="{}" data-said="{}">{}</svg>'
    ).format(
        len(days) * DAY_WIDTH,
        HEIGHT,
        in_words(days, first, times),
        first,
        days,
        said,
        Markup("").join(drawn),
    )


def in_words(days: str, first: date, times: Times) -> str:
    """What the picture shows."""
    said = [
        f"{_span(first, start, length, times)}: {WORDS['day'][character]}"
        for character, start, length in _runs(days)
        if character != "0"
    ]
    well = days.count("0")
    if well == len(days):
        return str(WORDS["every_day_well"].format(number=len(days)))
    return ". ".join([WORDS["days_well"].format(number=len(days), well=well), *said])


def _runs(days: str) -> Iterator[tuple[str, int, int]]:
    """Character, place of the first day, number of days."""
    start = 0
    for character, run in groupby(days):
        length = len(list(run))
        yield character, start, length
        start += length


def _line(character: str, start: int, length: int) -> str:
    middles = _NOTCHED if character == "m" else (HEIGHT - _HEIGHTS[character] // 2,)
    return "".join(f"M{start * DAY_WIDTH} {middle}h{length * DAY_WIDTH}" for middle in middles)


def _span(first: date, start: int, length: int, times: Times) -> str:
    begin, end = (times.day(first + timedelta(days=day)) for day in (start, start + length - 1))
    return begin if length == 1 else WORDS["from_to"].format(start=begin, end=end)
