"""Moments and days as the page writes them: in the organization's zone, which is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from public_api.site.words import WORDS


@dataclass(frozen=True)
class Times:
    """`today` is the organization's day at which its document stands."""

    time_zone: str
    today: date

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def moment(self, text: str) -> Markup:
        """`22 Nov, 14:02 CET`, with the year where it is another one than today's."""
        return self._written(text, Markup('<time datetime="{}">{}, {:%H:%M} {}</time>'))

    def ago(self, text: str) -> Markup:
        """As `moment`; the script says instead how long ago it was."""
        return self._written(text, Markup('<time class="ago" datetime="{}">{}, {:%H:%M} {}</time>'))

    def until(self, start: str, end: str) -> Markup:
        """Both moments; what they share is said once: the day and the zone."""
        begins, ends = (datetime.fromisoformat(text).astimezone(self._zone) for text in (start, end))
        if (begins.date(), begins.utcoffset()) != (ends.date(), ends.utcoffset()):
            return Markup(WORDS["from_to"]).format(start=self.moment(start), end=self.moment(end))
        return Markup(WORDS["from_to"]).format(
            start=Markup('<time datetime="{}">{}, {:%H:%M}</time>').format(start, self.day(begins.date()), begins),
            end=Markup('<time class="end" datetime="{}">{:%H:%M} {}</time>').format(end, ends, self._name(ends)),
        )

    def _written(self, text: str, form: Markup) -> Markup:
        local = datetime.fromisoformat(text).astimezone(self._zone)
        return form.format(text, self.day(local.date()), local, self._name(local))

    def day(self, day: date) -> str:
        year = f" {day.year}" if day.year != self.today.year else ""
        return f"{day.day} {WORDS['months'][day.month - 1]}{year}"

    def days_ahead(self, text: str) -> int:
        """In how many of the organization's days a moment comes."""
        return (datetime.fromisoformat(text).astimezone(self._zone).date() - self.today) // timedelta(days=1)

    def _name(self, local: datetime) -> str:
        name = local.tzname() or ""
        return f"UTC{name}" if name.startswith(("+", "-")) else name


def lasting(document: Mapping[str, Any]) -> Times:
    """For what stands when the year does, so that it is not made anew every day."""
    return Times(document["organization"]["time_zone"], date(int(document["uptime"]["last_day"][:4]), 1, 1))
