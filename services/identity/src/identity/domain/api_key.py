"""An API key: a machine's credential for one organization, with a role. It is shown once; services get its hash by event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts import identity as contract
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.rules import RuleError
from common.contracts.values import Role
from identity.domain.secrets import digest, written

KEYS_MAX = 100
HINT_CHARACTERS = len(contract.KEY_PREFIX) + 4
USE_NOTED_EVERY = timedelta(minutes=1)


def check_room(keys: int) -> None:
    if keys >= KEYS_MAX:
        raise RuleError("too-many-api-keys", "body", f"An organization has at most {KEYS_MAX} API keys.")


def api_key(secret: bytes) -> str:
    """The key as it is sent."""
    return contract.KEY_PREFIX + written(secret)


@dataclass
class ApiKey:
    """`hint` is how the key begins, so that people recognise it."""

    id: UUID
    name: str
    role: Role
    key_hash: bytes
    hint: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    version: int = 0
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @classmethod
    def create(
        cls,
        id: UUID,
        *,
        key: str,
        name: str,
        role: Role,
        created_by: str,
        expires_at: datetime | None,
        now: datetime,
    ) -> tuple["ApiKey", DomainEvent]:
        if expires_at is not None and expires_at <= now:
            raise RuleError("expiry-in-past", "body.expires_at", "The key would have expired already.")
        made = cls(id, name, role, digest(key), key[:HINT_CHARACTERS], created_by, now, expires_at, version=1)
        return made, DomainEvent("api_key.created", str(id), 1, now, made.payload(), None)

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def note_use(self, now: datetime) -> bool:
        """Whether it is to be saved: once a minute is enough to see that a key is in use."""
        if self.last_used_at is not None and now - self.last_used_at < USE_NOTED_EVERY:
            return False
        self.last_used_at = now
        return True

    def revoke(self, now: datetime) -> DomainEvent | None:
        """None when it was revoked before."""
        if self.revoked_at is not None:
            return None
        self.revoked_at = now
        self.version += 1
        tombstone = Tombstone(id=str(self.id), deleted_at=now)
        return DomainEvent("api_key.revoked", str(self.id), self.version, now, tombstone, None)

    def payload(self) -> contract.ApiKey:
        return contract.ApiKey(
            id=str(self.id),
            name=self.name,
            role=contract.RoleName(self.role.name.lower()),
            key_hash=self.key_hash.hex(),
            created_at=self.created_at,
            expires_at=self.expires_at,
            version=self.version,
        )
