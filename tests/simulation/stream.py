"""A simulated JetStream, with what was measured of the real one: an acknowledgement may be lost although the message is stored, a message
may be stored long after its sender gave up, the same Nats-Msg-Id is stored once within a window, a durable has one message in flight and
delivers it again, an ephemeral consumer may lose its place, a restart may lose the end, a recreated stream counts from 1 in a new epoch.
"""

import asyncio
import string
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

from common.contracts.values import Audience
from common.envelope import Envelope
from common.outbox import Held
from common.position import Position
from common.stream import Consumer, GapError, Received, StreamState
from realtime_gateway.history import Past

TRIP_SECONDS = 0.002
TIMEOUT_SECONDS = 5.0
ACK_WAIT_SECONDS = 5.0
DUPLICATE_WINDOW_SECONDS = 300.0
HEARTBEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stored:
    position: Position
    event: Envelope
    headers: Mapping[str, str]
    at: float

    def received(self) -> Received:
        return Received(self.position.offset, self.event.subject, self.headers, self.event.data)


class Server:
    """One stream and what happens to it. `interruptions` counts every restart: each connection loses its connection."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.up = True
        self.interruptions = 0
        self.drop_rate = 0.0
        self.gap_rate = 0.0
        self.epoch = self._new_epoch()
        self.messages: list[Stored] = []
        self.on_stored: Callable[[Stored], None] = lambda stored: None
        self.on_lost: Callable[[bool], None] = lambda new_epoch: None
        self.durables: dict[str, Durable] = {}
        self._known: dict[UUID, Stored] = {}
        self._changed = asyncio.Event()

    def _new_epoch(self) -> str:
        return "".join(self.chance.choices(string.ascii_lowercase, k=12))

    def store(self, event: Envelope, ttl: str | None = None) -> Stored:
        """The message, as it is stored now or was before."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(event.id)
        if known is not None and now - known.at < DUPLICATE_WINDOW_SECONDS:
            return known
        headers = {**event.headers(), "Nats-TTL": ttl} if ttl else event.headers()
        stored = Stored(Position(self.epoch, len(self.messages) + 1), event, headers, now)
        self.messages.append(stored)
        self._known[event.id] = stored
        self.on_stored(stored)
        self.tell()
        return stored

    def tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def something_new(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def stop(self) -> None:
        self.up = False
        self.interruptions += 1
        self.tell()

    def start(self) -> None:
        self.up = True
        self.tell()

    def lose_end(self, count: int, *, new_epoch: bool) -> None:
        """While it is stopped: an old copy of the disk. With a new epoch an operator said that it is one."""
        del self.messages[max(0, len(self.messages) - count) :]
        for durable in self.durables.values():
            durable.set_back(len(self.messages))
        if new_epoch:
            self.epoch = self._new_epoch()
            self.messages = [
                replace(stored, position=Position(self.epoch, stored.position.offset)) for stored in self.messages
            ]
        self._known = {stored.event.id: stored for stored in self.messages}
        self.on_lost(new_epoch)

    def recreate(self) -> None:
        self.lose_end(len(self.messages), new_epoch=True)


class Durable:
    """One message in flight for all replicas together, again after a while when nobody acknowledges it."""

    def __init__(self, server: Server, wants: Callable[[Envelope], bool]) -> None:
        self._server = server
        self._wants = wants
        self._floor = 0
        self._delivered = 0
        self._again_at = 0.0

    def set_back(self, end: int) -> None:
        self._floor = min(self._floor, end)
        self._delivered, self._again_at = 0, 0.0

    async def next(self) -> tuple[Received, int]:
        """A message and how often it was delivered."""
        while True:
            now = asyncio.get_running_loop().time()
            while self._floor < len(self._server.messages) and not self._wants(
                self._server.messages[self._floor].event
            ):
                self._floor += 1
            if self._server.up and self._floor < len(self._server.messages) and now >= self._again_at:
                self._delivered += 1
                self._again_at = now + ACK_WAIT_SECONDS
                return self._server.messages[self._floor].received(), self._delivered
            await self._server.something_new(max(self._again_at - now, 0.0) or HEARTBEAT_SECONDS)

    def acknowledge(self, message: Received) -> None:
        if message.offset == self._floor + 1:
            self._floor += 1
            self._delivered, self._again_at = 0, 0.0
            self._server.tell()

    def refuse(self, message: Received, delay: float) -> None:
        if message.offset == self._floor + 1:
            self._again_at = asyncio.get_running_loop().time() + delay


class Connection:
    """One process's connection: what `common.bus.Bus` and `JetStream` are to it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._epoch: tuple[str, int] | None = None
        self._late: set[asyncio.Task[None]] = set()

    @property
    def interruptions(self) -> int:
        return self._server.interruptions

    async def _trip(self) -> None:
        """One way. What is lost is noticed after the time for an answer."""
        interruptions = self._server.interruptions
        await asyncio.sleep(self._server.chance.expovariate(1 / TRIP_SECONDS))
        lost = not self._server.up or interruptions != self._server.interruptions
        if lost or self._server.chance.random() < self._server.drop_rate:
            await asyncio.sleep(TIMEOUT_SECONDS if self._server.up else 0.2)
            raise TimeoutError

    async def publish(self, event: Envelope, *, ttl: str | None = None) -> Position:
        epoch = await self.epoch()
        if self._server.chance.random() < self._server.drop_rate:
            self._publish_late(event, ttl)
        await self._trip()
        stored = self._server.store(event, ttl)
        await self._trip()
        return Position(epoch, stored.position.offset)

    def _publish_late(self, event: Envelope, ttl: str | None) -> None:
        """A copy that is on its way for longer than anybody waits for it."""
        interruptions = self._server.interruptions

        async def arrive() -> None:
            await asyncio.sleep(self._server.chance.uniform(0, 2 * TIMEOUT_SECONDS))
            if self._server.up and interruptions == self._server.interruptions:
                self._server.store(event, ttl)

        task = asyncio.create_task(arrive())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def epoch(self) -> str:
        """As the bus has it: asked once after each interruption."""
        if self._epoch is None or self._epoch[1] != self.interruptions:
            interruptions = self.interruptions
            self._epoch = ((await self.state()).epoch, interruptions)
        return self._epoch[0]

    async def state(self) -> StreamState:
        await self._trip()
        state = StreamState(self._server.epoch, len(self._server.messages))
        await self._trip()
        return state

    async def last(self, subject: str) -> Held | None:
        await self._trip()
        found = [stored for stored in self._server.messages if stored.event.subject == subject]
        await self._trip()
        return Held(found[-1].event.id, found[-1].position.offset, found[-1].event.republished) if found else None

    @asynccontextmanager
    async def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AsyncIterator[Consumer]:
        assert subject == "status.*.public.>"
        await self._trip()
        yield _Consumer(self._server, start, batch_size)

    async def last_page_settings(self) -> list[Envelope]:
        await self._trip()
        public = (stored.event for stored in self._server.messages if stored.event.audience is Audience.PUBLIC)
        return list({event.subject: event for event in public if event.aggregate == "page_settings"}.values())

    async def past(self, organization_id: str, until: int, count: int) -> Past:
        await self._trip()
        found = [
            (stored.position.offset, stored.event)
            for stored in self._server.messages[:until]
            if stored.event.organization_id == organization_id and stored.event.audience is Audience.PUBLIC
        ]
        complete_after = found[-count - 1][0] if len(found) > count else 0
        await self._trip()
        return Past(found[-count:], complete_after)


class _Consumer:
    def __init__(self, server: Server, start: int, batch_size: int) -> None:
        self.caught_up = False
        self._server = server
        self._interruptions = server.interruptions
        self._next = start
        self._batch_size = batch_size

    async def next(self) -> Sequence[Received]:
        if not self._waiting():
            await self._server.something_new(HEARTBEAT_SECONDS)
        await asyncio.sleep(self._server.chance.expovariate(1 / TRIP_SECONDS))
        if self._interruptions != self._server.interruptions or self._server.chance.random() < self._server.gap_rate:
            raise GapError
        waiting = self._waiting()
        some = waiting[: self._server.chance.randint(1, self._batch_size)]
        self.caught_up = len(some) == len(waiting)
        if some:
            self._next = some[-1].offset + 1
        return some

    def _waiting(self) -> list[Received]:
        behind = self._server.messages[self._next - 1 :]
        return [stored.received() for stored in behind if stored.event.audience is Audience.PUBLIC]
