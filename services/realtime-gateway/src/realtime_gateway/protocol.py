"""What goes over the wire: frames, close codes, and the query of a subscription. Pure.

Invariants
- A frame is encoded once, whoever and however many read it: `data` of an event is spliced in as the JSON it already is, sockets
  and event streams carry the same bytes, and filtering by type never touches them.
- Close codes 3000-3499 mean "come back with your position" (34xx: and with a fresh ticket), 3500 and up mean "do not" (4429: not for 60 s).
"""

import json
import random
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from pydantic_core import from_json

from common.clock import now, rfc3339
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position

PREFIX = "/realtime/v1"
RETRY_AFTER_MAX_MS = 10_000
TYPES_MAX = 50

_ENCODER = json.JSONEncoder(separators=(",", ":"))
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}(?:\.[a-z][a-z0-9_]{0,63})?\Z")


@dataclass(frozen=True, slots=True)
class Close:
    """Why a connection ends. The name is for metrics, the reason for the person who looks at the browser's console."""

    name: str
    code: int
    reason: str


GONE = Close("gone", 1001, "The client went away.")
LOST = Close("gone", 1011, "keepalive ping timeout")
SHUTDOWN = Close("shutdown", 3001, "The server is shutting down. Reconnect from your position.")
NOT_READY = Close("not_ready", 3002, "The server is starting. Try again.")
SLOW = Close("slow", 3008, "You read too slowly. Reconnect from your position.")
RESTARTED = Close("restarted", 3010, "The stream became another one. Reconnect.")
NO_TICKET = Close(
    "no_ticket", 3401, "The ticket is unknown, used or too old. Come back with a fresh one and your position."
)
EXPIRED = Close("expired", 3402, "The access token ended. Come back with a fresh ticket and your position.")
BAD_REQUEST = Close("bad_request", 3501, "The query is malformed.")
REVOKED = Close("revoked", 4401, "Your access was revoked. Do not come back with this token.")
FOREIGN_ORIGIN = Close("foreign_origin", 4403, "Members' sockets are not for pages of this origin.")
OTHER_PAGE = Close("other_page", 4403, "The ticket is for another organization's page.")
UNKNOWN = Close("unknown", 4404, "There is no such page.")
TOO_MANY = Close("too_many", 4429, "Too many connections. Do not come back for 60 seconds.")
TOO_OFTEN = Close("too_often", 4429, "Too many messages. Do not come back for 60 seconds.")
TOO_LARGE = Close("too_large", 1009, "The message is too large.")


class Refused(Exception):
    """A connection that is not let in. Sockets close with `close`, event streams answer the problem that it stands for."""

    def __init__(self, close: Close, detail: str | None = None) -> None:
        super().__init__(detail or close.reason)
        self.close = close
        self.detail = detail or close.reason


@dataclass(frozen=True)
class Frame:
    """One message to clients. `content` is its JSON, on a single line; `time` is when that happened of which it tells."""

    type: str
    position: Position
    time: datetime
    content: bytes

    @classmethod
    def of(cls, event: Envelope, position: Position) -> Self:
        """Raises ValueError when the data is no JSON: one bad event must not break the parser of every client."""
        data = event.data
        from_json(data, allow_inf_nan=False)
        # A raw line break can only stand between JSON tokens, where a space means the same, and would end an SSE line.
        if b"\n" in data or b"\r" in data:
            data = data.replace(b"\n", b" ").replace(b"\r", b" ")
        head = {"type": event.type, "id": str(event.id), "time": rfc3339(event.time), "position": str(position)}
        return cls(event.type, position, event.time, _dumps(head)[:-1] + b',"data":' + data + b"}")

    @property
    def is_event(self) -> bool:
        """Whether it comes from the stream; what the gateway itself says has a name without a dot."""
        return "." in self.type

    @cached_property
    def text(self) -> str:
        """As a socket's text message. ASGI wants a string; it is made once and shared like the bytes."""
        return self.content.decode()

    @cached_property
    def server_sent(self) -> bytes:
        """As a server-sent event; its id is what a browser sends back as Last-Event-ID."""
        return b"id: %b\nevent: %b\ndata: %b\n\n" % (str(self.position).encode(), self.type.encode(), self.content)


def hello(position: Position, audience: Audience, *, recovered: bool) -> Frame:
    """The first frame. A client that was not recovered fetches a snapshot after a delay that differs from client to client."""
    delay = 0 if recovered else random.randint(0, RETRY_AFTER_MAX_MS)
    # Written out, because everybody who comes is told one of their own; nothing in it needs an escape.
    said = (
        f'"position":"{position}","audience":"{audience}","recovered":{str(recovered).lower()},"retry_after_ms":{delay}'
    )
    return Frame("hello", position, now(), f'{{"type":"hello",{said}}}'.encode())


def heartbeat(position: Position) -> Frame:
    return _told("heartbeat", position)


@dataclass(frozen=True, slots=True)
class Types:
    """Which events a client wants: full types and whole aggregates. An unknown name is simply never met."""

    names: frozenset[str]

    def wants(self, frame: Frame) -> bool:
        return not self.names or frame.type in self.names or frame.type.partition(".")[0] in self.names


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a client asks for. `since`: it has seen everything up to there; None: it starts now."""

    since: Position | None
    types: Types

    @classmethod
    def parse(cls, since: str | None, types: str | None, last_event_id: str | None = None) -> "Subscription":
        """Raises Refused. A browser repeats its first URL when it reconnects, so what it saw last outranks `since`."""
        since = last_event_id or since
        if since is None and types is None:
            return _ALL_FROM_NOW_ON
        names = frozenset(types.split(",")) if types is not None else frozenset()
        if len(names) > TYPES_MAX or not all(_TYPE.match(name) for name in names):
            raise Refused(BAD_REQUEST, f"types: at most {TYPES_MAX} names such as incident or incident.opened")
        try:
            return cls(Position.parse(since) if since is not None else None, Types(names))
        except ValueError as error:
            raise Refused(BAD_REQUEST, f"since: {error}") from error


_ALL_FROM_NOW_ON = Subscription(None, Types(frozenset()))
"""What most ask for."""


def renewed(position: Position, expires_at: datetime | None) -> Frame:
    """A member's socket goes on until then; None: for as long as it likes."""
    return _told("renewed", position, expires_at=rfc3339(expires_at) if expires_at is not None else None)


def not_renewed(position: Position) -> Frame:
    """A member's socket ends when it was to end before."""
    return _told("refused", position)


def _told(type: str, position: Position, **content: object) -> Frame:
    """A frame that is no event."""
    return Frame(type, position, now(), _dumps({"type": type, "position": str(position), **content}))


def _dumps(value: object) -> bytes:
    return _ENCODER.encode(value).encode()
