"""The sending side of a lean socket: what is written to its connection, what waits, and how it ends.

Invariants
- A connection that takes no more holds what is left of one piece; further frames wait in a backlog, of which there is one only then. Where
  there is none, the transport holds nothing: it says so itself the moment it does, because its high water is 0.
- Nothing is written to a file descriptor whose transport is closing: its number may be another connection's.
- Whatever the client does, its connection is gone `CLOSE_SECONDS` after it was told to go.
"""

import asyncio
import os
from collections.abc import Sequence
from typing import cast

from realtime_gateway import framing
from realtime_gateway.backlog import Backlog
from realtime_gateway.client import CLOSE_SECONDS, drop
from realtime_gateway.crowd import Crowd
from realtime_gateway.protocol import SLOW, Close, Frame, Types

_EVERYTHING = Types(frozenset())


class Line(asyncio.Protocol):
    __slots__ = (
        "_backlog",
        "_fd",
        "_greeting",
        "_loop",
        "_transport",
        "_unsent_max_bytes",
        "crowd",
        "ended",
        "types",
    )
    _transport: asyncio.Transport

    def __init__(self, unsent_max_bytes: int) -> None:
        self.types = _EVERYTHING
        self.ended: Close | None = None
        self.crowd: Crowd | None = None
        self._loop = asyncio.get_running_loop()
        self._fd = -1
        self._unsent_max_bytes = unsent_max_bytes
        self._backlog: Backlog | None = None
        # What is to be sent before anything else, if it was not yet.
        self._greeting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # uvicorn does this too, but later, and the next line may already have something to say to the protocol.
        self._transport.set_protocol(self)
        # So that it says when it holds anything, and when it does not any more.
        self._transport.set_write_buffer_limits(high=0)
        if transport.get_extra_info("sslcontext") is None:
            self._fd = transport.get_extra_info("socket").fileno()

    def pause_writing(self) -> None:
        if self._backlog is None:
            self._backlog = Backlog(self._unsent_max_bytes)
        self._backlog.block(self._loop.time(), self._transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        if self._backlog is not None:
            self._backlog.is_blocked = False
            self._drain()

    def connection_lost(self, error: Exception | None) -> None:
        self._fd = -1
        self._backlog = None

    def told(self) -> None:
        """The last thing was handed over; may be called again."""

    # What a crowd calls

    def begin(self, frames: Sequence[Frame]) -> None:
        if self.ended is not None:
            return
        first, *missed = frames
        self._write(self._take_greeting() + framing.text(first.content))
        if missed:
            was_blocked = self._backlog is not None
            self._backlog = Backlog(self._unsent_max_bytes, missed)
            if was_blocked:
                self.pause_writing()
            self._drain()

    def take(self, piece: bytes, frames: Sequence[Frame]) -> None:
        if self.ended is not None:
            return
        if self._backlog is None:
            self._write(piece)
        elif not self._backlog.add(frames):
            self.end(SLOW)

    def push_always(self, frame: Frame) -> None:
        if self.crowd is not None:
            self.crowd.tell(self, frame)

    def end(self, close: Close) -> None:
        self._go(close, framing.close(close.code, close.reason))

    def end_if_stalled(self, at: float, seconds: float) -> None:
        if self._backlog is not None and self._backlog.is_stalled(at, self._transport.get_write_buffer_size(), seconds):
            self.end(SLOW)

    # How

    def _write(self, data: bytes) -> None:
        """Straight to the connection where nothing waits in between, which costs half of what the transport's own way does."""
        transport = self._transport
        if transport.is_closing():
            return
        rest: bytes | memoryview = data
        if self._backlog is None and self._fd >= 0:
            try:
                written = os.write(self._fd, data)
            except BlockingIOError:
                written = 0
            except OSError:
                # The client is gone; reading tells the transport the same in a moment.
                return
            if written == len(data):
                return
            rest = memoryview(data)[written:]
        transport.write(rest)

    def _greet(self) -> None:
        if self._greeting:
            self._write(self._take_greeting())

    def _take_greeting(self) -> bytes:
        greeting, self._greeting = self._greeting, b""
        return greeting

    def _drain(self) -> None:
        """Send what waits until the connection takes no more."""
        backlog = self._backlog
        assert backlog is not None
        while backlog and not backlog.is_blocked:
            self._write(backlog.next_piece())
        if not backlog.is_blocked:
            self._backlog = None
            if self.ended is not None:
                self.told()

    def _go(self, close: Close, last: bytes) -> None:
        """Say the last thing. Does nothing the second time."""
        if self.ended is not None:
            return
        self.ended = close
        if self._backlog is not None:
            self._backlog.clear()
        self._write(self._take_greeting() + last)
        self._loop.call_later(CLOSE_SECONDS, drop, self._transport)
        if self._backlog is None:
            self.told()
