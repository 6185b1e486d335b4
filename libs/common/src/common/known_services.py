"""What a service knows of catalog's services: a replica, kept by events, of which exist, what they are called and who may see them.

- What catalog said last counts. Deleted services stay as tombstones with their version and their name, so that no older event brings one
  back and whatever named one keeps its name.
- Catalog may have said something a moment ago that has not arrived: a request that names an unknown service is tried again for a while
  before it is refused.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from sqlalchemy import Column, DateTime, Integer, MetaData, Row, Select, Table, Text, Uuid, and_, select
from sqlalchemy.dialects.postgresql import insert
from starlette.responses import Response

from common.bus import Bus
from common.consumption import Handler
from common.contracts.catalog import KnownService, PageSettings, Service
from common.contracts.events import Tombstone
from common.contracts.values import Visibility
from common.database import Transaction
from common.envelope import Envelope
from common.errors import Problem, invalid, unavailable
from common.tables import tenant_table

SERVICE_WAIT_SECONDS = 2.0

OnService = Callable[[Transaction, UUID], Awaitable[None]]
OnOrganization = Callable[[Transaction], Awaitable[None]]


class UnknownServicesError(Exception):
    """Somebody named services that do not exist, as far as is known here and now."""

    def __init__(self, ids: Collection[UUID]) -> None:
        super().__init__()
        self.ids = ids


async def _ignore_service(transaction: Transaction, id: UUID) -> None:
    return


async def _ignore_organization(transaction: Transaction) -> None:
    return


def _held(statement: Select[Any]) -> Select[Any]:
    return statement.with_for_update(read=True)


class KnownServices:
    """The replica in one service's schema: its tables, what is asked of them, and the handlers that keep them."""

    def __init__(self, meta: MetaData) -> None:
        self.service = Table(
            "known_service",
            meta,
            Column("organization_id", Text, primary_key=True),
            Column("id", Uuid, primary_key=True),
            Column("name", Text, nullable=False),
            Column("visibility", Text, nullable=False),
            Column("version", Integer, nullable=False),
            Column("deleted_at", DateTime(timezone=True)),
        )
        self.organization = Table(
            "known_organization",
            meta,
            Column("organization_id", Text, primary_key=True),
            Column("time_zone", Text, nullable=False),
            Column("version", Integer, nullable=False),
        )

    async def time_zone(self, transaction: Transaction, *, hold: bool = False) -> ZoneInfo:
        """The zone in which the organization's days begin. Refuses an organization that has no page yet with a 409.

        `hold`: it stays what it is until the transaction ends.
        """
        table = self.organization
        statement = select(table.c.time_zone).where(table.c.organization_id == transaction.organization_id)
        zone = (await transaction.execute(_held(statement) if hold else statement)).scalar_one_or_none()
        if zone is None:
            raise Problem(
                409,
                "organization-not-provisioned",
                "The organization has no page yet",
                "An admin provisions it with POST /api/catalog/v1/page; this service learns of it a moment later.",
                headers={"Retry-After": "1"},
            )
        return ZoneInfo(zone)

    async def find(
        self, transaction: Transaction, ids: Iterable[UUID], *, hold: bool = False
    ) -> dict[UUID, KnownService]:
        """Those of the services that ever existed. `hold`: nobody changes what is known of them before the transaction ends."""
        table, wanted = self.service, list(ids)
        if not wanted:
            return {}
        statement = select(table).where(table.c.organization_id == transaction.organization_id, table.c.id.in_(wanted))
        return {
            row.id: KnownService(row.name, Visibility(row.visibility), row.deleted_at is not None)
            for row in await transaction.execute(_held(statement) if hold else statement)
        }

    def joined(self, statement: Select[Any], organization_id: Column[Any], service_id: Column[Any]) -> Select[Any]:
        """The statement with what is known of the service that each of its rows names: `read` has it from the row."""
        table = self.service
        return statement.add_columns(
            table.c.name.label("service_name"),
            table.c.visibility.label("service_visibility"),
            table.c.deleted_at.label("service_deleted_at"),
        ).join(table, and_(table.c.organization_id == organization_id, table.c.id == service_id))

    def read(self, row: Row[Any]) -> KnownService:
        """The service of a row of a `joined` statement."""
        return KnownService(row.service_name, Visibility(row.service_visibility), row.service_deleted_at is not None)

    async def require(
        self, transaction: Transaction, named: Iterable[UUID], *, besides: Collection[UUID] = ()
    ) -> dict[UUID, KnownService]:
        """All of the services, each of which must exist, unless it is among `besides`: that one may have been deleted since.

        Those that are named anew are locked, so that who may see them changes before the transaction reads it or after it committed: then
        `on_visibility` finds what it made. Those in `besides` are not, or two transactions could wait for each other: what names them is
        locked by whoever calls this. Raises UnknownServicesError.
        """
        wanted = set(named)
        found = await self.find(transaction, wanted - set(besides), hold=True)
        found |= await self.find(transaction, wanted & set(besides))
        unknown = {id for id in wanted if id not in found or (found[id].is_deleted and id not in besides)}
        if unknown:
            raise UnknownServicesError(unknown)
        return found

    def handlers(
        self, *, on_visibility: OnService = _ignore_service, on_time_zone: OnOrganization = _ignore_organization
    ) -> Mapping[str, Handler]:
        """What keeps the replica; the hooks are called, in the same transaction, for what changed of something known before."""

        async def service(transaction: Transaction, event: Envelope, payload: Service) -> None:
            id = UUID(payload.id)
            before = (await self.find(transaction, [id])).get(id)
            values = {"name": payload.name, "visibility": payload.visibility, "deleted_at": None}
            is_news = await self._save_service(transaction, id, event.sequence, values)
            if is_news and before is not None and before.visibility is not payload.visibility:
                await on_visibility(transaction, id)

        async def service_deleted(transaction: Transaction, event: Envelope, tombstone: Tombstone) -> None:
            values = {"deleted_at": tombstone.deleted_at}
            await self._save_service(transaction, UUID(tombstone.id), event.sequence, values)

        async def page_settings(transaction: Transaction, event: Envelope, page: PageSettings) -> None:
            if await self._save_organization(transaction, page):
                await on_time_zone(transaction)

        return {
            "service.created": service,
            "service.updated": service,
            "service.restored": service,
            "service.deleted": service_deleted,
            "page_settings.provisioned": page_settings,
            "page_settings.updated": page_settings,
        }

    async def _save_service(self, transaction: Transaction, id: UUID, version: int, values: dict[str, Any]) -> bool:
        """Returns whether this is newer than what was known."""
        table = self.service
        first = {"name": "", "visibility": Visibility.PUBLIC, **values}
        statement = insert(table).values(organization_id=transaction.organization_id, id=id, version=version, **first)
        newer = statement.on_conflict_do_update(
            index_elements=["organization_id", "id"],
            set_={"version": version, **values},
            where=table.c.version < version,
        ).returning(table.c.id)
        return (await transaction.execute(newer)).one_or_none() is not None

    async def _save_organization(self, transaction: Transaction, page: PageSettings) -> bool:
        """Returns whether a known organization has another time zone now."""
        table = self.organization
        statement = select(table.c.time_zone).where(table.c.organization_id == transaction.organization_id)
        before = (await transaction.execute(statement)).scalar_one_or_none()
        values = {"time_zone": page.time_zone, "version": page.version}
        saved = insert(table).values(organization_id=transaction.organization_id, **values)
        newer = saved.on_conflict_do_update(
            index_elements=["organization_id"], set_=values, where=table.c.version < page.version
        ).returning(table.c.organization_id)
        is_news = (await transaction.execute(newer)).one_or_none() is not None
        return is_news and before not in (None, page.time_zone)


def known_services_v1(schema: str) -> list[str]:
    """The statements that make the replica's tables. Never edited: later changes are _v2."""
    return [
        f"""CREATE TABLE {schema}.known_service (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            name text NOT NULL,
            visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
            version integer NOT NULL,
            deleted_at timestamptz,
            CONSTRAINT pk_known_service PRIMARY KEY (organization_id, id)
        )""",
        f"""CREATE TABLE {schema}.known_organization (
            organization_id text NOT NULL CONSTRAINT pk_known_organization PRIMARY KEY,
            time_zone text NOT NULL,
            version integer NOT NULL
        )""",
        *tenant_table(schema, "known_service"),
        *tenant_table(schema, "known_organization"),
    ]


def _bus(request: Request) -> Bus:
    bus: Bus = request.app.state.bus
    return bus


BusOfService = Annotated[Bus, Depends(_bus)]


async def when_known(attempt: Callable[[], Awaitable[Response]], bus: Bus) -> Response:
    """A service may have been created a moment ago and not be known here yet: try again, outside of any transaction, for 2 s."""
    deadline = asyncio.get_running_loop().time() + SERVICE_WAIT_SECONDS
    pause = 0.01
    while True:
        try:
            return await attempt()
        except UnknownServicesError as unknown:
            if asyncio.get_running_loop().time() + pause > deadline:
                if await bus.behind() != 0:
                    raise unavailable("This service has not caught up with catalog yet. Nothing was changed.") from None
                names = ", ".join(sorted(map(str, unknown.ids)))
                raise invalid("body.services", f"Unknown service: {names}", type="unknown-service") from None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.1)
