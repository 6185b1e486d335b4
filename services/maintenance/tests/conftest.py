"""A running maintenance service, and catalog as it sees it: pages and services that exist because events say so."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from nats.aio.client import Client

from common.clock import now, rfc3339, uuid7
from common.contracts.catalog import PageSettings
from common.contracts.catalog import Service as ServiceData
from common.contracts.events import Payload, Tombstone
from common.contracts.values import Audience, Visibility
from common.envelope import Envelope
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Api, Service, Stack

MAINTENANCES = "/api/maintenance/v1/maintenances"


class Catalog:
    """Publishes what catalog would."""

    def __init__(self, client: Client, consumed: Consumed) -> None:
        self._client = client
        self._consumed = consumed
        self._last_offset = 0

    async def page(self, organization: str = "acme", *, time_zone: str = "UTC", version: int = 1) -> None:
        moment = now()
        page = PageSettings(
            organization_id=organization,
            slug=organization,
            name=organization,
            description="",
            time_zone=time_zone,
            version=version,
            created_at=moment,
            updated_at=moment,
        )
        happened = "page_settings.provisioned" if version == 1 else "page_settings.updated"
        await self.publish(organization, happened, organization, version, page)

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

    async def delete_service(self, id: str, *, version: int = 2) -> None:
        await self.publish("acme", "service.deleted", id, version, Tombstone(id=id, deleted_at=now()))

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
        """Wait until maintenance has dealt with everything that was published here."""
        await self._consumed("maintenance", self._last_offset)


@pytest_asyncio.fixture
async def maintenance(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("maintenance") as service:
        yield service


@pytest_asyncio.fixture
async def catalog(stack: Stack, maintenance: Service, consumed: Consumed) -> AsyncIterator[Catalog]:
    client = await stack.connect("catalog")
    yield Catalog(client, consumed)
    await client.close()


@pytest_asyncio.fixture
async def api(maintenance: Service, catalog: Catalog) -> Api:
    """A responder of `acme`, which has a page."""
    await catalog.page()
    await catalog.caught_up()
    return maintenance.as_("acme", "responder")


@pytest_asyncio.fixture
async def service(api: Api, catalog: Catalog) -> str:
    """The id of a service of `acme` that maintenance knows."""
    id = await catalog.service()
    await catalog.caught_up()
    return id


At = Callable[..., str]


@pytest.fixture
def at() -> At:
    """at(hours=2) is a time in two hours, as a request names it; the same moment throughout a test."""
    moment = now()
    return lambda **ahead: rfc3339(moment + timedelta(**ahead))


@pytest.fixture
def plan(api: Api, at: At) -> Callable[..., Awaitable[dict[str, Any]]]:
    """plan(title="Upgrade", …) plans a window of `acme`, from here in 10 to 12 hours, and gives what was answered."""

    async def plan(**fields: object) -> dict[str, Any]:
        body = {"title": "Upgrade", "scheduled_start": at(hours=10), "scheduled_end": at(hours=12), **fields}
        response = await api("POST", MAINTENANCES, {name: value for name, value in body.items() if value is not None})
        assert response.status_code == 201, response.text
        planned: dict[str, Any] = response.json()
        return planned

    return plan


Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]


@pytest.fixture
def told(sql: Sql) -> Told:
    """told(id) gives version, type and data of a window's events, in order, as everybody reads them, or another audience."""

    async def told(id: str, audience: str = "public") -> list[tuple[int, str, dict[str, Any]]]:
        rows = await sql(
            "SELECT sequence, type, data FROM maintenance.outbox WHERE aggregate_id = :id AND audience = :audience "
            "ORDER BY position",
            id=id,
            audience=audience,
        )
        return [(row.sequence, row.type, json.loads(row.data)) for row in rows]

    return told


@pytest.fixture
def backdate(sql: Sql) -> Callable[[str, timedelta], Awaitable[datetime]]:
    """backdate(id, timedelta(hours=11)) makes a window, and what is due of it, that much earlier: as if time had passed. Gives its start."""

    async def backdate(id: str, by: timedelta) -> datetime:
        # One statement, the window first: the scheduler may be at it.
        [row] = await sql(
            "WITH earlier AS (UPDATE maintenance.maintenance SET scheduled_start = scheduled_start - CAST(:by AS interval), "
            "scheduled_end = scheduled_end - CAST(:by AS interval), local_start = local_start - CAST(:by AS interval) "
            "WHERE id = :id RETURNING id, scheduled_start), moves AS (UPDATE maintenance.due "
            "SET due_at = due_at - CAST(:by AS interval) FROM earlier WHERE due.id = earlier.id) SELECT * FROM earlier",
            id=id,
            by=by,
        )
        start: datetime = row.scheduled_start
        return start

    return backdate
