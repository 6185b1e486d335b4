"""Series, and the planning of their windows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Integer,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    desc,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from common.clock import uuid7
from common.contracts.values import MaintenanceStatus
from common.database import Transaction
from maintenance.domain.recurrence import to_utc
from maintenance.domain.series import REPLAN, TODAY, Series
from maintenance.domain.window import Occurrence, Window
from maintenance.store import KNOWN, METADATA, details_of, due
from maintenance.store import window as windows

series = Table(
    "series",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("first_start", DateTime, nullable=False),
    Column("duration_minutes", Integer, nullable=False),
    Column("starts_by_itself", Boolean, nullable=False),
    Column("completes_by_itself", Boolean, nullable=False),
    Column("reminder_minutes", ARRAY(Integer), nullable=False),
    Column("service_ids", ARRAY(Uuid), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deleted_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)


async def load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> Series | None:
    """The series, or None when there is none or it was deleted. `for_update` locks it until the transaction ends."""
    statement = _all(transaction).where(series.c.id == id)
    if for_update:
        statement = statement.with_for_update()
    found = await _assemble(transaction, (await transaction.execute(statement)).all(), hold=for_update)
    return found[0] if found else None


async def lock_if_free(transaction: Transaction, id: UUID) -> Series | None:
    """The series, deleted or not, locked; None while somebody else has it."""
    statement = select(series).where(series.c.organization_id == transaction.organization_id, series.c.id == id)
    rows = (await transaction.execute(statement.with_for_update(skip_locked=True))).all()
    found = await _assemble(transaction, rows, hold=True)
    return found[0] if found else None


async def list_series(transaction: Transaction, *, after: tuple[datetime, UUID] | None, limit: int) -> list[Series]:
    """Newest first by (created_at, id); `after` is the key of the last one of the page before."""
    statement = _all(transaction)
    if after is not None:
        statement = statement.where(tuple_(series.c.created_at, series.c.id) < after)
    statement = statement.order_by(desc(series.c.created_at), desc(series.c.id)).limit(limit)
    return await _assemble(transaction, (await transaction.execute(statement)).all(), hold=False)


async def count(transaction: Transaction) -> int:
    found: int = (
        await transaction.execute(select(func.count()).select_from(_all(transaction).subquery()))
    ).scalar_one()
    return found


async def save(transaction: Transaction, changed: Series) -> None:
    details = changed.details
    row = {
        "organization_id": transaction.organization_id,
        "id": changed.id,
        "title": details.title,
        "description": details.description,
        "visibility": details.visibility,
        "rule": changed.rule,
        "first_start": changed.first_start,
        "duration_minutes": changed.duration // timedelta(minutes=1),
        "starts_by_itself": details.starts_by_itself,
        "completes_by_itself": details.completes_by_itself,
        "reminder_minutes": list(details.reminder_minutes),
        "service_ids": list(details.services),
        "created_at": changed.created_at,
        "updated_at": changed.updated_at,
        "deleted_at": changed.deleted_at,
        "version": changed.version,
    }
    await transaction.execute(
        insert(series).values(row).on_conflict_do_update(index_elements=["organization_id", "id"], set_=row)
    )


async def plan(transaction: Transaction, planned: Series, now: datetime) -> None:
    """Bring the windows of a locked series up to date, recording their events, and note when to do so again."""
    zone = await KNOWN.time_zone(transaction, hold=True)
    attached = await windows.attached(transaction, planned.id, now)
    taken = await windows.taken(transaction, planned.id, now, _since(now))
    moves = planned.plan(attached, taken, zone, now)
    touched = []
    for window in moves.gone:
        transaction.record(window.delete(now, by_series=True))
        touched.append(window)
    for window, slot in moves.changed:
        event = window.follow_series(planned.details_for(window), slot.start, slot.end, slot.local_start, now)
        if event is not None:
            transaction.record(event)
        touched.append(window)
    for slot in moves.new:
        window, event = Window.plan(
            id=uuid7(),
            details=planned.details_for(None),
            start=slot.start,
            end=slot.end,
            occurrence=Occurrence(planned.id, slot.local_start),
            now=now,
        )
        transaction.record(event)
        touched.append(window)
    await windows.save(transaction, touched)
    if not moves.is_complete:
        again: datetime | None = now
    else:
        again = now + REPLAN if planned.deleted_at is None else None
    await due.plan_series(transaction, planned.id, again)


async def left_alone(transaction: Transaction, series_id: UUID, now: datetime) -> list[datetime]:
    """The wall times, those of today and later, at which the series plans nothing: a window of its own has begun there, or it is a person's."""
    return sorted(await windows.taken(transaction, series_id, now, _since(now)))


async def leave_alone(transaction: Transaction, begun: Series, local_starts: Iterable[datetime], now: datetime) -> None:
    """Have a new series plan nothing at these wall times: as if a person had deleted what it planned there. Nobody hears of it."""
    zone = await KNOWN.time_zone(transaction, hold=True)
    details = replace(begun.details, services={})
    deleted = []
    for local in local_starts:
        start = to_utc(local, zone)
        occurrence = Occurrence(begun.id, local, is_attached=False)
        window = Window(
            uuid7(),
            details,
            MaintenanceStatus.SCHEDULED,
            start,
            start + begun.duration,
            now,
            now,
            occurrence=occurrence,
        )
        window.deleted_at = now
        deleted.append(window)
    await windows.save(transaction, deleted)


def _since(now: datetime) -> datetime:
    return now.replace(tzinfo=None) - 2 * TODAY


async def plan_all_again(transaction: Transaction) -> None:
    """Note that every series of the organization is to be planned anew, each by itself."""
    moment = func.clock_timestamp()
    which = select(series.c.organization_id, series.c.id, literal(due.PLAN), moment, literal(0)).where(
        series.c.organization_id == transaction.organization_id, series.c.deleted_at.is_(None)
    )
    columns = ["organization_id", "id", "kind", "due_at", "failures"]
    statement = insert(due.due).from_select(columns, which)
    await transaction.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "id", "kind"], set_={"due_at": statement.excluded.due_at}
        )
    )


def _all(transaction: Transaction) -> Select[Any]:
    return select(series).where(series.c.organization_id == transaction.organization_id, series.c.deleted_at.is_(None))


async def _assemble(transaction: Transaction, rows: Sequence[Row[Any]], *, hold: bool) -> list[Series]:
    services = await KNOWN.find(transaction, {id for row in rows for id in row.service_ids}, hold=hold)
    return [
        Series(
            id=row.id,
            details=details_of(row, services),
            rule=row.rule,
            first_start=row.first_start,
            duration=timedelta(minutes=row.duration_minutes),
            created_at=row.created_at,
            updated_at=row.updated_at,
            deleted_at=row.deleted_at,
            version=row.version,
        )
        for row in rows
    ]
