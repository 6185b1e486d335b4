"""What feeds and the interfaces for machines tell beyond the aggregate: the most recent incidents and windows, and when things were made. Pure.

It is kept as text, three lines of JSON: dates, incidents, windows. So a line that nothing changed is carried on as it stands, unread.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from common.clock import rfc3339
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from public_api.items import Names, archived_incident_view, named_services, window_view
from public_api.store import parsed
from public_api.view import Known

RECENT = 50
"""Of incidents, and of windows. Those that are not over are there beside them, however old they are."""


@dataclass(frozen=True, slots=True)
class Archive:
    """Incidents and windows as they are in the aggregate, `created_at`, and what incidents' updates did; the latest beginning first."""

    dates: Mapping[str, Any]
    incidents: Sequence[Mapping[str, Any]]
    windows: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, archive: str) -> "Archive":
        dates, incidents, windows = (json.loads(line) for line in archive.split("\n"))
        return cls(dates, incidents, windows)

    def by_path(self) -> dict[str, Mapping[str, Any]]:
        """Incidents and windows by where people read of each, below the page's address."""
        return {f"incidents/{item['id']}": item for item in self.incidents} | {
            f"maintenance/{item['id']}": item for item in self.windows
        }


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


def _text(aggregate: str, data: str, names: Names) -> str:
    item = parsed(aggregate, data)
    assert isinstance(item, Incident | Maintenance)
    seen = tuple(sorted({id: names.of(id, recorded) for id, recorded in named_services(item)}.items()))
    return _entry(aggregate, data, seen)


@lru_cache(maxsize=8192)
def _entry(aggregate: str, data: str, seen: tuple[tuple[str, str | None], ...]) -> str:
    """Kept, because of all entries only few change at a time. `seen` are its services, by the names they are to have."""
    item = parsed(aggregate, data)
    names = Names({id: name for id, name in seen if name is not None})
    assert isinstance(item, Incident | Maintenance)
    view = archived_incident_view(item, names) if isinstance(item, Incident) else window_view(item, names)
    return _json({**view, "created_at": rfc3339(item.created_at)})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
