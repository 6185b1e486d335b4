"""Organizations, members and invitations."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from common.contracts.values import Role
from common.database import Transaction
from identity.domain.invitation import Invitation
from identity.domain.member import Member
from identity.domain.organization import Organization
from identity.store import METADATA, Unit
from identity.store.account import account

organization = Table(
    "organization",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("proposed_slug", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)

member = Table(
    "member",
    METADATA,
    Column("organization_id", ForeignKey(organization.c.organization_id), nullable=False),
    Column("account_id", Uuid, nullable=False),  # an account's: `belonging` has the foreign key
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    Column("not_before", DateTime(timezone=True)),
    Column("access_version", Integer, nullable=False),
    PrimaryKeyConstraint("organization_id", "account_id"),
)

belonging = Table(
    "belonging",
    METADATA,
    Column("account_id", ForeignKey(account.c.id), nullable=False),
    Column("organization_id", ForeignKey(organization.c.organization_id), nullable=False),
    PrimaryKeyConstraint("account_id", "organization_id"),
)

invitation = Table(
    "invitation",
    METADATA,
    Column("organization_id", ForeignKey(organization.c.organization_id), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("invited_by", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("accepted_at", DateTime(timezone=True)),
    Column("withdrawn_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("organization_id", "id"),
    Index("ix_invitation_organization_id_secret_hash", "organization_id", "secret_hash"),
)


async def load_organization(transaction: Transaction, *, for_update: bool = False) -> Organization | None:
    """The organization of the transaction, None when it is another issuer's. Held, nobody else changes its members."""
    statement = select(organization).where(organization.c.organization_id == transaction.organization_id)
    row = (await transaction.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    if row is None:
        return None
    fields = dict(row._mapping)
    return Organization(id=fields.pop("organization_id"), **fields)


async def save_organization(transaction: Transaction, saved: Organization) -> None:
    fields = asdict(saved)
    row: dict[str, Any] = {"organization_id": fields.pop("id"), **fields}
    await transaction.execute(
        insert(organization).values(row).on_conflict_do_update(index_elements=["organization_id"], set_=row)
    )


async def organizations_of(unit: Unit, account_id: UUID) -> list[str]:
    """The ids of those that the account is a member of, the longest known first."""
    statement = select(belonging.c.organization_id).where(belonging.c.account_id == account_id)
    return list((await unit.execute(statement.order_by(belonging.c.organization_id))).scalars())


async def load_member(
    transaction: Transaction, account_id: UUID, *, former: bool = False, for_update: bool = False
) -> Member | None:
    """The member; with `former` also one that was. Held, if it is to be saved."""
    statement = select(member).where(
        member.c.organization_id == transaction.organization_id, member.c.account_id == account_id
    )
    if not former:
        statement = statement.where(member.c.removed_at.is_(None))
    row = (await transaction.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    return _member(row) if row is not None else None


async def list_members(transaction: Transaction) -> list[Member]:
    """In the order in which they joined."""
    statement = select(member).where(
        member.c.organization_id == transaction.organization_id, member.c.removed_at.is_(None)
    )
    rows = await transaction.execute(statement.order_by(member.c.joined_at, member.c.account_id))
    return [_member(row) for row in rows]


async def other_admins(transaction: Transaction, account_id: UUID) -> int:
    """How many admins there are but this one. True until the transaction ends only while the organization is held."""
    statement = select(func.count()).where(
        member.c.organization_id == transaction.organization_id,
        member.c.account_id != account_id,
        member.c.role == "admin",
        member.c.removed_at.is_(None),
    )
    return int((await transaction.execute(statement)).scalar_one())


async def save_member(transaction: Transaction, saved: Member) -> None:
    """Write the membership, and whether the account belongs to the organization."""
    row: dict[str, Any] = {
        "organization_id": transaction.organization_id,
        **asdict(saved),
        "role": saved.role.name.lower(),
    }
    keys = ["organization_id", "account_id"]
    await transaction.execute(insert(member).values(row).on_conflict_do_update(index_elements=keys, set_=row))
    pair = {"account_id": saved.account_id, "organization_id": transaction.organization_id}
    if saved.removed_at is None:
        await transaction.execute(insert(belonging).values(pair).on_conflict_do_nothing())
    else:
        await transaction.execute(
            delete(belonging).where(
                belonging.c.account_id == saved.account_id, belonging.c.organization_id == transaction.organization_id
            )
        )


async def save_invitation(transaction: Transaction, saved: Invitation) -> None:
    row = {"organization_id": transaction.organization_id, **asdict(saved), "role": saved.role.name.lower()}
    await transaction.execute(
        insert(invitation).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )


async def load_invitation(transaction: Transaction, id: UUID) -> Invitation | None:
    """Held until the transaction ends."""
    statement = select(invitation).where(
        invitation.c.organization_id == transaction.organization_id, invitation.c.id == id
    )
    row = (await transaction.execute(statement.with_for_update())).one_or_none()
    return _invitation(row) if row is not None else None


async def find_invitation(transaction: Transaction, secret_hash: bytes) -> Invitation | None:
    """The one whose mail has this secret, held until the transaction ends."""
    statement = select(invitation).where(
        invitation.c.organization_id == transaction.organization_id, invitation.c.secret_hash == secret_hash
    )
    row = (await transaction.execute(statement.with_for_update())).one_or_none()
    return _invitation(row) if row is not None else None


async def open_invitations(transaction: Transaction, now: datetime) -> list[Invitation]:
    """In the order in which they were sent."""
    statement = select(invitation).where(
        invitation.c.organization_id == transaction.organization_id,
        invitation.c.accepted_at.is_(None),
        invitation.c.withdrawn_at.is_(None),
        invitation.c.expires_at > now,
    )
    return [_invitation(row) for row in await transaction.execute(statement.order_by(invitation.c.id))]


async def withdraw_former(transaction: Transaction, email: str, now: datetime) -> None:
    """A new invitation of somebody takes the place of an open one."""
    await transaction.execute(
        update(invitation)
        .where(
            invitation.c.organization_id == transaction.organization_id,
            invitation.c.email == email,
            invitation.c.accepted_at.is_(None),
            invitation.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )


def _member(row: Row[Any]) -> Member:
    fields = dict(row._mapping)
    del fields["organization_id"]
    return Member(**{**fields, "role": Role[row.role.upper()]})


def _invitation(row: Row[Any]) -> Invitation:
    fields = dict(row._mapping)
    del fields["organization_id"]
    return Invitation(**{**fields, "role": Role[row.role.upper()]})
