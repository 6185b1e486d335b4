"""Our own servers that `fanout.py` compares: the gateway's sockets, lean or plain, and the floor, which is a loop of send() in C.

    python benchmarks/fanout_gateway.py lean|plain|floor PORT

The gateway is what it is in production, from uvicorn to the hub, but for the stream: SIGHUP publishes an event as the feed does, and SIGUSR2 eight.
GET /tickets?count=n answers members' tickets, and POST /settle collects garbage before memory is looked at.
"""

import asyncio
import contextlib
import ctypes
import gc
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import uvloop
from fastapi import FastAPI

from common import server, telemetry
from common.claims import Principal
from common.clock import now, uuid7
from common.contracts.values import Audience, Role
from common.envelope import Envelope
from common.position import Position
from realtime_gateway import framing
from realtime_gateway.api import ConnectionInScope, router
from realtime_gateway.door import Door
from realtime_gateway.doorstep import Doorstep
from realtime_gateway.feed import Feed
from realtime_gateway.lean import Sockets
from realtime_gateway.members import Members
from realtime_gateway.protocol import Frame
from realtime_gateway.settings import GatewaySettings
from realtime_gateway.tickets import Tickets

EPOCH = "abcdefghijkl"
BURST = 8
MARK, SIZE = os.environ.get("MARK", ""), int(os.environ.get("SIZE", "0"))
_SENDS = """
#include <sys/socket.h>
void fan(const int *fds, int count, const char *frame, long size) {
    for (int n = 0; n < count; n++) send(fds[n], frame, size, MSG_NOSIGNAL);
}
"""


class SharedPort(uvloop.Loop):
    """Listens at a port that other processes listen at as well."""

    async def create_server(self, *arguments: Any, **options: Any) -> Any:
        return await super().create_server(*arguments, reuse_port=True, **options)


def on_signals(emit: Callable[[int], None]) -> None:
    """Signals cost nothing, and reach one process of two that share a port."""
    for number, count in ((signal.SIGHUP, 1), (signal.SIGUSR2, BURST)):
        asyncio.get_running_loop().add_signal_handler(number, emit, count)


def gateway(kind: str, port: int) -> None:
    limit = 1_000_000
    settings = GatewaySettings(
        nats_url="nats://unused", port=port, sockets_per_address=limit, sockets_per_organization=limit
    )
    feed, tickets = Feed(settings), Tickets()
    feed.hub.begin(Position(EPOCH, 0))
    feed.slugs = cast(Any, SimpleNamespace(organization={"acme": "acme"}.get))
    known = SimpleNamespace(on_change=lambda _: None, allows=lambda _: True)
    door = Door(settings, feed, tickets, Members(feed.hub, cast(Any, SimpleNamespace(known=known))))
    sockets = Sockets(settings, door)
    offset = 0

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        works = [asyncio.create_task(work) for work in (feed.hub.sweep(), feed.hub.heartbeats(), sockets.ping())]
        on_signals(emit)
        yield
        for work in works:
            work.cancel()

    app = FastAPI(lifespan=lifespan)

    def emit(count: int) -> None:
        nonlocal offset
        for _ in range(count):
            offset += 1
            for audience in Audience:
                data = b'{"mark":"%b","data":"%b"}' % (MARK.encode(), b"x" * SIZE)
                event = Envelope(uuid7(), "acme", audience, "incidents", "incident.opened", "1", 1, now(), data)
                if feed.hub.wants(event):
                    feed.hub.publish(event, Frame.of(event, Position(EPOCH, offset)))
            feed.hub.advance(Position(EPOCH, offset))

    @app.get("/tickets")
    async def make_tickets(count: int) -> list[str]:
        principal = Principal("issuer", "user", "Name", "acme", Role.VIEWER, None, None, 0, None)
        return [tickets.issue(principal) for _ in range(count)]

    @app.post("/settle")
    async def settle() -> None:
        gc.collect()

    app.include_router(router(door, tickets))
    uvloop.new_event_loop = SharedPort
    if kind == "lean":
        server.run(ConnectionInScope(app), settings, http=partial(Doorstep, sockets), sockets=sockets)
    else:
        server.run(ConnectionInScope(app), settings)


def sends() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "fan.c", Path(folder) / "fan.so"
        source.write_text(_SENDS)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
        return ctypes.CDLL(str(library)).fan


class Floor(asyncio.Protocol):
    """Answers an upgrade without looking at it, and sends."""

    connected: ClassVar[dict[asyncio.Protocol, int]] = {}
    fan: ClassVar[Callable[..., object]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.connected.pop(self, None)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST"):
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        elif data.startswith(b"GET"):
            self.connected[self] = self._transport.get_extra_info("socket").fileno()
            hello = b'{"type":"hello"}'
            self._transport.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81" + bytes([len(hello)]) + hello)

    @classmethod
    def emit(cls, count: int) -> None:
        content = b'{"type":"incident.opened","mark":"%b","data":"%b"}' % (MARK.encode(), b"x" * SIZE)
        frame = framing.texts([content])
        fds = (ctypes.c_int * len(cls.connected))(*cls.connected.values())
        for _ in range(count):
            cls.fan(fds, len(fds), frame, ctypes.c_long(len(frame)))


async def floor(port: int) -> None:
    Floor.fan = sends()
    on_signals(Floor.emit)
    listening = await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port, backlog=4096)
    await listening.serve_forever()


if __name__ == "__main__":
    telemetry.configure("fanout", "warning")
    if sys.argv[1] == "floor":
        uvloop.run(floor(int(sys.argv[2])))
    else:
        gateway(sys.argv[1], int(sys.argv[2]))
