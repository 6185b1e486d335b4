"""Templates and the services they name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from common.contracts.catalog import KnownService
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus, Visibility
from common.database import Transaction
from incidents.domain.template import Content, Template
from incidents.store import KNOWN, METADATA

template = Table(
    "template",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("impact", Text),
    Column("status", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
)

template_service = Table(
    "template_service",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("template_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("status", Text),
    ForeignKeyConstraint(
        ["organization_id", "template_id"],
        ["incidents.template.organization_id", "incidents.template.id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["organization_id", "service_id"], ["incidents.known_service.organization_id", "incidents.known_service.id"]
    ),
)


async def load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> Template | None:
    """`for_update` locks it until the transaction ends."""
    statement = _templates(transaction).where(template.c.id == id)
    if for_update:
        statement = statement.with_for_update()
    rows = (await transaction.execute(statement)).all()
    return (await _assemble(transaction, rows))[0] if rows else None


async def list_templates(
    transaction: Transaction, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Template]:
    """Oldest first by (created_at, id); `after` is the key of the last one of the page before."""
    statement = _templates(transaction)
    if after is not None:
        statement = statement.where(tuple_(template.c.created_at, template.c.id) > after)
    statement = statement.order_by(template.c.created_at, template.c.id).limit(limit)
    return await _assemble(transaction, (await transaction.execute(statement)).all())


async def count(transaction: Transaction) -> int:
    statement = select(func.count()).where(template.c.organization_id == transaction.organization_id)
    return int((await transaction.execute(statement)).scalar_one())


async def save(transaction: Transaction, saved: Template) -> None:
    content = saved.content
    row = {
        "organization_id": transaction.organization_id,
        "id": saved.id,
        "created_at": saved.created_at,
        "updated_at": saved.updated_at,
        "version": saved.version,
        **{name: value for name, value in vars(content).items() if name != "services"},
    }
    await transaction.execute(
        insert(template).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )
    key = {"organization_id": transaction.organization_id, "template_id": saved.id}
    await transaction.execute(
        delete(template_service).where(*(template_service.c[name] == value for name, value in key.items()))
    )
    if content.services:
        rows = [{**key, "service_id": id, "status": status} for id, status in content.services.items()]
        await transaction.execute(insert(template_service), rows)


async def remove(transaction: Transaction, id: UUID) -> None:
    await transaction.execute(
        delete(template).where(template.c.organization_id == transaction.organization_id, template.c.id == id)
    )


def _templates(transaction: Transaction) -> Select[Any]:
    return select(template).where(template.c.organization_id == transaction.organization_id)


async def _assemble(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Template]:
    """Templates from their rows, with services from one query."""
    if not rows:
        return []
    services: dict[UUID, dict[UUID, ServiceStatus | None]] = {row.id: {} for row in rows}
    known: dict[UUID, dict[UUID, KnownService]] = {row.id: {} for row in rows}
    statement = KNOWN.joined(
        select(template_service.c.template_id, template_service.c.service_id, template_service.c.status),
        template_service.c.organization_id,
        template_service.c.service_id,
    ).where(
        template_service.c.organization_id == transaction.organization_id,
        template_service.c.template_id.in_(list(services)),
    )
    for child in await transaction.execute(statement.order_by(template_service.c.service_id)):
        services[child.template_id][child.service_id] = ServiceStatus(child.status) if child.status else None
        known[child.template_id][child.service_id] = KNOWN.read(child)
    return [
        Template(
            id=row.id,
            content=Content(
                name=row.name,
                title=row.title,
                message=row.message,
                impact=IncidentImpact(row.impact) if row.impact else None,
                status=IncidentStatus(row.status),
                visibility=Visibility(row.visibility),
                services=services[row.id],
            ),
            known=known[row.id],
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
        )
        for row in rows
    ]
