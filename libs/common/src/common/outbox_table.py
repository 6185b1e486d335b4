"""A service's outbox as the relay's SQL sees it. What is done with it, and why, is `common.outbox`'s business."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.contracts.values import Audience
from common.envelope import Actor, Envelope
from common.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_PARKED, OUTBOX_WAITING, Look
from common.outbox import Backlog, OutboxPass
from common.position import Position

ROWS_PER_ORGANIZATION = 20
ROWS_PER_PASS = 100
_ROWS_PER_NOTE = 20_000  # a statement has a few seconds
_LISTEN_CHECK_SECONDS = 5.0  # how long a listener may be dead before it notices
_LISTEN_AGAIN_SECONDS = 1.0  # the relay polls as often, so nothing waits longer for a listener that comes back
_LONG_SECONDS = 10.0  # to wait for being published
_NOTE_SECONDS = 2.0
_COUNT_PARKED_SECONDS = 600.0
"""Nothing but a look at every row finds those that others parked; those that this process parks it counts at once."""
_NO_EPOCH = ""
"""Where a row is that was published once and that the stream does not hold any more: the epoch of no stream."""


class OutboxTable:
    """`derived` names event types that are made from others: kept for a day, and never published again."""

    def __init__(self, engine: AsyncEngine, table: Table, service: str, *, derived: Sequence[str] = ()) -> None:
        self.derived = tuple(derived)
        self._engine = engine
        self._table = table
        self._name = f"outbox_{table.schema}"
        self._service = service
        self._oldest = _oldest_of_each_organization(table)  # made once: it takes longer to make than to run
        self._parked = 0
        self._count_parked_at = float("-inf")

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[OutboxPass | None]:
        """One transaction that holds the relay's lock; None while another replica holds it."""
        async with self._engine.begin() as connection:
            locked = await connection.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(self._name))))
            held = _Pass(connection, self._table, self._service, self.derived, self._oldest) if locked else None
            yield held
        if held is not None and held.has_parked:
            self._count_parked_at = float("-inf")

    async def backlog(self) -> Backlog:
        outbox = self._table.c
        age = func.coalesce(func.extract("epoch", func.now() - func.min(outbox.occurred_at)), 0)
        waiting = select(func.count().label("waiting"), age.label("oldest")).where(_waits(outbox))
        async with self._engine.connect() as connection:
            row = (await connection.execute(waiting)).one()
            if asyncio.get_running_loop().time() > self._count_parked_at:
                self._count_parked_at = asyncio.get_running_loop().time() + _COUNT_PARKED_SECONDS
                parked = select(func.count()).where(outbox.parked_at.is_not(None))
                self._parked = await connection.scalar(parked) or 0
        return Backlog(waiting=row.waiting, oldest_seconds=float(row.oldest), parked=self._parked)

    def look(self) -> Look:
        async def read() -> list[float]:
            backlog = await self.backlog()
            return [backlog.waiting, backlog.oldest_seconds, backlog.parked]

        return Look("outbox", [OUTBOX_WAITING, OUTBOX_OLDEST_SECONDS, OUTBOX_PARKED], read)

    async def note(self) -> str | None:
        """What an operator should do something about, for readiness. That the database is away is said there by others."""
        try:
            async with asyncio.timeout(_NOTE_SECONDS):
                backlog = await self.backlog()
        except (SQLAlchemyError, OSError, TimeoutError):
            return None
        if backlog.parked:
            return f"Outbox: events that the stream refuses for good: {backlog.parked}. Run `tidings doctor`"
        if backlog.oldest_seconds > _LONG_SECONDS:
            waits = f"{backlog.waiting} events wait to be published, the oldest for {backlog.oldest_seconds:.0f} s"
            return f"Outbox: {waits}. Run `tidings doctor`"
        return None

    async def sweep_derived(self) -> None:
        outbox = self._table.c
        expired = outbox.published_at < func.now() - text("interval '1 day'")
        async with self._engine.begin() as connection:
            await connection.execute(delete(self._table).where(outbox.type.in_(self.derived), expired))

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when a writer, in whichever replica, has committed events; for ever. Some may be missed."""
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await asyncpg.connect(url, timeout=3, command_timeout=3)
                try:
                    await connection.add_listener(self._name, lambda *_: wake())
                    while True:
                        await asyncio.sleep(_LISTEN_CHECK_SECONDS)
                        await connection.execute("SELECT 1")
                finally:
                    connection.terminate()
            await asyncio.sleep(_LISTEN_AGAIN_SECONDS)


class _Pass:
    def __init__(
        self, connection: AsyncConnection, table: Table, service: str, derived: Sequence[str], oldest: Select[Any]
    ) -> None:
        self._connection = connection
        self._oldest = oldest
        self._table = table
        self._service = service
        self._stored = and_(table.c.published_at.is_not(None), table.c.type.not_in(derived))
        self.has_parked = False

    async def waiting(self) -> Sequence[Envelope]:
        rows = await self._connection.execute(self._oldest)
        return [envelope_of(row, self._service) for row in rows]

    async def newest(self, epoch: str, *, other_than: Collection[Envelope]) -> tuple[Envelope, int] | None:
        outbox = self._table.c
        subject = tuple_(outbox.organization_id, outbox.audience, outbox.type)
        others = [(event.organization_id, event.audience.value, event.type) for event in other_than]
        statement = (
            select(self._table)
            .where(self._stored, outbox.epoch == epoch, subject.not_in(others))
            .order_by(outbox.stream_offset.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return (envelope_of(row, self._service), row.stream_offset) if row else None

    async def epochs(self) -> Sequence[str]:
        outbox = self._table.c
        found: list[str] = []
        while True:  # from one to the next through ix_outbox_published, where DISTINCT would read it all
            after = found[-1] if found else _NO_EPOCH
            following = select(func.min(outbox.epoch)).where(outbox.published_at.is_not(None), outbox.epoch > after)
            epoch = await self._connection.scalar(following)
            if epoch is None:
                return found
            found.append(epoch)

    async def note_held(self, before: str, epoch: str, *, up_to: int) -> int:
        outbox = self._table.c
        return await self._note(epoch, outbox.epoch == before, outbox.stream_offset <= up_to)

    async def note_lost(self, epoch: str, *, after: int) -> int:
        outbox = self._table.c
        return await self._note(_NO_EPOCH, outbox.epoch == epoch, outbox.stream_offset > after)

    async def note_all_lost(self) -> int:
        return await self._note(_NO_EPOCH, self._table.c.epoch != _NO_EPOCH)

    async def _note(self, epoch: str, *which: ColumnElement[bool]) -> int:
        some = select(self._table.c.id).where(self._stored, *which).limit(_ROWS_PER_NOTE)
        note = update(self._table).where(self._table.c.id.in_(some)).values(epoch=epoch)
        noted = 0
        while count := (await self._connection.execute(note)).rowcount:
            noted += count
        return noted

    async def lost(self, epoch: str, *, limit: int) -> Sequence[Envelope]:
        outbox = self._table.c
        found: list[Envelope] = []
        # Two ranges of ix_outbox_published, where "other than this epoch" would read the whole table.
        for elsewhere in (outbox.epoch < epoch, outbox.epoch > epoch):
            statement = (
                select(self._table)
                .where(self._stored, outbox.parked_at.is_(None), elsewhere)
                .order_by(outbox.epoch, outbox.stream_offset)
                .limit(limit - len(found))
            )
            found += [
                envelope_of(row, self._service, republished=True) for row in await self._connection.execute(statement)
            ]
        return found

    async def count_lost(self, epoch: str) -> int:
        outbox = self._table.c
        lost = self._stored, outbox.parked_at.is_(None), outbox.epoch != epoch
        return await self._connection.scalar(select(func.count()).where(*lost)) or 0

    async def mark(self, published: Mapping[UUID, Position], parked: Mapping[UUID, str]) -> None:
        outbox = self._table.c
        mark = update(self._table).where(outbox.id == bindparam("row_id"))
        if published:
            await self._connection.execute(
                mark.values(
                    published_at=func.coalesce(outbox.published_at, func.now()),
                    epoch=bindparam("at_epoch"),
                    stream_offset=bindparam("at_offset"),
                ),
                [{"row_id": id, "at_epoch": at.epoch, "at_offset": at.offset} for id, at in published.items()],
            )
        if parked:
            self.has_parked = True
            await self._connection.execute(
                mark.values(parked_at=func.now(), parked_because=bindparam("reason")),
                [{"row_id": id, "reason": reason} for id, reason in parked.items()],
            )


def envelope_of(row: Row[Any], service: str, *, republished: bool = False) -> Envelope:
    """The event in a row of a service's outbox."""
    return Envelope(
        id=row.id,
        organization_id=row.organization_id,
        audience=Audience(row.audience),
        service=service,
        type=row.type,
        aggregate_id=row.aggregate_id,
        sequence=row.sequence,
        time=row.occurred_at,
        data=row.data.encode(),
        actor=Actor.model_validate(row.actor) if row.actor else None,
        traceparent=row.traceparent,
        republished=republished,
    )


def _waits(outbox: Any) -> ColumnElement[bool]:
    return and_(outbox.published_at.is_(None), outbox.parked_at.is_(None))


def _oldest_of_each_organization(outbox: Table) -> Select[Any]:
    """A few of the oldest rows of every organization that has any waiting: a loose index scan over ix_outbox_waiting.

    The first rows of all come before the second ones of any, so that those who have much waiting delay nobody who has little.
    """
    organizations = select(func.min(outbox.c.organization_id).label("id")).where(_waits(outbox.c)).cte(recursive=True)
    following = (
        select(func.min(outbox.c.organization_id))
        .where(_waits(outbox.c), outbox.c.organization_id > organizations.c.id)
        .scalar_subquery()
    )
    organizations = organizations.union_all(select(following).where(organizations.c.id.is_not(None)))
    turn = func.row_number().over(order_by=outbox.c.position).label("turn")
    rows = (
        select(outbox, turn)
        .where(_waits(outbox.c), outbox.c.organization_id == organizations.c.id)
        .order_by(outbox.c.position)
        .limit(ROWS_PER_ORGANIZATION)
        .lateral()
    )
    every = select(rows).select_from(organizations).join(rows, true())
    return every.order_by(rows.c.turn, rows.c.position).limit(ROWS_PER_PASS)
