"""Who is let in: the one place with the rules for sockets and event streams, whoever does their protocol.

Invariants
- Nobody is let in before everything was asked: query, page, origin, ticket, limits, and whether the ticket's access still stands.
- Whoever is let in counts until `leave`, and is counted out once.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Literal, NamedTuple, Self

from common.claims import Principal
from common.contracts.values import Audience
from common.metrics import CONNECTIONS, CONNECTIONS_CLOSED, CONNECTIONS_OPENED
from realtime_gateway.channels import Channel
from realtime_gateway.client import Client, Connection
from realtime_gateway.crowd import Follower
from realtime_gateway.feed import Feed
from realtime_gateway.hub import Seat
from realtime_gateway.members import Member, Members
from realtime_gateway.protocol import FOREIGN_ORIGIN, GONE, NOT_READY, UNKNOWN, Refused, Subscription
from realtime_gateway.settings import GatewaySettings
from realtime_gateway.tickets import Tickets

Kind = Literal["websocket", "sse"]
_KINDS: tuple[Kind, ...] = ("websocket", "sse")
_WHO = {Audience.PUBLIC: "visitor", Audience.INTERNAL: "member"}
# Looked up once, because a connection costs little more than that.
_OPENED = {(kind, of): CONNECTIONS_OPENED.labels(kind, who) for kind in _KINDS for of, who in _WHO.items()}
_OPEN = {(kind, of): CONNECTIONS.labels(kind, who) for kind in _KINDS for of, who in _WHO.items()}


class Asked(NamedTuple):
    """What somebody who wants to be let in says of themselves. `ticket`: None is a visitor's."""

    kind: Kind
    slug: str
    subscription: Subscription
    address: str
    ticket: str | None = None
    origins: Sequence[str] = ()
    host: str | None = None


class Visit:
    """Somebody who was let in. `member` is None of a visitor."""

    __slots__ = ("_kind", "_members", "_seat", "member")

    def __init__(self, kind: Kind, seat: Seat, members: Members) -> None:
        self.member: Member | None = None
        self._kind = kind
        self._seat: Seat | None = seat
        self._members = members
        _OPENED[kind, seat.channel.audience].inc()
        _OPEN[kind, seat.channel.audience].inc()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Who could not be brought in altogether leaves."""
        if error is not None:
            self.leave()

    def join(self, principal: Principal | None) -> None:
        """Go on as this member, if it is one. Raises Refused."""
        if principal is not None and self._seat is not None:
            self.member = self._members.join(self._seat.client, principal)

    def leave(self) -> None:
        """Does nothing the second time."""
        seat, self._seat = self._seat, None
        if seat is not None:
            if self.member is not None:
                self._members.leave(self.member)
            _OPEN[self._kind, seat.channel.audience].dec()
            CONNECTIONS_CLOSED.labels((seat.client.ended or GONE).name).inc()
            seat.leave()


class Door:
    def __init__(self, settings: GatewaySettings, feed: Feed, tickets: Tickets, members: Members) -> None:
        self.members = members
        self._settings = settings
        self._feed = feed
        self._tickets = tickets

    async def enter(self, asked: Asked, client: Follower) -> Visit:
        """Let somebody in, and bring them to the present. Raises Refused."""
        organization_id = self._organization(asked.slug)
        ticket = self._ticket(asked)
        principal = await self._tickets.redeem(ticket) if ticket is not None else None
        channel = Channel.of(organization_id, principal)
        with Visit(asked.kind, self._feed.hub.admit(client, channel, asked.address), self.members) as visit:
            visit.join(principal)
            await self._feed.hub.follow(client, channel, asked.subscription.since)
        return visit

    def enter_at_once(self, asked: Asked, client: Follower) -> Visit | None:
        """As `enter`, in one step, where nothing is to be waited for, which is so for most. None: there is, or might be, and nothing
        was done yet. Raises Refused."""
        organization_id = self._organization(asked.slug)
        ticket, principal, since = self._ticket(asked), None, asked.subscription.since
        if ticket is not None:
            # What a member missed may have to be loaded; by then the ticket would be used.
            principal = self._tickets.redeem_here(ticket) if since is None else None
            if principal is None:
                return None
        channel = Channel.of(organization_id, principal)
        if self._feed.hub.has_to_wait(channel, since):
            return None
        with Visit(asked.kind, self._feed.hub.admit(client, channel, asked.address), self.members) as visit:
            visit.join(principal)
            self._feed.hub.follow_at_once(client, channel, since)
        return visit

    @contextlib.asynccontextmanager
    async def entered(self, asked: Asked, connection: Connection) -> AsyncIterator[tuple[Client, Member | None]]:
        """A client with a queue, let in while the block runs. Raises Refused."""
        client = Client(connection, asked.subscription.types, self._settings.unsent_max_bytes)
        visit = await self.enter(asked, client)
        try:
            yield client, visit.member
        finally:
            client.end(GONE)
            visit.leave()

    def _organization(self, slug: str) -> str:
        """Whose page it is. Raises Refused."""
        if not self._feed.started:
            raise Refused(NOT_READY)
        organization_id = self._feed.slugs.organization(slug)
        if organization_id is None:
            raise Refused(UNKNOWN)
        return organization_id

    def _ticket(self, asked: Asked) -> str | None:
        """With which a member comes, from where members may come. None: a visitor. Raises Refused."""
        # Programs say no origin. Without a ticket any origin is welcome: what is public is for everybody.
        if asked.ticket is not None and not all(
            self._settings.is_of_console(origin, asked.host) for origin in asked.origins
        ):
            raise Refused(FOREIGN_ORIGIN)
        return asked.ticket
