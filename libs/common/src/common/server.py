"""Runs a service under uvicorn: uvloop, no per-message compression, limits on slow and oversized headers and on slow readers, and a stop that
says goodbye."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

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


class GuardedProtocol(HttpToolsProtocol):
    """Ends a connection whose request head is not complete after 10 s, or has grown past what the limits allow, and one whose client
    does not read for 30 s what was written for it."""

    _guard: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._guard = self.loop.call_later(HEADER_SECONDS, self._head_is_late)

    def data_received(self, data: bytes) -> None:
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
    """Calls `before_shutdown` when asked to stop, while connections are still open: uvicorn itself would end sockets at once with 1012."""

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], Awaitable[None]] | None) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._before_shutdown is not None:
            await self._before_shutdown()
        await super().shutdown(sockets)


def run(
    app: ASGIApp,
    settings: Settings,
    *,
    access_log: bool = False,
    before_shutdown: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way get 10 s to finish."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=GuardedProtocol,
        ws="websockets-sansio",
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
