"""What is due when, across organizations: a table that services with work of their own write in the transaction of what it belongs to.

It is no tenant's: the scheduler of every replica (`common.scheduler`) reads it before it knows whose turn it is. It holds ids and times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    delete,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from common.database import Transaction


@dataclass(frozen=True, slots=True)
class Move:
    """A row: something of an organization, and what is due of it."""

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


class DueTable:
    def __init__(self, metadata: MetaData) -> None:
        self.table = Table(
            "due",
            metadata,
            Column("organization_id", Text, primary_key=True),
            Column("id", Uuid, primary_key=True),
            Column("kind", Text, primary_key=True),
            Column("due_at", DateTime(timezone=True), nullable=False),
            Column("failures", SmallInteger, nullable=False, server_default=text("0")),
            Index("ix_due_due_at", "due_at"),
        )

    async def earliest(self, engine: AsyncEngine, limit: int) -> list[Move]:
        """What is due first, by the database's clock."""
        due = self.table
        ahead = func.extract("epoch", due.c.due_at - func.clock_timestamp()).label("ahead")
        # By kind as well: what is due of one thing at the same moment is done in the same order everywhere.
        statement = select(due, ahead).order_by(due.c.due_at, due.c.id, due.c.kind).limit(limit)
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            rows = await connection.execute(statement)
        return [Move(row.organization_id, row.id, row.kind, row.failures, float(row.ahead)) for row in rows]

    async def take(self, transaction: Transaction, move: Move) -> datetime | None:
        """The time, if the move is still to be made. Nobody else makes it until the transaction ends."""
        still_due = select(func.clock_timestamp()).where(*self._is(move), self.table.c.due_at <= func.clock_timestamp())
        moment: datetime | None = (await transaction.execute(still_due.with_for_update())).scalar_one_or_none()
        return moment

    async def remove(self, transaction: Transaction, move: Move) -> None:
        await transaction.execute(delete(self.table).where(*self._is(move)))

    async def postpone(self, transaction: Transaction, move: Move, seconds: float) -> None:
        """After a failure: later, so that what is behind it has its turn."""
        failures = func.least(self.table.c.failures + 1, 1000)
        later = update(self.table).where(*self._is(move)).values(due_at=_in(seconds), failures=failures)
        await transaction.execute(later)

    async def put_off(self, transaction: Transaction, move: Move, seconds: float) -> None:
        """Later, with nothing having failed: whoever makes a move in several transactions keeps others from it meanwhile."""
        await transaction.execute(update(self.table).where(*self._is(move)).values(due_at=_in(seconds)))

    async def set(self, transaction: Transaction, id: UUID, kind: str, at: datetime | None) -> None:
        """When this is due; None when never more."""
        key = {"organization_id": transaction.organization_id, "id": id, "kind": kind}
        if at is None:
            await transaction.execute(delete(self.table).where(*(self.table.c[name] == key[name] for name in key)))
        else:
            await self.upsert(transaction, [{**key, "due_at": at}])

    async def upsert(self, transaction: Transaction, rows: Sequence[dict[str, object]]) -> None:
        transaction.leaves_work = True
        statement = insert(self.table)
        await transaction.execute(
            statement.on_conflict_do_update(
                index_elements=["organization_id", "id", "kind"],
                set_={"due_at": statement.excluded.due_at, "failures": literal(0)},
            ),
            [*rows],
        )

    async def lateness(self, engine: AsyncEngine) -> Lateness:
        """How late the most overdue move is, and how many moves fail again and again."""
        due = self.table
        late = func.extract("epoch", func.clock_timestamp() - func.min(due.c.due_at)).label("late")
        failing = select(func.count()).where(due.c.failures > 2).scalar_subquery().label("failing")
        async with engine.connect() as connection:
            row = (await connection.execute(select(late, failing))).one()
        return Lateness(float(row.late or 0), row.failing)

    def _is(self, move: Move) -> tuple[ColumnElement[bool], ...]:
        due = self.table
        return (due.c.organization_id == move.organization_id, due.c.id == move.id, due.c.kind == move.kind)


def _in(seconds: float) -> ColumnElement[datetime]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def due_v1(schema: str) -> list[str]:
    """The statements that make the table. Read across tenants by the scheduler: no row-level security."""
    return [
        f"""CREATE TABLE {schema}.due (
            organization_id text NOT NULL,
            id uuid NOT NULL,
            kind text NOT NULL,
            due_at timestamptz NOT NULL,
            failures smallint NOT NULL DEFAULT 0,
            CONSTRAINT pk_due PRIMARY KEY (organization_id, id, kind)
        )""",
        f"CREATE INDEX ix_due_due_at ON {schema}.due (due_at)",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.due TO {schema}_app",
    ]
