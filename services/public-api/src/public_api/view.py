"""The aggregated status view of an organization, computed from what is known of it. Pure: the time is an argument.

Overall status is the worst of: the services' statuses, the statuses that open incidents put on their services (so the page is right before
catalog has answered), and the impact of open incidents that name no service. Nothing in it depends on when it is asked for.
"""

from collections.abc import Iterable, Sequence
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
class Entity:
    """The newest known version of an aggregate, `data` as its event carried it."""

    aggregate: str
    id: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """`sections` are the top level keys of the aggregate. At `refresh_at` it becomes another one by itself."""

    page: PageSettings
    sections: dict[str, Any]
    refresh_at: datetime | None


def build(entities: Iterable[Entity], now: datetime) -> View | None:
    """None while the organization has no page."""
    found: dict[str, list[Entity]] = {}
    for entity in entities:
        found.setdefault(entity.aggregate, []).append(entity)
    if "page_settings" not in found:
        return None
    page = PageSettings.model_validate(found["page_settings"][0].data)
    layout = Layout.model_validate(found["layout"][0].data) if "layout" in found else None
    services = [Service.model_validate(entity.data) for entity in found.get("service", [])]
    states = [ServiceStatusState.model_validate(entity.data) for entity in found.get("service_status", [])]
    incidents = [Incident.model_validate(entity.data) for entity in found.get("incident", [])]
    shown = [incident for incident in incidents if (_leaves_at(incident) or now) >= now]
    shown.sort(key=lambda incident: (incident.started_at, incident.id), reverse=True)

    rows = _service_rows(services, layout, {state.service_id: state for state in states}, shown)
    overall = worst([ServiceStatus(row["status"]) for row in rows] + [_of_nothing_named(i) for i in shown])
    names = {service.id: service.name for service in services}
    sections = {
        "organization": _organization(page),
        "status": {"indicator": overall.value, "description": DESCRIPTIONS[overall]},
        "groups": [{"id": entry.id, "name": entry.name} for entry in _groups(layout)],
        "services": rows,
        "incidents": [incident_view(incident, names) for incident in shown],
    }
    leaving = [moment for incident in shown if (moment := _leaves_at(incident)) is not None]
    return View(page, sections, min(leaving, default=None))


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


def _service_rows(
    services: Sequence[Service],
    layout: Layout | None,
    states: dict[str, ServiceStatusState],
    incidents: Sequence[Incident],
) -> list[dict[str, Any]]:
    """Services in the order of the layout; those it does not name come last, in order of creation."""
    by_id = {service.id: service for service in sorted(services, key=lambda service: (service.created_at, service.id))}
    order: dict[str, str | None] = {}
    for entry in layout.entries if layout else ():
        if isinstance(entry, GroupEntry):
            order.update((inner.id, entry.id) for inner in entry.entries)
        else:
            order[entry.id] = None
    order.update((id, None) for id in by_id if id not in order)
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


def _of_nothing_named(incident: Incident) -> ServiceStatus:
    if incident.status is IncidentStatus.RESOLVED or incident.services:
        return ServiceStatus.OPERATIONAL
    return incident.impact.service_status


def _leaves_at(incident: Incident) -> datetime | None:
    """When a resolved incident leaves the view."""
    return incident.resolved_at + INCIDENT_SHOWN if incident.resolved_at else None
