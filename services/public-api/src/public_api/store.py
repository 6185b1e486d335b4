"""What public-api keeps: the newest version of every aggregate it has seen, and each organization's finished document.

Everything here is public by definition and read across organizations, so there is no row-level security. A row of `entity` without data
is a tombstone: an older event never brings it back.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    desc,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import now
from common.contracts.catalog import RetiredSlug
from common.envelope import Envelope
from common.position import Position
from common.tables import infrastructure, metadata
from public_api.view import INCIDENT_SHOWN, Entity

METADATA = metadata("public_api")
TABLES = infrastructure(METADATA)

entity = Table(
    "entity",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("aggregate", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", JSONB(none_as_null=True)),
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
    Index("ix_page_refresh_at", "refresh_at"),
)


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


async def save_entities(connection: AsyncConnection, events: Iterable[tuple[Envelope, bool]]) -> None:
    """Take over the newest version of each aggregate; lower or equal versions change nothing. The flag marks a tombstone."""
    newest: dict[tuple[str, str, str], tuple[Envelope, bool]] = {}
    for event, is_tombstone in events:
        key = (event.organization_id, event.aggregate, event.aggregate_id)
        if key not in newest or newest[key][0].sequence < event.sequence:
            newest[key] = (event, is_tombstone)
    if not newest:
        return
    rows = [_entity_row(*found) for found in newest.values()]
    statement = insert(entity)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "aggregate", "id"],
            set_={name: statement.excluded[name] for name in ("version", "data", "started_at", "ended_at")},
            where=entity.c.version < statement.excluded.version,
        ),
        rows,
    )


async def load_entities(connection: AsyncConnection, organization_ids: Sequence[str]) -> dict[str, list[Entity]]:
    """What each organization's document is made of: everything alive, except incidents resolved long ago."""
    shown = or_(
        entity.c.aggregate != "incident", entity.c.ended_at.is_(None), entity.c.ended_at > now() - INCIDENT_SHOWN
    )
    statement = select(entity).where(entity.c.organization_id.in_(organization_ids), entity.c.data.is_not(None), shown)
    found: dict[str, list[Entity]] = {id: [] for id in organization_ids}
    for row in await connection.execute(statement):
        found[row.organization_id].append(Entity(row.aggregate, row.id, row.data))
    return found


async def load_pages(connection: AsyncConnection, organization_ids: Sequence[str] | None = None) -> list[PageRecord]:
    """Finished documents of some organizations, or of all."""
    statement = select(page)
    if organization_ids is not None:
        statement = statement.where(page.c.organization_id.in_(organization_ids))
    return [PageRecord.of_row(row) for row in await connection.execute(statement)]


async def save_pages(connection: AsyncConnection, records: Sequence[PageRecord]) -> None:
    if not records:
        return
    statement = insert(page)
    columns = [column.name for column in page.columns if column.name != "organization_id"]
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id"], set_={name: statement.excluded[name] for name in columns}
        ),
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


async def due_pages(connection: AsyncConnection) -> list[str]:
    """Organizations whose document changes by the mere passing of time, about now."""
    return list(
        (await connection.execute(select(page.c.organization_id).where(page.c.refresh_at <= func.now()))).scalars()
    )


async def list_incidents(
    connection: AsyncConnection, organization_id: str, *, after: tuple[datetime, str] | None, limit: int
) -> list[tuple[datetime, Entity]]:
    """Every incident there was, newest first by (started_at, id)."""
    statement = select(entity).where(
        entity.c.organization_id == organization_id, and_(entity.c.aggregate == "incident", entity.c.data.is_not(None))
    )
    if after is not None:
        statement = statement.where(tuple_(entity.c.started_at, entity.c.id) < after)
    statement = statement.order_by(desc(entity.c.started_at), desc(entity.c.id)).limit(limit)
    return [(row.started_at, Entity(row.aggregate, row.id, row.data)) for row in await connection.execute(statement)]


async def load_services(connection: AsyncConnection, organization_id: str) -> list[Entity]:
    statement = select(entity).where(
        entity.c.organization_id == organization_id, entity.c.aggregate == "service", entity.c.data.is_not(None)
    )
    return [Entity(row.aggregate, row.id, row.data) for row in await connection.execute(statement)]


def _entity_row(event: Envelope, is_tombstone: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "organization_id": event.organization_id,
        "aggregate": event.aggregate,
        "id": event.aggregate_id,
        "version": event.sequence,
        "data": None,
        "started_at": None,
        "ended_at": None,
    }
    if is_tombstone:
        return row
    data: dict[str, Any] = json.loads(event.data)
    row["data"] = data
    if event.aggregate == "incident":
        row["started_at"] = datetime.fromisoformat(data["started_at"])
        row["ended_at"] = datetime.fromisoformat(data["resolved_at"]) if data["resolved_at"] else None
    return row
