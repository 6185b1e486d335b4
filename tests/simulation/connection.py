"""How a simulated process reaches the stream: as much of nats-py and of FastStream's broker as the code under test uses.

As measured of the real ones: an acknowledgement may be lost although the message is stored, a message may be stored long after its sender
gave up, what is sent while the connection is lost is kept and sent on the next one, an ephemeral consumer may lose its place.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar, cast

import nats.aio.client
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo, PubAck, RawStreamMsg, StreamConfig, StreamInfo, StreamState
from nats.js.errors import NoStreamResponseError, NotFoundError

import common.stream
from common.envelope import STREAM, Envelope
from common.stream import Consumer, GapError, Received
from realtime_gateway.channels import Channel, channels_of
from realtime_gateway.history import Past

from .process import while_stopped
from .stream import Server, Stored

TRIP_SECONDS = 0.002
TIMEOUT_SECONDS = 5.0
HEARTBEAT_SECONDS = 1.0

T = TypeVar("T")


class Client:
    """A process's connection. It comes back by itself, which `stats` counts before anything is heard on the new one."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.stats = {"reconnects": 0}
        self._is_cut = False
        self._cuts = 0
        self._connected_on = self.line

    @property
    def line(self) -> tuple[int, int]:
        """Which connection this is, or will be."""
        return self.server.interruptions, self._cuts

    @property
    def is_connected(self) -> bool:
        return self.server.up and not self._is_cut

    def cut(self) -> None:
        self._is_cut = True
        self._cuts += 1

    def heal(self) -> None:
        self._is_cut = False
        self.server.tell()

    async def there(self) -> None:
        """A request on its way. Raises TimeoutError when it is lost."""
        await while_stopped()
        give_up_at = asyncio.get_running_loop().time() + TIMEOUT_SECONDS
        while not self.is_connected:
            if asyncio.get_running_loop().time() >= give_up_at:
                raise TimeoutError
            await self.server.something_new(TIMEOUT_SECONDS)
        if self.line != self._connected_on:
            self._connected_on = self.line
            self.stats["reconnects"] += 1
        await self.back()

    async def back(self) -> None:
        """An answer on its way. Raises TimeoutError when it is lost."""
        line = self.line
        await asyncio.sleep(self.server.chance.expovariate(1 / TRIP_SECONDS))
        if line != self.line or self.is_lost():
            await asyncio.sleep(TIMEOUT_SECONDS)
            raise TimeoutError
        await while_stopped()

    def is_lost(self) -> bool:
        return not self.is_connected or self.server.chance.random() < self.server.drop_rate

    def jetstream(self, timeout: float = TIMEOUT_SECONDS) -> JetStreamContext:
        return JetStream(self).as_context()


class JetStream:
    """What is asked of a `nats.js.JetStreamContext`."""

    def __init__(self, client: Client) -> None:
        self.last_seen = 0
        """Of topology: the offset of the message that it looks for at its next look."""
        self._newest = 0
        self._client = client
        self._server = client.server

    def as_context(self) -> JetStreamContext:
        return cast(JetStreamContext, self)

    async def publish(self, subject: str, payload: bytes, *, headers: Mapping[str, str], **_: object) -> PubAck:
        event = Envelope.read(subject, headers, payload)
        if self._server.chance.random() < self._server.drop_rate:
            self._publish_late(event, headers)
        await self._client.there()
        if self._server.config is None:
            raise NoStreamResponseError
        stored, is_duplicate = self._server.store(event, headers)
        await self._client.back()
        return PubAck(STREAM, stored.offset, duplicate=is_duplicate)

    def _publish_late(self, event: Envelope, headers: Mapping[str, str]) -> None:
        """A copy that is on its way for longer than anybody waits for it, and longer than its sender may live."""
        line = self._client.line

        def arrive() -> None:
            if line == self._client.line and self._client.is_connected and self._server.config:
                self._server.store(event, headers)

        asyncio.get_running_loop().call_later(self._server.chance.uniform(0, 2 * TIMEOUT_SECONDS), arrive)

    async def stream_info(self, name: str) -> StreamInfo:
        def answer() -> StreamInfo:
            end = len(self._existing())
            state = StreamState(messages=end, bytes=0, first_seq=1, last_seq=end, consumer_count=0)
            return StreamInfo(self._server.config or StreamConfig(), state)

        return await self._ask(answer)

    async def add_stream(self, config: StreamConfig) -> None:
        await self._ask(lambda: self._server.declare(config))

    async def update_stream(self, config: StreamConfig) -> None:
        await self.add_stream(config)

    async def add_consumer(self, stream: str, config: ConsumerConfig) -> None:
        def answer() -> None:
            self._existing()
            self._server.declare_durable(config.durable_name or "", config.filter_subjects or [])

        await self._ask(answer)

    async def consumer_info(self, stream: str, name: str) -> ConsumerInfo:
        def answer() -> ConsumerInfo:
            if name not in self._server.durables:
                raise NotFoundError
            return ConsumerInfo(name, stream, ConsumerConfig(), datetime.now(UTC))

        return await self._ask(answer)

    async def get_msg(self, stream: str, seq: int) -> RawStreamMsg:
        found = await self._ask(lambda: self._server.messages[seq - 1 : seq])
        self.last_seen = self._newest
        return _raw(found)

    async def get_last_msg(self, stream: str, subject: str, direct: bool = False) -> RawStreamMsg:
        def wanted(stored: Stored) -> bool:
            return stored.event.subject == subject or (subject == "status.*.internal.>" and not stored.is_public)

        self._newest = 0
        found = await self._ask(lambda: _raw([stored for stored in reversed(self._existing()) if wanted(stored)][:1]))
        if subject == "status.*.internal.>":
            self._newest = found.seq or 0
            self.last_seen = self.last_seen or self._newest
        return found

    async def _ask(self, answer: Callable[[], T]) -> T:
        await self._client.there()
        answered = answer()
        await self._client.back()
        return answered

    def _existing(self) -> list[Stored]:
        if self._server.config is None:
            raise NotFoundError
        return self._server.messages


def _raw(found: Sequence[Stored]) -> RawStreamMsg:
    if not found:
        raise NotFoundError
    stored_at = datetime.fromtimestamp(found[0].at, UTC)
    return RawStreamMsg(seq=found[0].offset, headers=dict(found[0].headers), time=stored_at)


class Broker:
    """What `common.bus.Bus` uses of FastStream's broker."""

    def __init__(self, client: Client) -> None:
        self.connection = client

    async def connect(self) -> None: ...
    async def start(self) -> None: ...


class ReadStream:
    """What `common.stream.JetStream` and the gateway's `GatewayJetStream` are to their readers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._server = client.server

    async def state(self) -> common.stream.StreamState:
        return await common.stream.stream_state(cast(nats.aio.client.Client, self._client))

    @asynccontextmanager
    async def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AsyncIterator[Consumer]:
        await self._client.there()
        if self._server.config is None:
            raise NotFoundError
        yield _Consumer(self._client, subject, start, batch_size)

    async def last_page_settings(self) -> list[Envelope]:
        await self._client.there()
        public = (stored.event for stored in self._server.messages if stored.is_public)
        return list({event.subject: event for event in public if event.aggregate == "page_settings"}.values())

    async def past(self, channel: Channel, until: int, count: int) -> Past:
        await self._client.there()
        found = [
            (stored.offset, stored.event)
            for stored in self._server.messages[:until]
            if channel in channels_of(stored.event)
        ]
        complete_after = found[-count - 1][0] if len(found) > count else 0
        await self._client.back()
        return Past(found[-count:], complete_after)


class _Consumer:
    def __init__(self, client: Client, subject: str, start: int, batch_size: int) -> None:
        assert subject in ("status.>", "status.*.public.>")
        self.caught_up = False
        self._client = client
        self._only_public = "public" in subject
        self._server = client.server
        self._line = client.line
        self._next = start
        self._batch_size = batch_size

    async def next(self) -> Sequence[Received]:
        if not self._waiting():
            await self._server.something_new(HEARTBEAT_SECONDS)
        await asyncio.sleep(self._server.chance.expovariate(1 / TRIP_SECONDS))
        if self._line != self._client.line or self._server.chance.random() < self._server.gap_rate:
            raise GapError
        waiting = self._waiting()
        some = waiting[: self._server.chance.randint(1, self._batch_size)]
        self.caught_up = len(some) == len(waiting)
        if some:
            self._next = some[-1].offset + 1
        return some

    def _waiting(self) -> list[Received]:
        waiting = self._server.messages[self._next - 1 :]
        return [stored.received() for stored in waiting if stored.is_public or not self._only_public]
