"""Runs a service under uvicorn: uvloop, no per-message compression, limits on slow and oversized headers and on slow readers, and a stop by
which no request fails: see `Server`."""

import asyncio
import contextlib
import ctypes
import logging
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httptools
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from common.limits import HEADERS_MAX_BYTES
from common.settings import Settings

log = logging.getLogger(__name__)

HEADER_SECONDS = 10.0
# What a system holds for who reads slowly, a few MB, is to be read in that time.
READ_SECONDS = 30.0
GRACE_SECONDS = 10
# How long a kept connection may rest before a stop ends it. The edge ends it sooner (`keepalive` in deploy/edge/routes.caddy), so that no
# request meets a connection that is being ended here.
REST_SECONDS = 5.0
# As long as it takes to shake hands with whoever has begun to.
HANDSHAKE_SECONDS = 0.03
_SO_ATTACH_FILTER = 26  # of Linux; Python does not name it


class Kept:
    """A connection on which something may be asked, which a stop has to know."""

    _is_last = False

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing that was asked is unanswered."""
        return True

    def answer_for_the_last_time(self) -> None:
        """The next answer says that nothing is to be asked on this connection any more."""
        self._is_last = True


class GuardedProtocol(Kept, HttpToolsProtocol):
    """Ends a connection whose request head is not complete after 10 s, or has grown past what the limits allow, and one whose client
    does not read for 30 s what was written for it."""

    _guard: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _came = 0
    """So many bytes last."""

    @property
    def is_at_rest(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def answer_for_the_last_time(self) -> None:
        """An answer whose head was sent has not said so, and is not it."""
        super().answer_for_the_last_time()
        if not self.is_at_rest and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._guard = self.loop.call_later(HEADER_SECONDS, self._head_is_late)

    def data_received(self, data: bytes) -> None:
        self._came = len(data)
        if self._guard is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        # The head alone is limited here; the limits middleware answers 431 for one that is complete, and measures bodies.
        if self._guard is not None and self._head_bytes > 4 * HEADERS_MAX_BYTES:
            self._head_is_late()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._guard is None:
            self._head_bytes = 0
            self._guard = self.loop.call_later(HEADER_SECONDS, self._head_is_late)

    def on_headers_complete(self) -> None:
        self._disarm()
        super().on_headers_complete()
        if self._is_last and self.cycle is not None:
            self.cycle.keep_alive = False

    def handle_websocket_upgrade(self) -> None:
        # uvicorn calls this where the parser has raised how many bytes were HTTP's, and forgets those behind.
        if cast(httptools.HttpParserUpgrade, sys.exception()).args[0] < self._came:
            self.send_400_response("A WebSocket's client must not speak before it is answered.")
            return
        super().handle_websocket_upgrade()
        self._is_read()
        # It and this refer to each other: without this, both stay until garbage is collected, of thousands that reconnect at once.
        self.parser = cast(Any, None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The transport holds as much as it takes."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_read()

    def _is_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _head_is_late(self) -> None:
        self._disarm()
        if not self.transport.is_closing():
            self.transport.close()

    def _disarm(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
            self._guard = None


class Server(uvicorn.Server):
    """Asked to stop, it refuses, finishes, says goodbye and ends, in this order.

    A refused connection is what an edge can try elsewhere whatever the request, because nothing was sent yet. On connections that are kept,
    requests are answered, and the answer says `Connection: close`; the edge itself ends those that rest. So no request is ever sent to where
    it is not answered. `before_shutdown` is called then, while sockets are still open: uvicorn itself would end them at once with 1012.
    """

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], Awaitable[None]] | None) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._refuse()
        await self._answer_who_is_connected()
        if self._before_shutdown is not None:
            await self._before_shutdown()
        await super().shutdown(sockets)

    async def _refuse(self) -> None:
        """Whoever has begun to shake hands is let in first: a listener that closes resets them, and their requests may be under way."""
        for server in self.servers:
            for listener in server.sockets:
                be_deaf(listener.fileno())
        for _ in range(2):  # twice, because a loop that was held up looks at its clock before it looks who is there
            await asyncio.sleep(HANDSHAKE_SECONDS)
        for server in self.servers:
            server.close()

    async def _answer_who_is_connected(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + REST_SECONDS
        rests = True
        while rests and loop.time() < deadline and not self.force_exit:
            self._kept()
            await asyncio.sleep(0.05)  # before the first look, because who was let in last is connected only then
            rests = any(connection.is_at_rest for connection in self._kept())

    def _kept(self) -> list[Kept]:
        """Those that are connected, but for sockets. Each is told with the next answer that it was the last."""
        kept: list[Kept] = [each for each in self.server_state.connections if isinstance(each, Kept)]
        for connection in kept:
            connection.answer_for_the_last_time()
        return kept


def be_deaf(listener: int) -> None:
    """Have the kernel drop what begins a new connection (SYN without ACK), and go on with those that have begun; on Linux."""
    if sys.platform != "linux":
        return
    # Classic BPF, five of struct sock_filter: load the byte of TCP's flags; keep those two bits; drop if SYN alone is set; else keep all.
    instructions = ((0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in instructions))
    filter = struct.pack("HP", len(instructions), ctypes.addressof(program))
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(listener)) as same:  # a sandbox may not allow it
        same.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter)


def run(
    app: ASGIApp,
    settings: Settings,
    *,
    access_log: bool = False,
    before_shutdown: Callable[[], Awaitable[None]] | None = None,
    http: Callable[..., asyncio.Protocol] = GuardedProtocol,
    sockets: Callable[..., asyncio.Protocol] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; connections that rest get 5 s to be ended by the edge, and requests under way 10 s to finish.

    `http` makes the protocol of a connection, and `sockets` that of one which becomes a WebSocket, both called as uvicorn calls its own;
    without `sockets` the application gets them as ASGI has it.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=cast(type[asyncio.Protocol], http),
        ws=cast(type[asyncio.Protocol], sockets) if sockets is not None else "websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=64 * 1024,
        access_log=access_log,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=4096,
    )
    Server(config, before_shutdown).run()
