"""Tables of incidents, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    delete,
    desc,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus
from common.database import Transaction
from common.known_services import KnownServices
from common.tables import infrastructure, metadata
from incidents.domain import Incident, Update

METADATA = metadata("incidents")
TABLES = infrastructure(METADATA)

incident = Table(
    "incident",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("impact", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Index("ix_incident_organization_id_started_at_id", "organization_id", "started_at", "id"),
)

incident_update = Table(
    "incident_update",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("edited_at", DateTime(timezone=True)),
    ForeignKeyConstraint(
        ["organization_id", "incident_id"], ["incidents.incident.organization_id", "incidents.incident.id"]
    ),
)

KNOWN = KnownServices(METADATA)

service_incident = Table(
    "service_incident",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    ForeignKeyConstraint(
        ["organization_id", "incident_id"], ["incidents.incident.organization_id", "incidents.incident.id"]
    ),
    ForeignKeyConstraint(
        ["organization_id", "service_id"], ["incidents.known_service.organization_id", "incidents.known_service.id"]
    ),
    Index("ix_service_incident_organization_id_service_id", "organization_id", "service_id"),
)


async def load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> Incident | None:
    """The incident, or None when there is none or it was deleted. `for_update` locks it until the transaction ends."""
    statement = _incidents(transaction.organization_id).where(incident.c.id == id)
    if for_update:
        statement = statement.with_for_update()
    rows = (await transaction.execute(statement)).all()
    return (await _assemble(transaction, rows))[0] if rows else None


async def list_incidents(
    transaction: Transaction,
    *,
    is_open: bool | None,
    service_id: UUID | None,
    started_from: datetime | None,
    started_until: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Incident]:
    """Newest first by (started_at, id); `after` is the key of the last one of the page before."""
    statement = _incidents(transaction.organization_id)
    if is_open is not None:
        resolved = incident.c.status == IncidentStatus.RESOLVED
        statement = statement.where(~resolved if is_open else resolved)
    if service_id is not None:
        names_service = select(service_incident.c.incident_id).where(
            service_incident.c.organization_id == transaction.organization_id,
            service_incident.c.service_id == service_id,
        )
        statement = statement.where(incident.c.id.in_(names_service))
    if started_from is not None:
        statement = statement.where(incident.c.started_at >= started_from)
    if started_until is not None:
        statement = statement.where(incident.c.started_at < started_until)
    if after is not None:
        statement = statement.where(tuple_(incident.c.started_at, incident.c.id) < after)
    statement = statement.order_by(desc(incident.c.started_at), desc(incident.c.id)).limit(limit)
    return await _assemble(transaction, (await transaction.execute(statement)).all())


async def save(transaction: Transaction, changed: Incident) -> None:
    """Write the whole aggregate: its row, its updates and its services."""
    key = {"organization_id": transaction.organization_id, "incident_id": changed.id}
    row = {
        "organization_id": transaction.organization_id,
        "id": changed.id,
        "title": changed.title,
        "description": changed.description,
        "status": changed.status,
        "impact": changed.impact,
        "started_at": changed.started_at,
        "resolved_at": changed.resolved_at,
        "created_at": changed.created_at,
        "updated_at": changed.updated_at,
        "deleted_at": changed.deleted_at,
        "version": changed.version,
    }
    await transaction.execute(
        insert(incident).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )
    await _replace(transaction, incident_update, key, "id", [{**key, **asdict(update)} for update in changed.updates])
    await _replace(
        transaction,
        service_incident,
        key,
        "service_id",
        [{**key, "service_id": id, "status": status} for id, status in changed.services.items()],
    )


async def _replace(
    transaction: Transaction, table: Table, key: dict[str, Any], id_column: str, rows: list[dict[str, Any]]
) -> None:
    """Make the rows of one incident be exactly these."""
    gone = delete(table).where(*(table.c[name] == value for name, value in key.items()))
    await transaction.execute(gone.where(table.c[id_column].not_in([row[id_column] for row in rows])))
    if rows:
        statement = insert(table)
        excluded = {column: statement.excluded[column] for column in rows[0] if column not in (*key, id_column)}
        await transaction.execute(
            statement.on_conflict_do_update(index_elements=[*key, id_column], set_=excluded), rows
        )


def _incidents(organization_id: str) -> Select[Any]:
    return select(incident).where(incident.c.organization_id == organization_id, incident.c.deleted_at.is_(None))


async def _assemble(transaction: Transaction, rows: Sequence[Row[Any]]) -> list[Incident]:
    """Incidents from their rows, with updates and services from one query each."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    found = {
        row.id: Incident(
            id=row.id,
            title=row.title,
            description=row.description,
            status=IncidentStatus(row.status),
            impact=IncidentImpact(row.impact),
            started_at=row.started_at,
            resolved_at=row.resolved_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
        )
        for row in rows
    }
    for child in await _children(transaction, incident_update, ids, "number"):
        found[child.incident_id].updates.append(
            Update(
                child.id, child.number, IncidentStatus(child.status), child.message, child.created_at, child.edited_at
            )
        )
    for child in await _children(transaction, service_incident, ids, "service_id"):
        found[child.incident_id].services[child.service_id] = ServiceStatus(child.status)
    return list(found.values())


async def _children(transaction: Transaction, table: Table, ids: Sequence[UUID], order: str) -> Sequence[Row[Any]]:
    statement = select(table).where(
        table.c.organization_id == transaction.organization_id, table.c.incident_id.in_(ids)
    )
    return (await transaction.execute(statement.order_by(table.c[order]))).all()
