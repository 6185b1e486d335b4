"""A service, and the status it has: the worst of what people set and of what open incidents put on it.

The two are separate aggregates: an incident changes a service's status without making an editor's copy of the service stale. Incidents
never touch the base status, so when the last one is over the service falls back to what people set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts import catalog as contract
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.values import ServiceStatus, worst

SERVICES_MAX = 500


@dataclass
class Service:
    id: UUID
    name: str
    description: str
    created_at: datetime
    updated_at: datetime
    version: int = 0
    deleted_at: datetime | None = None

    @classmethod
    def create(cls, id: UUID, *, name: str, description: str, now: datetime) -> tuple["Service", DomainEvent]:
        service = cls(id, name, description, now, now)
        return service, service._changed("service.created", now)

    def change(self, *, name: str | None, description: str | None, now: datetime) -> DomainEvent | None:
        """Change what is given. None when that changes nothing."""
        before = (self.name, self.description)
        self.name = self.name if name is None else name
        self.description = self.description if description is None else description
        return None if before == (self.name, self.description) else self._changed("service.updated", now)

    def delete(self, now: datetime) -> DomainEvent:
        self.deleted_at = now
        self.version += 1
        self.updated_at = now
        tombstone = Tombstone(id=str(self.id), deleted_at=now)
        return DomainEvent("service.deleted", str(self.id), self.version, now, tombstone, tombstone)

    def payload(self) -> contract.Service:
        return contract.Service(
            id=str(self.id),
            name=self.name,
            description=self.description,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _changed(self, event_type: str, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent(event_type, str(self.id), self.version, now, payload, payload)


@dataclass(frozen=True)
class Transition:
    """A change of the status that visitors see, for the history."""

    status: ServiceStatus
    previous: ServiceStatus
    changed_at: datetime


@dataclass
class ServiceState:
    """The status of one service. `causes` are the open incidents that put a status on it, the worst first."""

    service_id: UUID
    base_status: ServiceStatus
    status: ServiceStatus
    previous: ServiceStatus
    causes: tuple[contract.Cause, ...]
    changed_at: datetime
    version: int = 0

    @classmethod
    def of_new_service(cls, service_id: UUID, now: datetime) -> "ServiceState":
        fine = ServiceStatus.OPERATIONAL
        return cls(service_id, fine, fine, fine, (), now)

    def set_base(self, status: ServiceStatus, now: datetime) -> tuple[DomainEvent | None, Transition | None]:
        return self._become(status, self.causes, now)

    def set_causes(
        self, causes: Sequence[contract.Cause], now: datetime
    ) -> tuple[DomainEvent | None, Transition | None]:
        ordered = sorted(causes, key=lambda cause: (-cause.status.severity, cause.since, cause.id))
        return self._become(self.base_status, tuple(ordered), now)

    def payload(self) -> contract.ServiceStatusState:
        return contract.ServiceStatusState(
            service_id=str(self.service_id),
            status=self.status,
            previous=self.previous,
            base_status=self.base_status,
            causes=self.causes,
            changed_at=self.changed_at,
            version=self.version,
        )

    def _become(
        self, base: ServiceStatus, causes: tuple[contract.Cause, ...], now: datetime
    ) -> tuple[DomainEvent | None, Transition | None]:
        """The event, when anything changed at all, and the transition, when visitors see another status."""
        if (base, causes) == (self.base_status, self.causes):
            return None, None
        self.base_status, self.causes = base, causes
        effective = worst([base, *(cause.status for cause in causes)])
        transition = None
        if effective is not self.status:
            transition = Transition(effective, self.status, now)
            self.previous, self.status, self.changed_at = self.status, effective, now
        self.version += 1
        payload = self.payload()
        return DomainEvent(
            "service_status.changed", str(self.service_id), self.version, now, payload, payload
        ), transition
