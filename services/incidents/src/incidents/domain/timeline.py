"""The timeline of an incident: its updates, what each did to services, and what updates said before. Pure.

An update keeps what the incident put on each service before and after it. Where all updates together say more than 32 KiB of that, the oldest
forget it, so that no incident grows too large by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from common.contracts import incidents as contract
from common.contracts.catalog import KnownService
from common.contracts.values import IncidentStatus, NamedActor, ServiceStatus

UPDATES_MAX = 200
UPDATED_SERVICES_MAX_BYTES = 32 * 1024

BeforeAndAfter = tuple[ServiceStatus, ServiceStatus]


@dataclass
class Update:
    """One entry of the timeline. `number` orders them; it only grows. `services`, if known, is what it did to each service of the incident."""

    id: UUID
    number: int
    status: IncidentStatus
    message: str
    created_at: datetime
    edited_at: datetime | None = None
    services: dict[UUID, BeforeAndAfter] | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None

    def payload(self, known: Mapping[UUID, KnownService]) -> contract.IncidentUpdate:
        """The update as members read it; `known` has every service that it names."""
        return contract.IncidentUpdate(
            id=str(self.id),
            status=self.status,
            message=self.message,
            created_at=self.created_at,
            edited_at=self.edited_at,
            services=self.updated_services(known),
            posted_by=self.posted_by,
            edited_by=self.edited_by,
        )

    def updated_services(self, known: Mapping[UUID, KnownService]) -> tuple[contract.UpdatedService, ...] | None:
        if self.services is None:
            return None
        return tuple(
            contract.UpdatedService(service_id=str(id), old_status=old, new_status=new, name=known[id].name)
            for id, (old, new) in self.services.items()
        )


class Replacement(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True)
class FormerUpdate:
    """What an update said until the incident's `version` edited or deleted it."""

    version: int
    update_id: UUID
    kind: Replacement
    status: IncidentStatus
    message: str
    replaced_at: datetime


def forget_oldest(updates: Sequence[Update], known: Mapping[UUID, KnownService]) -> None:
    """Have the oldest updates forget what they did to services where all together say too much of it."""
    room = UPDATED_SERVICES_MAX_BYTES
    for update in reversed(updates):
        room -= sum(len(named.model_dump_json().encode()) for named in update.updated_services(known) or ())
        if room < 0:
            update.services = None
