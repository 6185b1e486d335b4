"""The status of services: people set the base status; what visitors see is the worst of it and of open incidents. And its history."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import Row
from starlette.responses import Response

from catalog.api import PREFIX, Input
from catalog.api.service import ServiceView
from catalog.domain.history import read_together
from catalog.domain.service import SERVICES_MAX
from catalog.domain.status import HistoryCause, ServiceState
from catalog.store import history
from catalog.store import service as store
from common.caller import Responder, Viewer
from common.clock import now, uuid7
from common.contracts.values import NamedActor, ServiceStatus, Title, UtcDatetime
from common.database import Transaction
from common.errors import invalid, not_found
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_cursor, invalid_cursor

router = APIRouter(prefix=PREFIX, tags=["status"])

_KEY: TypeAdapter[history.Key] = TypeAdapter(tuple[UtcDatetime, Annotated[int, Field(ge=-(2**63), lt=2**63)]])


class SetStatus(Input):
    status: ServiceStatus


class SetStatuses(Input):
    """`reason` is what the history of each service says."""

    service_ids: Annotated[list[UUID], Field(min_length=1, max_length=SERVICES_MAX)]
    status: ServiceStatus
    reason: Title | None = None


class Services(BaseModel):
    items: list[ServiceView]


class EntryCause(BaseModel):
    """`kind` is `incident`, or `manual`: one act of a person on several services, `title` being its reason."""

    kind: str
    id: UUID
    title: str


class HistoryEntry(BaseModel):
    """One change of the status that visitors see. `changed_by` is who did it, as their token named them then; never public.

    A `backfilled` one was written down later: nobody saw it then. Where something else was worse at that time, `status` and `previous` are
    the same.
    """

    status: ServiceStatus
    previous: ServiceStatus
    changed_at: UtcDatetime
    changed_by: NamedActor | None
    cause: EntryCause | None
    backfilled: bool


@router.put("/services/{service_id}/status", response_model=ServiceView, responses=tells(200, "ETag"))
async def set_status(service_id: UUID, body: SetStatus, caller: Responder) -> Response:
    """Set the base status. While an incident puts a worse one on the service, visitors go on seeing that."""
    async with caller.write() as writing:
        await store.lock(writing.transaction, [service_id])
        found = await store.load_service(writing.transaction, service_id)
        if found is None:
            raise not_found("service")
        service, state = found
        event, transition = state.set_base(body.status, now())
        if event is not None:
            await store.save_states(writing.transaction, [(state, transition)])
            writing.record(event)
        return writing.answer(200, ServiceView.of(service, state), etag=service.version)


@router.post("/services/status", response_model=Services)
async def set_statuses(body: SetStatuses, caller: Responder) -> Response:
    """Set the base status of several services, all or none. Those that have it already stay as they are."""
    async with caller.write() as writing:
        await store.lock(writing.transaction, body.service_ids)
        found = await store.load_services(writing.transaction, body.service_ids)
        unknown = set(body.service_ids) - {service.id for service, _ in found}
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            raise invalid("body.service_ids", f"Unknown service: {names}", type="unknown-service")
        moment = now()
        cause = HistoryCause("manual", uuid7(), body.reason or "")
        changes = []
        for _, state in found:
            event, transition = state.set_base(body.status, moment, cause)
            if event is not None:
                changes.append((state, transition))
                writing.record(event)
        await store.save_states(writing.transaction, changes)
        return writing.answer(200, Services(items=[ServiceView.of(service, state) for service, state in found]))


@router.get("/services/{service_id}/history")
async def read_history(
    service_id: UUID,
    caller: Viewer,
    cursor: Cursor = None,
    limit: Limit = 50,
    seen_alone: Annotated[bool, Query(description="without what was written down later")] = False,
) -> Page[HistoryEntry]:
    """Changes of the status that visitors see, and what incidents that were written down later say of the past; newest first."""
    before = _key(cursor)
    async with caller.read() as transaction:
        found = await store.load_service(transaction, service_id)
        if found is None:
            raise not_found("service")
        _, state = found
        rows = await history.list_history(transaction, state, seen_alone=seen_alone, before=before, limit=limit + 1)
        rows, next_cursor = cut(rows, limit, lambda last: (last.changed_at.isoformat(), str(last.number)))
        items = await _entries(transaction, state, rows, seen_alone=seen_alone)
    return Page(items=items, next_cursor=next_cursor)


def _key(cursor: str | None) -> history.Key | None:
    parts = decode_cursor(cursor, 2)
    try:
        return None if parts is None else _KEY.validate_python(parts)
    except ValueError:
        raise invalid_cursor() from None


async def _entries(
    transaction: Transaction, state: ServiceState, rows: Sequence[Row[Any]], *, seen_alone: bool
) -> list[HistoryEntry]:
    """The entries of one page, each with what everything together was like before and after it."""
    if not rows:
        return []
    oldest_first = rows[::-1]
    first = (oldest_first[0].changed_at, oldest_first[0].number)
    tracks = await history.tracks_before(transaction, state, first, seen_alone=seen_alone)
    statuses = read_together(((row.incident_id, ServiceStatus(row.status)) for row in oldest_first), tracks)
    return [_entry(row, *both) for row, both in zip(oldest_first, statuses, strict=True)][::-1]


def _entry(row: Row[Any], previous: ServiceStatus, status: ServiceStatus) -> HistoryEntry:
    backfilled = row.incident_id is not None
    cause = {"kind": "incident", "id": row.incident_id, "title": row.title} if backfilled else row.cause
    return HistoryEntry(
        status=status,
        previous=previous,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        cause=cause,
        backfilled=backfilled,
    )
