"""What is told beyond the aggregate, by feeds, formats for machines and the pages of services and months. Pure.

When things were made; the most recent incidents and windows, those that are not over, and those that were over less than 90 days ago;
how services' statuses changed in that time. It is kept as text, four lines of JSON: dates, incidents, windows, changes. So a line that
nothing changed is carried on as it stands, unread. Fewer lines are those of an older release: all are made anew.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from common.clock import rfc3339
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import ServiceStatus
from public_api import caches
from public_api.days import Change, held
from public_api.items import Names, archived_incident_view, named_services, window_view
from public_api.store.entity import parsed
from public_api.view import Known

RECENT = 50
"""How many incidents, and windows, are there whenever they began."""
CHANGES_TOLD = 10
_LINES = 4


@dataclass(frozen=True, slots=True)
class Archive:
    """Incidents and windows as they are in the aggregate, `created_at`, and what incidents' updates did; the latest beginning first.

    `changes` are those of a service's status, by its id, the latest first: `at` and `status`.
    """

    dates: Mapping[str, Any]
    incidents: Sequence[Mapping[str, Any]]
    windows: Sequence[Mapping[str, Any]]
    changes: Mapping[str, Sequence[Mapping[str, str]]]

    @classmethod
    def read(cls, archive: str) -> "Archive | None":
        """None: an older release wrote it, or there is none."""
        lines = split(archive)
        return cls(*map(json.loads, lines)) if lines else None

    def by_path(self) -> dict[str, Mapping[str, Any]]:
        """Incidents and windows by where people read of each, below the page's address."""
        return {f"incidents/{item['id']}": item for item in self.incidents} | {
            f"maintenance/{item['id']}": item for item in self.windows
        }


def split(archive: str) -> Sequence[str]:
    """The lines of an archive; none of one that is to be made anew."""
    lines = archive.split("\n")
    return lines if len(lines) == _LINES else ()


def write_dates(organization_id: str, known: Known) -> str:
    """The first line."""
    changed = {state.service_id: state.changed_at for state in known.states}
    return _json(
        {
            "organization_id": organization_id,
            "created_at": rfc3339(known.page.created_at),
            "updated_at": rfc3339(known.page.updated_at),
            "layout_updated_at": rfc3339(known.layout.updated_at if known.layout else known.page.created_at),
            "services": {
                service.id: {
                    "created_at": rfc3339(service.created_at),
                    "updated_at": rfc3339(max(service.updated_at, changed.get(service.id, service.updated_at))),
                }
                for service in sorted(known.services, key=lambda service: service.id)
            },
        }
    )


def write_items(aggregate: str, found: Iterable[str], names: Names) -> str:
    """The line of incidents, or of windows, from what is stored of each."""
    return "[" + ",".join(_text(aggregate, data, names) for data in found) + "]"


def read_changes(line: str) -> dict[str, list[dict[str, str]]]:
    """What a line of changes tells, by service."""
    told: dict[str, list[dict[str, str]]] = json.loads(line) if line else {}
    return told


def write_changes(told: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    """The line of changes."""
    return _json(dict(sorted(told.items())))


def tell_changes(known: Iterable[Change[ServiceStatus]], since: datetime) -> list[dict[str, str]]:
    """The latest changes of a service's status since a moment, out of what is known since then and what held then."""
    status, told = ServiceStatus.OPERATIONAL, []
    for change in held(known):
        if change.value is not status and change.at >= since:
            told.append({"at": rfc3339(change.at), "status": change.value.value})
        status = change.value
    return told[: -CHANGES_TOLD - 1 : -1]


def _text(aggregate: str, data: str, names: Names) -> str:
    item = parsed(aggregate, data)
    assert isinstance(item, Incident | Maintenance)
    seen = tuple(sorted({id: names.of(id, recorded) for id, recorded in named_services(item)}.items()))
    return _entry(aggregate, data, seen)


@lru_cache(maxsize=caches.PARTS)
def _entry(aggregate: str, data: str, seen: tuple[tuple[str, str | None], ...]) -> str:
    """Kept, because of all entries only few change at a time. `seen` are its services, by the names they are to have."""
    item = parsed(aggregate, data)
    names = Names({id: name for id, name in seen if name is not None})
    assert isinstance(item, Incident | Maintenance)
    view = archived_incident_view(item, names) if isinstance(item, Incident) else window_view(item, names)
    return _json({**view, "created_at": rfc3339(item.created_at)})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
