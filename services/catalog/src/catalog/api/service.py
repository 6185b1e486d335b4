"""Services: made, changed, deleted, and restored for a while."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator
from starlette.responses import Response

from catalog.api import PREFIX, Input, load_page
from catalog.domain.layout import PageServices
from catalog.domain.page import Page as StatusPage
from catalog.domain.service import RESTORABLE, Service, check_room, check_start_date
from catalog.domain.status import ServiceState
from catalog.store import effects
from catalog.store import layout as layout_store
from catalog.store import page as page_store
from catalog.store import service as store
from common.caller import Admin, Viewer, Writing
from common.clock import now, uuid7
from common.contracts.catalog import Cause, OpenWindow
from common.contracts.values import ServiceStatus, Text, Title, UtcDatetime, Visibility
from common.errors import not_found
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor

router = APIRouter(prefix=PREFIX, tags=["services"])


def _written(value: object) -> object:
    """Not a number of seconds, which would be understood as well."""
    if not isinstance(value, str):
        raise ValueError("must be a day, written YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written)]


class CreateService(Input):
    """`start_date` is the first day that anything is said about the service: today, unless given."""

    name: Title
    description: Text = ""
    visibility: Visibility = Visibility.PUBLIC
    start_date: Day | None = None


class ChangeService(Input):
    name: Title | None = None
    description: Text | None = None
    visibility: Visibility | None = None
    start_date: Day | None = None


class ServiceView(BaseModel):
    """`status` is what visitors see, `base_status` what people set, `causes` what makes the difference.

    Maintenance is said beside it: `windows` are those in progress on the service.
    """

    id: UUID
    name: str
    description: str
    visibility: Visibility
    start_date: date | None
    status: ServiceStatus
    base_status: ServiceStatus
    causes: list[Cause]
    under_maintenance: bool
    windows: list[OpenWindow]
    status_changed_at: UtcDatetime
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime
    deleted_at: UtcDatetime | None

    @classmethod
    def of(cls, service: Service, state: ServiceState) -> "ServiceView":
        return cls(
            id=service.id,
            name=service.name,
            description=service.description,
            visibility=service.visibility,
            start_date=service.start_date,
            status=state.status,
            base_status=state.base_status,
            causes=list(state.causes),
            under_maintenance=bool(state.windows),
            windows=list(state.windows),
            status_changed_at=state.changed_at,
            version=service.version,
            created_at=service.created_at,
            updated_at=service.updated_at,
            deleted_at=service.deleted_at,
        )


@router.post("/services", status_code=201, response_model=ServiceView, responses=tells(201, "ETag", "Location"))
async def create_service(body: CreateService, caller: Admin) -> Response:
    async with caller.write() as writing:
        moment = now()
        await page_store.lock_organization(writing.transaction)
        today = today_on(await load_page(writing.transaction), moment)
        check_room(await store.count_services(writing.transaction))
        start_date = body.start_date or today
        check_start_date(start_date, today)
        service, event = Service.create(
            uuid7(),
            name=body.name,
            description=body.description,
            visibility=body.visibility,
            start_date=start_date,
            now=moment,
        )
        state = ServiceState.of_new_service(service.id, service.visibility, moment)
        await store.save_service(writing.transaction, service)
        await store.save_states(writing.transaction, [(state, None)])
        writing.record(event)
        return _answer(writing, service, state, 201)


@router.get("/services")
async def list_services(
    caller: Viewer,
    cursor: Cursor = None,
    limit: Limit = 100,
    deleted: Annotated[bool, Query(description="those that can be restored, instead of those that exist")] = False,
) -> Page[ServiceView]:
    """In order of creation."""
    since = now() - RESTORABLE if deleted else None
    async with caller.read() as transaction:
        found = await store.list_services(
            transaction, deleted_since=since, after=decode_time_cursor(cursor), limit=limit + 1
        )
    services, next_cursor = cut(found, limit, lambda last: (last[0].created_at.isoformat(), str(last[0].id)))
    return Page(items=[ServiceView.of(service, state) for service, state in services], next_cursor=next_cursor)


@router.get("/services/{service_id}", response_model=ServiceView, responses=tells(200, "ETag"))
async def read_service(service_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        found = await store.load_service(transaction, service_id)
    if found is None:
        raise not_found("service")
    service, state = found
    headers = {"ETag": f'"{service.version}"'}
    return Response(ServiceView.of(service, state).model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/services/{service_id}", response_model=ServiceView, responses=tells(200, "ETag"))
async def change_service(service_id: UUID, body: ChangeService, caller: Admin) -> Response:
    """Change what is given. Who becomes internal vanishes from everything that is public at once."""
    async with caller.write() as writing:
        moment = now()
        before = await _lock_page(writing, moment)
        service, state = await _load_locked(writing, service_id)
        caller.check_version(service.version)
        if body.start_date is not None:
            check_start_date(body.start_date, today_on(await load_page(writing.transaction), moment))
        event = service.change(
            name=body.name,
            description=body.description,
            visibility=body.visibility,
            start_date=body.start_date,
            now=moment,
        )
        if event is not None:
            await store.save_service(writing.transaction, service)
            writing.record(event)
        if service.visibility is not state.visibility:
            await _tell_layout(writing, before, moment)
            await _tell_status(writing, service, state, moment, anew=service.is_public)
        return _answer(writing, service, state, 200)


@router.delete("/services/{service_id}", status_code=204)
async def delete_service(service_id: UUID, caller: Admin) -> Response:
    """Take it off the page. For 30 days it can be restored."""
    async with caller.write() as writing:
        moment = now()
        before = await _lock_page(writing, moment)
        service, _ = await _load_locked(writing, service_id)
        caller.check_version(service.version)
        writing.record(service.delete(moment))
        await store.save_service(writing.transaction, service)
        await _tell_layout(writing, before, moment)
        return writing.answer(204)


@router.post("/services/{deleted_service_id}/restore", response_model=ServiceView, responses=tells(200, "ETag"))
async def restore_service(deleted_service_id: UUID, caller: Admin) -> Response:
    """Undo a deletion of the last 30 days: the service is back with its settings, its place in the layout and the status it would have."""
    async with caller.write() as writing:
        moment = now()
        before = await _lock_page(writing, moment)
        service, state = await _load_locked(writing, deleted_service_id, deleted_since=moment - RESTORABLE)
        caller.check_version(service.version)
        event = service.restore(moment)
        check_room(await store.count_services(writing.transaction))
        await store.save_service(writing.transaction, service)
        writing.record(event)
        await _tell_layout(writing, before, moment)
        await _tell_status(writing, service, state, moment, anew=True)
        return _answer(writing, service, state, 200)


def today_on(page: StatusPage, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(page.settings.time_zone)).date()


async def _lock_page(writing: Writing, moment: datetime) -> PageServices:
    """Take turns with everybody else who changes what the page consists of. Returns its services as they are."""
    await page_store.lock_organization(writing.transaction)
    return await store.page_services(writing.transaction, restorable_since=moment - RESTORABLE)


async def _load_locked(
    writing: Writing, id: UUID, *, deleted_since: datetime | None = None
) -> tuple[Service, ServiceState]:
    """The service, held until the transaction ends; also one that was deleted since then. Refuses with a 404."""
    await store.lock(writing.transaction, [id])
    found = await store.load_service(writing.transaction, id, deleted=deleted_since is not None)
    if found is None or (deleted_since and found[0].deleted_at and found[0].deleted_at <= deleted_since):
        raise not_found("service")
    return found


async def _tell_layout(writing: Writing, before: PageServices, moment: datetime) -> None:
    """The layout anew, when everybody sees another one than before."""
    layout = await layout_store.load_layout(writing.transaction, moment)
    after = await store.page_services(writing.transaction, restorable_since=moment - RESTORABLE)
    event = layout.services_changed(before, after, moment)
    if event is not None:
        await layout_store.save_layout(writing.transaction, layout)
        writing.record(event)


async def _tell_status(
    writing: Writing, service: Service, state: ServiceState, moment: datetime, *, anew: bool
) -> None:
    """The status that follows from what counts on the service now."""
    state.visibility = service.visibility
    found = await effects.effects_of(writing.transaction, [state])
    event, transition = state.set_effects(found[state.service_id], moment, anew=anew)
    if event is not None:
        await store.save_states(writing.transaction, [(state, transition)])
        writing.record(event)


def _answer(writing: Writing, service: Service, state: ServiceState, status: int) -> Response:
    location = f"{PREFIX}/services/{service.id}" if status == 201 else None
    return writing.answer(status, ServiceView.of(service, state), etag=service.version, location=location)
