"""Custom domains, and when each is looked for next.

That one organization at a time holds a name is a partial unique index: PostgreSQL keeps it over all organizations, although row-level
security lets none see another's row. So nobody needs to read who has what, and a refusal cannot tell.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, Row, Table, Text, Uuid, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from catalog.domain.custom_domain import CustomDomain, Finding
from catalog.store import METADATA
from common.contracts.catalog import DomainStatus
from common.database import Transaction
from common.due import DueTable

CHECK = "check"

DUE = DueTable(METADATA)
custom_domain = Table(
    "custom_domain",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("proved_at", DateTime(timezone=True)),
    Column("failing_since", DateTime(timezone=True)),
    Column("failed_checks", Integer, nullable=False),
    Column("checked_at", DateTime(timezone=True)),
    Column("finding", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Index("uq_custom_domain_organization_id_name", "organization_id", "name", unique=True),
    Index("uq_custom_domain_name", "name", unique=True, postgresql_where=text("status IN ('proved', 'failing')")),
)

_UNIQUE_VIOLATION = "23505"


async def load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> CustomDomain | None:
    statement = select(custom_domain).where(*_is(transaction, id))
    row = (await transaction.execute(statement.with_for_update() if for_update else statement)).one_or_none()
    return _domain(row) if row is not None else None


async def load_all(transaction: Transaction) -> Sequence[CustomDomain]:
    """Those of the organization, in order of creation."""
    mine = custom_domain.c.organization_id == transaction.organization_id
    statement = select(custom_domain).where(mine).order_by(custom_domain.c.created_at, custom_domain.c.id)
    return [_domain(row) for row in await transaction.execute(statement)]


async def save(transaction: Transaction, domain: CustomDomain) -> None:
    row = {column.name: getattr(domain, column.name) for column in custom_domain.columns}
    await transaction.execute(
        insert(custom_domain).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )
    await DUE.set(transaction, domain.id, CHECK, domain.next_check_at())


async def remove(transaction: Transaction, domain: CustomDomain) -> None:
    await transaction.execute(delete(custom_domain).where(*_is(transaction, domain.id)))
    await DUE.set(transaction, domain.id, CHECK, None)


async def begin_look(transaction: Transaction, id: UUID) -> tuple[CustomDomain | None, datetime]:
    """The domain whose record is about to be looked for, and the time."""
    moment: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    return await load(transaction, id), moment


async def note_finding(
    transaction: Transaction, id: UUID, finding: Finding, *, began_at: datetime, anew: bool = False
) -> CustomDomain | None:
    """Take note of what a look for the domain's record found that began then. None: the domain is gone."""
    domain = await load(transaction, id, for_update=True)
    if domain is None:
        return None
    if finding is Finding.FOUND and not domain.status.is_held and not await _claim(transaction, domain):
        finding = Finding.TAKEN
    event = domain.checked(finding, began_at, anew=anew)
    await save(transaction, domain)
    if event is not None:
        transaction.record(event)
    return domain


async def _claim(transaction: Transaction, domain: CustomDomain) -> bool:
    """Hold the name, unless another organization does. Whoever claims it at the same time is waited for."""
    held = update(custom_domain).where(*_is(transaction, domain.id)).values(status=DomainStatus.PROVED)
    try:
        async with transaction.connection.begin_nested():
            await transaction.execute(held)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != _UNIQUE_VIOLATION:
            raise
        return False
    return True


def _is(transaction: Transaction, id: UUID) -> tuple[Any, ...]:
    return (custom_domain.c.organization_id == transaction.organization_id, custom_domain.c.id == id)


def _domain(row: Row[Any]) -> CustomDomain:
    values = row._asdict()
    finding = Finding(row.finding) if row.finding is not None else None
    return CustomDomain(**{**values, "status": DomainStatus(row.status), "finding": finding})
