"""Tickets for members' sockets: a browser cannot send a token with a WebSocket, and a token has no place in a URL.

A ticket is got over HTTP with a token, is good for 30 s and for one socket, and stays in the memory of the replica that made it. Its clear
part names that replica, so any other one redeems it there: core NATS carries the hash of the secret part and brings back who it is for.

Invariants
- A ticket is redeemed at most once, by whichever replicas at whatever time: only its maker knows it, and forgets it in one step.
- The secret part is kept by nobody, and written nowhere: not in memory, not on NATS, not in a log.
"""

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import TypeAdapter

from common.claims import Principal
from common.stream import STREAM_ERRORS
from realtime_gateway.protocol import NO_TICKET, Refused

TICKET_SECONDS = 30
TICKETS_MAX = 10_000
"""More than these a replica does not keep: the oldest go."""

_SUBJECT = "realtime.tickets"
_ANSWER_SECONDS = 1.0
_FORM = re.compile(r"([0-9a-f]{16})\.([A-Za-z0-9_-]{43})")
_principal = TypeAdapter(Principal)


class Tickets:
    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._replica = secrets.token_hex(8)
        # By the hash of the secret part, the oldest first: for whom, and until when.
        self._kept: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._client: Client | None = None

    def issue(self, principal: Principal) -> str:
        secret = secrets.token_urlsafe(32)
        self._kept[_hash(secret)] = (principal, self._clock() + TICKET_SECONDS)
        while len(self._kept) > TICKETS_MAX or next(iter(self._kept.values()))[1] <= self._clock():
            self._kept.popitem(last=False)
        return f"{self._replica}.{secret}"

    async def redeem(self, ticket: str) -> Principal:
        """Who the ticket was made for, by whichever replica. Raises Refused."""
        replica, key = _parts(ticket)
        principal = self._take(key) if replica == self._replica else await self._redeem_at(replica, key)
        if principal is None:
            raise Refused(NO_TICKET)
        return principal

    def redeem_here(self, ticket: str) -> Principal | None:
        """Who this replica made the ticket for. None: another one did. Raises Refused."""
        replica, key = _parts(ticket)
        if replica != self._replica:
            return None
        principal = self._take(key)
        if principal is None:
            raise Refused(NO_TICKET)
        return principal

    async def serve(self, connected: Callable[[], Awaitable[Client]]) -> None:
        """Answer other replicas, and be able to ask them, once there is a connection."""
        self._client = await connected()
        await self._client.subscribe(f"{_SUBJECT}.{self._replica}", cb=self._answer)

    def _take(self, key: str) -> Principal | None:
        principal, until = self._kept.pop(key, (None, 0.0))
        return principal if until > self._clock() else None

    async def _redeem_at(self, replica: str, key: str) -> Principal | None:
        if self._client is None:
            return None
        try:
            answer = await self._client.request(f"{_SUBJECT}.{replica}", key.encode(), timeout=_ANSWER_SECONDS)
        except STREAM_ERRORS:
            # Nobody is called so, or not any more. An answer that comes too late was the ticket's only one.
            return None
        return _principal.validate_json(answer.data) if answer.data else None

    async def _answer(self, message: Msg) -> None:
        principal = self._take(message.data.decode(errors="replace"))
        await message.respond(_principal.dump_json(principal) if principal is not None else b"")


def _parts(ticket: str) -> tuple[str, str]:
    """The replica that made it, and under what it is kept there. Raises Refused."""
    form = _FORM.fullmatch(ticket)
    if form is None:
        raise Refused(NO_TICKET)
    return form[1], _hash(form[2])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
