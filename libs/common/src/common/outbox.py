"""The relay: publishes a service's outbox to the stream, in order, until the stream has acknowledged every row.

Invariants
- Every replica runs a relay, one at a time publishes: a pass holds a transaction-scoped advisory lock, which a crash releases.
- Rows of one aggregate are published in the order of their commits: their aggregate's row was locked when they were written, a pass goes
  by position and stops at the first transient failure. There is no cursor: a row that commits late is picked up by the next pass.
- A pass takes at most 20 rows of an organization, so that one tenant's import does not starve the rest.
- A publish whose answer was lost is repeated with the same Nats-Msg-Id. What the server refuses for good is parked and logged, and
  the rows behind it go on; readers see a gap in the aggregate's versions and take the next version whole.
- Published rows are kept with the position they got (`republish` needs them), except those of derived events, kept for a day.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Row, Select, Table, and_, bindparam, delete, func, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.contracts.values import Audience
from common.envelope import Actor, Envelope
from common.faults import crash_point
from common.position import Position
from common.tasks import end_task
from common.telemetry import continued

log = logging.getLogger(__name__)

ROWS_PER_ORGANIZATION = 20
ROWS_PER_PASS = 100
PASS_SECONDS = 5.0  # a pass holds the lock, and an open transaction, no longer than about this
POLL_SECONDS = 1.0
DERIVED_EVENT_TTL = "24h"


class RefusedError(Exception):
    """The server refused a message in a way that repeating it will not change."""


class Publisher(Protocol):
    async def publish(self, event: Envelope, *, ttl: str | None = None) -> Position:
        """Where the stream stored the event. Raises RefusedError when it never will; any other error is worth another try."""


@dataclass(frozen=True)
class Backlog:
    """What waits in the outbox, for readiness and alerts."""

    waiting: int
    oldest_seconds: float
    parked: int


class Relay:
    def __init__(
        self, engine: AsyncEngine, outbox: Table, service: str, publisher: Publisher, *, derived: Sequence[str] = ()
    ) -> None:
        """`derived` names event types that are made from others: short-lived in the stream and in the outbox."""
        self._engine = engine
        self._outbox = outbox
        self._name = f"outbox_{outbox.schema}"
        self._service = service
        self._publisher = publisher
        self._derived = tuple(derived)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._wake.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="outbox-relay")
        self._listener = asyncio.create_task(self._listen(), name="outbox-listener")

    async def stop(self) -> None:
        """Publish what is waiting if that works at once, then end."""
        for task in (self._task, self._listener):
            if task is not None:
                await end_task(task)
        with suppress(Exception):  # the next process goes on where this one stops
            async with asyncio.timeout(2):
                while await self.publish_waiting():
                    pass

    async def publish_waiting(self) -> int:
        """One pass. Returns how many rows are done with; 0 also when another replica is publishing."""
        async with self._engine.begin() as connection:
            if not await connection.scalar(select(func.pg_try_advisory_xact_lock(func.hashtext(self._name)))):
                return 0
            rows = (await connection.execute(_oldest_of_each_organization(self._outbox))).all()
            published, parked, failure = await self._publish(rows)
            await self._mark(connection, published, parked)
        if failure is not None:
            raise failure
        return len(published) + len(parked)

    async def _publish(
        self, rows: Sequence[Row[Any]]
    ) -> tuple[list[tuple[Row[Any], Position]], list[tuple[Row[Any], str]], Exception | None]:
        published: list[tuple[Row[Any], Position]] = []
        parked: list[tuple[Row[Any], str]] = []
        deadline = asyncio.get_running_loop().time() + PASS_SECONDS
        for row in rows:
            if asyncio.get_running_loop().time() > deadline:
                break
            event = self._envelope(row)
            try:
                with continued(event.traceparent):
                    position = await self._publisher.publish(
                        event, ttl=DERIVED_EVENT_TTL if event.type in self._derived else None
                    )
            except RefusedError as error:
                log.error(
                    "event parked: the stream refuses it", extra={"event_id": str(event.id), "reason": str(error)}
                )
                parked.append((row, str(error)))
            except Exception as error:  # whatever went wrong, the rows before it are stored and must be marked
                return published, parked, error
            else:
                published.append((row, position))
                crash_point("relay.published")
        return published, parked, None

    def _envelope(self, row: Row[Any]) -> Envelope:
        return Envelope(
            id=row.id,
            organization_id=row.organization_id,
            audience=Audience(row.audience),
            service=self._service,
            type=row.type,
            aggregate_id=row.aggregate_id,
            sequence=row.sequence,
            time=row.occurred_at,
            data=row.data.encode(),
            actor=Actor.model_validate(row.actor) if row.actor else None,
            traceparent=row.traceparent,
        )

    async def _mark(
        self,
        connection: AsyncConnection,
        published: list[tuple[Row[Any], Position]],
        parked: list[tuple[Row[Any], str]],
    ) -> None:
        mark = update(self._outbox).where(self._outbox.c.id == bindparam("row_id"))
        if published:
            await connection.execute(
                mark.values(published_at=func.now(), epoch=bindparam("at_epoch"), stream_offset=bindparam("at_offset")),
                [
                    {"row_id": row.id, "at_epoch": position.epoch, "at_offset": position.offset}
                    for row, position in published
                ],
            )
        if parked:
            await connection.execute(
                mark.values(parked_at=func.now(), parked_because=bindparam("reason")),
                [{"row_id": row.id, "reason": reason} for row, reason in parked],
            )

    async def backlog(self) -> Backlog:
        outbox = self._outbox.c
        waiting = outbox.parked_at.is_(None)
        oldest = func.coalesce(func.extract("epoch", func.now() - func.min(outbox.occurred_at).filter(waiting)), 0)
        statement = select(
            func.count().filter(waiting).label("waiting"),
            oldest.label("oldest"),
            func.count().filter(outbox.parked_at.is_not(None)).label("parked"),
        ).where(outbox.published_at.is_(None))
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).one()
        return Backlog(waiting=row.waiting, oldest_seconds=float(row.oldest), parked=row.parked)

    async def _run(self) -> None:
        delay = 0.05
        swept = 0.0
        while True:
            self._wake.clear()
            try:
                done = await self.publish_waiting()
                if self._derived and (now := asyncio.get_running_loop().time()) > swept + 600:
                    swept = now
                    await self._sweep_derived()
                delay = 0.05
            except Exception as error:  # database or stream away: try for ever
                log.warning("outbox waits", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
                continue
            if not done:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()

    async def _sweep_derived(self) -> None:
        outbox = self._outbox.c
        expired = outbox.published_at < func.now() - text("interval '1 day'")
        async with self._engine.begin() as connection:
            await connection.execute(delete(self._outbox).where(outbox.type.in_(self._derived), expired))

    async def _listen(self) -> None:
        """Wake when a writer, in whichever replica, has committed events. Only speeds things up: the poll is the truth."""
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await asyncpg.connect(url, timeout=3, command_timeout=3)
                try:
                    await connection.add_listener(self._name, lambda *_: self.wake())
                    while True:
                        await asyncio.sleep(5)
                        await connection.execute("SELECT 1")
                finally:
                    connection.terminate()
            await asyncio.sleep(1)


def _oldest_of_each_organization(outbox: Table) -> Select[Any]:
    """A few of the oldest rows of every organization that has any waiting: a loose index scan over ix_outbox_waiting."""

    def waits(row: Any) -> Any:
        return and_(row.published_at.is_(None), row.parked_at.is_(None))

    organizations = select(func.min(outbox.c.organization_id).label("id")).where(waits(outbox.c)).cte(recursive=True)
    following = (
        select(func.min(outbox.c.organization_id))
        .where(waits(outbox.c), outbox.c.organization_id > organizations.c.id)
        .scalar_subquery()
    )
    organizations = organizations.union_all(select(following).where(organizations.c.id.is_not(None)))
    rows = (
        select(outbox)
        .where(waits(outbox.c), outbox.c.organization_id == organizations.c.id)
        .order_by(outbox.c.position)
        .limit(ROWS_PER_ORGANIZATION)
        .lateral()
    )
    return select(rows).select_from(organizations).join(rows, true()).order_by(rows.c.position).limit(ROWS_PER_PASS)
