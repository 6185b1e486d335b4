"""The keys that sign access tokens. All replicas sign with the same one; who reads this table can make tokens."""

from sqlalchemy import Column, DateTime, Table, Text, func, insert, select

from identity.domain.signing import SigningKey
from identity.store import METADATA, Unit

signing_key = Table(
    "signing_key",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("private_pem", Text, nullable=False),
    Column("signs_from", DateTime(timezone=True), nullable=False),
)


async def load_keys(unit: Unit) -> list[SigningKey]:
    """All that ever were: a dozen a year."""
    rows = await unit.execute(select(signing_key))
    return [SigningKey(**row._mapping) for row in rows]


async def lock(unit: Unit) -> None:
    """One process at a time makes a key. What was read before is stale."""
    await unit.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("identity:signing", 0))))


async def add_key(unit: Unit, added: SigningKey) -> None:
    await unit.execute(
        insert(signing_key).values(id=added.id, private_pem=added.private_pem, signs_from=added.signs_from)
    )
