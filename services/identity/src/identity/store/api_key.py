"""API keys: their hashes, never the keys."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from common.contracts.values import Role
from common.database import Transaction
from identity.domain.api_key import ApiKey
from identity.store import METADATA

api_key = Table(
    "api_key",
    METADATA,
    Column("organization_id", Text, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False),
    Column("hint", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("organization_id", "id"),
)


async def valid_keys(transaction: Transaction, now: datetime) -> list[ApiKey]:
    """Those that are neither revoked nor expired, in the order in which they were made."""
    statement = select(api_key).where(
        api_key.c.organization_id == transaction.organization_id,
        api_key.c.revoked_at.is_(None),
        api_key.c.expires_at.is_(None) | (api_key.c.expires_at > now),
    )
    return [_key(row) for row in await transaction.execute(statement.order_by(api_key.c.id))]


async def lock_keys(transaction: Transaction) -> None:
    """Hold the organization's keys, those to come as well, until the transaction ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"api_key {transaction.organization_id}", 0))
    await transaction.execute(select(lock))


async def load_key(transaction: Transaction, id: UUID) -> ApiKey | None:
    """Held until the transaction ends."""
    statement = select(api_key).where(api_key.c.organization_id == transaction.organization_id, api_key.c.id == id)
    row = (await transaction.execute(statement.with_for_update())).one_or_none()
    return _key(row) if row is not None else None


async def save_key(transaction: Transaction, saved: ApiKey) -> None:
    row = {"organization_id": transaction.organization_id, **asdict(saved), "role": saved.role.name.lower()}
    await transaction.execute(
        insert(api_key).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )


def _key(row: Row[Any]) -> ApiKey:
    fields = dict(row._mapping)
    del fields["organization_id"]
    return ApiKey(**{**fields, "role": Role[row.role.upper()]})
