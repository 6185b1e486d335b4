"""Routes of incidents: open, read, change and delete incidents, and keep their timelines."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from common.caller import Caller, Responder, Viewer, Writing
from common.clock import now, uuid7
from common.contracts.incidents import Incident as IncidentView
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus, Text, Title, UtcDatetime
from common.errors import not_found
from common.known_services import BusOfService, when_known
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from incidents import store
from incidents.domain import SERVICES_MAX, Incident

PREFIX = "/api/incidents/v1"

router = APIRouter(prefix=PREFIX, tags=["incidents"])


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AffectedService(Input):
    service_id: UUID
    status: ServiceStatus | None = None


Services = Annotated[list[AffectedService], Field(max_length=SERVICES_MAX)]


class _NamesServices(Input):
    @model_validator(mode="after")
    def _each_service_once(self) -> "_NamesServices":
        ids = [service.service_id for service in getattr(self, "services", None) or []]
        if len(ids) != len(set(ids)):
            raise ValueError("a service is named twice")
        return self


class OpenIncident(_NamesServices):
    title: Title
    description: Text = ""
    status: IncidentStatus
    impact: IncidentImpact | None = None
    message: Text = ""
    services: Services = []


class ChangeIncident(_NamesServices):
    title: Title | None = None
    description: Text | None = None
    impact: IncidentImpact | None = None
    services: Services | None = None


class PostUpdate(_NamesServices):
    status: IncidentStatus | None = None
    message: Text = ""
    impact: IncidentImpact | None = None
    services: Services | None = None


class EditUpdate(Input):
    message: Text


@router.post("/incidents", status_code=201, response_model=IncidentView)
async def open_incident(body: OpenIncident, caller: Responder, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            await store.KNOWN.time_zone(writing.transaction)
            await store.KNOWN.require(writing.transaction, _ids(body.services))
            incident, event = Incident.open(
                id=uuid7(),
                title=body.title,
                description=body.description,
                status=body.status,
                impact=body.impact,
                services=_by_id(body.services),
                message=body.message,
                update_id=uuid7(),
                now=now(),
            )
            await store.save(writing.transaction, incident)
            writing.record(event)
            return _answer(writing, incident, 201)

    return await when_known(attempt, bus)


@router.get("/incidents")
async def list_incidents(
    caller: Viewer,
    state: Literal["open", "resolved"] | None = None,
    service_id: UUID | None = None,
    started_from: Annotated[UtcDatetime | None, Query(description="started at this time or later")] = None,
    started_until: Annotated[UtcDatetime | None, Query(description="started before this time")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[IncidentView]:
    async with caller.read() as transaction:
        found = await store.list_incidents(
            transaction,
            is_open=None if state is None else state == "open",
            service_id=service_id,
            started_from=started_from,
            started_until=started_until,
            after=decode_time_cursor(cursor),
            limit=limit + 1,
        )
    incidents, next_cursor = cut(found, limit, lambda last: (last.started_at.isoformat(), str(last.id)))
    return Page(items=[incident.payload() for incident in incidents], next_cursor=next_cursor)


@router.get("/incidents/{incident_id}", response_model=IncidentView)
async def read_incident(incident_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        incident = await store.load(transaction, incident_id)
    if incident is None:
        raise not_found("incident")
    headers = {"ETag": f'"{incident.version}"'}
    return Response(incident.payload().model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/incidents/{incident_id}", response_model=IncidentView)
async def change_incident(incident_id: UUID, body: ChangeIncident, caller: Responder, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            incident = await _load_for_update(writing, caller, incident_id)
            await store.KNOWN.require(writing.transaction, _ids(body.services), besides=incident.services)
            event = incident.change_details(
                title=body.title,
                description=body.description,
                impact=body.impact,
                services=None if body.services is None else _by_id(body.services),
                now=now(),
            )
            if event is not None:
                await store.save(writing.transaction, incident)
                writing.record(event)
            return _answer(writing, incident, 200)

    return await when_known(attempt, bus)


@router.delete("/incidents/{incident_id}", status_code=204)
async def delete_incident(incident_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await _load_for_update(writing, caller, incident_id)
        writing.record(incident.delete(now()))
        await store.save(writing.transaction, incident)
        return writing.answer(204)


@router.post("/incidents/{incident_id}/updates", status_code=201, response_model=IncidentView)
async def post_update(incident_id: UUID, body: PostUpdate, caller: Responder, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            incident = await _load_for_update(writing, caller, incident_id)
            await store.KNOWN.require(writing.transaction, _ids(body.services), besides=incident.services)
            event = incident.post_update(
                id=uuid7(),
                status=body.status,
                message=body.message,
                impact=body.impact,
                services=None if body.services is None else _by_id(body.services),
                now=now(),
            )
            await store.save(writing.transaction, incident)
            writing.record(event)
            return _answer(writing, incident, 201)

    return await when_known(attempt, bus)


@router.patch("/incidents/{incident_id}/updates/{update_id}", response_model=IncidentView)
async def edit_update(incident_id: UUID, update_id: UUID, body: EditUpdate, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await _load_for_update(writing, caller, incident_id)
        try:
            event = incident.edit_update(update_id, body.message, now())
        except KeyError:
            raise not_found("update") from None
        if event is not None:
            await store.save(writing.transaction, incident)
            writing.record(event)
        return _answer(writing, incident, 200)


@router.delete("/incidents/{incident_id}/updates/{update_id}", response_model=IncidentView)
async def delete_update(incident_id: UUID, update_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await _load_for_update(writing, caller, incident_id)
        try:
            event = incident.delete_update(update_id, now())
        except KeyError:
            raise not_found("update") from None
        await store.save(writing.transaction, incident)
        writing.record(event)
        return _answer(writing, incident, 200)


async def _load_for_update(writing: Writing, caller: Caller, incident_id: UUID) -> Incident:
    incident = await store.load(writing.transaction, incident_id, for_update=True)
    if incident is None:
        raise not_found("incident")
    caller.check_version(incident.version)
    return incident


def _ids(services: Sequence[AffectedService] | None) -> list[UUID]:
    return [service.service_id for service in services or ()]


def _by_id(services: Sequence[AffectedService]) -> dict[UUID, ServiceStatus | None]:
    return {service.service_id: service.status for service in services}


def _answer(writing: Writing, incident: Incident, status: int) -> Response:
    location = f"{PREFIX}/incidents/{incident.id}" if status == 201 else None
    return writing.answer(status, incident.payload(), etag=incident.version, location=location)
