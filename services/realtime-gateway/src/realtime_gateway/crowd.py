"""Everybody who follows one channel, and the rounds in which lean sockets get its frames.

A client with a queue gets each frame at once. Lean sockets are written to in rounds: what was published until a round begins is joined into one
piece of bytes for all of them. The first frame after a while begins a round at once; the next one begins JOIN_SECONDS later at the earliest.

Invariants
- Every socket gets the channel's frames in their order, each once, while a round is under way too: a round is over before the next begins,
  its sockets are those who followed when it began, and who comes meanwhile has got what was published so far and gets the rest.
- A round never holds the loop for longer than a slice takes, some milliseconds.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from realtime_gateway import framing
from realtime_gateway.client import Client
from realtime_gateway.protocol import Close, Frame, Types

JOIN_SECONDS = 0.005
JOINED_MAX_BYTES = 64 * 1024
"""A round carries no more than this, and one frame."""
WAITING_MAX_BYTES = 1 << 20
"""More than this does not wait for a round: the stream is read more slowly."""
SLICE_COST = 1 << 20
SOCKET_COST = 4096
"""A write costs about as much as copying so many bytes, so a slice is 200 sockets, or fewer if they get much."""

Sent = Callable[[], None]


class Lean(Protocol):
    """A client without a queue and a task of its own: whoever sends to it writes to its connection."""

    types: Types
    ended: Close | None
    crowd: "Crowd | None"

    def begin(self, frames: Sequence[Frame]) -> None:
        """What it gets first: hello, and what it missed."""

    def take(self, piece: bytes, frames: Sequence[Frame]) -> None:
        """Send a piece, which is these frames. Never raises, whatever became of the connection."""

    def push_always(self, frame: Frame) -> None:
        """Tell it something alone, behind all that it is to get before."""

    def end(self, close: Close) -> None:
        """Send nothing more and close. The first reason counts."""

    def end_if_stalled(self, at: float, seconds: float) -> None:
        """To be called every now and then: ends it when bytes have waited for it for so long and it took none."""


Follower = Client | Lean


class Part(NamedTuple):
    """What some sockets get in a round."""

    piece: bytes
    frames: Sequence[Frame]
    sockets: Sequence[Lean]


class Crowd:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queued: set[Client] = set()
        self._lean: dict[Types, dict[Lean, None]] = {}
        self._size = 0
        self._waiting: list[tuple[Frame, Sent | None]] = []
        self._waiting_bytes = 0
        # Those for whom in the next round there is something else than for all: they came late, or are told something alone.
        self._own: dict[Lean, list[Frame]] = {}
        self._begins: asyncio.Handle | None = None
        self._not_before = 0.0
        self._round: Iterator[None] | None = None
        self._began = asyncio.Event()

    def __len__(self) -> int:
        return self._size

    @property
    def is_full(self) -> bool:
        return self._waiting_bytes > WAITING_MAX_BYTES

    async def room(self) -> None:
        while self.is_full:
            await self._began.wait()

    def add(self, follower: Follower) -> None:
        """From the next frame on. It has got everything before."""
        self._size += 1
        if isinstance(follower, Client):
            self._queued.add(follower)
            return
        follower.crowd = self
        self._lean.setdefault(follower.types, {})[follower] = None
        if self._waiting:
            self._own[follower] = []

    def discard(self, follower: Follower) -> None:
        if isinstance(follower, Client):
            self._size -= follower in self._queued
            self._queued.discard(follower)
            return
        group = self._lean.get(follower.types, {})
        self._size -= follower in group
        group.pop(follower, None)
        self._own.pop(follower, None)
        if not group:
            self._lean.pop(follower.types, None)

    def publish(self, frame: Frame, sent: Sent | None = None) -> None:
        """Give everybody who wants it a frame. `sent` is called once it was written to all who keep up."""
        for client in self._queued:
            if frame.is_event:
                client.push(frame)
            else:
                client.push_always(frame)
        for lean, frames in self._own.items():
            if lean.types.wants(frame) or not frame.is_event:
                frames.append(frame)
        self._waiting.append((frame, sent))
        self._waiting_bytes += len(frame.content)
        self._wake()

    def tell(self, lean: Lean, frame: Frame) -> None:
        """Give a frame to one, behind all that it is to get before."""
        if lean in self._own:
            self._own[lean].append(frame)
        elif self._waiting or self._round is not None:
            self._own[lean] = [*_wanted([frame for frame, _ in self._waiting], lean.types), frame]
        else:
            lean.take(_piece([frame]), [frame])
            return
        self._wake()

    def _wake(self) -> None:
        if self._begins is None and self._round is None:
            if self._loop.time() >= self._not_before:
                # Not in this very step: what else this turn of the loop publishes goes with it.
                self._begins = self._loop.call_soon(self._begin)
            else:
                self._begins = self._loop.call_at(self._not_before, self._begin)

    def _begin(self) -> None:
        self._begins = None
        self._not_before = self._loop.time() + JOIN_SECONDS
        count = size = 0
        while count < len(self._waiting) and size < JOINED_MAX_BYTES:
            size += len(self._waiting[count][0].content)
            count += 1
        now, self._waiting = self._waiting[:count], self._waiting[count:]
        self._waiting_bytes -= size
        own, self._own = self._own, {}
        if self._waiting:
            self._own = {lean: [] for lean in own}  # they get all of theirs now, and what waits is among it
        self._began.set()
        self._began.clear()
        parts = self._parts([frame for frame, _ in now], own)
        self._round = _slices(parts)
        self._go_on([sent for _, sent in now if sent is not None])

    def _parts(self, frames: Sequence[Frame], own: dict[Lean, list[Frame]]) -> list[Part]:
        parts = []
        for types, group in self._lean.items():
            if wanted := _wanted(frames, types):
                parts.append(Part(_piece(wanted), wanted, [lean for lean in group if lean not in own]))
        parts += [Part(_piece(frames), frames, [lean]) for lean, frames in own.items() if frames]
        return parts

    def _go_on(self, sent: Sequence[Sent]) -> None:
        assert self._round is not None
        for _ in self._round:
            self._loop.call_soon(self._go_on, sent)
            return
        self._round = None
        for each in sent:
            each()
        if self._waiting or self._own:
            self._wake()


def _slices(parts: Sequence[Part]) -> Iterator[None]:
    cost = 0
    for piece, frames, sockets in parts:
        for socket in sockets:
            socket.take(piece, frames)
            cost += SOCKET_COST + len(piece)
            if cost >= SLICE_COST:
                cost = 0
                yield


def _piece(frames: Sequence[Frame]) -> bytes:
    return framing.texts(frame.content for frame in frames)


def _wanted(frames: Sequence[Frame], types: Types) -> Sequence[Frame]:
    return frames if not types.names else [frame for frame in frames if types.wants(frame) or not frame.is_event]
