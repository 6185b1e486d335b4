"""The feed on a stream that becomes another one at an awkward moment."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Sequence

from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from common.stream import Consumer, Received, StreamState
from devstack.teststack import eventually
from realtime_gateway.channels import Channel
from realtime_gateway.feed import Feed
from realtime_gateway.history import Past
from realtime_gateway.protocol import Frame, Types
from realtime_gateway.settings import GatewaySettings

EPOCH = "abcdefghijkl"


class Silent:
    """A consumer that nothing comes to."""

    caught_up = True

    async def next(self) -> Sequence[Received]:
        await asyncio.Event().wait()
        return []


class EmptyStream:
    """A stream of other organizations' events. `end` is where it ends."""

    end = 10

    async def state(self) -> StreamState:
        return StreamState(EPOCH, self.end)

    @contextlib.asynccontextmanager
    async def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AsyncIterator[Consumer]:
        yield Silent()

    async def last_page_settings(self) -> list[Envelope]:
        return []

    async def past(self, channel: Channel, until: int, count: int) -> Past:
        return Past([], 0)


class Socket:
    def abort(self) -> None: ...

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> socket.socket | None:
        return None


async def hello(feed: Feed, since: Position) -> dict[str, object]:
    """What a client is told that comes back with this position."""
    frames: asyncio.Queue[Frame] = asyncio.Queue()
    channel = Channel("acme", Audience.PUBLIC)
    with feed.hub.admitted(channel, Types(frozenset()), Socket(), "192.0.2.1") as client:
        await feed.hub.follow(client, channel, since)
        sending = asyncio.create_task(client.run(frames.put))
        frame = await frames.get()
        sending.cancel()
    told: dict[str, object] = json.loads(frame.content)
    return told


async def test_a_past_that_ends_before_the_place_of_the_gateway_is_not_called_complete() -> None:
    stream = EmptyStream()
    feed = Feed(GatewaySettings(nats_url="nats://nowhere"))
    following = asyncio.create_task(feed.follow(stream))
    try:
        await eventually(lambda: feed.started, "the feed follows")
        assert (await hello(feed, Position(EPOCH, 5)))["recovered"]
        feed.hub.begin(Position(EPOCH, 10))
        stream.end = 7  # it lost its end, and the reader has not noticed yet
        assert not (await hello(feed, Position(EPOCH, 5)))["recovered"]
    finally:
        following.cancel()
        await asyncio.wait([following])
