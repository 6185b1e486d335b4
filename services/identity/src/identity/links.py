"""One-time codes (`identity.domain.link`), wherever they go to: into a mail, or to whoever runs this installation."""

from uuid import UUID

from common.clock import now
from identity.domain.link import Link, Purpose
from identity.domain.secrets import digest, new_secret
from identity.store import Work, account


async def new_code(unit: Work, purpose: Purpose, account_id: UUID | None) -> str:
    """A code that is good once. The one before for the same is good no more."""
    code = new_secret()
    await account.add_link(unit, Link.create(digest(code), purpose, account_id, now()))
    return code
