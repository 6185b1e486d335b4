"""What was tried how often, in one row for each bucket, so that all replicas count together. Keys are hashes: whose they are is not kept.

A row says when its bucket is full again, which is all that there is to know of it; one whose time has passed means nothing.
"""

import math
from datetime import timedelta

from sqlalchemy import Column, DateTime, Index, Interval, LargeBinary, Table, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from identity.domain.limits import Limit
from identity.domain.secrets import digest
from identity.store import METADATA, Unit

attempts = Table(
    "attempts",
    METADATA,
    Column("key", LargeBinary, primary_key=True),
    Column("full_at", DateTime(timezone=True), nullable=False),
    Index("ix_attempts_full_at", "full_at"),
)
_SWEPT = 5


async def take(unit: Unit, limit: Limit, *of: str) -> int | None:
    """Count one. None when it is allowed; otherwise, and then it is not counted, the seconds to wait."""
    key, now = key_of(limit.name, *of), func.clock_timestamp()
    each, window = literal(limit.each, Interval), literal(limit.window, Interval)
    full_at = func.greatest(attempts.c.full_at, now) + each
    statement = insert(attempts).values(key=key, full_at=now + each)
    taken = statement.on_conflict_do_update(
        index_elements=["key"], set_={"full_at": full_at}, where=full_at <= now + window
    ).returning(attempts.c.key)
    if (await unit.execute(taken)).one_or_none() is not None:
        await _sweep(unit)
        return None
    wait = select(func.extract("epoch", attempts.c.full_at + each - window - now)).where(attempts.c.key == key)
    return max(1, math.ceil(float((await unit.execute(wait)).scalar_one())))


async def forget(unit: Unit, limit: Limit, *of: str) -> None:
    """As if nothing had been tried."""
    await unit.execute(delete(attempts).where(attempts.c.key == key_of(limit.name, *of)))


async def remember(unit: Unit, what: str, *of: str, time: timedelta) -> None:
    until = func.clock_timestamp() + literal(time, Interval)
    statement = insert(attempts).values(key=key_of(what, *of), full_at=until)
    await unit.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"full_at": until}))


async def is_remembered(unit: Unit, what: str, *of: str) -> bool:
    statement = select(attempts.c.full_at > func.clock_timestamp()).where(attempts.c.key == key_of(what, *of))
    return bool((await unit.execute(statement)).scalar_one_or_none())


async def _sweep(unit: Unit) -> None:
    """Each row that is made removes some that mean nothing any more, so that they do not gather."""
    over = select(attempts.c.key).where(attempts.c.full_at < func.clock_timestamp()).limit(_SWEPT)
    await unit.execute(delete(attempts).where(attempts.c.key.in_(over.with_for_update(skip_locked=True))))


def key_of(*parts: str) -> bytes:
    return digest("\n".join(parts))
