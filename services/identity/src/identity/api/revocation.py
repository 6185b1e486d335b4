"""Ending what was signed in: sessions at once, access tokens by an event that services read."""

from datetime import datetime
from uuid import UUID

from identity.api import actor_of, held_memberships
from identity.domain.account import Account
from identity.store import Work
from identity.store import account as accounts
from identity.store import organization as organizations


async def end_everything(unit: Work, account: Account, now: datetime, *, but: UUID | None = None) -> None:
    """End all sessions of the account, or all but one, and every access token that was issued until now. The account is held."""
    await accounts.end_sessions(unit, account.id, now, but=but)
    async for transaction, member in held_memberships(unit, account, actor_of(account)):
        transaction.record(member.revoke_access(now))
        await organizations.save_member(transaction, member)
