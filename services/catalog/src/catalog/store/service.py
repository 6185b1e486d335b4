"""Services, their status and its history, and the replica of incidents that put a status on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    delete,
    desc,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from catalog.domain.service import Service, ServiceState, Transition
from catalog.store import METADATA
from common.contracts.catalog import Cause
from common.contracts.values import ServiceStatus
from common.database import Transaction

service = Table(
    "service",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)


def _to_service() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "service_id"], ["catalog.service.organization_id", "catalog.service.id"]
    )


service_status = Table(
    "service_status",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("base_status", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("causes", JSONB, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    _to_service(),
)

status_history = Table(
    "status_history",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("service_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", JSONB),
    Column("cause", JSONB),
    _to_service(),
    Index("ix_status_history_organization_id_service_id_changed_at", "organization_id", "service_id", "changed_at"),
)

known_incident = Table(
    "known_incident",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
"""A replica of incidents, deleted ones too: which version was applied last."""

incident_impact = Table(
    "incident_impact",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(
        ["organization_id", "incident_id"], ["catalog.known_incident.organization_id", "catalog.known_incident.id"]
    ),
    Index("ix_incident_impact_organization_id_service_id", "organization_id", "service_id"),
)
"""What open incidents put on services. No key to `service`: an impact on one that is unknown or deleted is kept, and does nothing."""


def _service(row: Row[Any]) -> Service:
    return Service(row.id, row.name, row.description, row.created_at, row.updated_at, row.version)


def _state(row: Row[Any]) -> ServiceState:
    return ServiceState(
        service_id=row.service_id,
        base_status=ServiceStatus(row.base_status),
        status=ServiceStatus(row.status),
        previous=ServiceStatus(row.previous),
        causes=tuple(Cause.model_validate(cause) for cause in row.causes),
        changed_at=row.changed_at,
        version=row.state_version,
    )


_BOTH = (
    select(
        service,
        service_status.c.service_id,
        service_status.c.base_status,
        service_status.c.status,
        service_status.c.previous,
        service_status.c.causes,
        service_status.c.changed_at,
        service_status.c.version.label("state_version"),
    )
    .join(
        service_status,
        (service_status.c.organization_id == service.c.organization_id) & (service_status.c.service_id == service.c.id),
    )
    .where(service.c.deleted_at.is_(None))
)


async def load_service(
    transaction: Transaction, id: UUID, *, lock: Table | None = None
) -> tuple[Service, ServiceState] | None:
    """The service and its status, None when there is none or it was deleted. `lock` names the table whose row is locked."""
    statement = _BOTH.where(service.c.organization_id == transaction.organization_id, service.c.id == id)
    if lock is not None:
        statement = statement.with_for_update(of=lock)
    row = (await transaction.execute(statement)).one_or_none()
    return (_service(row), _state(row)) if row is not None else None


async def list_services(
    transaction: Transaction, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Service, ServiceState]]:
    """In order of creation; `after` is the key (created_at, id) of the last one of the page before."""
    statement = _BOTH.where(service.c.organization_id == transaction.organization_id)
    if after is not None:
        statement = statement.where(tuple_(service.c.created_at, service.c.id) > after)
    statement = statement.order_by(service.c.created_at, service.c.id).limit(limit)
    return [(_service(row), _state(row)) for row in await transaction.execute(statement)]


async def service_ids(transaction: Transaction) -> list[UUID]:
    """Every service of the organization, in order of creation."""
    statement = select(service.c.id).where(
        service.c.organization_id == transaction.organization_id, service.c.deleted_at.is_(None)
    )
    return list((await transaction.execute(statement.order_by(service.c.created_at, service.c.id))).scalars())


async def save_service(transaction: Transaction, changed: Service) -> None:
    row: dict[str, Any] = {
        "organization_id": transaction.organization_id,
        "id": changed.id,
        "name": changed.name,
        "description": changed.description,
        "created_at": changed.created_at,
        "updated_at": changed.updated_at,
        "deleted_at": changed.deleted_at,
        "version": changed.version,
    }
    await transaction.execute(
        insert(service).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )


async def save_state(
    transaction: Transaction, state: ServiceState, transition: Transition | None, cause: Cause | None = None
) -> None:
    """Write a service's status and, when visitors see another one, its history, with who did it and what caused it."""
    row: dict[str, Any] = {
        "organization_id": transaction.organization_id,
        "service_id": state.service_id,
        "base_status": state.base_status,
        "status": state.status,
        "previous": state.previous,
        "causes": [cause.model_dump(mode="json") for cause in state.causes],
        "changed_at": state.changed_at,
        "version": state.version,
    }
    await transaction.execute(
        insert(service_status)
        .values(row)
        .on_conflict_do_update(index_elements=["organization_id", "service_id"], set_=row)
    )
    if transition is None:
        return
    await transaction.execute(
        insert(status_history).values(
            organization_id=transaction.organization_id,
            service_id=state.service_id,
            status=transition.status,
            previous=transition.previous,
            changed_at=transition.changed_at,
            changed_by=transaction.actor.model_dump() if transaction.actor else None,
            cause=cause.model_dump(mode="json", include={"kind", "id", "title"}) if cause else None,
        )
    )


async def list_history(
    transaction: Transaction, service_id: UUID, *, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Newest first; `before` is the id of the last row of the page before."""
    statement = select(status_history).where(
        status_history.c.organization_id == transaction.organization_id, status_history.c.service_id == service_id
    )
    if before is not None:
        statement = statement.where(status_history.c.id < before)
    return (await transaction.execute(statement.order_by(desc(status_history.c.id)).limit(limit))).all()


async def apply_incident(
    transaction: Transaction,
    *,
    id: UUID,
    version: int,
    title: str,
    impacts: dict[UUID, ServiceStatus],
    at: datetime,
) -> set[UUID]:
    """Take over what an incident puts on services, unless a newer version was applied. Returns the services it touches or touched."""
    known = insert(known_incident).values(
        organization_id=transaction.organization_id, id=id, title=title, version=version
    )
    newer = known.on_conflict_do_update(
        index_elements=["organization_id", "id"],
        set_={"version": known.excluded.version, "title": known.excluded.title},
        where=known_incident.c.version < known.excluded.version,
    ).returning(known_incident.c.id)
    if (await transaction.execute(newer)).one_or_none() is None:
        return set()
    of_incident = (
        incident_impact.c.organization_id == transaction.organization_id,
        incident_impact.c.incident_id == id,
    )
    before = set((await transaction.execute(select(incident_impact.c.service_id).where(*of_incident))).scalars())
    await transaction.execute(
        delete(incident_impact).where(*of_incident, incident_impact.c.service_id.not_in(list(impacts)))
    )
    if impacts:
        impact = insert(incident_impact)
        await transaction.execute(
            impact.on_conflict_do_update(
                index_elements=["organization_id", "incident_id", "service_id"],
                set_={"status": impact.excluded.status},
            ),
            [
                {
                    "organization_id": transaction.organization_id,
                    "incident_id": id,
                    "service_id": service_id,
                    "status": status,
                    "since": at,
                }
                for service_id, status in impacts.items()
            ],
        )
    return before | set(impacts)


async def lock_states(transaction: Transaction, ids: set[UUID]) -> list[ServiceState]:
    """The status of those of the services that exist, locked in order of id, so that two never wait for each other."""
    statement = (
        _BOTH.where(service.c.organization_id == transaction.organization_id, service.c.id.in_(ids))
        .order_by(service.c.id)
        .with_for_update(of=service_status)
    )
    return [_state(row) for row in await transaction.execute(statement)]


async def causes_of(transaction: Transaction, ids: set[UUID]) -> dict[UUID, list[Cause]]:
    """What open incidents put on each of the services."""
    statement = (
        select(incident_impact, known_incident.c.title)
        .join(
            known_incident,
            (known_incident.c.organization_id == incident_impact.c.organization_id)
            & (known_incident.c.id == incident_impact.c.incident_id),
        )
        .where(incident_impact.c.organization_id == transaction.organization_id, incident_impact.c.service_id.in_(ids))
    )
    causes: dict[UUID, list[Cause]] = {id: [] for id in ids}
    for row in await transaction.execute(statement):
        causes[row.service_id].append(
            Cause(id=str(row.incident_id), title=row.title, status=ServiceStatus(row.status), since=row.since)
        )
    return causes


async def count_services(transaction: Transaction) -> int:
    statement = select(func.count()).where(
        service.c.organization_id == transaction.organization_id, service.c.deleted_at.is_(None)
    )
    return int((await transaction.execute(statement)).scalar_one())
