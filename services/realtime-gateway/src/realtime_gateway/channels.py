"""Who hears what: the one place where audiences are told apart. Pure.

A channel is what one kind of listener of one organization hears. Everything else (hub, rings, history) deals in channels.

Invariants
- Without a principal there is no way to a members' channel, and with one only to that of the principal's own organization.
- On a visitors' channel there are events of the public audience and no others.
"""

from datetime import timedelta
from typing import NamedTuple

from common.claims import Principal
from common.contracts.values import Audience
from common.envelope import Envelope
from realtime_gateway.protocol import OTHER_PAGE, Refused

VISITORS_REPLAY = timedelta(minutes=15)

_PUBLIC_ONLY = frozenset({"page"})
"""What is published for the public audience alone (decision 0006), and is for members too."""
_FOR_SERVICES = frozenset({"access", "api_key"})
"""What services let callers in by: hashes of keys, and revocations. No listener has a use for it."""


class Channel(NamedTuple):
    organization_id: str
    audience: Audience

    @classmethod
    def of(cls, organization_id: str, principal: Principal | None) -> "Channel":
        """What somebody hears on an organization's page, a principal being who they proved to be. Raises Refused."""
        if principal is None:
            return cls(organization_id, Audience.PUBLIC)
        if principal.organization_id != organization_id:
            raise Refused(OTHER_PAGE)
        return cls(organization_id, Audience.INTERNAL)

    @property
    def is_always_kept(self) -> bool:
        """Whether its events are remembered while nobody listens. Visitors come all at once; members are few and load what they missed."""
        return self.audience is Audience.PUBLIC

    @property
    def replay(self) -> timedelta | None:
        """How old an event may be and still be told to somebody who comes back; None: however old it is."""
        return VISITORS_REPLAY if self.audience is Audience.PUBLIC else None

    @property
    def subjects(self) -> tuple[str, ...]:
        """Where the stream has its events, and maybe others."""
        own = f"status.{self.organization_id}.{self.audience}.>"
        if self.audience is Audience.PUBLIC:
            return (own,)
        return (own, *(f"status.{self.organization_id}.public.*.{aggregate}.>" for aggregate in sorted(_PUBLIC_ONLY)))


def channels_of(event: Envelope) -> tuple[Channel, ...]:
    """Who hears of an event."""
    if event.aggregate in _FOR_SERVICES:
        return ()
    own = Channel(event.organization_id, event.audience)
    if event.audience is Audience.PUBLIC and event.aggregate in _PUBLIC_ONLY:
        return (own, Channel(event.organization_id, Audience.INTERNAL))
    return (own,)
