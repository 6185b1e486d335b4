"""The first bytes of a connection. Mostly they are a request for a socket, and then nobody needs HTTP's parser.

uvicorn makes a `Doorstep` for each connection. Are its first bytes one whole plain request for a socket (`upgrade.py`), the connection is a lean
socket's from then on. Everything else is for uvicorn, with the bytes as they came: what comes in parts, what has more behind it, what is in
any way doubtful. A request for a socket that is read there comes to the same `Sockets` (decision 0034).

Invariants
- Who says nothing is sent away after HEADER_SECONDS. Who begins to has as long again, as on any connection.
- Meanwhile it rests: a stop ends it, and what it asks while there is a stop is the last thing.
- Nothing is kept of a connection that was handed on.
"""

import asyncio
from typing import Any, cast

from uvicorn import Config
from uvicorn.server import ServerState

from common.server import HEADER_SECONDS, GuardedProtocol, Kept
from realtime_gateway.lean import Sockets
from realtime_gateway.upgrade import read_plain


class Doorstep(Kept, asyncio.Protocol):
    _transport: asyncio.Transport
    _guard: asyncio.TimerHandle

    def __init__(
        self,
        sockets: Sockets,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._sockets = sockets
        self._given = (config, server_state, app_state)
        self._connections: set[Any] = server_state.connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        self._guard = asyncio.get_running_loop().call_later(HEADER_SECONDS, self.shutdown)

    def data_received(self, data: bytes) -> None:
        self._leave()
        if (upgrade := read_plain(data)) is not None:
            socket = self._sockets(*self._given)
            socket.connection_made(self._transport)
            socket.open(upgrade)
            return
        http = GuardedProtocol(*self._given)
        if self._is_last:
            http.answer_for_the_last_time()
        http.connection_made(self._transport)
        self._transport.set_protocol(http)
        http.data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._leave()

    def shutdown(self) -> None:
        """Send it away: it said nothing in time, or uvicorn stops."""
        self._transport.close()

    def _leave(self) -> None:
        self._guard.cancel()
        self._connections.discard(self)
