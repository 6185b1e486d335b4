"""A running incidents service, and catalog as it sees it: pages and services that exist because events say so."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from nats.aio.client import Client

from common.clock import now, uuid7
from common.contracts.catalog import PageSettings
from common.contracts.catalog import Service as ServiceData
from common.contracts.events import Payload, Tombstone
from common.contracts.values import Audience, Visibility
from common.envelope import Envelope
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Api, Service, Stack

INCIDENTS = "/api/incidents/v1/incidents"


class Catalog:
    """Publishes what catalog would."""

    def __init__(self, client: Client, consumed: Consumed) -> None:
        self._client = client
        self._consumed = consumed
        self._last_offset = 0

    async def page(self, organization: str, *, time_zone: str = "UTC") -> None:
        moment = now()
        page = PageSettings(
            organization_id=organization,
            slug=organization,
            name=organization,
            description="",
            time_zone=time_zone,
            version=1,
            created_at=moment,
            updated_at=moment,
        )
        await self.publish(organization, "page_settings.provisioned", organization, 1, page)

    async def service(
        self,
        organization: str = "acme",
        *,
        id: str | None = None,
        version: int = 1,
        name: str = "Website",
        visibility: str = "public",
    ) -> str:
        """A service that is created, or changed to a version. Returns its id."""
        id, moment = id or str(uuid7()), now()
        data = ServiceData(
            id=id,
            name=name,
            description="",
            visibility=Visibility(visibility),
            version=version,
            created_at=moment,
            updated_at=moment,
        )
        await self.publish(organization, "service.created" if version == 1 else "service.updated", id, version, data)
        return id

    async def delete_service(self, id: str, *, organization: str = "acme", version: int = 2) -> None:
        await self.publish(organization, "service.deleted", id, version, Tombstone(id=id, deleted_at=now()))

    async def publish(self, organization: str, type: str, id: str, version: int, data: Payload) -> None:
        event = Envelope(
            id=uuid7(),
            organization_id=organization,
            audience=Audience.INTERNAL,
            service="catalog",
            type=type,
            aggregate_id=id,
            sequence=version,
            time=now(),
            data=data.model_dump_json().encode(),
        )
        stored = await self._client.jetstream().publish(event.subject, event.data, headers=event.headers())
        self._last_offset = stored.seq

    async def caught_up(self) -> None:
        """Wait until incidents has dealt with everything that was published here."""
        await self._consumed("incidents", self._last_offset)


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("incidents") as service:
        yield service


@pytest_asyncio.fixture
async def catalog(stack: Stack, incidents: Service, consumed: Consumed) -> AsyncIterator[Catalog]:
    client = await stack.connect("catalog")
    yield Catalog(client, consumed)
    await client.close()


@pytest_asyncio.fixture
async def api(incidents: Service, catalog: Catalog) -> Api:
    """A responder of `acme`, which has a page."""
    await catalog.page("acme")
    await catalog.caught_up()
    return incidents.as_("acme", "responder")


@pytest_asyncio.fixture
async def service(api: Api, catalog: Catalog) -> str:
    """The id of a service of `acme` that incidents knows."""
    id = await catalog.service()
    await catalog.caught_up()
    return id


@pytest.fixture
def open_incident(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """open_incident(impact="major", …) opens an incident of `acme` and gives what was answered."""

    async def open_incident(**fields: object) -> dict[str, Any]:
        response = await api("POST", INCIDENTS, {"title": "Database down", "status": "investigating", **fields})
        assert response.status_code == 201, response.text
        opened: dict[str, Any] = response.json()
        return opened

    return open_incident


Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]


@pytest.fixture
def told(sql: Sql) -> Told:
    """told() gives type and data of the last change's event, for each audience that it was recorded for."""

    async def told() -> dict[str, tuple[str, dict[str, Any]]]:
        rows = await sql(
            "SELECT audience, type, data FROM incidents.outbox WHERE (aggregate_id, sequence) = "
            "(SELECT aggregate_id, sequence FROM incidents.outbox ORDER BY position DESC LIMIT 1)"
        )
        return {row.audience: (row.type, json.loads(row.data)) for row in rows}

    return told
