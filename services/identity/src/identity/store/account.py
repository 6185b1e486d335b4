"""Accounts, their sessions, and one-time links. None of them belongs to an organization."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, Table, Text, Uuid, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from identity.domain.account import Account
from identity.domain.link import Link, Purpose
from identity.domain.session import IDLE_MAX, Session
from identity.store import METADATA, Unit

account = Table(
    "account",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("password_changed_at", DateTime(timezone=True), nullable=False),
    Column("verified_at", DateTime(timezone=True)),
)

session = Table(
    "session",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("account_id", ForeignKey(account.c.id), nullable=False),
    Column("organization_id", Text),
    Column("selector_hash", LargeBinary, nullable=False, unique=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("rotated_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True), nullable=False),
    Column("preceding_hash", LargeBinary),
    Column("nonce", LargeBinary),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_session_account_id", "account_id"),
)

link = Table(
    "link",
    METADATA,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("account_id", ForeignKey(account.c.id)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Index("ix_link_account_id", "account_id"),
)


async def find_account(unit: Unit, email: str) -> Account | None:
    row = (await unit.execute(select(account).where(account.c.email == email))).one_or_none()
    return Account(**row._mapping) if row is not None else None


async def load_account(unit: Unit, id: UUID, *, for_update: bool = False) -> Account | None:
    statement = select(account).where(account.c.id == id)
    row = (await unit.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    return Account(**row._mapping) if row is not None else None


async def has_accounts(unit: Unit) -> bool:
    return (await unit.execute(select(account.c.id).limit(1))).one_or_none() is not None


async def add_account(unit: Unit, added: Account) -> bool:
    """False when the address has an account already, perhaps since a moment ago."""
    statement = insert(account).values(asdict(added)).on_conflict_do_nothing(index_elements=["email"])
    return (await unit.execute(statement.returning(account.c.id))).one_or_none() is not None


async def save_account(unit: Unit, saved: Account) -> None:
    await unit.execute(update(account).where(account.c.id == saved.id).values(asdict(saved)))


async def find_session(unit: Unit, selector_hash: bytes) -> Session | None:
    """The session, held until the transaction ends: of parallel refreshes each sees what the one before made of it."""
    statement = select(session).where(session.c.selector_hash == selector_hash).with_for_update()
    row = (await unit.execute(statement)).one_or_none()
    return Session(**row._mapping) if row is not None else None


async def account_of_session(unit: Unit, selector_hash: bytes, *, for_update: bool) -> Account | None:
    """Whose session it is."""
    of_session = select(session.c.account_id).where(session.c.selector_hash == selector_hash).scalar_subquery()
    statement = select(account).where(account.c.id == of_session)
    row = (await unit.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    return Account(**row._mapping) if row is not None else None


async def add_session(unit: Unit, added: Session) -> None:
    """Makes room by dropping those of the account that nobody can use any more."""
    over = session.c.last_used_at < added.created_at - IDLE_MAX
    await unit.execute(
        delete(session).where(session.c.account_id == added.account_id, over | session.c.ended_at.is_not(None))
    )
    await unit.execute(insert(session).values(asdict(added)))


async def save_session(unit: Unit, saved: Session) -> None:
    await unit.execute(update(session).where(session.c.id == saved.id).values(asdict(saved)))


async def end_sessions(unit: Unit, account_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End all sessions of the account, or all but one."""
    statement = update(session).where(session.c.account_id == account_id, session.c.ended_at.is_(None))
    if but is not None:
        statement = statement.where(session.c.id != but)
    await unit.execute(statement.values(ended_at=now))


async def add_link(unit: Unit, added: Link) -> None:
    """The newest link of its kind for the account is the only one: those before are good no more."""
    former = link.c.account_id.is_not_distinct_from(added.account_id) & (link.c.purpose == added.purpose)
    await unit.execute(delete(link).where(former))
    await unit.execute(insert(link).values(asdict(added)))


async def find_link(unit: Unit, secret_hash: bytes) -> Link | None:
    """The link, held until the transaction ends."""
    statement = select(link).where(link.c.secret_hash == secret_hash).with_for_update()
    row = (await unit.execute(statement)).one_or_none()
    return Link(**{**row._mapping, "purpose": Purpose(row.purpose)}) if row is not None else None


async def save_link(unit: Unit, saved: Link) -> None:
    await unit.execute(update(link).where(link.c.secret_hash == saved.secret_hash).values(used_at=saved.used_at))
