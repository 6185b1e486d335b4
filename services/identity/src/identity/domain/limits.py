"""How often something may be tried, and from where. A limit is a bucket that holds `burst` and fills again within `window`.

Nobody can lock the owner of an account out. What is counted for an account counts from places where nobody signed in to it before; at one
where somebody did, only what is tried there counts. A mail that is not sent because many were leaves the codes of those before good. And
asking for a new password always leads to a code that whoever reads the mailbox can use.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

PLACE_KNOWN = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    name: str
    burst: int
    window: timedelta

    @property
    def each(self) -> timedelta:
        """How long one takes to come back."""
        return self.window / self.burst


_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

SIGN_IN_FROM_ADDRESS = Limit("sign-in from address", 60, _QUARTER)
SIGN_IN_AT_PLACE = Limit("sign-in to account from address", 10, _QUARTER)
SIGN_IN_TO_ACCOUNT = Limit("sign-in to account", 50, _HOUR)
PASSWORD_OF_ACCOUNT = Limit("change of password", 10, _QUARTER)
NAME_OF_ACCOUNT = Limit("change of name", 20, _HOUR)
SIGN_UP_FROM_ADDRESS = Limit("sign-up from address", 20, _HOUR)
FORGOTTEN_FROM_ADDRESS = Limit("forgotten from address", 20, _HOUR)
CODES_FROM_ADDRESS = Limit("codes from address", 60, _QUARTER)
SIGN_UP_MAILS = Limit("mails of sign-up", 5, _HOUR)
RESET_MAILS = Limit("mails of reset", 5, _HOUR)
INVITATIONS_OF_ORGANIZATION = Limit("invitations of organization", 60, _HOUR)
INVITATIONS_TO_ADDRESS = Limit("invitations to address", 5, _DAY)


def network_of(host: str) -> str:
    """Where a request comes from: an IPv4 address, or the /64 that one IPv6 subscriber has for themselves."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
