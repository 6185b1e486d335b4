"""Each organization's finished document, as it is served."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Row,
    Table,
    Text,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.catalog import CustomDomain, RetiredSlug
from common.position import Position
from public_api.store import METADATA, upsert

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
    Column("calendar", Text, nullable=False, server_default=text("''")),
    Column("archive", Text, nullable=False, server_default=text("''")),
    Column("domains", JSONB, nullable=False, server_default=text("'[]'")),
)

_SAVE_PAGES = upsert(page)
PORTION = 100


@dataclass(frozen=True, slots=True)
class PageRecord:
    """An organization's finished document: `document` is the aggregate's JSON exactly as it is served, `calendar` its windows.

    `archive` is what feeds and the interfaces for machines tell beyond it (`public_api.archive`). `domains`: at which hosts of the
    organization's own it is, the oldest first.
    """

    organization_id: str
    slug: str
    retired_slugs: tuple[RetiredSlug, ...]
    page_version: int
    document: str
    position: Position
    refresh_at: datetime | None
    calendar: str = ""
    archive: str = ""
    domains: tuple[CustomDomain, ...] = ()

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
            calendar=row.calendar,
            archive=row.archive,
            domains=tuple(CustomDomain.model_validate(domain) for domain in row.domains),
        )


async def load_pages(connection: AsyncConnection, organization_ids: Sequence[str]) -> list[PageRecord]:
    """Finished documents of some organizations."""
    rows = await connection.execute(select(page).where(page.c.organization_id.in_(organization_ids)))
    return [PageRecord.of_row(row) for row in rows]


async def all_pages(connection: AsyncConnection) -> AsyncIterator[PageRecord]:
    """Every finished document, in portions: a statement has a deadline, memory has an end, and their number has none."""
    portion, after = select(page).order_by(page.c.organization_id).limit(PORTION), ""
    while True:
        rows = (await connection.execute(portion.where(page.c.organization_id > after))).all()
        for row in rows:
            yield PageRecord.of_row(row)
        if len(rows) < PORTION:
            return
        after = rows[-1].organization_id


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
                "calendar": record.calendar,
                "archive": record.archive,
                "domains": [domain.model_dump(mode="json") for domain in record.domains],
            }
            for record in records
        ],
    )
