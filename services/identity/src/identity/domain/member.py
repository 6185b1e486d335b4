"""Membership: which role an account has in an organization, and from when on its access tokens are believed there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts import identity as contract
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.rules import RuleError
from common.contracts.values import Role


@dataclass
class Member:
    """A membership that ended is kept with its versions, so that nothing old comes back when the person does.

    `not_before` is the whole second before which tokens were issued that are believed no more. It has a version of its own: to sign out
    everywhere is no change of the membership.
    """

    account_id: UUID
    name: str
    email: str
    role: Role
    joined_at: datetime
    updated_at: datetime
    version: int = 0
    removed_at: datetime | None = None
    not_before: datetime | None = None
    access_version: int = 0

    @classmethod
    def join(
        cls, former: "Member | None", *, account_id: UUID, name: str, email: str, role: Role, now: datetime
    ) -> tuple["Member", DomainEvent]:
        """`former` is the membership that the account had before, if any."""
        member = cls(account_id, name, email, role, joined_at=now, updated_at=now)
        if former is not None:
            if former.removed_at is None:
                raise RuleError("already-member", "body", "The account is a member already.", conflict=True)
            member.version, member.access_version = former.version, former.access_version
            member.not_before = former.not_before
        return member, member._changed("member.joined", now)

    def change_role(self, role: Role, *, other_admins: int, now: datetime) -> list[DomainEvent]:
        """Tokens that say a higher role than the new one are believed no more. `other_admins` does not count this one."""
        if role is self.role:
            return []
        if self.role is Role.ADMIN and other_admins == 0:
            raise _last_admin()
        is_lower = role < self.role
        self.role = role
        changed = self._changed("member.role_changed", now)
        return [changed, self.revoke_access(now)] if is_lower else [changed]

    def rename(self, name: str, now: datetime) -> DomainEvent | None:
        """None when they have that name."""
        if name == self.name:
            return None
        self.name = name
        return self._changed("member.renamed", now)

    def remove(self, *, other_admins: int, now: datetime) -> list[DomainEvent]:
        """Also what leaving is."""
        if self.role is Role.ADMIN and other_admins == 0:
            raise _last_admin()
        self.removed_at = now
        self.version += 1
        self.updated_at = now
        tombstone = Tombstone(id=str(self.account_id), deleted_at=now)
        removed = DomainEvent("member.removed", str(self.account_id), self.version, now, tombstone, None)
        return [removed, self.revoke_access(now)]

    def revoke_access(self, now: datetime) -> DomainEvent:
        """Refuse every access token that was issued until now. Tokens tell whole seconds, so the present one counts as past."""
        self.not_before = now.replace(microsecond=0) + timedelta(seconds=1)
        self.access_version += 1
        payload = contract.AccessRevoked(subject=str(self.account_id), not_before=self.not_before)
        return DomainEvent("access.revoked", str(self.account_id), self.access_version, now, payload, None)

    def issued_at(self, now: datetime) -> datetime:
        """What a token of now says when it was issued: never before the second from which on tokens are believed."""
        return now if self.not_before is None else max(now, self.not_before)

    def payload(self) -> contract.Member:
        return contract.Member(
            id=str(self.account_id),
            name=self.name,
            email=self.email,
            role=contract.RoleName(self.role.name.lower()),
            joined_at=self.joined_at,
            updated_at=self.updated_at,
            version=self.version,
        )

    def _changed(self, event_type: str, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        return DomainEvent(event_type, str(self.account_id), self.version, now, self.payload(), None)


def _last_admin() -> RuleError:
    return RuleError("last-admin", "body", "The last admin stays. Make another member an admin before.", conflict=True)
