"""Routes of series: windows that recur."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from starlette.responses import Response

from common.caller import Caller, Responder, Viewer, Writing
from common.clock import uuid7
from common.contracts.maintenance import ServiceMaintenance
from common.contracts.rules import RuleError
from common.contracts.values import UtcDatetime, Visibility
from common.errors import not_found
from common.known_services import BusOfService, when_known
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from maintenance import store
from maintenance.api import PREFIX, ChangedDetails, GivenDetails
from maintenance.domain.recurrence import RULE_MAX, to_local
from maintenance.domain.series import SERIES_MAX, Series
from maintenance.domain.times import LONGEST
from maintenance.store import series as series_store
from maintenance.store import window as windows

router = APIRouter(prefix=PREFIX, tags=["series"])

DURATION_MIN = 5


def _whole_minute(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be YYYY-MM-DDTHH:MM in the organization's zone, or an RFC 3339 time") from None
    if moment.second or moment.microsecond or not 1970 <= moment.year < 9000:
        raise ValueError("must be a whole minute of this time")
    return text


FirstStart = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d"), AfterValidator(_whole_minute)
]
Rule = Annotated[str, StringConstraints(min_length=1, max_length=RULE_MAX)]
Duration = Annotated[int, Field(ge=DURATION_MIN, le=LONGEST // timedelta(minutes=1), strict=True)]


class BeginSeries(GivenDetails):
    rule: Rule
    first_start: FirstStart
    duration_minutes: Duration


class ChangeSeries(ChangedDetails):
    rule: Rule | None = None
    first_start: FirstStart | None = None
    duration_minutes: Duration | None = None


class SeriesView(BaseModel):
    """A series. Its windows are read with `GET /maintenances?series_id=`."""

    id: UUID
    title: str
    description: str
    visibility: Visibility
    services: list[ServiceMaintenance]
    rule: str
    first_start: str = Field(description="wall time in the organization's zone")
    duration_minutes: int
    starts_by_itself: bool
    completes_by_itself: bool
    reminder_minutes: list[int]
    created_at: UtcDatetime
    updated_at: UtcDatetime
    version: int


class Occurrences(BaseModel):
    """What became of a series' occurrences, of today and later."""

    following: list[UUID] = Field(description="windows that are ahead and say what the series says")
    left_alone: list[str] = Field(
        description="wall times at which it plans nothing: a person moved, cancelled or deleted what was there, or it has begun"
    )


@router.post("/series", status_code=201, response_model=SeriesView, responses=tells(201, "ETag", "Location"))
async def begin_series(body: BeginSeries, caller: Responder, bus: BusOfService) -> Response:
    """Begin a series. Its windows are planned 180 days ahead, in the organization's wall time."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            zone = await store.KNOWN.time_zone(writing.transaction, hold=True)
            if await series_store.count(writing.transaction) >= SERIES_MAX:
                raise RuleError("too-many-series", "body", f"An organization has at most {SERIES_MAX} series.")
            details = await body.details(writing.transaction)
            now = await store.clock(writing.transaction)
            series = Series.begin(
                id=uuid7(),
                details=details,
                rule=body.rule,
                first_start=local(body.first_start, zone),
                duration=_minutes(body.duration_minutes),
                zone=zone,
                now=now,
            )
            await series_store.save(writing.transaction, series)
            await series_store.plan(writing.transaction, series, now)
            location = f"{PREFIX}/series/{series.id}"
            return writing.answer(201, _view(series), etag=series.version, location=location)

    return await when_known(attempt, bus)


@router.get("/series")
async def list_series(caller: Viewer, cursor: Cursor = None, limit: Limit = 20) -> Page[SeriesView]:
    """Series, the newest first."""
    async with caller.read() as transaction:
        found = await series_store.list_series(transaction, after=decode_time_cursor(cursor), limit=limit + 1)
    page, next_cursor = cut(found, limit, lambda last: (last.created_at.isoformat(), str(last.id)))
    return Page(items=[_view(series) for series in page], next_cursor=next_cursor)


@router.get("/series/{series_id}", response_model=SeriesView, responses=tells(200, "ETag"))
async def read_series(series_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        series = await series_store.load(transaction, series_id)
    if series is None:
        raise not_found("series")
    headers = {"ETag": f'"{series.version}"'}
    return Response(_view(series).model_dump_json(), headers=headers, media_type="application/json")


@router.get("/series/{series_id}/occurrences")
async def read_occurrences(series_id: UUID, caller: Viewer) -> Occurrences:
    async with caller.read() as transaction:
        if await series_store.load(transaction, series_id) is None:
            raise not_found("series")
        now = await store.clock(transaction)
        following = await windows.following(transaction, series_id, now)
        left_alone = await series_store.left_alone(transaction, series_id, now)
    return Occurrences(following=following, left_alone=[local.isoformat(timespec="minutes") for local in left_alone])


@router.patch("/series/{series_id}", response_model=SeriesView, responses=tells(200, "ETag"))
async def change_series(series_id: UUID, body: ChangeSeries, caller: Responder, bus: BusOfService) -> Response:
    """Change what is given. Windows that are ahead follow, but for those that a person has changed."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            series = await _load_for_update(writing, caller, series_id)
            zone = await store.KNOWN.time_zone(writing.transaction, hold=True)
            details = await body.details(writing.transaction, series.details)
            duration = series.duration if body.duration_minutes is None else _minutes(body.duration_minutes)
            now = await store.clock(writing.transaction)
            is_changed = series.change(
                details=details,
                rule=series.rule if body.rule is None else body.rule,
                first_start=series.first_start if body.first_start is None else local(body.first_start, zone),
                duration=duration,
                zone=zone,
                now=now,
            )
            if is_changed:
                await series_store.save(writing.transaction, series)
                await series_store.plan(writing.transaction, series, now)
            return writing.answer(200, _view(series), etag=series.version)

    return await when_known(attempt, bus)


@router.delete("/series/{series_id}", status_code=204)
async def delete_series(series_id: UUID, caller: Responder) -> Response:
    """Delete the series and its windows that are ahead, but for those that a person has changed."""
    async with caller.write() as writing:
        series = await _load_for_update(writing, caller, series_id)
        now = await store.clock(writing.transaction)
        series.delete(now)
        await series_store.save(writing.transaction, series)
        await series_store.plan(writing.transaction, series, now)
        return writing.answer(204)


async def _load_for_update(writing: Writing, caller: Caller, id: UUID) -> Series:
    series = await series_store.load(writing.transaction, id, for_update=True)
    if series is None:
        raise not_found("series")
    caller.check_version(series.version)
    return series


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def local(first_start: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(first_start)
    return moment if moment.tzinfo is None else to_local(moment, zone)


def _view(series: Series) -> SeriesView:
    details = series.details
    return SeriesView(
        id=series.id,
        title=details.title,
        description=details.description,
        visibility=details.visibility,
        services=[
            ServiceMaintenance(service_id=str(id), name=service.name) for id, service in details.services.items()
        ],
        rule=series.rule,
        first_start=series.first_start.isoformat(timespec="minutes"),
        duration_minutes=series.duration // timedelta(minutes=1),
        starts_by_itself=details.starts_by_itself,
        completes_by_itself=details.completes_by_itself,
        reminder_minutes=list(details.reminder_minutes),
        created_at=series.created_at,
        updated_at=series.updated_at,
        version=series.version,
    )
