"""The aggregated status view of an organization, computed from what is known of it. Pure: the time is an argument.

Overall status is the worst of: the services' statuses, the statuses that open incidents put on their services (so the page is right before
catalog has answered), and the impact of open incidents that touch no service on the page, so that it is never green over an open
critical incident. Nothing in it depends on when it is asked for.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.clock import rfc3339
from common.contracts.catalog import GroupEntry, Layout, PageSettings, Service, ServiceStatusState
from common.contracts.incidents import Incident
from common.contracts.values import IncidentStatus, ServiceStatus, worst

INCIDENT_SHOWN = timedelta(days=14)

DESCRIPTIONS = {
    ServiceStatus.OPERATIONAL: "All systems operational",
    ServiceStatus.DEGRADED: "Degraded performance",
    ServiceStatus.PARTIAL_OUTAGE: "Partial outage",
    ServiceStatus.MAJOR_OUTAGE: "Major outage",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an organization: the newest version of everything that is alive, in any order."""

    page: PageSettings
    layout: Layout | None = None
    services: Sequence[Service] = ()
    states: Sequence[ServiceStatusState] = ()
    incidents: Sequence[Incident] = ()


@dataclass(frozen=True, slots=True)
class View:
    """`sections` are the top level keys of the aggregate. At `refresh_at` it becomes another one by itself."""

    page: PageSettings
    sections: dict[str, Any]
    refresh_at: datetime | None


def build(known: Known, now: datetime) -> View:
    """The view at `now`."""
    shown = [incident for incident in known.incidents if not _has_left(incident, now)]
    shown.sort(key=lambda incident: (incident.started_at, incident.id), reverse=True)

    names = {service.id: service.name for service in known.services}
    rows = _service_rows(known, shown)
    overall = worst(
        [ServiceStatus(row["status"]) for row in rows] + [_by_impact(incident, names) for incident in shown]
    )
    sections = {
        "organization": _organization(known.page),
        "status": {"indicator": overall.value, "description": DESCRIPTIONS[overall]},
        "groups": [{"id": entry.id, "name": entry.name} for entry in _groups(known.layout)],
        "services": rows,
        "incidents": [incident_view(incident, names) for incident in shown],
    }
    leaving = [moment for incident in shown if (moment := _leaves_at(incident)) is not None]
    return View(known.page, sections, min(leaving, default=None))


def incident_view(incident: Incident, service_names: dict[str, str]) -> dict[str, Any]:
    """An incident as visitors see it, updates newest first. Services that no longer exist are left out."""
    return {
        "id": incident.id,
        "title": incident.title,
        "description": incident.description,
        "status": incident.status.value,
        "impact": incident.impact.value,
        "started_at": rfc3339(incident.started_at),
        "resolved_at": rfc3339(incident.resolved_at) if incident.resolved_at else None,
        "updated_at": rfc3339(incident.updated_at),
        "services": [
            {"id": named.service_id, "name": service_names[named.service_id], "status": named.status.value}
            for named in incident.services
            if named.service_id in service_names
        ],
        "updates": [
            {
                "id": update.id,
                "status": update.status.value,
                "message": update.message,
                "created_at": rfc3339(update.created_at),
                "edited_at": rfc3339(update.edited_at) if update.edited_at else None,
            }
            for update in reversed(incident.updates)
        ],
    }


def _organization(page: PageSettings) -> dict[str, Any]:
    return {"slug": page.slug, "name": page.name, "description": page.description, "time_zone": page.time_zone}


def _service_rows(known: Known, incidents: Sequence[Incident]) -> list[dict[str, Any]]:
    """Services in the order of the layout; those it does not name come last, in order of creation."""
    by_id = {service.id: service for service in sorted(known.services, key=lambda found: (found.created_at, found.id))}
    order: dict[str, str | None] = {}
    for entry in known.layout.entries if known.layout else ():
        if isinstance(entry, GroupEntry):
            order.update((inner.id, entry.id) for inner in entry.entries)
        else:
            order[entry.id] = None
    order.update((id, None) for id in by_id if id not in order)
    states = {state.service_id: state for state in known.states}
    impacts: dict[str, list[ServiceStatus]] = {}
    for incident in incidents:
        if incident.status is not IncidentStatus.RESOLVED:
            for named in incident.services:
                impacts.setdefault(named.service_id, []).append(named.status)
    return [
        _service_row(by_id[id], group_id, states.get(id), impacts.get(id, []))
        for id, group_id in order.items()
        if id in by_id
    ]


def _service_row(
    service: Service, group_id: str | None, state: ServiceStatusState | None, impacts: list[ServiceStatus]
) -> dict[str, Any]:
    status = worst([state.status if state else ServiceStatus.OPERATIONAL, *impacts])
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "group_id": group_id,
        "status": status.value,
        "causes": [cause.model_dump(mode="json") for cause in state.causes] if state else [],
    }


def _groups(layout: Layout | None) -> list[GroupEntry]:
    return [entry for entry in layout.entries if isinstance(entry, GroupEntry)] if layout else []


def _by_impact(incident: Incident, on_page: Container[str]) -> ServiceStatus:
    """What an open incident means for the page itself, when no service on the page shows it."""
    shows = any(
        named.service_id in on_page and named.status is not ServiceStatus.OPERATIONAL for named in incident.services
    )
    if incident.status is IncidentStatus.RESOLVED or shows:
        return ServiceStatus.OPERATIONAL
    return incident.impact.service_status


def _leaves_at(incident: Incident) -> datetime | None:
    """When a resolved incident leaves the view."""
    return incident.resolved_at + INCIDENT_SHOWN if incident.resolved_at else None


def _has_left(incident: Incident, now: datetime) -> bool:
    leaves_at = _leaves_at(incident)
    return leaves_at is not None and leaves_at <= now
