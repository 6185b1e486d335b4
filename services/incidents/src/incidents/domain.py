"""The incident: its lifecycle, its timeline and what it puts on services. Pure: time and ids are arguments.

Rules
- Lifecycles jump, repeat and go back; resolved can be reopened. An update needs a message or a change.
- An impact without statuses sets the services' statuses, statuses without an impact set the impact, both stand as given.
- Statuses count while the incident is not resolved. They stay with it, so reopening puts the last ones back.
- Every command that changes something makes one new version and one event, which carries the whole incident.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from common.contracts import incidents as contract
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus, worst

UPDATES_MAX = 200
SERVICES_MAX = 500


@dataclass
class Update:
    """One entry of the timeline. `number` orders them; it only grows."""

    id: UUID
    number: int
    status: IncidentStatus
    message: str
    created_at: datetime
    edited_at: datetime | None = None


@dataclass
class Incident:
    id: UUID
    title: str
    description: str
    status: IncidentStatus
    impact: IncidentImpact
    started_at: datetime
    resolved_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int = 0
    services: dict[UUID, ServiceStatus] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    deleted_at: datetime | None = None

    @classmethod
    def open(
        cls,
        *,
        id: UUID,
        title: str,
        description: str,
        status: IncidentStatus,
        impact: IncidentImpact | None,
        services: Mapping[UUID, ServiceStatus | None],
        message: str,
        update_id: UUID,
        now: datetime,
    ) -> tuple["Incident", DomainEvent]:
        """A new incident; the message is its first update."""
        impact, statuses = weigh(impact, services, IncidentImpact.NONE)
        incident = cls(
            id=id,
            title=title,
            description=description,
            status=status,
            impact=impact,
            started_at=now,
            resolved_at=now if status is IncidentStatus.RESOLVED else None,
            created_at=now,
            updated_at=now,
            services=statuses,
            updates=[Update(update_id, 1, status, message, now)],
        )
        return incident, incident._changed("incident.opened", now)

    def change_details(
        self,
        *,
        title: str | None,
        description: str | None,
        impact: IncidentImpact | None,
        services: Mapping[UUID, ServiceStatus | None] | None,
        now: datetime,
    ) -> DomainEvent | None:
        """Change what is given. None when that changes nothing."""
        before = (self.title, self.description, self.impact, self.services)
        self.title = self.title if title is None else title
        self.description = self.description if description is None else description
        self._weigh(impact, services)
        if before == (self.title, self.description, self.impact, self.services):
            return None
        return self._changed("incident.updated", now)

    def post_update(
        self,
        *,
        id: UUID,
        status: IncidentStatus | None,
        message: str,
        impact: IncidentImpact | None,
        services: Mapping[UUID, ServiceStatus | None] | None,
        now: datetime,
    ) -> DomainEvent:
        """Add to the timeline. Resolving and reopening are updates."""
        before = (self.status, self.impact, self.services)
        self.status = self.status if status is None else status
        self._weigh(impact, services)
        if not message and before == (self.status, self.impact, self.services):
            raise RuleError("empty-update", "body", "An update needs a message or a change.")
        if len(self.updates) >= UPDATES_MAX:
            raise RuleError("too-many-updates", "body", f"An incident has at most {UPDATES_MAX} updates.")
        number = max((update.number for update in self.updates), default=0) + 1
        self.updates.append(Update(id, number, self.status, message, now))
        was_resolved, is_resolved = before[0] is IncidentStatus.RESOLVED, self.status is IncidentStatus.RESOLVED
        if is_resolved and not was_resolved:
            self.resolved_at = now
            return self._changed("incident.resolved", now)
        if was_resolved and not is_resolved:
            self.resolved_at = None
            return self._changed("incident.reopened", now)
        return self._changed("incident.update_posted", now)

    def edit_update(self, id: UUID, message: str, now: datetime) -> DomainEvent | None:
        """Change what an update says. None when it says that already."""
        update = self.find_update(id)
        if update.message == message:
            return None
        update.message = message
        update.edited_at = now
        return self._changed("incident.update_edited", now)

    def delete_update(self, id: UUID, now: datetime) -> DomainEvent:
        """Take an update out of the timeline. The incident's own status stays."""
        self.updates.remove(self.find_update(id))
        return self._changed("incident.update_deleted", now)

    def delete(self, now: datetime) -> DomainEvent:
        """Remove the incident and lift its impact; what remains is a tombstone with its version."""
        self.deleted_at = now
        self.version += 1
        self.updated_at = now
        tombstone = Tombstone(id=str(self.id), deleted_at=now)
        return DomainEvent("incident.deleted", str(self.id), self.version, now, tombstone, tombstone)

    def find_update(self, id: UUID) -> Update:
        """Raises KeyError for an update that the incident does not have."""
        for update in self.updates:
            if update.id == id:
                return update
        raise KeyError(id)

    def payload(self) -> contract.Incident:
        return contract.Incident(
            id=str(self.id),
            title=self.title,
            description=self.description,
            status=self.status,
            impact=self.impact,
            started_at=self.started_at,
            resolved_at=self.resolved_at,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
            services=tuple(
                contract.ServiceIncident(service_id=str(id), status=status) for id, status in self.services.items()
            ),
            updates=tuple(
                contract.IncidentUpdate(
                    id=str(update.id),
                    status=update.status,
                    message=update.message,
                    created_at=update.created_at,
                    edited_at=update.edited_at,
                )
                for update in self.updates
            ),
        )

    def _weigh(self, impact: IncidentImpact | None, services: Mapping[UUID, ServiceStatus | None] | None) -> None:
        if impact is None and services is None:
            return
        named = dict.fromkeys(self.services) if services is None else services
        self.impact, self.services = weigh(impact, named, self.impact)

    def _changed(self, event_type: str, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent(event_type, str(self.id), self.version, now, payload, payload)


def weigh(
    impact: IncidentImpact | None, services: Mapping[UUID, ServiceStatus | None], present: IncidentImpact
) -> tuple[IncidentImpact, dict[UUID, ServiceStatus]]:
    """Impact and statuses where some are given: what is missing follows what is there, `present` when nothing is."""
    if len(services) > SERVICES_MAX:
        raise RuleError("too-many-services", "body.services", f"An incident names at most {SERVICES_MAX} services.")
    given = [status for status in services.values() if status is not None]
    if impact is None:
        impact = IncidentImpact.of(worst(given)) if given else present
    return impact, {id: status or impact.service_status for id, status in services.items()}
