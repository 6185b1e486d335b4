"""Incidents and windows as visitors see them, with the services that they may see. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from common.clock import rfc3339
from common.contracts.incidents import Incident, IncidentUpdate
from common.contracts.maintenance import Maintenance, MaintenanceUpdate


@dataclass(frozen=True, slots=True)
class Names:
    """What services are called: those there are by their present name, deleted ones as they were called, hidden ones not at all."""

    present: Mapping[str, str] = field(default_factory=dict)
    deleted: Collection[str] = ()

    def of(self, service_id: str, recorded: str) -> str | None:
        """The name of a service that something names, `recorded` being what it was called there. None: it is not to be seen."""
        if service_id in self.present:
            return self.present[service_id]
        return recorded or None if service_id in self.deleted else None


def incident_view(incident: Incident, names: Names) -> dict[str, Any]:
    """An incident, updates newest first."""
    postmortem = incident.postmortem if incident.postmortem and incident.postmortem.published_at else None
    return {
        "id": incident.id,
        "title": incident.title,
        "description": incident.description,
        "status": incident.status.value,
        "impact": incident.impact.value,
        "started_at": rfc3339(incident.started_at),
        "resolved_at": _moment(incident.resolved_at),
        "updated_at": rfc3339(incident.updated_at),
        "services": [
            {"id": named.service_id, "name": name, "status": named.status.value}
            for named in incident.services
            if (name := names.of(named.service_id, named.name)) is not None
        ],
        "updates": [_update_view(update) for update in reversed(incident.updates)],
        "postmortem": {
            "body": postmortem.body,
            "published_at": _moment(postmortem.published_at),
            "updated_at": rfc3339(postmortem.updated_at),
        }
        if postmortem
        else None,
    }


def archived_incident_view(incident: Incident, names: Names) -> dict[str, Any]:
    """An incident with what each update did to services, which only machines ask for: it can be long."""
    view = incident_view(incident, names)
    for shown, update in zip(view["updates"], reversed(incident.updates), strict=True):
        shown["services"] = _updated_services(update, names)
    return view


def window_view(window: Maintenance, names: Names) -> dict[str, Any]:
    """A maintenance window, updates newest first."""
    return {
        "id": window.id,
        "title": window.title,
        "description": window.description,
        "status": window.status.value,
        "scheduled_start": rfc3339(window.scheduled_start),
        "scheduled_end": rfc3339(window.scheduled_end),
        "started_at": _moment(window.started_at),
        "completed_at": _moment(window.completed_at),
        "cancelled_at": _moment(window.cancelled_at),
        "updated_at": rfc3339(window.updated_at),
        "services": [
            {"id": named.service_id, "name": name}
            for named in window.services
            if (name := names.of(named.service_id, named.name)) is not None
        ],
        "updates": [_update_view(update) for update in reversed(window.updates)],
    }


def named_services(item: Incident | Maintenance) -> Iterator[tuple[str, str]]:
    """Whatever an incident, or one of its updates, or a window names: the service's id, and what it was called there. May repeat."""
    for named in item.services:
        yield named.service_id, named.name
    if isinstance(item, Incident):
        for update in item.updates:
            for updated in update.services or ():
                yield updated.service_id, updated.name


def begins_at(window: Maintenance) -> datetime:
    """When a window began, or is to begin."""
    return window.started_at or window.scheduled_start


def ended_at(window: Maintenance) -> datetime | None:
    """When a window was over, or was called off."""
    return window.completed_at or window.cancelled_at


def _updated_services(update: IncidentUpdate, names: Names) -> list[dict[str, str]] | None:
    if update.services is None:
        return None
    return [
        {
            "id": updated.service_id,
            "name": name,
            "old_status": updated.old_status.value,
            "new_status": updated.new_status.value,
        }
        for updated in update.services
        if (name := names.of(updated.service_id, updated.name)) is not None
    ]


def _update_view(update: IncidentUpdate | MaintenanceUpdate) -> dict[str, Any]:
    return {
        "id": update.id,
        "status": update.status.value,
        "message": update.message,
        "created_at": rfc3339(update.created_at),
        "edited_at": _moment(update.edited_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
