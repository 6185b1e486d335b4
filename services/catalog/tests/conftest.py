"""A running catalog, an organization with a page, and incidents and windows that happen to its services."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from common.clock import now, uuid7
from common.contracts.events import Payload, Tombstone
from common.contracts.incidents import Incident, ServiceIncident
from common.contracts.maintenance import Maintenance, ServiceMaintenance
from common.contracts.values import (
    Audience,
    IncidentImpact,
    IncidentStatus,
    MaintenanceStatus,
    ServiceStatus,
    Visibility,
)
from common.envelope import Actor, Envelope
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Api, Service, Stack

V1 = "/api/catalog/v1"


@pytest_asyncio.fixture
async def catalog(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("catalog") as service:
        yield service


@pytest_asyncio.fixture
async def api(catalog: Service) -> Api:
    """An admin of `acme`, which has a page."""
    api = catalog.as_("acme", "admin")
    assert (await api("POST", f"{V1}/page", {"name": "Acme", "slug": "acme"})).status_code == 201
    return api


@pytest.fixture
def create_service(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """create_service("Website") creates a service of `acme` and gives what catalog answered."""

    async def create(name: str = "Website", **fields: object) -> dict[str, Any]:
        response = await api("POST", f"{V1}/services", {"name": name, **fields})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    return create


@pytest.fixture
def told(sql: Sql) -> Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]:
    """told("public", "service", …) are the types and the data of the events of these aggregates, in order."""

    async def told(audience: str, *aggregates: str) -> list[tuple[str, dict[str, Any]]]:
        rows = await sql(
            "SELECT type, data::jsonb FROM catalog.outbox WHERE audience = :audience "
            "AND split_part(type, '.', 1) = ANY(:aggregates) ORDER BY position",
            audience=audience,
            aggregates=list(aggregates),
        )
        return [(type, data) for type, data in rows]

    return told


class Story:
    """An incident or a window as its service would publish it; each event is its next version unless said otherwise."""

    service: str

    def __init__(self, title: str = "Database down", *, visibility: str = "public") -> None:
        self.id = str(uuid7())
        self.title = title
        self.visibility = visibility
        self.version = 0
        self.began_at = now()

    def deletion(self, *, version: int | None = None) -> Envelope:
        self.next(version)
        return self.envelope("deleted", Tombstone(id=self.id, deleted_at=now()))

    def next(self, version: int | None) -> int:
        self.version = version or self.version + 1
        return self.version

    def envelope(self, event: str, data: Payload) -> Envelope:
        return Envelope(
            id=uuid7(),
            organization_id="acme",
            audience=Audience.INTERNAL,
            service=self.service,
            type=f"{self.service.removesuffix('s')}.{event}",
            aggregate_id=self.id,
            sequence=self.version,
            time=now(),
            data=data.model_dump_json().encode(),
            actor=Actor(id="user_7", name="Grace"),
        )


class IncidentStory(Story):
    service = "incidents"

    def event(
        self,
        *,
        version: int | None = None,
        status: str = "investigating",
        services: dict[str, str] | None = None,
        **fields: object,
    ) -> Envelope:
        incident = {
            "id": self.id,
            "title": self.title,
            "description": "",
            "status": IncidentStatus(status),
            "impact": IncidentImpact.NONE,
            "visibility": Visibility(self.visibility),
            "started_at": self.began_at,
            "resolved_at": now() if status == "resolved" else None,
            "created_at": self.began_at,
            "updated_at": now(),
            "version": self.next(version),
            "services": tuple(
                ServiceIncident(service_id=id, status=ServiceStatus(status)) for id, status in (services or {}).items()
            ),
            "updates": (),
        }
        return self.envelope("updated", Incident.model_validate(incident | fields))


class WindowStory(Story):
    service = "maintenance"

    def event(
        self, *services: str, version: int | None = None, status: str = "in_progress", **fields: object
    ) -> Envelope:
        window = {
            "id": self.id,
            "title": self.title,
            "description": "",
            "status": MaintenanceStatus(status),
            "visibility": Visibility(self.visibility),
            "scheduled_start": self.began_at,
            "scheduled_end": self.began_at,
            "started_at": self.began_at,
            "completed_at": None,
            "cancelled_at": None,
            "starts_by_itself": True,
            "completes_by_itself": True,
            "reminder_minutes": (),
            "series_id": None,
            "services": tuple(ServiceMaintenance(service_id=id) for id in services),
            "updates": (),
            "created_at": self.began_at,
            "updated_at": now(),
            "version": self.next(version),
        }
        return self.envelope("updated", Maintenance.model_validate(window | fields))


@pytest.fixture
def new_incident() -> type[IncidentStory]:
    """new_incident("Database down") is an incident; what `.event(…)` and `.deletion()` give is published by `happen`."""
    return IncidentStory


@pytest.fixture
def new_window() -> type[WindowStory]:
    """new_window("Upgrade") is a maintenance window, as new_incident is an incident."""
    return WindowStory


@pytest_asyncio.fixture
async def happen(stack: Stack, catalog: Service, consumed: Consumed) -> AsyncIterator[Callable[..., Awaitable[None]]]:
    """happen(event, …) publishes events of other services and waits until catalog has dealt with them."""
    async with AsyncExitStack() as exits:
        clients = {}
        for user in ("identity", "incidents", "maintenance"):
            clients[user] = await stack.connect(user)
            exits.push_async_callback(clients[user].close)

        async def happen(*events: Envelope) -> None:
            for event in events:
                stored = (
                    await clients[event.service].jetstream().publish(event.subject, event.data, headers=event.headers())
                )
            await consumed("catalog", stored.seq)

        yield happen
