"""An invitation by e-mail: whoever reads that mailbox may join with the role that is offered, once, for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts.rules import RuleError
from common.contracts.values import Role

VALID = timedelta(days=7)
OPEN_MAX = 200


def check_room(open_invitations: int) -> None:
    if open_invitations >= OPEN_MAX:
        raise RuleError("too-many-invitations", "body", f"At most {OPEN_MAX} invitations can be open at a time.")


@dataclass
class Invitation:
    """The mail has the secret; here is only its hash."""

    id: UUID
    email: str
    role: Role
    secret_hash: bytes
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @classmethod
    def create(
        cls, id: UUID, *, email: str, role: Role, secret_hash: bytes, invited_by: UUID, now: datetime
    ) -> "Invitation":
        return cls(id, email, role, secret_hash, invited_by, created_at=now, expires_at=now + VALID)

    def is_open(self, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at

    def accept(self, now: datetime) -> None:
        if not self.is_open(now):
            raise RuleError(
                "invitation-over", "body.token", "The invitation was used, withdrawn, or is too old.", conflict=True
            )
        self.accepted_at = now

    def withdraw(self, now: datetime) -> None:
        """What was accepted stays so."""
        if self.accepted_at is None:
            self.withdrawn_at = self.withdrawn_at or now
