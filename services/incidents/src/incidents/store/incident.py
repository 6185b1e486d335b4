"""Incidents with their updates and services, and what updates said before."""

from collections.abc import Collection, Iterable, Sequence
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
from sqlalchemy.dialects.postgresql import JSONB, insert

from common.contracts.incidents import Postmortem
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, ServiceStatus, Visibility
from common.database import Transaction
from incidents.domain.incident import Incident
from incidents.domain.timeline import BeforeAndAfter, Update
from incidents.store import KNOWN, METADATA

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
    Column("visibility", Text, nullable=False),
    Column("postmortem", Text),
    Column("postmortem_published_at", DateTime(timezone=True)),
    Column("postmortem_updated_at", DateTime(timezone=True)),
    Index("ix_incident_organization_id_started_at_id", "organization_id", "started_at", "id"),
)


def _of_incident() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "incident_id"], ["incidents.incident.organization_id", "incidents.incident.id"]
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
    Column("services", JSONB(none_as_null=True)),
    Column("posted_by", JSONB(none_as_null=True)),
    Column("edited_by", JSONB(none_as_null=True)),
    _of_incident(),
)

former_update = Table(
    "former_update",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("update_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("replaced_at", DateTime(timezone=True), nullable=False),
    Column("replaced_by", JSONB),
    _of_incident(),
)

service_incident = Table(
    "service_incident",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    _of_incident(),
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


async def lock_open_public(transaction: Transaction, service_id: UUID, *, limit: int) -> list[Incident]:
    """The newest open incidents that everybody may see and that name the service, locked until the transaction ends."""
    statement = _naming(_incidents(transaction.organization_id), service_id).where(
        incident.c.status != IncidentStatus.RESOLVED, incident.c.visibility == Visibility.PUBLIC
    )
    statement = statement.order_by(desc(incident.c.started_at), desc(incident.c.id)).limit(limit).with_for_update()
    return await _assemble(transaction, (await transaction.execute(statement)).all())


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
        statement = _naming(statement, service_id)
    if started_from is not None:
        statement = statement.where(incident.c.started_at >= started_from)
    if started_until is not None:
        statement = statement.where(incident.c.started_at < started_until)
    if after is not None:
        statement = statement.where(tuple_(incident.c.started_at, incident.c.id) < after)
    statement = statement.order_by(desc(incident.c.started_at), desc(incident.c.id)).limit(limit)
    return await _assemble(transaction, (await transaction.execute(statement)).all())


async def list_former_updates(
    transaction: Transaction, incident_id: UUID, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """What the incident's updates said before, newest first; `before` is the version of the last one of the page before."""
    table = former_update
    statement = select(table).where(
        table.c.organization_id == transaction.organization_id, table.c.incident_id == incident_id
    )
    if before is not None:
        statement = statement.where(table.c.version < before)
    return (await transaction.execute(statement.order_by(desc(table.c.version)).limit(limit))).all()


async def add(transaction: Transaction, new: Incident) -> None:
    """Write an incident that nobody knows yet: the shortest way, for it is the one that is waited for."""
    key = {"organization_id": transaction.organization_id, "incident_id": new.id}
    await transaction.execute(insert(incident), _row(transaction, new))
    if new.updates:
        await transaction.execute(insert(incident_update), _update_rows(key, new))
    if new.services:
        await transaction.execute(insert(service_incident), _service_rows(key, new))


async def save(transaction: Transaction, changed: Incident) -> None:
    """Write the whole aggregate, its updates and its services, and what its updates said before this command."""
    key = {"organization_id": transaction.organization_id, "incident_id": changed.id}
    await save_alone(transaction, [changed])
    await _replace(transaction, incident_update, key, "id", _update_rows(key, changed))
    await _replace(transaction, service_incident, key, "service_id", _service_rows(key, changed))
    if changed.former:
        former = [{**key, **asdict(text), "replaced_by": transaction.named_actor} for text in changed.former]
        await transaction.execute(insert(former_update), former)


async def save_alone(transaction: Transaction, changed: Iterable[Incident]) -> None:
    """Write incidents of which neither updates nor services changed."""
    statement = insert(incident)
    values = {column.name: statement.excluded[column.name] for column in incident.c if not column.primary_key}
    await transaction.execute(
        statement.on_conflict_do_update(index_elements=["organization_id", "id"], set_=values),
        [_row(transaction, each) for each in changed],
    )


def _row(transaction: Transaction, saved: Incident) -> dict[str, Any]:
    return {
        "organization_id": transaction.organization_id,
        "id": saved.id,
        "title": saved.title,
        "description": saved.description,
        "status": saved.status,
        "impact": saved.impact,
        "started_at": saved.started_at,
        "resolved_at": saved.resolved_at,
        "created_at": saved.created_at,
        "updated_at": saved.updated_at,
        "deleted_at": saved.deleted_at,
        "version": saved.version,
        "visibility": saved.visibility,
        "postmortem": saved.postmortem.body if saved.postmortem else None,
        "postmortem_published_at": saved.postmortem.published_at if saved.postmortem else None,
        "postmortem_updated_at": saved.postmortem.updated_at if saved.postmortem else None,
    }


def _update_rows(key: dict[str, Any], saved: Incident) -> list[dict[str, Any]]:
    return [
        {
            **key,
            **vars(update),
            "services": _services_column(update),
            "posted_by": update.posted_by and update.posted_by.model_dump(),
            "edited_by": update.edited_by and update.edited_by.model_dump(),
        }
        for update in saved.updates
    ]


def _services_column(update: Update) -> list[tuple[str, str, str]] | None:
    """Of each service its id and its statuses before and after the update; the order is kept."""
    if update.services is None:
        return None
    return [(str(id), old, new) for id, (old, new) in update.services.items()]


def _services_of(row: Row[Any]) -> dict[UUID, BeforeAndAfter] | None:
    if row.services is None:
        return None
    return {UUID(id): (ServiceStatus(old), ServiceStatus(new)) for id, old, new in row.services}


def _named(column: dict[str, str] | None) -> NamedActor | None:
    return NamedActor.model_validate(column) if column else None


def _service_rows(key: dict[str, Any], saved: Incident) -> list[dict[str, Any]]:
    return [{**key, "service_id": id, "status": status} for id, status in saved.services.items()]


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


def _naming(statement: Select[Any], service_id: UUID) -> Select[Any]:
    return statement.where(
        select(service_incident.c.incident_id)
        .where(
            service_incident.c.organization_id == incident.c.organization_id,
            service_incident.c.incident_id == incident.c.id,
            service_incident.c.service_id == service_id,
        )
        .exists()
    )


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
            visibility=Visibility(row.visibility),
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
            postmortem=_postmortem(row),
        )
        for row in rows
    }
    updates = select(incident_update).where(
        incident_update.c.organization_id == transaction.organization_id, incident_update.c.incident_id.in_(ids)
    )
    for child in await transaction.execute(updates.order_by(incident_update.c.number)):
        found[child.incident_id].updates.append(
            Update(
                child.id,
                child.number,
                IncidentStatus(child.status),
                child.message,
                child.created_at,
                child.edited_at,
                _services_of(child),
                _named(child.posted_by),
                _named(child.edited_by),
            )
        )
    services = KNOWN.joined(
        select(service_incident.c.incident_id, service_incident.c.service_id, service_incident.c.status),
        service_incident.c.organization_id,
        service_incident.c.service_id,
    ).where(service_incident.c.organization_id == transaction.organization_id, service_incident.c.incident_id.in_(ids))
    for child in await transaction.execute(services.order_by(service_incident.c.service_id)):
        found[child.incident_id].services[child.service_id] = ServiceStatus(child.status)
        found[child.incident_id].known[child.service_id] = KNOWN.read(child)
    await _know_former_services(transaction, found.values())
    return list(found.values())


async def _know_former_services(transaction: Transaction, incidents: Collection[Incident]) -> None:
    """Have incidents know the services that only their updates name still."""
    former = {
        incident.id: {id for update in incident.updates for id in update.services or ()} - incident.services.keys()
        for incident in incidents
    }
    known = await KNOWN.find(transaction, set().union(*former.values()))
    for incident in incidents:
        incident.known |= {id: known[id] for id in former[incident.id]}


def _postmortem(row: Row[Any]) -> Postmortem | None:
    if row.postmortem is None:
        return None
    return Postmortem(
        body=row.postmortem, published_at=row.postmortem_published_at, updated_at=row.postmortem_updated_at
    )
