"""The relay: publishes a service's outbox to the stream, in order, until the stream has acknowledged every row.

Publishing
- Every replica runs a relay, one at a time publishes: a pass holds a transaction-scoped advisory lock, which a crash releases.
- What a reader of one organization and audience gets, a chain, is published one after another, by position, and stops at the first
  transient failure. So the rows of an aggregate come in the order of their commits: its row was locked when they were written. No
  reader sees two chains, so chains do not wait for each other. There is no cursor: a row that commits late is picked up by the next pass.
- A pass takes at most 20 rows of an organization, so that one tenant's import does not starve the rest.
- A publish whose answer was lost is repeated with the same Nats-Msg-Id. What the server refuses for good is parked and logged, and
  the rows behind it go on; readers see a gap in the aggregate's versions and take the next version whole.

Publishing again what the stream lost
- Published rows are kept with the position they got, except those of derived events, which are kept for a day. A row whose epoch is not
  the stream's is not in the stream: it is published again, in the old order, marked as republished, a slice after each pass.
- A stream that lost its end keeps its epoch, and others may have written over the lost offsets. It cannot lose its end without an
  interruption, so after each one a pass looks, before it publishes anything, how far the stream still holds what is written down, and
  takes the epoch away from the rows behind that. An acknowledgement that came after another interruption is not written down.
- A new epoch may have been given to a stream that kept its messages. The same look tells how far it still holds what is written down in
  epochs before; these rows get the new epoch instead of being sent again.
- Sending too much again is harmless, because readers guard by version: in doubt a row is sent again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from opentelemetry.trace import SpanKind

from common import loud
from common.contracts.values import Audience
from common.envelope import Envelope
from common.faults import crash_point
from common.metrics import OUTBOX_PUBLISHED, OUTBOX_REPUBLISHED, note_delay
from common.position import Position
from common.stream import StreamState
from common.tasks import end_task
from common.telemetry import span

log = logging.getLogger(__name__)

PASS_SECONDS = 5.0  # a pass holds the lock, and an open transaction, no longer than about this
POLL_SECONDS = 1.0
LOOK_SECONDS = 60.0
SLICE = 50  # how many rows are published again while new ones wait
PROBES = 20
LANES = 32  # as many as the stream stores at a time without keeping one waiting for long
SWEEP_SECONDS = 600.0
TURN_SECONDS = 0.05
DERIVED_EVENT_TTL = "24h"


class RefusedError(Exception):
    """The server refused a message in a way that repeating it will not change."""


class Publisher(Protocol):
    @property
    def interruptions(self) -> int:
        """Counts up whenever the stream may have become another one, before anything is heard from that one."""

    async def publish(self, event: Envelope, *, ttl: str | None = None) -> Position:
        """Where the stream stored the event. Raises RefusedError when it never will; any other error is worth another try."""

    async def state(self) -> StreamState:
        """The stream as it is now, so that everything acknowledged earlier is in it, or lost."""

    async def last(self, subject: str) -> "Held | None":
        """What the stream holds last on one of the service's own subjects."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message of the stream: of which event, where, and whether it is there because it was published again."""

    event_id: UUID
    offset: int
    republished: bool


@dataclass(frozen=True)
class Backlog:
    """What waits in the outbox, for readiness and alerts."""

    waiting: int
    oldest_seconds: float
    parked: int


class OutboxPass(Protocol):
    """The outbox while nobody else publishes from it. Derived events count as waiting, never as lost."""

    async def waiting(self) -> Sequence[Envelope]:
        """Some that were never acknowledged: the oldest few of every organization."""

    async def newest(self, epoch: str, *, other_than: Collection[Envelope]) -> tuple[Envelope, int] | None:
        """What is written down as last in this epoch on any subject but those events', and its offset."""

    async def epochs(self) -> Sequence[str]:
        """Those in which something is written down."""

    async def note_held(self, before: str, epoch: str, *, up_to: int) -> int:
        """Write down that what was stored up to this offset, in the epoch before, is there in this one. Returns how many that are."""

    async def note_lost(self, epoch: str, *, after: int) -> int:
        """Write down that the stream does not hold what it stored after this offset. Returns how many that are."""

    async def note_all_lost(self) -> int:
        """Write down that the stream holds nothing."""

    async def lost(self, epoch: str, *, limit: int) -> Sequence[Envelope]:
        """Some that are in no stream of this epoch, in their order, as they are to be published again."""

    async def count_lost(self, epoch: str) -> int: ...

    async def mark(self, published: Mapping[UUID, Position], parked: Mapping[UUID, str]) -> None:
        """Write down where events were stored, and why others never will be."""


class OutboxStore(Protocol):
    @property
    def derived(self) -> Collection[str]:
        """Types of events that are made from others: short-lived in the stream and in the outbox."""

    def locked(self) -> AbstractAsyncContextManager[OutboxPass | None]:
        """One pass, committed at block end, rolled back on any exception. None while another replica has one."""

    async def sweep_derived(self) -> None:
        """Throw away derived events that were published long ago."""

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when events were committed, for ever. Only speeds things up: the relay's poll is the truth."""


class Relay:
    def __init__(self, store: OutboxStore, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher
        self._epoch = ""
        self._interruptions = 0  # the last one before the last look
        self._looked_after: int | None = None  # the same, once what was found is committed
        self._look_at = 0.0
        self._republishing = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._wake.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self.run(), name="outbox-relay")
        self._listener = asyncio.create_task(self._store.listen(self.wake), name="outbox-listener")

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
        async with self._pass() as outbox:
            if outbox is None:
                return 0
            lost = await outbox.lost(self._epoch, limit=SLICE) if self._republishing else []
            done = await self._publish([*await outbox.waiting(), *lost])
            await outbox.mark(done.published, done.parked)
        self._republishing = bool(lost)
        if done.failure is not None:
            raise done.failure
        return len(done.published) + len(done.parked)

    async def count_lost(self) -> int | None:
        """How many rows are to be published again; None when another replica is publishing."""
        async with self._pass() as outbox:
            return await outbox.count_lost(self._epoch) if outbox is not None else None

    @asynccontextmanager
    async def _pass(self) -> AsyncIterator[OutboxPass | None]:
        """A pass that begins with a look at what is lost, where that is due."""
        now = asyncio.get_running_loop().time()
        is_interrupted = self._publisher.interruptions != self._looked_after
        # While rows are sent again a look would be misled by those of them that the stream holds after all.
        look = is_interrupted or (now > self._look_at and not self._republishing)
        async with self._store.locked() as outbox:
            if outbox is not None and look:
                self._looked_after = None  # until this is committed
                self._epoch, self._interruptions = await _note_what_is_lost(outbox, self._publisher)
                self._republishing = True
            yield outbox
        if outbox is not None and look:
            self._looked_after, self._look_at = self._interruptions, now + LOOK_SECONDS

    async def _publish(self, events: Iterable[Envelope]) -> "_Done":
        """Publish chains side by side, some at a time, and each of them in order. The first transient failure stops them all."""
        chains: dict[tuple[str, Audience], list[Envelope]] = {}
        for event in events:
            chains.setdefault((event.organization_id, event.audience), []).append(event)
        done = _Done()
        deadline = asyncio.get_running_loop().time() + PASS_SECONDS
        lanes = asyncio.Semaphore(LANES)

        async def publish_chain(chain: Iterable[Envelope]) -> None:
            async with lanes:
                await self._publish_chain(chain, done, deadline)

        await asyncio.gather(*(publish_chain(chain) for chain in chains.values()))
        return done

    async def _publish_chain(self, events: Iterable[Envelope], done: "_Done", deadline: float) -> None:
        for event in events:
            if done.failure is not None or asyncio.get_running_loop().time() > deadline:
                return
            try:
                with span(f"publish {event.type}", parent=event.traceparent, kind=SpanKind.PRODUCER):
                    ttl = DERIVED_EVENT_TTL if event.type in self._store.derived else None
                    position = await self._publisher.publish(event, ttl=ttl)
                if self._publisher.interruptions != self._interruptions:
                    # Written down now, it would hide that the stream lost what was stored before.
                    raise InterruptedError("the stream may have become another one")
            except RefusedError as error:
                log.error(
                    "event parked: the stream refuses it", extra={"event_id": str(event.id), "reason": str(error)}
                )
                done.parked[event.id] = str(error)
            except Exception as error:  # whatever went wrong, what is stored must be marked
                done.failure = error
                return
            else:
                done.published[event.id] = position
                _note(event)
                crash_point("relay.published")

    async def run(self) -> None:
        """Pass after pass, for ever."""
        delay = 0.05
        swept = 0.0
        while True:
            self._wake.clear()
            try:
                done = await self.publish_waiting()
                if self._store.derived and (now := asyncio.get_running_loop().time()) > swept + SWEEP_SECONDS:
                    swept = now
                    await self._store.sweep_derived()
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


@dataclass
class _Done:
    """What became of the events of a pass, of each chain up to where it stopped."""

    published: dict[UUID, Position] = field(default_factory=dict)
    parked: dict[UUID, str] = field(default_factory=dict)
    failure: Exception | None = None


def _note(published: Envelope) -> None:
    if published.republished:
        OUTBOX_REPUBLISHED.inc()
        return
    OUTBOX_PUBLISHED.labels(published.audience.value).inc()
    note_delay("published", published.time)
    loud.PUBLISHED.count(published.organization_id)


async def republish(
    store: OutboxStore, publisher: Publisher, *, everything: bool, progress: Callable[[int, int], None]
) -> int:
    """Publish again, now, what the stream does not hold; `everything`: as if it held nothing. Returns how many events were sent.

    Services may run meanwhile: their relays take turns with this one. `progress` is told (done, of how many).
    """
    relay = Relay(store, publisher)
    while everything:
        async with store.locked() as outbox:
            if outbox is not None:
                await outbox.note_all_lost()
                break
        await asyncio.sleep(TURN_SECONDS)
    total, sent = 0, 0
    while (left := await relay.count_lost()) != 0:
        if left is not None:
            total = max(total, left)
            progress(total - left, total)
            sent += await relay.publish_waiting()
        else:
            await asyncio.sleep(TURN_SECONDS)
    progress(total, total)
    return sent


async def _note_what_is_lost(outbox: OutboxPass, publisher: Publisher) -> tuple[str, int]:
    """Compare what is written down with what the stream holds; returns its epoch, and the interruption after which that is so.

    We alone publish on our subjects. So if the last message on the newest row's subject is that row's, the stream has not lost its end
    since, and holds every row before it. If it is not, it may also be one whose acknowledgement was lost: then another subject tells.
    """
    interruptions = -1
    while interruptions != publisher.interruptions:
        interruptions = publisher.interruptions
        epoch = (await publisher.state()).epoch
        held_to = await _held_to(outbox, publisher, epoch)
        held_before = {
            before: await _held_to(outbox, publisher, before, first_sent=True)
            for before in await outbox.epochs()
            if before != epoch
        }
    # First, because what is held from before may lie behind everything of this epoch.
    if lost := await outbox.note_lost(epoch, after=held_to):
        log.warning("the stream lost events: publishing them again", extra={"events": lost, "after": held_to})
    for before, up_to in held_before.items():
        if up_to and (held := await outbox.note_held(before, epoch, up_to=up_to)):
            log.info("the stream has a new epoch and the old events", extra={"events": held, "up_to": up_to})
    return epoch, interruptions


async def _held_to(outbox: OutboxPass, publisher: Publisher, epoch: str, *, first_sent: bool = False) -> int:
    """Up to which offset the stream holds what is written down in an epoch.

    In a stream made anew an event that was published again may come to its old offset by chance, without those before it. One that was
    never published again can only be where it was stored in the first place: `first_sent` believes these alone.
    """
    probed: list[Envelope] = []
    while len(probed) < PROBES and (newest := await outbox.newest(epoch, other_than=probed)) is not None:
        event, offset = newest
        held = await publisher.last(event.subject)
        if (
            held is not None
            and (held.event_id, held.offset) == (event.id, offset)
            and not (first_sent and held.republished)
        ):
            return offset
        probed.append(event)
    return 0
