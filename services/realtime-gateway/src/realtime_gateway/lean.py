"""Sockets without a task, a queue or a library between them and their connection: an event costs one write for each (decision 0034).

`doorstep.py` makes one of a connection that begins with a plain request for a WebSocket, and uvicorn when its HTTP parser has met any other. Everything
else stays FastAPI's, on the same port.

Invariants
- Whoever is let in was let in by the same door as everybody (`door.py`), and is told the same. It takes a task only where something is
  to be waited for.
- What visitors send is read and dropped. What a member sends is thought about one thing after the other, and nothing further is read meanwhile.
- Who is not there any more is noticed by not answering a ping, or by taking nothing (`line.py`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.server import ServerState

from common.metrics import CONNECTIONS_REFUSED
from realtime_gateway import framing
from realtime_gateway.client import drop
from realtime_gateway.door import Asked, Door, Visit
from realtime_gateway.framing import Closing, Failure, Heard, Message, Parser, Ping
from realtime_gateway.line import Line
from realtime_gateway.protocol import GONE, LOST, Close, Refused, Subscription
from realtime_gateway.settings import GatewaySettings
from realtime_gateway.upgrade import NotUpgraded, Upgrade, read

log = logging.getLogger(__name__)

MESSAGE_MAX_BYTES = 64 * 1024
PING_SECONDS = 20.0
PINGS_AT_ONCE = 100
_PING = framing.control(framing.PING)
_RESTART = Close("gone", 1012, "")


class Sockets:
    """All lean sockets of a process, and what they have in common. It is called for each, as uvicorn does it."""

    def __init__(self, settings: GatewaySettings, door: Door) -> None:
        self.door = door
        # Of uvicorn, and of others than ours too; one set of ten thousand is enough.
        self.connections: set[Any] = set()
        self._unsent_max_bytes = settings.unsent_max_bytes
        self._proxies = ProxyHeadersMiddleware(cast(Any, None), settings.trusted_proxies).trusted_hosts

    def __call__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> "Socket":
        self.connections = server_state.connections
        return Socket(self, self._unsent_max_bytes)

    @property
    def open(self) -> list["Socket"]:
        return [each for each in self.connections if isinstance(each, Socket)]

    def address(self, peer: object, forwarded: Sequence[str]) -> str:
        """Where somebody comes from, by the same rules as for requests."""
        host = str(peer[0]) if isinstance(peer, tuple) else ""
        if forwarded and host in self._proxies:
            return self._proxies.get_trusted_client_address(", ".join(forwarded))[0] or host
        return host

    async def ping(self) -> None:
        """Ask all, a few at a time, whether they are there, and end those who did not answer; for ever."""
        loop = asyncio.get_running_loop()
        while True:
            sockets = self.open
            pause = PING_SECONDS / max(1, len(sockets) / PINGS_AT_ONCE)
            for begin in range(0, max(1, len(sockets)), PINGS_AT_ONCE):
                for socket in sockets[begin : begin + PINGS_AT_ONCE]:
                    socket.ping(loop.time())
                await asyncio.sleep(pause)


class Socket(Line):
    """One connection, from its request on."""

    __slots__ = (
        "_awaits_head",
        "_entering",
        "_is_member",
        "_parser",
        "_pinged_at",
        "_said",
        "_sockets",
        "_thinking",
        "_visit",
    )

    def __init__(self, sockets: Sockets, unsent_max_bytes: int) -> None:
        super().__init__(unsent_max_bytes)
        self._sockets = sockets
        self._awaits_head = True
        self._parser: Parser | None = None
        self._entering: asyncio.Task[None] | None = None
        self._visit: Visit | None = None
        self._pinged_at: float | None = None
        self._is_member = False
        # Of a member who says something.
        self._said: deque[str | bytes] | None = None
        self._thinking: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sockets.connections.add(self)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._pinged_at = None
        if self._awaits_head:
            self._upgrade(data)
            return
        # There is one only while a message is not complete, because most sockets say nothing but pong.
        parser = self._parser if self._parser is not None else Parser(MESSAGE_MAX_BYTES)
        self._parser = parser
        for said in parser.feed(data):
            self._hear(said)
        if parser.is_between_messages:
            self._parser = None

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._sockets.connections.discard(self)
        if self.ended is None:
            self.ended = GONE
        for task in (self._entering, self._thinking):
            if task is not None:
                task.cancel()
        self.told()

    def shutdown(self) -> None:
        """What uvicorn does with those that are left when it stops."""
        self.end(_RESTART)
        self._transport.close()

    def told(self) -> None:
        visit, self._visit = self._visit, None
        if visit is not None:
            visit.leave()

    # Coming

    def _upgrade(self, request: bytes) -> None:
        try:
            upgrade = read(request)
        except NotUpgraded as refused:
            self._awaits_head = False
            self.ended = GONE
            self._transport.write(refused.answer)
            self._transport.close()
            return
        self.open(upgrade)

    def open(self, upgrade: Upgrade) -> None:
        """The connection is a WebSocket from here on. Mostly the answer goes with the first frame."""
        self._awaits_head = False
        self._greeting = upgrade.answer
        ticket = upgrade.query.get("ticket")
        self._is_member = ticket is not None
        try:
            subscription = Subscription.parse(upgrade.query.get("since"), upgrade.query.get("types"))
            if subscription.types.names:  # most want everything, and share what says so
                self.types = subscription.types
            address = self._sockets.address(self._transport.get_extra_info("peername"), upgrade.forwarded)
            asked = Asked("websocket", upgrade.slug, subscription, address, ticket, upgrade.origins, upgrade.host)
            self._visit = self._sockets.door.enter_at_once(asked, self)
            if self._visit is None:
                self._entering = self._loop.create_task(self._enter(asked))
                self._greet()
        except Exception as error:
            self._turn_away(error)

    async def _enter(self, asked: Asked) -> None:
        try:
            self._visit = await self._sockets.door.enter(asked, self)
        except Exception as error:
            self._turn_away(error)
        self._entering = None
        if self.ended is not None and self._backlog is None:
            self.told()
        if self._said:
            self._think()

    def _turn_away(self, error: Exception) -> None:
        """Who is not let in is told why; if that is a fault of ours, the log is."""
        if isinstance(error, Refused):
            CONNECTIONS_REFUSED.labels(error.close.name).inc()
            self.end(error.close)
        else:
            log.error("a socket could not be let in", exc_info=error)
            drop(self._transport)

    # Hearing

    def _hear(self, said: Heard) -> None:
        match said:
            case Message(content):
                if self._is_member:
                    self._take_in(content)
            case Ping(payload):
                # Who does not take the answers gets no more of them; and before the greeting there is nobody to ask.
                if self.ended is None and self._backlog is None and not self._greeting:
                    self._write(framing.control(framing.PONG, payload))
            case Closing(payload):
                self._go(GONE, framing.control(framing.CLOSE, payload))
                self._transport.close()
            case Failure(code, reason):
                self._go(GONE, framing.close(code, reason))
                # Closed altogether with something unread, the connection would be reset, and the client might never read the code.
                if self._transport.can_write_eof():
                    self._transport.write_eof()
                else:
                    self._transport.close()

    def _take_in(self, content: str | bytes) -> None:
        if self._said is None:
            self._said = deque()
        self._said.append(content)
        self._transport.pause_reading()
        if self._entering is None:
            self._think()

    def _think(self) -> None:
        if self._thinking is None:
            self._thinking = self._loop.create_task(self._think_of_all())

    async def _think_of_all(self) -> None:
        members = self._sockets.door.members
        try:
            while self._said and self.ended is None and self._visit is not None and self._visit.member is not None:
                await members.hear(self._visit.member, self._said.popleft())
        except Exception:
            log.exception("what a member said could not be heard")
            self.end(GONE)
        finally:
            self._thinking = self._said = None
            if not self._transport.is_closing():
                self._transport.resume_reading()

    # Being there

    def ping(self, at: float) -> None:
        """Ask whether somebody is there, unless bytes that they do not take are the question already."""
        if self.ended is not None or self._backlog is not None or self._greeting or self._awaits_head:
            return
        if self._pinged_at is None:
            self._pinged_at = at
            self._write(_PING)
        elif at - self._pinged_at >= PING_SECONDS:
            self.end(LOST)
