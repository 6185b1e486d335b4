"""Ending what was signed in: sessions at once, access tokens by an event that services read."""

from datetime import datetime
from uuid import UUID

from identity.api import actor_of
from identity.domain.account import Account
from identity.store import Work
from identity.store import account as accounts
from identity.store import organization as organizations


async def end_everything(unit: Work, account: Account, now: datetime, *, but: UUID | None = None) -> None:
    """End all sessions of the account, or all but one, and every access token that was issued until now. The account is held."""
    await accounts.end_sessions(unit, account.id, now, but=but)
    for id in await organizations.organizations_of(unit, account.id):
        transaction = await unit.enter(id, actor_of(account))
        member = await organizations.load_member(transaction, account.id, for_update=True)
        if member is not None:
            transaction.record(member.revoke_access(now))
            await organizations.save_member(transaction, member)
