"""A person's account: one e-mail address, one password. Which organizations it belongs to is told by memberships."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts.rules import RuleError

EMAIL_MAX = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def normalised_email(text: str, *, where: str = "body.email") -> str:
    """The one way of writing an address: lower case, its domain as DNS has it. Mail is sent to this, never to what somebody typed.

    Before the @ only ASCII is allowed: letters of other alphabets that become a Latin one would make two addresses the same.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    address = f"{local.lower()}@{domain}"
    is_whole = at and len(local) <= 64 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_whole or len(address) > EMAIL_MAX:
        raise RuleError("invalid-email", where, "This is no e-mail address.")
    return address


@dataclass
class Account:
    """`verified_at` is when somebody proved to read the address's mail; before, the account cannot be signed in to."""

    id: UUID
    email: str
    name: str
    password_hash: str
    created_at: datetime
    password_changed_at: datetime
    verified_at: datetime | None = None

    @classmethod
    def sign_up(cls, id: UUID, *, email: str, name: str, password_hash: str, now: datetime) -> "Account":
        return cls(id, email, name, password_hash, created_at=now, password_changed_at=now)

    def verify(self, now: datetime) -> None:
        """The address is proven; once is enough."""
        self.verified_at = self.verified_at or now

    def change_password(self, password_hash: str, now: datetime) -> None:
        """Whatever was signed in with the former one is to be ended with it."""
        self.password_hash = password_hash
        self.password_changed_at = now
