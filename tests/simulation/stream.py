"""A simulated JetStream, with what was measured of the real one: the same Nats-Msg-Id is stored once within a window, a durable has one
message in flight and delivers it again, a restart may lose the end or the whole stream, and a stream that is created counts from 1.

How processes reach it, and what may happen on the way, is `connection`'s business.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol
from uuid import UUID

from nats.js.api import StreamConfig

from common.contracts.values import Audience
from common.envelope import Envelope
from common.stream import EPOCH_KEY, Received

ACK_WAIT_SECONDS = 5.0
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stored:
    offset: int
    event: Envelope
    headers: Mapping[str, str]
    at: float

    @property
    def is_public(self) -> bool:
        return self.event.audience is Audience.PUBLIC

    def received(self) -> Received:
        return Received(self.offset, self.event.subject, self.headers, self.event.data)


class Observer(Protocol):
    """Is told of everything that happens to the stream."""

    def epoch_began(self, epoch: str) -> None: ...
    def stored(self, stored: Stored) -> None: ...
    def lost(self, lost: Sequence[Stored]) -> None: ...


class Server:
    """One stream and what happens to it. `interruptions` counts its restarts: each of them ends every connection."""

    observer: Observer

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.up = True
        self.interruptions = 0
        self.drop_rate = 0.0
        self.gap_rate = 0.0
        self.config: StreamConfig | None = None
        """None: there is no stream."""
        self.messages: list[Stored] = []
        self.durables: dict[str, Durable] = {}
        # Retries are to come within the window, what is published again may come after it.
        self._window = chance.choice((60.0, 300.0))
        self._known: dict[UUID, Stored] = {}
        self._changed = asyncio.Event()

    @property
    def epoch(self) -> str | None:
        return (self.config.metadata or {})[EPOCH_KEY] if self.config else None

    def declare(self, config: StreamConfig) -> None:
        before, self.config = self.epoch, config
        if self.epoch is not None and self.epoch != before:
            self.observer.epoch_began(self.epoch)
            self.tell()

    def declare_durable(self, name: str, subjects: Sequence[str]) -> None:
        if name not in self.durables:
            self.durables[name] = Durable(self, subjects)
            self.tell()

    def store(self, event: Envelope, headers: Mapping[str, str]) -> tuple[Stored, bool]:
        """The message as it is stored now or, and then it is a duplicate, was before."""
        now = asyncio.get_running_loop().time()
        known = self._known.get(event.id)
        if known is not None and now - known.at < self._window:
            return known, True
        stored = Stored(len(self.messages) + 1, event, headers, now)
        self.messages.append(stored)
        self._known[event.id] = stored
        self.observer.stored(stored)
        self.tell()
        return stored, False

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

    def lose_end(self, count: int) -> None:
        """While it is stopped: an old copy of the disk."""
        assert not self.up
        kept = max(0, len(self.messages) - count)
        lost = self.messages[kept:]
        del self.messages[kept:]
        self._known = {stored.event.id: stored for stored in self.messages}
        for durable in self.durables.values():
            durable.set_back(kept)
        self.observer.lost(lost)

    def lose_disk(self) -> None:
        """While it is stopped: no stream, no consumers."""
        self.config = None
        self.durables = {}
        self.lose_end(len(self.messages))


class Durable:
    """One message in flight for all replicas together, again after a while when nobody acknowledges it."""

    def __init__(self, server: Server, subjects: Sequence[str]) -> None:
        self._server = server
        self._subjects = re.compile("|".join(_pattern(subject) for subject in subjects))
        self._floor = 0
        self._delivered = 0
        self._again_at = 0.0

    def set_back(self, end: int) -> None:
        self._floor = min(self._floor, end)
        self._delivered, self._again_at = 0, 0.0

    def take(self) -> tuple[Received, int] | None:
        """A message and how often it was delivered; None while there is none to be delivered."""
        messages = self._server.messages
        while self._floor < len(messages) and not self._subjects.match(messages[self._floor].event.subject):
            self._floor += 1
        now = asyncio.get_running_loop().time()
        if self._floor == len(messages) or now < self._again_at:
            return None
        self._delivered += 1
        self._again_at = now + ACK_WAIT_SECONDS
        return messages[self._floor].received(), self._delivered

    def acknowledge(self, message: Received) -> None:
        if message.offset == self._floor + 1:
            self._floor += 1
            self._delivered, self._again_at = 0, 0.0
            self._server.tell()

    def refuse(self, message: Received, delay: float) -> None:
        if message.offset == self._floor + 1:
            self._again_at = asyncio.get_running_loop().time() + delay


def _pattern(subject: str) -> str:
    return re.escape(subject).replace(r"\*", "[^.]+").replace(">", ".+") + r"\Z"
