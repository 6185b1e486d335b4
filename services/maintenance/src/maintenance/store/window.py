"""Windows: a row holds the whole aggregate, its timeline and the ids of its services too, so that hundreds are written at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
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
    and_,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from common.contracts.values import MaintenanceStatus, Visibility
from common.database import Transaction
from maintenance.domain.update import Update
from maintenance.domain.window import Occurrence, Window
from maintenance.store import KNOWN, METADATA, details_of, due

OVERLAPS_MAX = 50
_UPDATES: TypeAdapter[list[Update]] = TypeAdapter(list[Update])
_OPEN = (MaintenanceStatus.SCHEDULED, MaintenanceStatus.IN_PROGRESS)

maintenance = Table(
    "maintenance",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("scheduled_start", DateTime(timezone=True), nullable=False),
    Column("scheduled_end", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("starts_by_itself", Boolean, nullable=False),
    Column("completes_by_itself", Boolean, nullable=False),
    Column("reminder_minutes", ARRAY(Integer), nullable=False),
    Column("reminders_pending", ARRAY(Integer), nullable=False),
    Column("service_ids", ARRAY(Uuid), nullable=False),
    Column("updates", JSONB, nullable=False),
    Column("series_id", Uuid),
    Column("local_start", DateTime),
    Column("is_attached", Boolean),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(
        ["organization_id", "series_id"], ["maintenance.series.organization_id", "maintenance.series.id"]
    ),
    Index("ix_maintenance_organization_id_scheduled_start_id", "organization_id", "scheduled_start", "id"),
    Index("ix_maintenance_service_ids", "service_ids", postgresql_using="gin"),
    Index(
        "uq_maintenance_organization_id_series_id_local_start",
        "organization_id",
        "series_id",
        "local_start",
        unique=True,
        # What a series deleted by itself it may plan again; what a person deleted keeps its place.
        postgresql_where=text("deleted_at IS NULL OR NOT is_attached"),
    ),
)


@dataclass(frozen=True, slots=True)
class OverlapRow:
    id: UUID
    title: str
    scheduled_start: datetime
    scheduled_end: datetime
    service_ids: list[UUID]


async def load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> Window | None:
    """The window, or None when there is none or it was deleted. `for_update` locks it until the transaction ends."""
    statement = _windows(transaction).where(maintenance.c.id == id)
    if for_update:
        statement = statement.with_for_update()
    found = await _assemble(transaction, (await transaction.execute(statement)).all(), hold=for_update)
    return found[0] if found else None


async def lock_if_free(transaction: Transaction, id: UUID) -> Window | None:
    """The window, deleted or not, locked; None while somebody else has it."""
    statement = select(maintenance).where(
        maintenance.c.organization_id == transaction.organization_id, maintenance.c.id == id
    )
    rows = (await transaction.execute(statement.with_for_update(skip_locked=True))).all()
    found = await _assemble(transaction, rows, hold=True)
    return found[0] if found else None


async def list_windows(
    transaction: Transaction,
    *,
    state: MaintenanceStatus | None,
    ends_after: datetime | None,
    starts_before: datetime | None,
    service_id: UUID | None,
    series_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Window]:
    """In order of (scheduled_start, id); `after` is the key of the last one of the page before."""
    row = maintenance.c
    statement = _windows(transaction)
    if state is not None:
        statement = statement.where(row.status == state)
    if ends_after is not None:
        statement = statement.where(row.scheduled_end > ends_after)
    if starts_before is not None:
        statement = statement.where(row.scheduled_start < starts_before)
    if service_id is not None:
        statement = statement.where(row.service_ids.contains([service_id]))
    if series_id is not None:
        statement = statement.where(row.series_id == series_id)
    if after is not None:
        statement = statement.where(tuple_(row.scheduled_start, row.id) > after)
    statement = statement.order_by(row.scheduled_start, row.id).limit(limit)
    return await _assemble(transaction, (await transaction.execute(statement)).all(), hold=False)


async def overlaps(transaction: Transaction, window: Window) -> list[OverlapRow]:
    """Other windows, ahead or in progress, that share a service and time with this one."""
    if window.is_over or not window.details.services:
        return []
    row = maintenance.c
    statement = (
        select(row.id, row.title, row.scheduled_start, row.scheduled_end, row.service_ids)
        .where(
            row.organization_id == transaction.organization_id,
            row.deleted_at.is_(None),
            row.id != window.id,
            row.status.in_(_OPEN),
            row.service_ids.overlap(list(window.details.services)),
            row.scheduled_start < window.scheduled_end,
            row.scheduled_end > window.scheduled_start,
        )
        .order_by(row.scheduled_start, row.id)
        .limit(OVERLAPS_MAX)
    )
    return [OverlapRow(**found._mapping) for found in await transaction.execute(statement)]


async def attached(transaction: Transaction, series_id: UUID, now: datetime) -> list[Window]:
    """The windows of a series that are still its own and ahead, locked until the transaction ends."""
    row = maintenance.c
    statement = _windows(transaction).where(
        row.series_id == series_id,
        row.is_attached,
        row.status == MaintenanceStatus.SCHEDULED,
        row.scheduled_start > now,
    )
    statement = statement.order_by(row.id).with_for_update()
    return await _assemble(transaction, (await transaction.execute(statement)).all(), hold=True)


async def taken(transaction: Transaction, series_id: UUID, now: datetime, since: datetime) -> set[datetime]:
    """The local starts, `since` or later, of a series' windows that are not `attached` (any more), whatever became of them."""
    row = maintenance.c
    is_ahead = and_(row.is_attached, row.status == MaintenanceStatus.SCHEDULED, row.scheduled_start > now)
    statement = select(row.local_start).where(
        row.organization_id == transaction.organization_id,
        row.series_id == series_id,
        row.local_start >= since,
        or_(row.deleted_at.is_(None), ~row.is_attached),
        ~is_ahead,
    )
    return set((await transaction.execute(statement)).scalars())


async def following(transaction: Transaction, series_id: UUID, now: datetime) -> list[UUID]:
    """The ids of the windows that `attached` finds, without locking them."""
    row = maintenance.c
    statement = select(row.id).where(
        row.organization_id == transaction.organization_id,
        row.deleted_at.is_(None),
        row.series_id == series_id,
        row.is_attached,
        row.status == MaintenanceStatus.SCHEDULED,
        row.scheduled_start > now,
    )
    return list((await transaction.execute(statement.order_by(row.scheduled_start))).scalars())


async def save(transaction: Transaction, changed: Iterable[Window]) -> None:
    """Write windows and what is due of them."""
    windows = list(changed)
    if not windows:
        return
    statement = insert(maintenance)
    rows = [_row(transaction.organization_id, window) for window in windows]
    values = {name: statement.excluded[name] for name in rows[0] if name not in ("organization_id", "id")}
    await transaction.execute(
        statement.on_conflict_do_update(index_elements=["organization_id", "id"], set_=values), rows
    )
    await due.set_moves(transaction, {window.id: window.due() for window in windows})


async def publish_again(transaction: Transaction, service_id: UUID) -> None:
    """Note that what everybody sees of windows that name this service is to be published again, each by itself."""
    row = maintenance.c
    moment = func.clock_timestamp()
    which = select(row.organization_id, row.id, literal(due.PUBLISH_AGAIN), moment, literal(0)).where(
        row.organization_id == transaction.organization_id,
        row.deleted_at.is_(None),
        row.visibility == Visibility.PUBLIC,
        row.status.in_(_OPEN),
        row.service_ids.contains([service_id]),
    )
    columns = ["organization_id", "id", "kind", "due_at", "failures"]
    await transaction.execute(insert(due.due).from_select(columns, which).on_conflict_do_nothing())


def _windows(transaction: Transaction) -> Select[Any]:
    return select(maintenance).where(
        maintenance.c.organization_id == transaction.organization_id, maintenance.c.deleted_at.is_(None)
    )


async def _assemble(transaction: Transaction, rows: Sequence[Row[Any]], *, hold: bool) -> list[Window]:
    """Windows from their rows. `hold`: who may see their services stays what it is until the transaction ends."""
    ids = {id for row in rows for id in row.service_ids}
    services = await KNOWN.find(transaction, ids, hold=hold)
    return [
        Window(
            id=row.id,
            details=details_of(row, services),
            status=MaintenanceStatus(row.status),
            scheduled_start=row.scheduled_start,
            scheduled_end=row.scheduled_end,
            started_at=row.started_at,
            completed_at=row.completed_at,
            cancelled_at=row.cancelled_at,
            reminders_pending=frozenset(row.reminders_pending),
            occurrence=Occurrence(row.series_id, row.local_start, row.is_attached) if row.series_id else None,
            updates=_UPDATES.validate_python(row.updates),
            created_at=row.created_at,
            updated_at=row.updated_at,
            deleted_at=row.deleted_at,
            version=row.version,
        )
        for row in rows
    ]


def _row(organization_id: str, window: Window) -> dict[str, Any]:
    details, occurrence = window.details, window.occurrence
    return {
        "organization_id": organization_id,
        "id": window.id,
        "title": details.title,
        "description": details.description,
        "status": window.status,
        "visibility": details.visibility,
        "scheduled_start": window.scheduled_start,
        "scheduled_end": window.scheduled_end,
        "started_at": window.started_at,
        "completed_at": window.completed_at,
        "cancelled_at": window.cancelled_at,
        "starts_by_itself": details.starts_by_itself,
        "completes_by_itself": details.completes_by_itself,
        "reminder_minutes": list(details.reminder_minutes),
        "reminders_pending": sorted(window.reminders_pending),
        "service_ids": list(details.services),
        "updates": _UPDATES.dump_python(window.updates, mode="json"),
        "series_id": occurrence.series_id if occurrence else None,
        "local_start": occurrence.local_start if occurrence else None,
        "is_attached": occurrence.is_attached if occurrence else None,
        "created_at": window.created_at,
        "updated_at": window.updated_at,
        "deleted_at": window.deleted_at,
        "version": window.version,
    }
