"""Services and their status. People set the base status; what visitors see is the worst of it and of open incidents."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Row
from starlette.responses import Response

from catalog.api import PREFIX, Input
from catalog.api.page import require_provisioned
from catalog.domain.service import SERVICES_MAX, Service, ServiceState
from catalog.store import page as page_store
from catalog.store import service as store
from common.caller import Admin, Responder, Viewer, Writing
from common.clock import now, uuid7
from common.contracts.catalog import Cause
from common.contracts.values import ServiceStatus, Text, Title, UtcDatetime
from common.envelope import Actor
from common.errors import Problem, not_found
from common.pagination import Cursor, Limit, Page, cut, decode_cursor, decode_time_cursor, invalid_cursor

router = APIRouter(prefix=PREFIX, tags=["services"])


class CreateService(Input):
    name: Title
    description: Text = ""


class ChangeService(Input):
    name: Title | None = None
    description: Text | None = None


class SetStatus(Input):
    status: ServiceStatus


class ServiceView(BaseModel):
    """`status` is what visitors see, `base_status` what people set, `causes` what makes the difference."""

    id: UUID
    name: str
    description: str
    status: ServiceStatus
    base_status: ServiceStatus
    causes: list[Cause]
    status_changed_at: UtcDatetime
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class HistoryCause(BaseModel):
    kind: str
    id: UUID
    title: str


class HistoryEntry(BaseModel):
    """One change of the status that visitors see. `changed_by` is who did it, as their token named them then; never public."""

    status: ServiceStatus
    previous: ServiceStatus
    changed_at: UtcDatetime
    changed_by: Actor | None
    cause: HistoryCause | None


@router.post("/services", status_code=201, response_model=ServiceView)
async def create_service(body: CreateService, caller: Admin) -> Response:
    async with caller.write() as writing:
        await page_store.lock_organization(writing.transaction)
        await require_provisioned(writing.transaction)
        if await store.count_services(writing.transaction) >= SERVICES_MAX:
            raise Problem(
                422, "too-many-services", "The input is not valid", f"A page has at most {SERVICES_MAX} services."
            )
        moment = now()
        service, event = Service.create(uuid7(), name=body.name, description=body.description, now=moment)
        state = ServiceState.of_new_service(service.id, moment)
        await store.save_service(writing.transaction, service)
        await store.save_state(writing.transaction, state, None)
        writing.record(event)
        return _answer(writing, service, state, 201)


@router.get("/services")
async def list_services(caller: Viewer, cursor: Cursor = None, limit: Limit = 100) -> Page[ServiceView]:
    async with caller.read() as transaction:
        found = await store.list_services(transaction, after=decode_time_cursor(cursor), limit=limit + 1)
    services, next_cursor = cut(found, limit, lambda last: (last[0].created_at.isoformat(), str(last[0].id)))
    return Page(items=[_view(service, state) for service, state in services], next_cursor=next_cursor)


@router.get("/services/{service_id}", response_model=ServiceView)
async def read_service(service_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        found = await store.load_service(transaction, service_id)
    if found is None:
        raise not_found("service")
    service, state = found
    headers = {"ETag": f'"{service.version}"'}
    return Response(_view(service, state).model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/services/{service_id}", response_model=ServiceView)
async def change_service(service_id: UUID, body: ChangeService, caller: Admin) -> Response:
    async with caller.write() as writing:
        service, state = await _load(writing, service_id, lock_status=False)
        caller.check_version(service.version)
        event = service.change(name=body.name, description=body.description, now=now())
        if event is not None:
            await store.save_service(writing.transaction, service)
            writing.record(event)
        return _answer(writing, service, state, 200)


@router.delete("/services/{service_id}", status_code=204)
async def delete_service(service_id: UUID, caller: Admin) -> Response:
    async with caller.write() as writing:
        service, _ = await _load(writing, service_id, lock_status=False)
        caller.check_version(service.version)
        writing.record(service.delete(now()))
        await store.save_service(writing.transaction, service)
        return writing.answer(204)


@router.put("/services/{service_id}/status", response_model=ServiceView)
async def set_status(service_id: UUID, body: SetStatus, caller: Responder) -> Response:
    """Set the base status. While an incident puts a worse one on the service, visitors go on seeing that."""
    async with caller.write() as writing:
        service, state = await _load(writing, service_id, lock_status=True)
        event, transition = state.set_base(body.status, now())
        if event is not None:
            await store.save_state(writing.transaction, state, transition)
            writing.record(event)
        return _answer(writing, service, state, 200)


@router.get("/services/{service_id}/history")
async def read_history(
    service_id: UUID, caller: Viewer, cursor: Cursor = None, limit: Limit = 50
) -> Page[HistoryEntry]:
    """Changes of the status that visitors see, newest first."""
    key = decode_cursor(cursor, 1)
    if key is not None and not (key[0].isdecimal() and len(key[0]) < 19):
        raise invalid_cursor()
    async with caller.read() as transaction:
        if await store.load_service(transaction, service_id) is None:
            raise not_found("service")
        rows = await store.list_history(transaction, service_id, before=int(key[0]) if key else None, limit=limit + 1)
    rows, next_cursor = cut(rows, limit, lambda last: (str(last.id),))
    return Page(items=[_history_entry(row) for row in rows], next_cursor=next_cursor)


async def _load(writing: Writing, service_id: UUID, *, lock_status: bool) -> tuple[Service, ServiceState]:
    lock = store.service_status if lock_status else store.service
    found = await store.load_service(writing.transaction, service_id, lock=lock)
    if found is None:
        raise not_found("service")
    return found


def _view(service: Service, state: ServiceState) -> ServiceView:
    return ServiceView(
        id=service.id,
        name=service.name,
        description=service.description,
        status=state.status,
        base_status=state.base_status,
        causes=list(state.causes),
        status_changed_at=state.changed_at,
        version=service.version,
        created_at=service.created_at,
        updated_at=service.updated_at,
    )


def _answer(writing: Writing, service: Service, state: ServiceState, status: int) -> Response:
    location = f"{PREFIX}/services/{service.id}" if status == 201 else None
    return writing.answer(status, _view(service, state), etag=service.version, location=location)


def _history_entry(row: Row[Any]) -> HistoryEntry:
    return HistoryEntry(
        status=row.status,
        previous=row.previous,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        cause=row.cause,
    )
