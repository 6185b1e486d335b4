"""What the simulated services do: few, small commands, and the same reactions to others' events as the real ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from common.contracts.catalog import PageSettings, Service, ServiceStatusState
from common.contracts.events import DomainEvent, Payload
from common.contracts.incidents import Incident, ServiceIncident
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus
from common.database import outbox_rows
from common.envelope import Envelope
from public_api.view import INCIDENT_SHOWN

from .store import Store, Transaction

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
Key = tuple[str, str, str]
"""(organization, aggregate, id)"""
RESOLVED_RATE = 0.25
LEAVES_WITHIN_SECONDS = 15.0
SPOILED = "This event makes whoever applies it fail."


def moment() -> datetime:
    """What time it is in the simulated world."""
    return MOMENT + timedelta(seconds=asyncio.get_running_loop().time())


def refuse_spoiled(payload: Payload) -> None:
    """In the place of a bug that one event meets, wherever events are applied."""
    if isinstance(payload, Incident) and payload.title == SPOILED:
        raise ValueError(SPOILED)


def change(transaction: Transaction, aggregate: str, id: str, event: str, make: Callable[[int], Payload]) -> int:
    """The next version of an aggregate whose row is locked, and its event. Returns the version."""
    key = (transaction.organization_id, aggregate, id)
    version = (transaction.get("record", key) or (0, None))[0] + 1
    payload = make(version)
    transaction.put("record", key, (version, payload))
    transaction.record(DomainEvent(f"{aggregate}.{event}", id, version, MOMENT, payload, payload))
    return version


@dataclass
class Writer:
    """Somebody who gives commands to a service in the name of an organization, and notes what was acknowledged."""

    organization: str
    store: Store
    chance: Random
    acknowledged: dict[Key, int]
    wake: Callable[[], None]
    spoil_rate: float = 0.0

    async def write(self) -> None:
        if self.store.service == "incidents" and self.chance.random() < self.spoil_rate:
            await self._spoil()
            return
        id = str(self.chance.randint(1, 3))
        command = {"catalog": self._change_service, "incidents": self._change_incident}[self.store.service]
        async with self.store.transaction(self.organization) as transaction:
            key, version = await command(transaction, id)
        self.acknowledged[key] = max(version, self.acknowledged.get(key, 0))
        self.wake()

    async def provision(self) -> None:
        """The first command of an organization: it has a page."""
        key = (self.organization, "page_settings", self.organization)
        async with self.store.transaction(self.organization) as transaction:
            await transaction.lock(str(key))
            if transaction.get("record", key) is None:
                change(transaction, "page_settings", self.organization, "provisioned", self._page)
        self.acknowledged[key] = 1

    async def _change_service(self, transaction: Transaction, id: str) -> tuple[Key, int]:
        key = (self.organization, "service", id)
        await transaction.lock(str(key))
        event = "updated" if transaction.get("record", key) else "created"

        def service(version: int) -> Payload:
            name = f"Service {id} v{version}"
            return Service(id=id, name=name, description="", version=version, created_at=MOMENT, updated_at=MOMENT)

        return key, change(transaction, "service", id, event, service)

    async def _change_incident(self, transaction: Transaction, id: str) -> tuple[Key, int]:
        key = (self.organization, "incident", id)
        await transaction.lock(str(key))
        event = "updated" if transaction.get("record", key) else "opened"
        return key, change(
            transaction, "incident", id, event, lambda version: self._incident(id, f"v{version}", version)
        )

    def _incident(self, id: str, title: str, version: int) -> Incident:
        """Some are resolved, and about to leave the page."""
        impact = self.chance.choice(list(IncidentImpact))
        status, resolved_at = IncidentStatus.INVESTIGATING, None
        if self.chance.random() < RESOLVED_RATE:
            leaves_at = moment() + timedelta(seconds=self.chance.uniform(0, LEAVES_WITHIN_SECONDS))
            status, resolved_at = IncidentStatus.RESOLVED, leaves_at - INCIDENT_SHOWN
        return Incident(
            id=id, title=title, description="", status=status, impact=impact, started_at=MOMENT, resolved_at=resolved_at,
            created_at=MOMENT, updated_at=MOMENT, version=version,
            services=(ServiceIncident(service_id=self.chance.choice("123"), status=impact.service_status),), updates=(),
        )  # fmt: skip

    async def _spoil(self) -> None:
        """An event that nobody can apply: its data is not what its contract says, or whoever applies it fails."""
        id = f"spoiled {self.chance.getrandbits(32)}"
        payload = self._incident(id, SPOILED, 1)
        rows = outbox_rows(
            DomainEvent("incident.opened", id, 1, MOMENT, payload, payload), self.organization, None, None
        )
        if self.chance.random() < 0.5:
            rows = [{**row, "data": "{}"} for row in rows]
        async with self.store.transaction(self.organization) as transaction:
            transaction.insert(rows)
            transaction.put("spoiled", (self.organization, "incident", id), [str(row["id"]) for row in rows])

    def _page(self, version: int) -> Payload:
        return PageSettings(
            organization_id=self.organization, slug=self.organization, name=self.organization, description="",
            time_zone="UTC", version=version, created_at=MOMENT, updated_at=MOMENT,
        )  # fmt: skip


async def take_over(transaction: Transaction, event: Envelope, payload: Payload) -> bool:
    """Keep the newest version of another service's aggregate. Returns whether this one was newer."""
    refuse_spoiled(payload)
    key = (event.organization_id, event.aggregate, event.aggregate_id)
    known = transaction.get("known", key)
    if known is not None and known[0] >= event.sequence:
        return False
    transaction.put("known", key, (event.sequence, payload))
    return True


async def know_service(transaction: Transaction, event: Envelope, payload: Any) -> None:
    """incidents: which services there are."""
    await take_over(transaction, event, payload)


async def apply_incident(transaction: Transaction, event: Envelope, incident: Incident) -> None:
    """catalog: what an incident does to the service that it names."""
    if not await take_over(transaction, event, incident):
        return
    named = incident.services[0]
    before = transaction.get("record", (event.organization_id, "service_status", named.service_id))
    previous = before[1].status if before else ServiceStatus.OPERATIONAL

    def state(version: int) -> Payload:
        return ServiceStatusState(
            service_id=named.service_id, status=named.status, previous=previous, base_status=ServiceStatus.OPERATIONAL,
            changed_at=MOMENT, version=version,
        )  # fmt: skip

    change(transaction, "service_status", named.service_id, "changed", state)


HANDLERS: dict[str, dict[str, Any]] = {
    "catalog": {"incident.opened": apply_incident, "incident.updated": apply_incident},
    "incidents": {"service.created": know_service, "service.updated": know_service},
}
OTHER = {"catalog": "incidents", "incidents": "catalog"}
