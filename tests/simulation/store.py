"""A simulated transactional store: what PostgreSQL is to a service. Commits are all or nothing, and their answer may be lost.

Every step takes a while and may fail, so that replicas interleave and whoever waits can be killed there.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from common.consumption import Delivery
from common.contracts.events import DomainEvent
from common.contracts.values import Audience
from common.database import outbox_rows
from common.envelope import Actor, Envelope
from common.outbox import OutboxPass
from common.outbox_table import ROWS_PER_ORGANIZATION
from common.position import Position
from common.stream import Checkpoint

from .process import while_stopped

STEP_SECONDS = 0.002
DERIVED_SECONDS = 10.0
"""How long published derived events are kept: a day, in a world that lasts for minutes."""


class UnavailableError(ConnectionError):
    """The database is away, or a statement or the answer to a commit was lost."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    position: int
    event: Envelope
    at: Position | None = None
    published_at: float = 0.0


@dataclass
class Folded:
    """What the fold did in a transaction, for whoever checks it."""

    applied: list[Envelope] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    moment: datetime | None = None
    """As of when documents were made."""


class Store:
    """One service's database, used by all its replicas. `tables` holds what is committed."""

    def __init__(self, service: str, chance: Random) -> None:
        self.service = service
        self.tables: dict[str, dict[Any, Any]] = {}
        self.away = False
        self.failure_rate = 0.0
        self.before_commit: Callable[[Store, Transaction], None] = lambda store, transaction: None
        self._chance = chance
        self._locks: dict[str, asyncio.Lock] = {}
        self._outbox_position = 0

    def rows(self, table: str) -> dict[Any, Any]:
        return self.tables.setdefault(table, {})

    def lock(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())

    def next_position(self) -> int:
        """As an identity column: taken when the row is written, so a later one may be committed first."""
        self._outbox_position += 1
        return self._outbox_position

    async def step(self) -> None:
        await asyncio.sleep(self._chance.expovariate(1 / STEP_SECONDS))
        await while_stopped()
        if self.away or self._chance.random() < self.failure_rate:
            raise UnavailableError

    @asynccontextmanager
    async def transaction(self, organization_id: str = "", actor: Actor | None = None) -> AsyncIterator["Transaction"]:
        transaction = Transaction(self, organization_id)
        try:
            await self.step()
            yield transaction
            await self.step()
            self.before_commit(self, transaction)
            for (table, key), value in transaction.writes.items():
                self.rows(table)[key] = value
            for table, key in transaction.deletes:
                self.rows(table).pop(key, None)
        finally:
            for lock in transaction.locks:
                lock.release()
        await self.step()  # the answer


class Transaction:
    def __init__(self, store: Store, organization_id: str) -> None:
        self.organization_id = organization_id
        self.writes: dict[tuple[str, Any], Any] = {}
        self.deletes: list[tuple[str, Any]] = []
        self.locks: list[asyncio.Lock] = []
        self.folded = Folded()
        self._store = store

    async def lock(self, name: str) -> None:
        lock = self._store.lock(name)
        if lock not in self.locks:
            await lock.acquire()
            self.locks.append(lock)
        await self._store.step()

    async def try_lock(self, name: str) -> bool:
        await self._store.step()
        if self._store.lock(name).locked():
            return False
        await self.lock(name)
        return True

    def get(self, table: str, key: Any) -> Any:
        return self.writes.get((table, key), self._store.rows(table).get(key))

    def put(self, table: str, key: Any, value: Any) -> None:
        self.writes[table, key] = value

    def rows(self, table: str) -> dict[Any, Any]:
        own = {key: value for (name, key), value in self.writes.items() if name == table}
        return {**self._store.rows(table), **own}

    def record(self, event: DomainEvent) -> None:
        self.insert(outbox_rows(event, self.organization_id, None, None))

    def insert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            event = Envelope(
                id=row["id"],
                organization_id=row["organization_id"],
                audience=Audience(row["audience"]),
                service=self._store.service,
                type=row["type"],
                aggregate_id=row["aggregate_id"],
                sequence=row["sequence"],
                time=row["occurred_at"],
                data=row["data"].encode(),
            )
            self.put("outbox", event.id, OutboxRow(self._store.next_position(), event))

    async def checkpoint(self, consumer: str) -> Checkpoint | None:
        await self.lock("checkpoint")
        found: Checkpoint | None = self.get("checkpoint", consumer)
        return found


class Outbox:
    """`common.outbox.OutboxStore` on a simulated store."""

    def __init__(self, store: Store, *, derived: Collection[str] = ()) -> None:
        self.derived = derived
        self._store = store

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[OutboxPass | None]:
        async with self._store.transaction() as transaction:
            yield _Pass(transaction, self.derived) if await transaction.try_lock("relay") else None

    async def sweep_derived(self) -> None:
        before = asyncio.get_running_loop().time() - DERIVED_SECONDS
        async with self._store.transaction() as transaction:
            for id, row in transaction.rows("outbox").items():
                if row.event.type in self.derived and row.at is not None and row.published_at < before:
                    transaction.deletes.append(("outbox", id))

    async def listen(self, wake: Callable[[], None]) -> None:
        """Nobody is notified: what another replica committed is found by polling."""
        await asyncio.Event().wait()


class _Pass:
    def __init__(self, transaction: Transaction, derived: Collection[str]) -> None:
        self._transaction = transaction
        self._derived = derived

    def _stored(self) -> list[tuple[OutboxRow, Position]]:
        rows = self._transaction.rows("outbox").values()
        return [(row, row.at) for row in rows if row.at is not None and row.event.type not in self._derived]

    async def waiting(self) -> Sequence[Envelope]:
        taken: Counter[str] = Counter()
        waiting = []
        rows = self._transaction.rows("outbox").values()
        for row in sorted((row for row in rows if row.at is None), key=lambda row: row.position):
            taken[row.event.organization_id] += 1
            if taken[row.event.organization_id] <= ROWS_PER_ORGANIZATION:
                waiting.append(row.event)
        return waiting

    async def newest(self, epoch: str, *, other_than: Collection[Envelope]) -> tuple[Envelope, int] | None:
        others = {event.subject for event in other_than}
        found = [
            (at.offset, row) for row, at in self._stored() if at.epoch == epoch and row.event.subject not in others
        ]
        offset, row = max(found, key=lambda pair: pair[0], default=(0, None))
        return (row.event, offset) if row else None

    async def epochs(self) -> Sequence[str]:
        return sorted({at.epoch for _, at in self._stored()} - {""})

    async def note_held(self, before: str, epoch: str, *, up_to: int) -> int:
        held = [(row, at) for row, at in self._stored() if at.epoch == before and at.offset <= up_to]
        for row, at in held:
            self._transaction.put("outbox", row.event.id, replace(row, at=Position(epoch, at.offset)))
        return len(held)

    async def note_lost(self, epoch: str, *, after: int) -> int:
        lost = [(row, at) for row, at in self._stored() if at.epoch == epoch and at.offset > after]
        for row, at in lost:
            self._transaction.put("outbox", row.event.id, replace(row, at=Position("", at.offset)))
        return len(lost)

    async def note_all_lost(self) -> int:
        return sum([await self.note_lost(epoch, after=0) for epoch in {at.epoch for _, at in self._stored()}])

    async def lost(self, epoch: str, *, limit: int) -> Sequence[Envelope]:
        lost = sorted((at.epoch, at.offset, row.position, row.event) for row, at in self._stored() if at.epoch != epoch)
        return [replace(event, republished=True) for *_, event in lost[:limit]]

    async def count_lost(self, epoch: str) -> int:
        return len(await self.lost(epoch, limit=len(self._stored())))

    async def mark(self, published: Mapping[UUID, Position], parked: Mapping[UUID, str]) -> None:
        assert not parked, "the simulated stream refuses nothing for good"
        now = asyncio.get_running_loop().time()
        for id, position in published.items():
            row = self._transaction.get("outbox", id)
            self._transaction.put("outbox", id, replace(row, at=position, published_at=row.published_at or now))


class Inbox:
    """`common.consumption.Inbox` on a simulated store."""

    def __init__(self, store: Store) -> None:
        self.transaction = store.transaction
        self._durable = store.service

    async def checkpoint(self, transaction: Transaction) -> Checkpoint | None:
        return await transaction.checkpoint(self._durable)

    async def move_checkpoint(self, transaction: Transaction, to: Checkpoint) -> None:
        transaction.put("checkpoint", self._durable, to)

    async def park(self, transaction: Transaction, delivery: Delivery, reason: str) -> None:
        transaction.put("dead_letter", delivery.position, delivery.headers["ce-id"])
