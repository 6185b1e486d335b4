"""Simulated visitors and members: each follows one page through whichever gateway answers, comes back with its position, and checks all that it is told."""

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from common.position import Position
from realtime_gateway.channels import Channel, channels_of
from realtime_gateway.feed import Feed
from realtime_gateway.protocol import Close, Frame, Refused, Types

from .stream import Stored

FOLLOWS_SECONDS = 10.0
AWAY_SECONDS = 2.0
_LEFT = Close("left", 1001, "left")


class _Socket:
    """Takes everything at once; the client is ended by the hub, or leaves."""

    def abort(self) -> None: ...

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> socket.socket | None:
        return None


class Truth(Protocol):
    """What really happened to the stream."""

    def held(self, position: Position) -> Sequence[Stored]:
        """What the stream of this epoch held at this offset: several where it lost its end and went on in the same epoch."""

    def may_come_twice(self, id: str) -> bool:
        """Whether the stream lost an event before anybody had written down that it is there."""


@dataclass
class Visitor:
    channel: Channel
    """What it hears: as anybody, or as a member."""
    gateways: Callable[[], Sequence[Feed]]
    truth: Truth
    chance: Random
    position: Position | None = None
    seen: dict[int, str] = field(default_factory=dict)
    """Since it was told last that something may be missing: the event at each offset."""
    _checked_to: int = 0

    async def visit(self) -> None:
        """For ever: follow, leave, come back."""
        while True:
            feeds = self.gateways()
            if feeds:
                try:
                    async with asyncio.timeout(self.chance.expovariate(1 / FOLLOWS_SECONDS)):
                        await self._follow(self.chance.choice(feeds))
                except (Refused, TimeoutError):
                    pass
            await asyncio.sleep(self.chance.expovariate(1 / AWAY_SECONDS))

    async def _follow(self, feed: Feed) -> None:
        organization = feed.slugs.organization(self.channel.organization_id)
        if organization is None or not feed.started:
            return
        with feed.hub.admitted(self.channel, Types(frozenset()), _Socket(), "192.0.2.1") as client:
            try:
                await feed.hub.follow(client, self.channel, self.position)
                await client.run(self._take)
            finally:
                client.end(_LEFT)

    async def _take(self, frame: Frame) -> None:
        content = json.loads(frame.content)
        assert Position.parse(content["position"]) == frame.position
        if frame.type == "hello":
            self._hello(frame.position, recovered=content["recovered"])
        elif frame.type == "heartbeat":
            self._move(frame.position)
            self.check()
        else:
            assert self.position is not None
            assert frame.position.epoch == self.position.epoch, "an event of another life of the stream"
            assert frame.position.offset > self.position.offset, "an event out of order, or twice"
            is_new = content["id"] not in self.seen.values()
            assert is_new or self.truth.may_come_twice(content["id"]), f"{content['type']} twice"
            self.seen[frame.position.offset] = content["id"]
            self.position = frame.position
        await asyncio.sleep(self.chance.expovariate(1 / 0.005))

    def _hello(self, position: Position, *, recovered: bool) -> None:
        if self.position is None or not recovered:
            self.check()
            self.position, self._checked_to = position, position.offset
            self.seen = {}
            return
        assert position.epoch == self.position.epoch, "recovered into another life of the stream"
        self._move(position)
        self.check()

    def _move(self, position: Position) -> None:
        assert self.position is not None
        assert position.epoch == self.position.epoch
        assert position.offset >= self.position.offset, "the place went back"
        self.position = position

    def check(self) -> None:
        """It has seen every event of its channel, and nothing else, up to where it was told to be.

        Where the stream held two messages at one offset, one after the other, it has been told of one of them.
        """
        if self.position is None:
            return
        for offset in range(self._checked_to + 1, self.position.offset + 1):
            told = self.seen.get(offset)
            held = self.truth.held(Position(self.position.epoch, offset))
            assert told in {self._owed(stored) for stored in held}, f"offset {offset}: told {told}, it held {held}"
        self._checked_to = max(self._checked_to, self.position.offset)

    def _owed(self, stored: Stored) -> str | None:
        event = stored.event
        is_mine = self.channel in channels_of(event) and not event.republished
        return str(event.id) if is_mine else None
