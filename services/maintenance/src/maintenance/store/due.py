"""What is due when: a row for each next move of a window, and for each series. Written in the transaction of what it belongs to.

It is no tenant's: the scheduler of every replica reads it across organizations, before it knows whose turn it is. It holds ids and times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    delete,
    func,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from common.database import Transaction
from maintenance.store import METADATA

PLAN = "plan"
PUBLISH_AGAIN = "publish_again"

due = Table(
    "due",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("failures", SmallInteger, nullable=False, server_default=text("0")),
    Index("ix_due_due_at", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """A row: the window or series of an organization, and what is due of it."""

    organization_id: str
    id: UUID
    kind: str
    failures: int
    seconds_ahead: float
    """Until it is due; zero or less when it is."""


@dataclass(frozen=True, slots=True)
class Lateness:
    seconds: float
    failing: int


async def earliest(engine: AsyncEngine, limit: int) -> list[Move]:
    """What is due first, by the database's clock."""
    ahead = func.extract("epoch", due.c.due_at - func.clock_timestamp()).label("ahead")
    # By kind as well: what a window does at the same moment is done in the same order everywhere.
    statement = select(due, ahead).order_by(due.c.due_at, due.c.id, due.c.kind).limit(limit)
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        rows = await connection.execute(statement)
    return [Move(row.organization_id, row.id, row.kind, row.failures, float(row.ahead)) for row in rows]


async def take(transaction: Transaction, move: Move) -> datetime | None:
    """The time, if the move is still to be made. The caller has locked the window or series, so nobody else makes it meanwhile."""
    still_due = select(func.clock_timestamp()).where(*_is(move), due.c.due_at <= func.clock_timestamp())
    moment: datetime | None = (await transaction.execute(still_due.with_for_update())).scalar_one_or_none()
    return moment


async def remove(transaction: Transaction, move: Move) -> None:
    await transaction.execute(delete(due).where(*_is(move)))


async def postpone(transaction: Transaction, move: Move, seconds: float) -> None:
    """After a failure: later, so that what is behind it has its turn."""
    later = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    failures = func.least(due.c.failures + 1, 1000)
    await transaction.execute(update(due).where(*_is(move)).values(due_at=later, failures=failures))


async def set_moves(transaction: Transaction, moves: Mapping[UUID, Mapping[str, datetime]]) -> None:
    """Make what is due of these windows be exactly this. What is to be published again stays."""
    rows = [
        {"organization_id": transaction.organization_id, "id": id, "kind": kind, "due_at": due_at}
        for id, kinds in moves.items()
        for kind, due_at in kinds.items()
    ]
    kept = [(row["id"], row["kind"]) for row in rows]
    await transaction.execute(
        delete(due).where(
            due.c.organization_id == transaction.organization_id,
            due.c.id.in_(list(moves)),
            due.c.kind != PUBLISH_AGAIN,
            tuple_(due.c.id, due.c.kind).not_in(kept),
        )
    )
    if rows:
        await _upsert(transaction, rows)


async def plan_series(transaction: Transaction, id: UUID, at: datetime | None) -> None:
    """When the series is planned again; None when never more."""
    key = {"organization_id": transaction.organization_id, "id": id, "kind": PLAN}
    if at is None:
        await transaction.execute(delete(due).where(*(due.c[name] == value for name, value in key.items())))
    else:
        await _upsert(transaction, [{**key, "due_at": at}])


async def _upsert(transaction: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    statement = insert(due)
    await transaction.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "id", "kind"],
            set_={"due_at": statement.excluded.due_at, "failures": literal(0)},
        ),
        [*rows],
    )


async def lateness(engine: AsyncEngine) -> Lateness:
    """How late the most overdue move is, and how many moves fail again and again."""
    late = func.extract("epoch", func.clock_timestamp() - func.min(due.c.due_at)).label("late")
    failing = select(func.count()).where(due.c.failures > 2).scalar_subquery().label("failing")
    async with engine.connect() as connection:
        row = (await connection.execute(select(late, failing))).one()
    return Lateness(float(row.late or 0), row.failing)


def _is(move: Move) -> tuple[ColumnElement[bool], ...]:
    return (due.c.organization_id == move.organization_id, due.c.id == move.id, due.c.kind == move.kind)
