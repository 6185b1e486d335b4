"""A session: what keeps one browser signed in, a family of refresh tokens of which each use makes the next.

A refresh token is `tdr_<selector>.<secret>`. The selector names the family and stays; the secret changes with each use. Only hashes are
kept. The next secret is an HMAC of the present one under a nonce that is kept, so that whoever sends the same token again within the
grace gets the same successor: parallel refreshes agree, and a lost answer is repeated. Neither a token nor the tables alone give it.

Who knows the selector had a token of the family. So a secret that is neither the present nor the preceding one is an older one: two
parties hold the family, nobody can tell which is the thief, and it ends for both.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from identity.domain.secrets import digest, is_same, written

GRACE = timedelta(seconds=60)
IDLE_MAX = timedelta(days=30)
_TOKEN = re.compile(r"tdr_([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    selector: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """None for what never was one."""
        found = _TOKEN.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    def __str__(self) -> str:
        return f"tdr_{self.selector}.{self.secret}"

    def successor(self, nonce: bytes) -> "RefreshToken":
        return RefreshToken(self.selector, written(hmac.digest(nonce, self.secret.encode(), hashlib.sha256)))


@dataclass
class Session:
    """`organization_id` is the one that its next access token is for, None while the account has none."""

    id: UUID
    account_id: UUID
    organization_id: str | None
    selector_hash: bytes
    secret_hash: bytes
    created_at: datetime
    rotated_at: datetime
    last_used_at: datetime
    preceding_hash: bytes | None = None
    nonce: bytes | None = None
    ended_at: datetime | None = None

    @classmethod
    def begin(
        cls, id: UUID, account_id: UUID, organization_id: str | None, *, token: RefreshToken, now: datetime
    ) -> "Session":
        """The family of its first token."""
        hashes = digest(token.selector), digest(token.secret)
        return cls(id, account_id, organization_id, *hashes, created_at=now, rotated_at=now, last_used_at=now)

    def is_over(self, now: datetime) -> bool:
        return self.ended_at is not None or now - self.last_used_at > IDLE_MAX

    def end(self, now: datetime) -> None:
        self.ended_at = self.ended_at or now

    def accepts(self, token: RefreshToken, now: datetime) -> bool:
        """Whether the token speaks for this session. An older one ends it, which is to be saved although the answer is no."""
        if self.is_over(now):
            return False
        if self._is_present(token) or self._is_preceding(token, now):
            return True
        self.end(now)
        return False

    def refresh(self, token: RefreshToken, *, nonce: bytes, now: datetime) -> RefreshToken | None:
        """The token that follows; None when this one is accepted no more. `nonce` is fresh randomness for each call."""
        if not self.accepts(token, now):
            return None
        self.last_used_at = now
        if self.nonce is not None and not self._is_present(token):
            return token.successor(self.nonce)
        successor = token.successor(nonce)
        self.preceding_hash, self.secret_hash = self.secret_hash, digest(successor.secret)
        self.nonce, self.rotated_at = nonce, now
        return successor

    def _is_present(self, token: RefreshToken) -> bool:
        return is_same(digest(token.secret), self.secret_hash)

    def _is_preceding(self, token: RefreshToken, now: datetime) -> bool:
        if self.preceding_hash is None or now - self.rotated_at > GRACE:
            return False
        return is_same(digest(token.secret), self.preceding_hash)
