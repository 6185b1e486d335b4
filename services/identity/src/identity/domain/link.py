"""One-time links that prove something once: that a mailbox is read, or that somebody runs this installation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.contracts.rules import RuleError


class Purpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"
    FIRST_ADMIN = "first_admin"


VALID = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.FIRST_ADMIN: timedelta(hours=24),
}


def unusable() -> RuleError:
    """The answer to a link that is unknown, used, too old, or for something else: which of them is nobody's business."""
    return RuleError("link-not-valid", "body.token", "The link was used, is too old, or never was one.")


@dataclass
class Link:
    """`account_id` is None for the one that makes the first admin."""

    secret_hash: bytes
    purpose: Purpose
    account_id: UUID | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    @classmethod
    def create(cls, secret_hash: bytes, purpose: Purpose, account_id: UUID | None, now: datetime) -> "Link":
        return cls(secret_hash, purpose, account_id, created_at=now, expires_at=now + VALID[purpose])

    def use(self, purpose: Purpose, now: datetime) -> None:
        if self.purpose is not purpose or self.used_at is not None or now >= self.expires_at:
            raise unusable()
        self.used_at = now
