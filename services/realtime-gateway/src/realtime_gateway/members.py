"""Members' sockets: whose they are, and until when.

Invariants
- A member's socket ends when what its ticket was got with ends, unless the member renewed it in band, and at once when that is revoked.
- A renewal changes until when, and nothing else: not whose the socket is, and not what is heard on it.
"""

import asyncio
import time
from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ValidationError

from common.authentication import Authenticator
from common.claims import InvalidTokenError, Principal
from common.tokens import KeysUnavailableError
from realtime_gateway.crowd import Follower
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import (
    EXPIRED,
    NO_TICKET,
    REVOKED,
    TOO_LARGE,
    TOO_OFTEN,
    Refused,
    not_renewed,
    renewed,
)

MESSAGE_MAX = 20 * 1024
MESSAGES_A_SECOND = 5


class Renewal(BaseModel):
    """What a member may say."""

    type: Literal["renew"]
    token: str


class Member:
    def __init__(self, client: Follower, principal: Principal) -> None:
        self.client = client
        self.principal = principal
        self._ending: asyncio.TimerHandle | None = None
        self._heard_at: deque[float] = deque(maxlen=MESSAGES_A_SECOND)
        self.continue_as(principal)

    def continue_as(self, principal: Principal) -> None:
        """Go on until this one ends."""
        self.cancel()
        self.principal = principal
        if principal.expires_at is not None:
            wait = max(0.0, principal.expires_at - time.time())
            self._ending = asyncio.get_running_loop().call_later(wait, self.client.end, EXPIRED)

    def cancel(self) -> None:
        if self._ending is not None:
            self._ending.cancel()

    def may_say(self, size: int) -> bool:
        """Ends the client when it says too much or too often."""
        moment = asyncio.get_running_loop().time()
        if size > MESSAGE_MAX:
            self.client.end(TOO_LARGE)
        elif len(self._heard_at) == MESSAGES_A_SECOND and self._heard_at[0] > moment - 1:
            self.client.end(TOO_OFTEN)
        self._heard_at.append(moment)
        return self.client.ended is None


class Members:
    def __init__(self, hub: Hub, authenticator: Authenticator) -> None:
        self._hub = hub
        self._authenticator = authenticator
        self._members: defaultdict[str, set[Member]] = defaultdict(set)
        authenticator.known.on_change(self._end_revoked)

    def join(self, client: Follower, principal: Principal) -> Member:
        """The client as this member's, until it leaves. Raises Refused."""
        if not self._authenticator.known.allows(principal):
            # Since the ticket was got. Whoever comes for another one is told why there is none.
            raise Refused(NO_TICKET)
        member = Member(client, principal)
        self._members[principal.organization_id].add(member)
        return member

    def leave(self, member: Member) -> None:
        member.cancel()
        organization_id = member.principal.organization_id  # whatever was renewed, it is the same one's
        self._members[organization_id].discard(member)
        if not self._members[organization_id]:
            del self._members[organization_id]

    async def hear(self, member: Member, said: str | bytes) -> None:
        """Take in what a member says: a renewal is answered, and so is what is none."""
        if not member.may_say(len(said)):
            return
        position = self._hub.position
        assert position is not None, "nobody is admitted before"
        try:
            principal = await self._authenticator.principal(Renewal.model_validate_json(said).token)
        except (ValidationError, InvalidTokenError, KeysUnavailableError):
            principal = None
        if principal is None or _whose(principal) != _whose(member.principal):
            member.client.push_always(not_renewed(position))
            return
        member.continue_as(principal)
        until = principal.expires_at
        member.client.push_always(renewed(position, datetime.fromtimestamp(until, UTC) if until is not None else None))

    def _end_revoked(self, organization_id: str) -> None:
        for member in list(self._members.get(organization_id, ())):  # some leave when they are told
            if not self._authenticator.known.allows(member.principal):
                member.client.end(REVOKED)


def _whose(principal: Principal) -> tuple[str, str, str]:
    return principal.issuer, principal.user_id, principal.organization_id
