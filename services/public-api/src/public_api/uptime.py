"""The section `uptime`: how each service was on the last days, one character a day, and its uptime. Pure.

`seconds` says how long of each day it was not well, and how: by day and status, those left out of which there is nothing to say.

A service's entry says until when it was counted (`to`). It is counted on when something about its past changes, every five minutes while it
is not well or a window is in progress, and when a day ends; in between it stands. So what is shown never depends on when it is asked
for, and whoever wants to check it can count again until the same moment.
"""

import contextlib
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common.clock import rfc3339
from common.contracts.catalog import Service
from common.contracts.values import ServiceStatus
from public_api.days import DAYS_KEPT, WEIGHTS, Day, beginning_of, day_of, percentage
from public_api.view import Known, in_maintenance

_RULE = (
    "Uptime is the share of the time from `from` to `to` in which a service was not down. A second of a major outage counts as 1 second down,"
    " of a partial outage as 0.3, of degraded performance as 0; within a maintenance window nothing counts. Time of which nothing is"
    " known is left out. Rounded down."
)
CHARACTERS = {
    ".": "no data",
    "0": "operational",
    "1": "degraded",
    "2": "partial_outage",
    "3": "major_outage",
    "m": "maintenance",
}
_CHARACTER_OF = {meaning: character for character, meaning in CHARACTERS.items()}
_FROM_BEST = ".0m123"


class Uptime:
    """The section of one organization at one moment, made from the one before."""

    def __init__(self, known: Known, before: Mapping[str, Any] | None, at: datetime) -> None:
        self.zone = ZoneInfo(known.page.time_zone)
        self.at = at.replace(microsecond=0)
        self.today = day_of(at, self.zone)
        self.kept_from = self.today - timedelta(days=DAYS_KEPT - 1)
        self.shown_from = self.today - timedelta(days=known.page.history_days - 1)
        self._known = known
        self._present = {id: "m" for id in in_maintenance(known.windows)} | {
            state.service_id: _CHARACTER_OF[state.status.value]
            for state in known.states
            if state.status is not ServiceStatus.OPERATIONAL
        }
        self._services = sorted(known.services, key=lambda service: service.id)
        is_comparable = before is not None and before["time_zone"] == known.page.time_zone
        self._before = before if is_comparable else None
        # An older release wrote entries without `seconds`: they are made anew.
        self._entries = (
            {entry["id"]: entry for entry in self._before["services"] if "seconds" in entry} if self._before else {}
        )
        # Whether every entry is to be made anew, because other days are shown.
        self.days_moved = self._before is None or (
            [self._before["first_day"], self._before["last_day"]]
            != [self.shown_from.isoformat(), self.today.isoformat()]
        )

    def counted_until(self, served: object) -> dict[str, datetime]:
        """Until when services were counted, as far as a section that may be damaged can be believed."""
        found: dict[str, datetime] = {}
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if not isinstance(served, dict) or served["last_day"] != self.today.isoformat():
                return {}
            for entry in served["services"]:
                until = datetime.fromisoformat(entry["to"])
                if day_of(until, self.zone) == self.today and until <= self.at:
                    found[str(entry["id"])] = until
        return found

    def to_be_counted(self, touched: Mapping[str, datetime], *, is_due: bool, check_starts: bool) -> dict[str, date]:
        """The services whose days are to be counted, each from which day on.

        `touched` says since when a service's past is another one. `is_due`: time has passed. `check_starts`: a start may have been moved.
        """
        going_on = self._known.going_on
        wanted: dict[str, date] = {}
        for service in self._services:
            entry = self._entries.get(service.id)
            if entry is None or (check_starts and (self.days_moved or entry["from"] != self._from(service))):
                wanted[service.id] = self.kept_from
            elif service.id in touched or (service.id in going_on and (is_due or self.days_moved)):
                since = min(touched.get(service.id, self.at), datetime.fromisoformat(entry["to"]))
                wanted[service.id] = max(day_of(since, self.zone), self.kept_from)
        return wanted

    def to_be_shown_anew(self, counted: Collection[str]) -> set[str]:
        """The services whose entries are to be made: those that were counted, or all when the days have moved on."""
        return {service.id for service in self._services if self.days_moved or service.id in counted}

    @property
    def beginning_of_today(self) -> datetime:
        return beginning_of(self.today, self.zone)

    @property
    def beginning_of_kept(self) -> datetime:
        """From when on things are told that were over before today."""
        return beginning_of(self.kept_from, self.zone)

    def begins_at(self, service: Service) -> datetime:
        """From when on something is known of a service."""
        return service.created_at if service.start_date is None else beginning_of(service.start_date, self.zone)

    def section(
        self, days: Mapping[str, Mapping[date, Day]], anew: Collection[str], until: Mapping[str, datetime] | None = None
    ) -> dict[str, Any]:
        """`days` are those that were not operational alone, by service. `until` is when each service was counted, where not now."""
        return {
            "rule": {"text": _RULE, "weights": WEIGHTS, "maintenance": "up", "characters": CHARACTERS},
            "time_zone": self._known.page.time_zone,
            "first_day": self.shown_from.isoformat(),
            "last_day": self.today.isoformat(),
            "services": [
                self._entry(service, days.get(service.id, {}), (until or {}).get(service.id, self.at))
                if service.id in anew
                else self._entries[service.id]
                for service in self._services
            ],
        }

    def _from(self, service: Service) -> str:
        return _moment(max(self.begins_at(service), beginning_of(self.shown_from, self.zone)))

    def _entry(self, service: Service, days: Mapping[date, Day], until: datetime) -> dict[str, Any]:
        begin = max(self.begins_at(service), beginning_of(self.shown_from, self.zone))
        shown = {day: counted for day, counted in days.items() if self.shown_from <= day <= self.today}
        number = (self.today - self.shown_from).days + 1
        empty = min(max((day_of(begin, self.zone) - self.shown_from).days, 0), number)
        characters = ["."] * empty + ["0"] * (number - empty)
        for day, counted in shown.items():
            start = max(beginning_of(day, self.zone), begin)
            end = min(beginning_of(day + timedelta(days=1), self.zone), until)
            characters[(day - self.shown_from).days] = counted.character(int(end.timestamp()) - int(start.timestamp()))
        # What begins now shows at once, although not a second of it has passed.
        characters[-1] = max(characters[-1], self._present.get(service.id, "."), key=_FROM_BEST.index)
        return {
            "id": service.id,
            "days": "".join(characters),
            "seconds": {
                day.isoformat(): seconds for day, counted in sorted(shown.items()) if (seconds := counted.by_status)
            },
            "percentage": percentage(list(shown.values()), begin, until),
            "from": _moment(begin),
            "to": _moment(until),
        }


def _moment(moment: datetime) -> str:
    return rfc3339(moment.astimezone(UTC).replace(microsecond=0))
