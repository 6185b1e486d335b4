"""Page settings and slugs.

The table `slug` is the one place where slugs of all organizations meet: it has no row-level security, because a slug must be unique over
all of them, and holds nothing but what is public anyway.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    delete,
    false,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from catalog.domain.page import Page, Settings, slug_candidates
from catalog.store import METADATA
from common.contracts.catalog import PageLink, Theme
from common.database import Transaction

page_settings = Table(
    "page_settings",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("logo_url", Text),
    Column("favicon_url", Text),
    Column("accent_color", Text),
    Column("theme", Text, nullable=False),
    Column("support_url", Text),
    Column("links", JSONB, nullable=False),
    Column("search_engines_allowed", Boolean, nullable=False),
    Column("history_days", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)

slug_table = Table(
    "slug",
    METADATA,
    Column("slug", Text, primary_key=True),
    Column("organization_id", Text, nullable=False),
    Column("retired_until", DateTime(timezone=True)),
    Index("ix_slug_organization_id", "organization_id"),
)


async def lock_organization(transaction: Transaction) -> None:
    """Let commands that change what a page consists of take turns. Taken before any other lock: some rows do not exist yet."""
    name = f"catalog:{transaction.organization_id}"
    await transaction.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def provision(transaction: Transaction, *, slug: str, settings: Settings, now: datetime) -> tuple[Page, bool]:
    """The organization's page, and whether it was made now. It always goes live: a slug that is taken gets `-2`, `-3` … A page that
    exists stays as it is."""
    await lock_organization(transaction)
    existing = await load_page(transaction)
    if existing is not None:
        return existing, False
    claimed = await claim_slug(transaction, slug_candidates(slug), now)
    assert claimed is not None  # the candidates never end
    page, event = Page.provision(transaction.organization_id, slug=claimed, settings=settings, now=now)
    await save_page(transaction, page)
    transaction.record(event)
    return page, True


async def load_page(transaction: Transaction, *, for_update: bool = False) -> Page | None:
    statement = select(page_settings).where(page_settings.c.organization_id == transaction.organization_id)
    row = (await transaction.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    if row is None:
        return None
    retired = select(slug_table.c.slug, slug_table.c.retired_until).where(
        slug_table.c.organization_id == transaction.organization_id, slug_table.c.retired_until.is_not(None)
    )
    return Page(
        organization_id=row.organization_id,
        slug=row.slug,
        settings=_settings(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        retired_slugs={found.slug: found.retired_until for found in await transaction.execute(retired)},
    )


_SETTINGS = [field.name for field in fields(Settings)]


def _settings(row: Row[Any]) -> Settings:
    values = {name: getattr(row, name) for name in _SETTINGS}
    links = tuple(PageLink.model_validate(link) for link in row.links)
    return Settings(**{**values, "theme": Theme(row.theme), "links": links})


async def save_page(transaction: Transaction, page: Page) -> None:
    """Write the settings and which slugs are retired. The present slug was claimed before."""
    row: dict[str, Any] = {
        "organization_id": page.organization_id,
        "slug": page.slug,
        **{name: getattr(page.settings, name) for name in _SETTINGS},
        "links": [link.model_dump() for link in page.settings.links],
        "created_at": page.created_at,
        "updated_at": page.updated_at,
        "version": page.version,
    }
    await transaction.execute(
        insert(page_settings).values(row).on_conflict_do_update(index_elements=["organization_id"], set_=row)
    )
    own = slug_table.c.organization_id == page.organization_id
    await transaction.execute(delete(slug_table).where(own, slug_table.c.slug.not_in([page.slug, *page.retired_slugs])))
    for slug, until in page.retired_slugs.items():
        await transaction.execute(update(slug_table).where(own, slug_table.c.slug == slug).values(retired_until=until))


async def claim_slug(transaction: Transaction, candidates: Iterable[str], now: datetime) -> str | None:
    """Take the first of the candidates that is free, or was this organization's before. None when none is."""
    own = slug_table.c.organization_id == transaction.organization_id
    async for candidate in _not_taken(transaction, candidates, now, own):
        await transaction.execute(
            delete(slug_table).where(slug_table.c.slug == candidate, slug_table.c.retired_until <= now)
        )
        statement = insert(slug_table).values(slug=candidate, organization_id=transaction.organization_id)
        # Whoever claims it at the same time is waited for: then the row is another organization's, and the next candidate's turn.
        claimed = statement.on_conflict_do_update(
            index_elements=["slug"], set_={"retired_until": None}, where=own
        ).returning(slug_table.c.slug)
        if (await transaction.execute(claimed)).one_or_none() is not None:
            return candidate
    return None


async def free_slugs(transaction: Transaction, candidates: Iterable[str], now: datetime, count: int) -> list[str]:
    """The first few of the candidates that nobody has."""
    free: list[str] = []
    async for candidate in _not_taken(transaction, candidates, now, false()):
        free.append(candidate)
        if len(free) == count:
            break
    return free


async def _not_taken(
    transaction: Transaction, candidates: Iterable[str], now: datetime, but: ColumnElement[bool]
) -> AsyncIterator[str]:
    """The candidates that have no row, or only one that ran out or is excepted by `but`. Asked for many at a time, as hundreds of
    organizations may want the same."""
    remaining = iter(candidates)
    while batch := list(islice(remaining, 100)):
        in_use = slug_table.c.retired_until.is_(None) | (slug_table.c.retired_until > now)
        statement = select(slug_table.c.slug).where(slug_table.c.slug.in_(batch), in_use, ~but)
        taken = set((await transaction.execute(statement)).scalars())
        for candidate in batch:
            if candidate not in taken:
                yield candidate
