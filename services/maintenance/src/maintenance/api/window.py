"""Routes of windows: plan, read, change and delete them, make their moves, and keep their timelines."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from common.caller import Caller, Responder, Viewer, Writing
from common.clock import uuid7
from common.contracts.maintenance import Maintenance as WindowContract
from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus, Text, UtcDatetime
from common.errors import not_found
from common.known_services import BusOfService, when_known
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from maintenance import store
from maintenance.api import PREFIX, ChangedDetails, GivenDetails, Input
from maintenance.domain.update import Note
from maintenance.domain.window import Window
from maintenance.store import window as windows

router = APIRouter(prefix=PREFIX, tags=["maintenances"])


class PlanWindow(GivenDetails):
    message: Text = ""
    scheduled_start: UtcDatetime | None = None
    scheduled_end: UtcDatetime


class ChangeWindow(ChangedDetails):
    scheduled_start: UtcDatetime | None = None
    scheduled_end: UtcDatetime | None = None


class Say(Input):
    message: Text = ""


class ExtendWindow(Say):
    scheduled_end: UtcDatetime


class PostUpdate(Input):
    message: Text


class Overlap(BaseModel):
    """Another window, ahead or in progress, that shares services and time with this one."""

    id: UUID
    title: str
    scheduled_start: UtcDatetime
    scheduled_end: UtcDatetime
    service_ids: list[UUID] = Field(description="those that both name")


class WindowView(WindowContract):
    overlaps: list[Overlap] = Field(
        default=[],
        max_length=windows.OVERLAPS_MAX,
        description="allowed, but worth knowing; the first few by their start",
    )


@router.post("/maintenances", status_code=201, response_model=WindowView, responses=tells(201, "ETag", "Location"))
async def plan_window(body: PlanWindow, caller: Responder, bus: BusOfService) -> Response:
    """Plan a window. Without `scheduled_start`, or with one up to 5 minutes past, it starts at once."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            await store.KNOWN.time_zone(writing.transaction)
            window, event = Window.plan(
                id=uuid7(),
                details=await body.details(writing.transaction),
                start=body.scheduled_start,
                end=body.scheduled_end,
                note=_note(body.message, caller),
                now=await store.clock(writing.transaction),
            )
            writing.record(event)
            await windows.save(writing.transaction, [window])
            return await _answer(writing, window, 201)

    return await when_known(attempt, bus)


@router.get("/maintenances")
async def list_windows(
    caller: Viewer,
    state: MaintenanceStatus | None = None,
    from_: Annotated[UtcDatetime | None, Query(alias="from", description="scheduled to end after this time")] = None,
    until: Annotated[UtcDatetime | None, Query(description="scheduled to start before this time")] = None,
    service_id: UUID | None = None,
    series_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[WindowContract]:
    """Windows in the order of their scheduled starts."""
    async with caller.read() as transaction:
        found = await windows.list_windows(
            transaction,
            state=state,
            ends_after=from_,
            starts_before=until,
            service_id=service_id,
            series_id=series_id,
            after=decode_time_cursor(cursor),
            limit=limit + 1,
        )
    page, next_cursor = cut(found, limit, lambda last: (last.scheduled_start.isoformat(), str(last.id)))
    return Page(items=[window.payload() for window in page], next_cursor=next_cursor)


@router.get("/maintenances/{maintenance_id}", response_model=WindowView, responses=tells(200, "ETag"))
async def read_window(maintenance_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        window = await windows.load(transaction, maintenance_id)
        if window is None:
            raise not_found("maintenance")
        view = _view(window, await windows.overlaps(transaction, window))
    headers = {"ETag": f'"{window.version}"'}
    return Response(view.model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/maintenances/{maintenance_id}", response_model=WindowView, responses=tells(200, "ETag"))
async def change_window(maintenance_id: UUID, body: ChangeWindow, caller: Responder, bus: BusOfService) -> Response:
    """Change what is given. An occurrence that is changed is its series' no more."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            window = await _load_for_update(writing, caller, maintenance_id)
            event = window.change(
                await body.details(writing.transaction, window.details),
                body.scheduled_start or window.scheduled_start,
                body.scheduled_end or window.scheduled_end,
                await store.clock(writing.transaction),
            )
            if event is not None:
                writing.record(event)
                await windows.save(writing.transaction, [window])
            return await _answer(writing, window, 200)

    return await when_known(attempt, bus)


@router.delete("/maintenances/{maintenance_id}", status_code=204)
async def delete_window(maintenance_id: UUID, caller: Responder) -> Response:
    """Delete a window that has not begun. An occurrence that is deleted never comes back."""
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        writing.record(window.delete(await store.clock(writing.transaction)))
        await windows.save(writing.transaction, [window])
        return writing.answer(204)


@router.post("/maintenances/{maintenance_id}/start", response_model=WindowView, responses=tells(200, "ETag"))
async def start_window(maintenance_id: UUID, caller: Responder, body: Say | None = None) -> Response:
    """Start it now, earlier or later than scheduled."""
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        writing.record(window.start(_said(body, caller), await store.clock(writing.transaction)))
        await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


@router.post("/maintenances/{maintenance_id}/complete", response_model=WindowView, responses=tells(200, "ETag"))
async def complete_window(maintenance_id: UUID, caller: Responder, body: Say | None = None) -> Response:
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        writing.record(window.complete(_said(body, caller), await store.clock(writing.transaction)))
        await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


@router.post("/maintenances/{maintenance_id}/cancel", response_model=WindowView, responses=tells(200, "ETag"))
async def cancel_window(maintenance_id: UUID, caller: Responder, body: Say | None = None) -> Response:
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        writing.record(window.cancel(_said(body, caller), await store.clock(writing.transaction)))
        await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


@router.post("/maintenances/{maintenance_id}/extend", response_model=WindowView, responses=tells(200, "ETag"))
async def extend_window(maintenance_id: UUID, body: ExtendWindow, caller: Responder) -> Response:
    """End at another time, later or earlier, in the future."""
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        event = window.extend(body.scheduled_end, _said(body, caller), await store.clock(writing.transaction))
        if event is not None:
            writing.record(event)
            await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


@router.post(
    "/maintenances/{maintenance_id}/updates",
    status_code=201,
    response_model=WindowView,
    responses=tells(201, "ETag", "Location"),
)
async def post_update(maintenance_id: UUID, body: PostUpdate, caller: Responder) -> Response:
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        note = _note(body.message, caller)
        if note is None:
            raise RuleError("empty-update", "body.message", "An update says something.")
        writing.record(window.post_update(note, await store.clock(writing.transaction)))
        await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 201)


@router.patch(
    "/maintenances/{maintenance_id}/updates/{update_id}", response_model=WindowView, responses=tells(200, "ETag")
)
async def edit_update(maintenance_id: UUID, update_id: UUID, body: PostUpdate, caller: Responder) -> Response:
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        try:
            event = window.edit_update(
                update_id, body.message, caller.actor.named(), await store.clock(writing.transaction)
            )
        except KeyError:
            raise not_found("update") from None
        if event is not None:
            writing.record(event)
            await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


@router.delete(
    "/maintenances/{maintenance_id}/updates/{update_id}", response_model=WindowView, responses=tells(200, "ETag")
)
async def delete_update(maintenance_id: UUID, update_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        window = await _load_for_update(writing, caller, maintenance_id)
        try:
            writing.record(window.delete_update(update_id, await store.clock(writing.transaction)))
        except KeyError:
            raise not_found("update") from None
        await windows.save(writing.transaction, [window])
        return await _answer(writing, window, 200)


async def _load_for_update(writing: Writing, caller: Caller, id: UUID) -> Window:
    window = await windows.load(writing.transaction, id, for_update=True)
    if window is None:
        raise not_found("maintenance")
    caller.check_version(window.version)
    return window


def _note(message: str, caller: Caller) -> Note | None:
    return Note(uuid7(), message, caller.actor.named()) if message else None


def _said(body: Say | None, caller: Caller) -> Note | None:
    return _note(body.message, caller) if body is not None else None


def _view(window: Window, overlapping: Sequence[windows.OverlapRow]) -> WindowView:
    return WindowView(
        **dict(window.payload()),
        overlaps=[
            Overlap(
                id=other.id,
                title=other.title,
                scheduled_start=other.scheduled_start,
                scheduled_end=other.scheduled_end,
                service_ids=[id for id in other.service_ids if id in window.details.services],
            )
            for other in overlapping
        ],
    )


async def _answer(writing: Writing, window: Window, status: int) -> Response:
    view = _view(window, await windows.overlaps(writing.transaction, window))
    location = f"{PREFIX}/maintenances/{window.id}" if status == 201 else None
    return writing.answer(status, view, etag=window.version, location=location)
