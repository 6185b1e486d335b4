"""Simulated visitors: each follows one page through whichever gateway answers, comes back with its position, and checks all that it is told."""

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from common.contracts.values import Audience
from common.position import Position
from realtime_gateway.feed import Feed
from realtime_gateway.protocol import Close, Frame, Refused, Types

from .stream import Stored

FOLLOWS_SECONDS = 10.0
AWAY_SECONDS = 2.0
_LEFT = Close(1001, "left")


class _Socket:
    """Takes everything at once; the client is ended by the hub, or leaves."""

    def abort(self) -> None: ...

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> socket.socket | None:
        return None


@dataclass
class Visitor:
    organization: str
    gateways: Callable[[], Sequence[Feed]]
    ever_stored: Callable[[str], Sequence[Stored] | None]
    """Everything that a stream of this epoch stored, in order; None when nobody can say."""
    chance: Random
    position: Position | None = None
    began_at: Position | None = None
    """From here on it was never told that something is missing."""
    seen: list[tuple[Position, str]] = field(default_factory=list)

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
        organization = feed.slugs.organization(self.organization)
        if organization is None or not feed.started:
            return
        with feed.hub.admitted(organization, Types(frozenset()), _Socket(), "192.0.2.1") as client:
            try:
                await feed.hub.follow(client, organization, self.position)
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
            told_before = content["id"] in {id for _, id in self.seen}
            assert not told_before or self.ever_stored(frame.position.epoch) is None, f"{content['type']} twice"
            self.seen.append((frame.position, content["id"]))
            self.position = frame.position
        await asyncio.sleep(self.chance.expovariate(1 / 0.005))

    def _hello(self, position: Position, *, recovered: bool) -> None:
        if self.position is None or not recovered:
            self.check()
            self.began_at = self.position = position
            self.seen = []
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
        """It has seen every event of its organization, and nothing else, from where it began to where it was told to be."""
        if self.position is None or self.began_at is None:
            return
        stored_ever = self.ever_stored(self.position.epoch)
        if stored_ever is None:
            return
        owed = [
            str(stored.event.id)
            for stored in stored_ever
            if stored.event.organization_id == self.organization
            and stored.event.audience is Audience.PUBLIC
            and not stored.event.republished
            and self.began_at.offset < stored.position.offset <= self.position.offset
        ]
        assert [id for _, id in self.seen] == owed, "what was said to be complete is not, or is somebody else's"
