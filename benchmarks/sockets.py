"""WebSocket clients that cost next to nothing, and a meter of when events reach them.

Plain asyncio protocols: a client that competes for the machine with what it measures would measure itself.
"""

import asyncio
import base64
import os
import time
from dataclasses import dataclass, field

EVENTS = ("incident.opened", "page.changed")
PATIENCE_SECONDS = 30
REST_SECONDS = 0.3
_NAMES = {name: f'"{name}"'.encode() for name in EVENTS}
_PING, _CLOSE = 0x9, 0x8


@dataclass
class Round:
    """Seconds after the request was sent until each of EVENTS was at the first and at the last socket."""

    first: dict[str, float] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    answered: float = 0.0


class Meter:
    """Waits, in each round, for both events that carry the round's mark to be at every socket."""

    def __init__(self) -> None:
        self.sockets = 0
        self.frames = 0
        self.mark = b""
        self._began = 0.0
        self._round = Round()
        self._missing: dict[str, int] = {}
        self._complete = asyncio.get_running_loop().create_future()

    def begin(self, mark: str) -> Round:
        self.mark = mark.encode()
        self._round = Round()
        self._missing = dict.fromkeys(EVENTS, self.sockets)
        self._complete = asyncio.get_running_loop().create_future()
        self._began = time.perf_counter()
        return self._round

    def answered(self) -> None:
        self._round.answered = time.perf_counter() - self._began

    def seen(self, event: str) -> None:
        after = time.perf_counter() - self._began
        self._round.first.setdefault(event, after)
        self._missing[event] -= 1
        if self._missing[event] == 0:
            self._round.last[event] = after
            if len(self._round.last) == len(EVENTS) and not self._complete.done():
                self._complete.set_result(None)

    def lost(self, why: str) -> None:
        if not self._complete.done():
            self._complete.set_exception(ConnectionError(f"the gateway ended a socket: {why}"))

    async def complete(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._complete
        except TimeoutError:
            raise TimeoutError(f"sockets that still miss an event: {self._missing}") from None

    async def rest(self) -> None:
        """Until nothing has come for a while: what catalog answers, and the pages after it, are over."""
        frames = -1
        while frames != self.frames:
            frames = self.frames
            await asyncio.sleep(REST_SECONDS)


class Socket(asyncio.Protocol):
    def __init__(self, meter: Meter, path: str) -> None:
        self._meter = meter
        self._path = path
        self._received = bytearray()
        self._seen: dict[str, bytes] = {}
        self._why = "without a word"
        self.greeted = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self.greeted.done():
            head, found, frames = self._received.partition(b"\r\n\r\n")
            if not found or len(frames) < 2:
                return
            assert head.startswith(b"HTTP/1.1 101 "), head
            self._received = frames
            self.greeted.set_result(None)
        while (end := end_of_frame(self._received)) is not None:
            self._take(bytes(self._received[:end]))
            del self._received[:end]

    def connection_lost(self, error: Exception | None) -> None:
        self._meter.lost(f"{self._why} {error or ''}")

    def _take(self, frame: bytes) -> None:
        self._meter.frames += 1
        if frame[0] & 0xF == _PING:
            # A client's frames are masked, here with zeros. A ping without its answer would end the connection.
            self._transport.write(bytes([0x8A, 0x80 | frame[1], 0, 0, 0, 0]) + frame[2:])
        elif frame[0] & 0xF == _CLOSE:
            self._why = repr(frame[2:])
        elif self._meter.mark and self._meter.mark in frame:
            for event, name in _NAMES.items():
                if name in frame and self._seen.get(event) != self._meter.mark:
                    self._seen[event] = self._meter.mark
                    self._meter.seen(event)


def end_of_frame(received: bytes | bytearray) -> int | None:
    """Where the first frame ends (a server's, so not masked); None when it is not complete yet."""
    if len(received) < 2:
        return None
    size, head = received[1], 2
    if size >= 126:
        head = 4 if size == 126 else 10
        size = int.from_bytes(received[2:head])
    return head + size if len(received) >= head + size else None


async def connect(meter: Meter, port: int, path: str, count: int) -> None:
    """So many sockets, greeted; a few at a time: how they connect is not what is measured."""
    loop = asyncio.get_running_loop()
    while meter.sockets < count:
        some = range(min(50, count - meter.sockets))
        opened = await asyncio.gather(
            *(loop.create_connection(lambda: Socket(meter, path), "127.0.0.1", port) for _ in some)
        )
        await asyncio.gather(*(socket.greeted for _, socket in opened))
        meter.sockets += len(opened)
