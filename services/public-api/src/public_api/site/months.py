"""What happened month by month: this month and the last one from what is kept beside the document, earlier ones as PostgreSQL has them. Pure.

An incident or a window belongs to the month, in the organization's zone, in which it began. What is merely planned is not history.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from public_api import caches
from public_api.archive import Archive
from public_api.codings import Content
from public_api.days import beginning_of, day_of
from public_api.site.happenings import begins, everything
from public_api.site.listed import listed_at_length
from public_api.site.rendering import as_json, content, parts_of
from public_api.site.shapes import favicon
from public_api.site.times import Times, lasting
from public_api.site.words import WORDS
from public_api.store.items import OVER_MAX

Row = Mapping[str, Any]

PATH = "history"
_FIRST_YEAR = 1970
_OFFERED = 12
"""How many months are linked to."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """None: it is none."""
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        return cls(int(found[1]), int(found[2])) if found and int(found[1]) >= _FIRST_YEAR else None

    def later(self, months: int) -> "Month":
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def begins_at(self, zone: ZoneInfo) -> datetime:
        return beginning_of(date(self.year, self.month, 1), zone)

    @property
    def name(self) -> str:
        return f"{WORDS['months'][self.month - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Told:
    """The incidents and windows of a month. `is_cut`: there are more of them than are told."""

    month: Month
    rows: Sequence[Row]
    is_cut: bool = False


def this_month(document: Row) -> Month:
    """That of the document's last day."""
    return Month.of(date.fromisoformat(document["uptime"]["last_day"]))


def make(document: Row, archive: Archive | None) -> dict[str, Content]:
    """This month and the last one, by the path."""
    zone = ZoneInfo(document["uptime"]["time_zone"])
    shown = [this_month(document), this_month(document).later(-1)]
    rows: dict[Month, list[Row]] = {month: [] for month in shown}
    for row in everything(document, archive):
        month = Month.of(day_of(begins(row), zone))
        if month in rows and row["status"] != "scheduled":
            rows[month].append(row)
    is_cut = archive is not None and max(len(archive.incidents), len(archive.windows)) >= OVER_MAX
    told = [Told(month, rows[month], is_cut) for month in shown]
    others = [shown[0].later(-number) for number in range(2, _OFFERED)]
    return {PATH: render(document, told, others, home="")}


def render(document: Row, told: Sequence[Told], others: Iterable[Month], *, home: str, service: str = "") -> Content:
    """A page of months, of one service alone if any is named. `others` are linked to."""
    times = lasting(document)
    return _page(
        as_json(document["organization"]),
        as_json([[service["id"], service["name"]] for service in document["services"]]),
        tuple(_written(month, home, times) for month in told),
        max((row["updated_at"] for month in told for row in month.rows), default=""),
        tuple(others),
        home,
        service,
        times,
    )


_Written = tuple[str, str, bool, tuple[Markup, ...]]
"""A month by its name and in an address, whether it is cut, and its incidents and windows."""


def _written(told: Told, home: str, times: Times) -> _Written:
    rows = tuple(listed_at_length(row, times, home) for row in told.rows)
    return told.month.name, str(told.month), told.is_cut, rows


@lru_cache(maxsize=caches.PARTS)
def _page(
    organization_json: str,
    services_json: str,
    months: tuple[_Written, ...],
    as_of: str,
    others: tuple[Month, ...],
    home: str,
    service: str,
    times: Times,
) -> Content:
    """Kept, because most of what changes at a page changes nothing here."""
    organization, services = json.loads(organization_json), json.loads(services_json)
    parts = parts_of(
        "history.html",
        organization,
        home=home,
        months=months,
        others=others,
        services=services,
        chosen=service,
        times=times,
        title=WORDS["history_title"].format(
            months=WORDS["and"].join(name for name, *_ in months), name=organization["name"]
        ),
        summary=WORDS["history_title"].format(months=months[0][0], name=organization["name"]),
        favicon=favicon("none"),
        as_of=as_of,
        is_something_open=False,
    )
    return content(parts, organization, has_form=True)
