"""Applying others' events to a service's own tables, each once in effect, in stream order.

A message is applied, its effect's events recorded and the checkpoint moved in one transaction; only then is it acknowledged. So a crash
anywhere leads to a redelivery that changes nothing: the checkpoint names the message that was applied last, and every handler guards
what it stores by the aggregate's version, which also covers whole streams that come a second time.

Errors
- What is no event, or not one its handler can ever accept (`MalformedEventError`), is parked at once: written to dead_letter in the
  transaction that moves the checkpoint.
- Database or broker away: delivered again without limit, after at most 2 s, never parked.
- Anything else is a bug, here or in the event: tried 6 times within 10 s, then parked, so that it stops nobody.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

from faststream.exceptions import NackMessage
from faststream.nats import NatsMessage
from sqlalchemy import Table, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.contracts.events import Payload
from common.database import Database, Transaction, is_unavailable
from common.envelope import Actor, Envelope, MalformedEventError
from common.faults import crash_point
from common.metrics import DEAD_LETTERS, MESSAGES_PARKED, Look, note_delay
from common.position import Position
from common.stream import STREAM_ERRORS, Checkpoint, Received
from common.tables import Infrastructure
from common.telemetry import span

log = logging.getLogger(__name__)

RETRY_DELAYS = (0.5, 1.0, 2.0, 2.0, 2.0)
UNAVAILABLE_DELAY_MAX = 2.0
# dead_letter belongs to no tenant; a message without a readable organization is parked under this one.
NO_ORGANIZATION = "-"

T = TypeVar("T")

Handler = Callable[[Transaction, Envelope, Any], Awaitable[None]]
"""Applies one event. The last argument is its payload, of the type that the contract of the event names."""


@dataclass(frozen=True)
class Delivery:
    subject: str
    headers: Mapping[str, str]
    data: bytes
    position: Position


class Inbox(Protocol[T]):
    """Where a service's transactions (of type T) are, and the checkpoint of its durable."""

    def transaction(self, organization_id: str, actor: Actor | None = None) -> AbstractAsyncContextManager[T]:
        """Committed at block end, rolled back on any exception."""

    async def checkpoint(self, transaction: T) -> Checkpoint | None:
        """Locked until the transaction ends, so that replicas take turns. None before the first message."""

    async def move_checkpoint(self, transaction: T, to: Checkpoint) -> None: ...

    async def park(self, transaction: T, delivery: Delivery, reason: str) -> None:
        """Keep a message that cannot be applied, for a person to look at."""


class Consumption(Generic[T]):
    """What a durable's messages do. `handlers` maps event types to what applies them; other types pass without effect."""

    def __init__(
        self,
        inbox: Inbox[T],
        epoch: Callable[[], Awaitable[str]],
        handlers: Mapping[str, Callable[[T, Envelope, Any], Awaitable[None]]],
    ) -> None:
        self._inbox = inbox
        self._epoch = epoch
        self._handlers = handlers
        self._failures: tuple[int, int] = (0, 0)  # (offset, how often it failed unexpectedly)

    async def __call__(self, message: NatsMessage) -> None:
        raw = message.raw_message
        metadata = raw.metadata
        received = Received(metadata.sequence.stream, raw.subject, raw.headers or {}, raw.data)
        await self.consume(received, delivered=metadata.num_delivered)

    async def consume(self, message: Received, *, delivered: int) -> None:
        """Returns when the message may be acknowledged. Raises NackMessage when it is to come again."""
        try:
            position = Position(await self._epoch(), message.offset)
            await self._deliver(Delivery(message.subject, dict(message.headers), message.data, position))
        except Exception as error:
            delay = min(0.1 * 2 ** min(delivered, 10), UNAVAILABLE_DELAY_MAX)
            if not is_unavailable(error) and not isinstance(error, (_RetryError, *STREAM_ERRORS)):
                log.exception("consuming failed", extra={"offset": message.offset})
            raise NackMessage(delay=error.delay if isinstance(error, _RetryError) else delay) from error
        crash_point("consumer.committed")

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            event = Envelope.read(delivery.subject, delivery.headers, delivery.data)
            payload = event.payload() if event.type in self._handlers else None
        except MalformedEventError as error:
            await self._park(delivery, None, str(error))
            return
        with span(f"consume {event.type}", parent=event.traceparent):
            try:
                await self._apply(delivery, event, payload)
            except MalformedEventError as error:
                await self._park(delivery, event, str(error))
            except Exception as error:
                if is_unavailable(error):
                    raise
                offset, failures = self._failures
                failures = failures + 1 if offset == delivery.position.offset else 1
                self._failures = (delivery.position.offset, failures)
                if failures <= len(RETRY_DELAYS):
                    log.warning("event failed, trying again", extra={"event_id": str(event.id), "reason": repr(error)})
                    raise _RetryError(RETRY_DELAYS[failures - 1]) from error
                await self._park(delivery, event, f"{type(error).__name__}: {error}")

    async def _apply(self, delivery: Delivery, event: Envelope, payload: Payload | None) -> None:
        async with self._inbox.transaction(event.organization_id, event.actor) as transaction:
            if await self._inbox.checkpoint(transaction) == Checkpoint(delivery.position, event.id):
                return  # applied before, the acknowledgement was lost
            if payload is not None:
                await self._handlers[event.type](transaction, event, payload)
            await self._inbox.move_checkpoint(transaction, Checkpoint(delivery.position, event.id))
            crash_point("consumer.applied")
        if not event.republished:
            note_delay("consumed", event.time)

    async def _park(self, delivery: Delivery, event: Envelope | None, reason: str) -> None:
        log.error(
            "message parked", extra={"subject": delivery.subject, "position": str(delivery.position), "reason": reason}
        )
        organization_id = event.organization_id if event else NO_ORGANIZATION
        async with self._inbox.transaction(organization_id) as transaction:
            await self._inbox.checkpoint(transaction)
            await self._inbox.park(transaction, delivery, reason)
            await self._inbox.move_checkpoint(transaction, Checkpoint(delivery.position, event.id if event else None))
        MESSAGES_PARKED.inc()


class _RetryError(Exception):
    def __init__(self, delay: float) -> None:
        super().__init__(f"again in {delay} s")
        self.delay = delay


class DatabaseInbox:
    """The inbox of one durable in the service's database."""

    def __init__(self, database: Database, durable: str) -> None:
        self.transaction = database.transaction
        self._tables = database.tables
        self._durable = durable

    async def checkpoint(self, transaction: Transaction) -> Checkpoint | None:
        return await lock_checkpoint(transaction.connection, self._tables, self._durable)

    async def move_checkpoint(self, transaction: Transaction, to: Checkpoint) -> None:
        await move_checkpoint(transaction.connection, self._tables, self._durable, to)

    async def park(self, transaction: Transaction, delivery: Delivery, reason: str) -> None:
        await park(
            transaction.connection, self._tables, self._durable, delivery.position, delivery.subject, delivery.headers,
            delivery.data, reason,
        )  # fmt: skip


async def lock_checkpoint(connection: AsyncConnection, tables: Infrastructure, consumer: str) -> Checkpoint | None:
    """The consumer's checkpoint, locked until the transaction ends, so that replicas take turns. None before the first message."""
    table = tables.checkpoint
    statement = select(table.c.epoch, table.c.stream_offset, table.c.event_id).where(table.c.consumer == consumer)
    row = (await connection.execute(statement.with_for_update())).one_or_none()
    return Checkpoint(Position(row.epoch, row.stream_offset), row.event_id) if row else None


async def move_checkpoint(connection: AsyncConnection, tables: Infrastructure, consumer: str, to: Checkpoint) -> None:
    await connection.execute(
        _set_checkpoint(tables.checkpoint),
        {
            "consumer": consumer,
            "epoch": to.position.epoch,
            "stream_offset": to.position.offset,
            "event_id": to.event_id,
        },
    )


@lru_cache  # making it takes longer than sending it
def _set_checkpoint(table: Table) -> Insert:
    statement = insert(table)
    place = {name: statement.excluded[name] for name in ("epoch", "stream_offset", "event_id")}
    return statement.on_conflict_do_update(index_elements=["consumer"], set_={**place, "updated_at": func.now()})


def look_at_dead_letters(engine: AsyncEngine, tables: Infrastructure) -> Look:
    """`engine` is the relay's: the app role may not read them."""

    async def read() -> list[float]:
        async with engine.connect() as connection:
            return [await connection.scalar(select(func.count()).select_from(tables.dead_letter)) or 0]

    return Look("dead_letters", [DEAD_LETTERS], read)


async def park(
    connection: AsyncConnection,
    tables: Infrastructure,
    consumer: str,
    position: Position,
    subject: str,
    headers: Mapping[str, str],
    data: bytes,
    reason: str,
) -> None:
    """Keep a message that cannot be applied, for a person to look at. Data that is no UTF-8 is kept with its bytes escaped."""
    statement = insert(tables.dead_letter).values(
        consumer=consumer,
        epoch=position.epoch,
        stream_offset=position.offset,
        subject=subject,
        headers=dict(headers),
        data=data.decode(errors="backslashreplace").replace("\x00", "\\x00"),
        error=reason[:4000].replace("\x00", "\\x00"),
    )
    # inline: no RETURNING, for the app role may write dead letters but not read them.
    await connection.execute(statement.on_conflict_do_nothing().inline())
