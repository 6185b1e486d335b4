"""One connected client: what waits to be sent to it, and how its connection ends.

Invariants
- Frames are sent in the order they were given, one at a time, and the client holds references only: the bytes are everybody's.
- At most `unsent_max_bytes` of live frames wait. What a client missed before it came does not count: these frames are the ring's,
  and the client that does not take them is stalled.
- Whatever the client does, its connection is gone `CLOSE_SECONDS` after `end`, and `end` frees what waited at once.
"""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from realtime_gateway.protocol import SLOW, Close, Frame, Types

CLOSE_SECONDS = 5.0


class Connection(Protocol):
    """What the gateway needs of an asyncio transport."""

    def abort(self) -> None: ...
    def is_closing(self) -> bool: ...
    def get_write_buffer_size(self) -> int: ...
    def get_extra_info(self, name: str) -> socket.socket | None: ...


def drop(connection: Connection) -> None:
    """End a connection now, with a reset. Does nothing when it has ended already.

    After an ordinary close the kernel would go on, for minutes, offering what it still holds to a client that does not read.
    """
    underlying = connection.get_extra_info("socket")
    if underlying is not None:
        with contextlib.suppress(OSError, ValueError):
            underlying.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.abort()


class Client:
    def __init__(self, connection: Connection, types: Types, unsent_max_bytes: int) -> None:
        self.types = types
        self.ended: Close | None = None
        self._connection = connection
        self._unsent_max_bytes = unsent_max_bytes
        self._queue: deque[Frame] = deque()
        self._uncounted = 0
        self._unsent = 0
        self._wake = asyncio.Event()
        self._handed_over = 0
        self._drained = 0
        self._progress_at = asyncio.get_running_loop().time()

    def begin(self, frames: Sequence[Frame]) -> None:
        """What the client gets first: hello, and what it missed."""
        if self.ended is None:
            self._queue.extend(frames)
            self._uncounted = len(frames)
            self._wake.set()

    def push(self, frame: Frame) -> None:
        """Queue an event."""
        if self.types.wants(frame):
            self.push_always(frame)

    def push_always(self, frame: Frame) -> None:
        """Queue a frame whatever types the client asked for."""
        if self.ended is not None:
            return
        self._unsent += len(frame.content)
        if self._unsent > self._unsent_max_bytes:
            self.end(SLOW)
            return
        self._queue.append(frame)
        self._wake.set()

    async def run(self, send: Callable[[Frame], Awaitable[None]]) -> None:
        """Send what is queued until `end` is called."""
        while self.ended is None:
            if not self._queue:
                self._wake.clear()
                await self._wake.wait()
                continue
            frame = self._queue.popleft()
            self._handed_over += len(frame.content)
            await send(frame)
            if self._uncounted:
                self._uncounted -= 1
            else:
                self._unsent -= len(frame.content)

    def end(self, close: Close) -> None:
        """Stop sending. The first reason counts. A send that is under way goes on until the connection is dropped."""
        if self.ended is not None:
            return
        self.ended = close
        self._queue.clear()
        self._wake.set()
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, drop, self._connection)

    def end_if_stalled(self, at: float, seconds: float) -> None:
        """To be called every now and then: ends the client when bytes have waited for it for so long and it took none."""
        unsent = self._connection.get_write_buffer_size()
        # Without the few bytes of framing: bytes handed over less bytes waiting only ever grows by what the client took.
        drained = self._handed_over - unsent
        if unsent == 0 or drained > self._drained:
            self._progress_at = at
        elif at - self._progress_at > seconds:
            self.end(SLOW)
        self._drained = drained
