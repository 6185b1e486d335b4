"""The layout."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, DateTime, Integer, Table, Text, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from catalog.domain.layout import Layout
from catalog.store import METADATA
from common.contracts.catalog import LayoutEntry
from common.database import Transaction

_ENTRIES: TypeAdapter[tuple[LayoutEntry, ...]] = TypeAdapter(tuple[LayoutEntry, ...])

layout = Table(
    "layout",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("entries", JSONB, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)


async def load_layout(transaction: Transaction, now: datetime) -> Layout:
    """The layout as it was saved; an empty one before that."""
    statement = select(layout).where(layout.c.organization_id == transaction.organization_id)
    row = (await transaction.execute(statement)).one_or_none()
    if row is None:
        return Layout(transaction.organization_id, (), now)
    entries = _ENTRIES.validate_python(row.entries)
    return Layout(transaction.organization_id, entries, row.updated_at, row.version)


async def save_layout(transaction: Transaction, changed: Layout) -> None:
    row: dict[str, Any] = {
        "organization_id": changed.organization_id,
        "entries": [entry.model_dump(mode="json") for entry in changed.entries],
        "updated_at": changed.updated_at,
        "version": changed.version,
    }
    await transaction.execute(
        insert(layout).values(row).on_conflict_do_update(index_elements=["organization_id"], set_=row)
    )
