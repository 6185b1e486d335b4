"""Services, their status, and the history of what visitors saw.

The row of `service_status` is the one lock of a service: whoever changes the service, its status, or what its status depends on, holds it.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Uuid,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from catalog.domain.layout import PageServices
from catalog.domain.service import Service
from catalog.domain.status import ServiceState, Transition
from catalog.store import METADATA
from common.contracts.catalog import Cause, OpenWindow
from common.contracts.values import NamedActor, ServiceStatus, Visibility
from common.database import Transaction

service = Table(
    "service",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("start_date", Date),
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
    Column("windows", JSONB, nullable=False),
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
    Index(
        "ix_status_history_organization_id_service_id_changed_at_id",
        "organization_id", "service_id", "changed_at", "id",
    ),
)  # fmt: skip


def _service(row: Row[Any]) -> Service:
    return Service(
        id=row.id,
        name=row.name,
        description=row.description,
        visibility=Visibility(row.visibility),
        start_date=row.start_date,
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        deleted_at=row.deleted_at,
    )


def _state(row: Row[Any]) -> ServiceState:
    return ServiceState(
        service_id=row.id,
        visibility=Visibility(row.visibility),
        base_status=ServiceStatus(row.base_status),
        status=ServiceStatus(row.status),
        previous=ServiceStatus(row.previous),
        causes=tuple(Cause.model_validate(cause) for cause in row.causes),
        windows=tuple(OpenWindow.model_validate(window) for window in row.windows),
        changed_at=row.changed_at,
        version=row.state_version,
    )


_BOTH = select(
    service,
    service_status.c.base_status,
    service_status.c.status,
    service_status.c.previous,
    service_status.c.causes,
    service_status.c.windows,
    service_status.c.changed_at,
    service_status.c.version.label("state_version"),
).join(
    service_status,
    (service_status.c.organization_id == service.c.organization_id) & (service_status.c.service_id == service.c.id),
)


async def lock(transaction: Transaction, ids: Collection[UUID]) -> None:
    """Hold these services until the transaction ends. In order of id, so that two never wait for each other.

    What is read before is stale: read afterwards.
    """
    statement = select(service_status.c.service_id).where(
        service_status.c.organization_id == transaction.organization_id, service_status.c.service_id.in_(ids)
    )
    await transaction.execute(statement.order_by(service_status.c.service_id).with_for_update())


async def load_service(
    transaction: Transaction, id: UUID, *, deleted: bool = False
) -> tuple[Service, ServiceState] | None:
    """The service and its status, None when there is none or it was deleted; with `deleted` also one that was."""
    statement = _BOTH.where(service.c.organization_id == transaction.organization_id, service.c.id == id)
    if not deleted:
        statement = statement.where(service.c.deleted_at.is_(None))
    row = (await transaction.execute(statement)).one_or_none()
    return (_service(row), _state(row)) if row is not None else None


async def load_services(transaction: Transaction, ids: Collection[UUID]) -> list[tuple[Service, ServiceState]]:
    """Those of the services that exist, in order of id."""
    statement = _BOTH.where(
        service.c.organization_id == transaction.organization_id, service.c.id.in_(ids), service.c.deleted_at.is_(None)
    )
    rows = await transaction.execute(statement.order_by(service.c.id))
    return [(_service(row), _state(row)) for row in rows]


async def list_services(
    transaction: Transaction, *, deleted_since: datetime | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[Service, ServiceState]]:
    """In order of creation: those that exist, or those deleted since then. `after` is the key of the last one of the page before."""
    statement = _BOTH.where(service.c.organization_id == transaction.organization_id)
    if deleted_since is None:
        statement = statement.where(service.c.deleted_at.is_(None))
    else:
        statement = statement.where(service.c.deleted_at > deleted_since)
    if after is not None:
        statement = statement.where(tuple_(service.c.created_at, service.c.id) > after)
    statement = statement.order_by(service.c.created_at, service.c.id).limit(limit)
    return [(_service(row), _state(row)) for row in await transaction.execute(statement)]


async def page_services(transaction: Transaction, *, restorable_since: datetime) -> PageServices:
    """Every service of the organization as the layout knows it."""
    of_organization = service.c.organization_id == transaction.organization_id
    statement = (
        select(service.c.id, service.c.visibility, service.c.deleted_at)
        .where(of_organization, service.c.deleted_at.is_(None) | (service.c.deleted_at > restorable_since))
        .order_by(service.c.created_at, service.c.id)
    )
    rows = (await transaction.execute(statement)).all()
    return PageServices(
        alive=tuple(str(row.id) for row in rows if row.deleted_at is None),
        restorable=frozenset(str(row.id) for row in rows if row.deleted_at is not None),
        internal=frozenset(str(row.id) for row in rows if row.visibility == Visibility.INTERNAL),
    )


async def count_services(transaction: Transaction) -> int:
    statement = select(func.count()).where(
        service.c.organization_id == transaction.organization_id, service.c.deleted_at.is_(None)
    )
    return int((await transaction.execute(statement)).scalar_one())


async def save_service(transaction: Transaction, changed: Service) -> None:
    row: dict[str, Any] = {"organization_id": transaction.organization_id, **asdict(changed)}
    await transaction.execute(
        insert(service).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )


async def save_states(transaction: Transaction, changes: Sequence[tuple[ServiceState, Transition | None]]) -> None:
    """Write services' status and, where visitors see another one, its history, with who did it and what caused it."""
    rows = [
        {
            "organization_id": transaction.organization_id,
            "service_id": state.service_id,
            "base_status": state.base_status,
            "status": state.status,
            "previous": state.previous,
            "causes": [cause.model_dump(mode="json") for cause in state.causes],
            "windows": [window.model_dump(mode="json") for window in state.windows],
            "changed_at": state.changed_at,
            "version": state.version,
        }
        for state, _ in changes
    ]
    transitions = [
        _history_row(transaction, state.service_id, transition, transaction.named_actor)
        for state, transition in changes
        if transition is not None
    ]
    if rows:
        statement = insert(service_status)
        written = {name: statement.excluded[name] for name in rows[0] if name not in ("organization_id", "service_id")}
        await transaction.execute(
            statement.on_conflict_do_update(index_elements=["organization_id", "service_id"], set_=written), rows
        )
    if transitions:
        await transaction.execute(insert(status_history), transitions)


async def save_past(
    transaction: Transaction, service_id: UUID, past: Sequence[tuple[Transition, NamedActor | None]]
) -> None:
    """Write history that others made, each change with who that was."""
    rows = [
        _history_row(transaction, service_id, transition, changed_by.model_dump() if changed_by else None)
        for transition, changed_by in past
    ]
    if rows:
        await transaction.execute(insert(status_history), rows)


def _history_row(
    transaction: Transaction, service_id: UUID, transition: Transition, changed_by: dict[str, str] | None
) -> dict[str, Any]:
    return {
        "organization_id": transaction.organization_id,
        "service_id": service_id,
        "status": transition.status,
        "previous": transition.previous,
        "changed_at": transition.changed_at,
        "changed_by": changed_by,
        "cause": {**asdict(transition.cause), "id": str(transition.cause.id)} if transition.cause else None,
    }
