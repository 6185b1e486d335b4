"""What public-api keeps: the newest version of every aggregate it has seen, and each organization's finished document.

Everything here is public by definition and read across organizations, so there is no row-level security. A row of `entity` without data
is a tombstone: an older event never brings it back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    cast,
    desc,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.catalog import Layout, PageSettings, RetiredSlug, Service, ServiceStatusState
from common.contracts.events import Payload, Tombstone
from common.contracts.incidents import Incident
from common.envelope import Envelope
from common.position import Position
from common.tables import infrastructure, metadata
from public_api.view import INCIDENT_SHOWN, Known

METADATA = metadata("public_api")
TABLES = infrastructure(METADATA)

entity = Table(
    "entity",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("aggregate", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", Text),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Index(
        "ix_entity_incidents",
        "organization_id",
        "started_at",
        "id",
        postgresql_where=text("aggregate = 'incident' AND data IS NOT NULL"),
    ),
)

page = Table(
    "page",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("retired_slugs", JSONB, nullable=False),
    Column("page_version", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("stream_offset", BigInteger, nullable=False),
    Column("refresh_at", DateTime(timezone=True)),
)


def _upsert(table: Table, *, if_newer: bool = False) -> Insert:
    """Insert rows, or replace those that have their key; `if_newer`: unless these have a version as high."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = table.c.version < statement.excluded.version if if_newer else None
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=newer)


# Made once, because making them takes longer than sending them.
_SAVE_ENTITIES = _upsert(entity, if_newer=True)
_SAVE_PAGES = _upsert(page)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """An organization's finished document: `document` is the aggregate's JSON exactly as it is served."""

    organization_id: str
    slug: str
    retired_slugs: tuple[RetiredSlug, ...]
    page_version: int
    document: str
    position: Position
    refresh_at: datetime | None

    def is_due(self, moment: datetime) -> bool:
        """Whether the passing of time has changed what it should say."""
        return self.refresh_at is not None and self.refresh_at <= moment

    @classmethod
    def of_row(cls, row: Row[Any]) -> "PageRecord":
        return cls(
            organization_id=row.organization_id,
            slug=row.slug,
            retired_slugs=tuple(RetiredSlug.model_validate(slug) for slug in row.retired_slugs),
            page_version=row.page_version,
            document=row.document,
            position=Position(row.epoch, row.stream_offset),
            refresh_at=row.refresh_at,
        )


_PAYLOADS: dict[str, type[Payload]] = {
    "page_settings": PageSettings,
    "layout": Layout,
    "service": Service,
    "service_status": ServiceStatusState,
    "incident": Incident,
}
AGGREGATES = frozenset(_PAYLOADS)
"""What a page is made of. Events of other aggregates are none of public-api's business."""


@lru_cache(maxsize=4096)
def _parsed(aggregate: str, data: str) -> Payload:
    """Parsing is most of the work of a fold, and of an organization only little changes from one fold to the next."""
    return _PAYLOADS[aggregate].model_validate_json(data)


async def save_entities(connection: AsyncConnection, events: Iterable[tuple[Envelope, Payload]]) -> None:
    """Take over the newest version of each aggregate; lower or equal versions change nothing."""
    newest: dict[tuple[str, str, str], tuple[Envelope, Payload]] = {}
    for event, payload in events:
        key = (event.organization_id, event.aggregate, event.aggregate_id)
        if key not in newest or newest[key][0].sequence < event.sequence:
            newest[key] = (event, payload)
    if not newest:
        return
    await connection.execute(_SAVE_ENTITIES, [entity_row(event, payload) for event, payload in newest.values()])


async def load_known(connection: AsyncConnection, organization_ids: Sequence[str], at: datetime) -> dict[str, Known]:
    """What the documents are made of: everything alive, except incidents that were resolved long before `at`.

    Organizations that have no page are left out.
    """
    shown = or_(entity.c.ended_at.is_(None), entity.c.ended_at > at - INCIDENT_SHOWN)
    statement = select(entity.c.organization_id, entity.c.aggregate, entity.c.data).where(
        entity.c.organization_id.in_(organization_ids), entity.c.data.is_not(None), shown
    )
    alive: dict[str, dict[str, list[Any]]] = {}
    for id, aggregate, data in await connection.execute(statement):
        alive.setdefault(id, {}).setdefault(aggregate, []).append(_parsed(aggregate, data))
    return {
        id: Known(
            page=found["page_settings"][0],
            layout=next(iter(found.get("layout", ())), None),
            services=found.get("service", ()),
            states=found.get("service_status", ()),
            incidents=found.get("incident", ()),
        )
        for id, found in alive.items()
        if "page_settings" in found
    }


async def load_pages(connection: AsyncConnection, organization_ids: Sequence[str] | None = None) -> list[PageRecord]:
    """Finished documents of some organizations, or of all."""
    statement = select(page)
    if organization_ids is not None:
        statement = statement.where(page.c.organization_id.in_(organization_ids))
    return [PageRecord.of_row(row) for row in await connection.execute(statement)]


async def save_pages(connection: AsyncConnection, records: Sequence[PageRecord]) -> None:
    if not records:
        return
    await connection.execute(
        _SAVE_PAGES,
        [
            {
                "organization_id": record.organization_id,
                "slug": record.slug,
                "retired_slugs": [slug.model_dump(mode="json") for slug in record.retired_slugs],
                "page_version": record.page_version,
                "document": record.document,
                "epoch": record.position.epoch,
                "stream_offset": record.position.offset,
                "refresh_at": record.refresh_at,
            }
            for record in records
        ],
    )


async def list_incidents(
    connection: AsyncConnection, organization_id: str, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Incident]:
    """Every incident there was, newest first by (started_at, id)."""
    statement = select(entity.c.data).where(
        entity.c.organization_id == organization_id, entity.c.aggregate == "incident", entity.c.data.is_not(None)
    )
    if after is not None:
        statement = statement.where(tuple_(entity.c.started_at, entity.c.id) < (after[0], str(after[1])))
    statement = statement.order_by(desc(entity.c.started_at), desc(entity.c.id)).limit(limit)
    return [Incident.model_validate_json(data) for data in (await connection.execute(statement)).scalars()]


async def load_service_names(connection: AsyncConnection, organization_id: str) -> dict[str, str]:
    """The names of the services there are, by id."""
    statement = select(entity.c.id, cast(entity.c.data, JSONB)["name"].astext.label("name")).where(
        entity.c.organization_id == organization_id, entity.c.aggregate == "service", entity.c.data.is_not(None)
    )
    return {row.id: row.name for row in await connection.execute(statement)}


def entity_row(event: Envelope, payload: Payload) -> dict[str, Any]:
    """What is kept of an event."""
    return {
        "organization_id": event.organization_id,
        "aggregate": event.aggregate,
        "id": event.aggregate_id,
        "version": event.sequence,
        "data": None if isinstance(payload, Tombstone) else event.data.decode(),
        "started_at": payload.started_at if isinstance(payload, Incident) else None,
        "ended_at": payload.resolved_at if isinstance(payload, Incident) else None,
    }
