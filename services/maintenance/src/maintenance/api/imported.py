"""The routes by which `tidings import` brings in windows and series of another installation or product, as they were there."""

from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from common.caller import Admin
from common.clock import uuid7
from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus, NamedActor, Text
from common.database import Transaction
from common.importing import ExternalId, Imported, Moment, answer, id_of, present
from common.known_services import BusOfService, when_known
from maintenance import store
from maintenance.api import PREFIX, GivenDetails, Input
from maintenance.api.series import Duration, FirstStart, Rule, local
from maintenance.domain.details import Details
from maintenance.domain.series import SERIES_MAX, Series
from maintenance.domain.update import UPDATES_MAX, Update
from maintenance.domain.window import Window
from maintenance.store import series as series_store
from maintenance.store import window as windows

router = APIRouter(prefix=PREFIX, tags=["imports"])

LEFT_ALONE_MAX = 500


class ImportedDetails(GivenDetails):
    external_id: ExternalId
    created_at: Moment

    async def details(self, transaction: Transaction) -> Details:
        """As ever, except that services may be named that were deleted since. Raises UnknownServicesError."""
        ids = [service.service_id for service in self.services]
        known = await store.KNOWN.require(transaction, ids, besides=ids)
        services = {id: known[id] for id in ids}
        without = self.model_copy(update={"services": []})
        return replace(await GivenDetails.details(without, transaction), services=services)


class ImportedUpdate(Input):
    """Who wrote it is what the file says: the audit log says who imported it."""

    status: MaintenanceStatus
    message: Text
    created_at: Moment
    edited_at: Moment | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None


class ImportWindow(ImportedDetails):
    status: MaintenanceStatus
    scheduled_start: Moment
    scheduled_end: Moment
    started_at: Moment | None = None
    completed_at: Moment | None = None
    cancelled_at: Moment | None = None
    updates: list[ImportedUpdate] = Field(default=[], max_length=UPDATES_MAX)


class ImportSeries(ImportedDetails):
    rule: Rule
    first_start: FirstStart
    duration_minutes: Duration
    left_alone: list[FirstStart] = Field(default=[], max_length=LEFT_ALONE_MAX)


@router.post("/imports/maintenances", status_code=201, response_model=Imported, responses={200: {"model": Imported}})
async def import_window(body: ImportWindow, caller: Admin, bus: BusOfService) -> Response:
    """Write down a window of elsewhere with its whole timeline. One that is ahead is made here as any other."""
    id = id_of(caller.organization_id, body.external_id, body.scheduled_start)

    async def attempt() -> Response:
        async with caller.write() as writing:
            await store.KNOWN.time_zone(writing.transaction)
            there = await present(writing.transaction, windows.maintenance, body.external_id, id)
            if there is not None:
                return answer(writing, there, created=False)
            window, event = Window.of_elsewhere(
                id=id,
                details=await body.details(writing.transaction),
                status=body.status,
                scheduled_start=body.scheduled_start,
                scheduled_end=body.scheduled_end,
                started_at=body.started_at,
                completed_at=body.completed_at,
                cancelled_at=body.cancelled_at,
                created_at=body.created_at,
                updates=[Update(uuid7(), **dict(update)) for update in body.updates],
                now=await store.clock(writing.transaction),
            )
            writing.record(event)
            await windows.save(writing.transaction, [window])
            return answer(writing, id, created=True)

    return await when_known(attempt, bus)


@router.post("/imports/series", status_code=201, response_model=Imported, responses={200: {"model": Imported}})
async def import_series(body: ImportSeries, caller: Admin, bus: BusOfService) -> Response:
    """Go on with a series of elsewhere. Nothing is planned at the wall times that are `left_alone`."""
    id = id_of(caller.organization_id, body.external_id, body.created_at)

    async def attempt() -> Response:
        async with caller.write() as writing:
            zone = await store.KNOWN.time_zone(writing.transaction, hold=True)
            there = await present(writing.transaction, series_store.series, body.external_id, id)
            if there is not None:
                return answer(writing, there, created=False)
            if await series_store.count(writing.transaction) >= SERIES_MAX:
                raise RuleError("too-many-series", "body", f"An organization has at most {SERIES_MAX} series.")
            now = await store.clock(writing.transaction)
            series = Series.of_elsewhere(
                id=id,
                details=await body.details(writing.transaction),
                rule=body.rule,
                first_start=local(body.first_start, zone),
                duration=timedelta(minutes=body.duration_minutes),
                created_at=body.created_at,
                zone=zone,
                now=now,
            )
            await series_store.save(writing.transaction, series)
            left_alone = {local(start, zone) for start in body.left_alone}
            await series_store.leave_alone(writing.transaction, series, left_alone, now)
            await series_store.plan(writing.transaction, series, now)
            return answer(writing, id, created=True)

    return await when_known(attempt, bus)
