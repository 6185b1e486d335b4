"""Routes of incidents: open them, or write them down afterwards; read, change and delete them; what was learned."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from common.caller import Responder, Viewer, Writing
from common.clock import now, uuid7
from common.contracts.events import DomainEvent
from common.contracts.incidents import Incident as IncidentView
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, Text, Title, UtcDatetime, Visibility
from common.errors import invalid, not_found
from common.known_services import BusOfService, when_known
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from incidents.api import PREFIX, Input, NamesServices, Services, answer, by_id, know, load_for_update
from incidents.domain.incident import Incident
from incidents.domain.template import BLANK, Template
from incidents.domain.timeline import UPDATES_MAX, Update
from incidents.store import KNOWN
from incidents.store import incident as store
from incidents.store import template as template_store

router = APIRouter(prefix=PREFIX, tags=["incidents"])


class PastUpdate(Input):
    """What was said while an incident lasted that is over."""

    status: IncidentStatus
    message: Text
    created_at: UtcDatetime


class OpenIncident(NamesServices):
    """`template_id` says what is not said here. With `started_at` and `resolved_at`, both past, the incident is over already."""

    title: Title | None = Field(None, description="needed without a template")
    description: Text = ""
    status: IncidentStatus | None = Field(None, description="the template's, otherwise investigating")
    impact: IncidentImpact | None = None
    visibility: Visibility | None = Field(None, description="the template's, otherwise public")
    message: Text | None = Field(None, description="the first update")
    services: Services | None = None
    template_id: UUID | None = None
    started_at: UtcDatetime | None = None
    resolved_at: UtcDatetime | None = None
    updates: list[PastUpdate] | None = Field(
        None, max_length=UPDATES_MAX, description="of an incident that is over, instead of a message"
    )

    def times(self) -> tuple[datetime, datetime] | None:
        """When an incident that is over began and ended; None for one that begins now. Refuses what goes with neither."""
        if self.started_at is None and self.resolved_at is None:
            if self.updates is not None:
                raise invalid("body.updates", "Only an incident with started_at and resolved_at has past updates.")
            return None
        if self.started_at is None or self.resolved_at is None:
            where = "started_at" if self.started_at is None else "resolved_at"
            raise invalid(f"body.{where}", "An incident that is over has both started_at and resolved_at.")
        if self.status not in (None, IncidentStatus.RESOLVED):
            raise invalid("body.status", "An incident that is over is resolved.")
        if self.updates is not None and self.message:
            raise invalid("body.message", "Give either a message or updates.")
        return self.started_at, self.resolved_at


class ChangeIncident(NamesServices):
    title: Title | None = None
    description: Text | None = None
    impact: IncidentImpact | None = None
    services: Services | None = None
    visibility: Visibility | None = None
    started_at: UtcDatetime | None = Field(
        None, description="only of an incident that was over when it was written down"
    )
    resolved_at: UtcDatetime | None = Field(
        None, description="only of an incident that was over when it was written down"
    )


class WritePostmortem(Input):
    body: Annotated[Text, Field(min_length=1, description="Markdown")]
    publish: bool | None = Field(
        None, strict=True, description="left out: a published one stays so, a new one is a draft"
    )


@router.post("/incidents", status_code=201, response_model=IncidentView, responses=tells(201, "ETag", "Location"))
async def open_incident(body: OpenIncident, caller: Responder, bus: BusOfService) -> Response:
    """Open an incident, or write down one that is over: with both times, it touches no present status."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            incident, event = await _open(writing, body, caller.actor.named())
            await store.add(writing.transaction, incident)
            writing.record(event)
            return answer(writing, incident, 201)

    return await when_known(attempt, bus)


async def _open(writing: Writing, body: OpenIncident, by: NamedActor) -> tuple[Incident, DomainEvent]:
    times = body.times()
    moment = now()
    zone = await KNOWN.time_zone(writing.transaction)
    template = None if body.template_id is None else await _template(writing, body.template_id)
    services = by_id(body.services or ())
    if body.services is None and template is not None:
        services = template.present_services()
    known = await KNOWN.require(writing.transaction, services)
    proposal = BLANK
    if template is not None:
        at = times[0] if times else moment
        proposal = template.propose(services=services, known=known, visibility=body.visibility, at=at.astimezone(zone))
    title = body.title or proposal.title
    if not title:
        raise invalid("body.title", "An incident needs a title, or a template.")
    message = proposal.message if body.message is None else body.message
    impact = body.impact or proposal.impact
    visibility = body.visibility or proposal.visibility
    if times is None:
        return Incident.open(
            id=uuid7(),
            title=title,
            description=body.description,
            status=body.status or proposal.status,
            impact=impact,
            visibility=visibility,
            services=services,
            known=known,
            message=message,
            update_id=uuid7(),
            by=by,
            now=moment,
        )
    started_at, resolved_at = times
    past = body.updates
    if past is None:
        past = [PastUpdate(status=IncidentStatus.RESOLVED, message=message, created_at=resolved_at)]
    return Incident.backfill(
        id=uuid7(),
        title=title,
        description=body.description,
        impact=impact,
        visibility=visibility,
        services=services,
        known=known,
        started_at=started_at,
        resolved_at=resolved_at,
        updates=[
            Update(uuid7(), number, said.status, said.message, said.created_at, posted_by=by)
            for number, said in enumerate(past, 1)
        ],
        now=moment,
    )


async def _template(writing: Writing, id: UUID) -> Template:
    template = await template_store.load(writing.transaction, id)
    if template is None:
        raise invalid("body.template_id", f"Unknown template: {id}", type="unknown-template")
    return template


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


@router.get("/incidents/{incident_id}", response_model=IncidentView, responses=tells(200, "ETag"))
async def read_incident(incident_id: UUID, caller: Viewer) -> Response:
    async with caller.read() as transaction:
        incident = await store.load(transaction, incident_id)
    if incident is None:
        raise not_found("incident")
    headers = {"ETag": f'"{incident.version}"'}
    return Response(incident.payload().model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/incidents/{incident_id}", response_model=IncidentView, responses=tells(200, "ETag"))
async def change_incident(incident_id: UUID, body: ChangeIncident, caller: Responder, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            incident = await load_for_update(writing, caller, incident_id)
            services = None if body.services is None else by_id(body.services)
            await know(writing, incident, services)
            event = incident.change_details(
                title=body.title,
                description=body.description,
                impact=body.impact,
                services=services,
                visibility=body.visibility,
                started_at=body.started_at,
                resolved_at=body.resolved_at,
                now=now(),
            )
            if event is not None:
                await store.save(writing.transaction, incident)
                writing.record(event)
            return answer(writing, incident, 200)

    return await when_known(attempt, bus)


@router.delete("/incidents/{incident_id}", status_code=204)
async def delete_incident(incident_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await load_for_update(writing, caller, incident_id)
        writing.record(incident.delete(now()))
        await store.save(writing.transaction, incident)
        return writing.answer(204)


@router.put("/incidents/{incident_id}/postmortem", response_model=IncidentView, responses=tells(200, "ETag"))
async def write_postmortem(incident_id: UUID, body: WritePostmortem, caller: Responder) -> Response:
    """Members read a draft; everybody reads what is published, and no longer what is a draft again."""
    async with caller.write() as writing:
        incident = await load_for_update(writing, caller, incident_id)
        event = incident.write_postmortem(body.body, publish=body.publish, now=now())
        if event is not None:
            await store.save(writing.transaction, incident)
            writing.record(event)
        return answer(writing, incident, 200)


@router.delete("/incidents/{incident_id}/postmortem", response_model=IncidentView, responses=tells(200, "ETag"))
async def take_back_postmortem(incident_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await load_for_update(writing, caller, incident_id)
        try:
            event = incident.take_back_postmortem(now())
        except KeyError:
            raise not_found("postmortem") from None
        await store.save(writing.transaction, incident)
        writing.record(event)
        return answer(writing, incident, 200)
