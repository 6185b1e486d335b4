"""Catalog as a service sees it in tests: pages and services that exist because events say so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nats.aio.client import Client

from common.clock import now, uuid7
from common.contracts.catalog import PageSettings
from common.contracts.catalog import Service as ServiceData
from common.contracts.events import Payload, Tombstone
from common.contracts.values import Audience, Visibility
from common.envelope import Envelope
from devstack.fixtures import Consumed
from devstack.teststack import Stack


class Catalog:
    """Publishes what catalog would, to the service under test."""

    def __init__(self, client: Client, reader: str, consumed: Consumed) -> None:
        self._client = client
        self._reader = reader
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
        """Wait until the service has dealt with everything that was published here."""
        await self._consumed(self._reader, self._last_offset)


@asynccontextmanager
async def catalog_for(reader: str, stack: Stack, consumed: Consumed) -> AsyncIterator[Catalog]:
    """What publishes to the service `reader`, which runs."""
    client = await stack.connect("catalog")
    try:
        yield Catalog(client, reader, consumed)
    finally:
        await client.close()
