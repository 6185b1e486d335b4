"""Routes of an incident's timeline: its updates, and what they said before they were edited or deleted."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from common.caller import Responder, Viewer
from common.clock import now, uuid7
from common.contracts.incidents import Incident as IncidentView
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, Text, UtcDatetime
from common.errors import not_found
from common.known_services import BusOfService, when_known
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_cursor, invalid_cursor
from incidents.api import PREFIX, Input, NamesServices, Services, answer, by_id, know, load_for_update
from incidents.domain.timeline import Replacement
from incidents.store import incident as store

router = APIRouter(prefix=PREFIX, tags=["incidents"])


class PostUpdate(NamesServices):
    status: IncidentStatus | None = None
    message: Text = ""
    impact: IncidentImpact | None = None
    services: Services | None = None


class EditUpdate(Input):
    message: Text


class FormerUpdate(BaseModel):
    """What an update said until somebody edited or deleted it: members see it, no event carries it.

    `replaced_by` is who that was, as their token named them then.
    """

    update_id: UUID
    kind: Replacement
    status: IncidentStatus
    message: str
    replaced_at: UtcDatetime
    replaced_by: NamedActor | None


@router.post(
    "/incidents/{incident_id}/updates",
    status_code=201,
    response_model=IncidentView,
    responses=tells(201, "ETag", "Location"),
)
async def post_update(incident_id: UUID, body: PostUpdate, caller: Responder, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            incident = await load_for_update(writing, caller, incident_id)
            services = None if body.services is None else by_id(body.services)
            await know(writing, incident, services)
            event = incident.post_update(
                id=uuid7(),
                status=body.status,
                message=body.message,
                impact=body.impact,
                services=services,
                by=caller.actor.named(),
                now=now(),
            )
            await store.save(writing.transaction, incident)
            writing.record(event)
            return answer(writing, incident, 201)

    return await when_known(attempt, bus)


@router.patch("/incidents/{incident_id}/updates/{update_id}", response_model=IncidentView, responses=tells(200, "ETag"))
async def edit_update(incident_id: UUID, update_id: UUID, body: EditUpdate, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await load_for_update(writing, caller, incident_id)
        try:
            event = incident.edit_update(update_id, body.message, caller.actor.named(), now())
        except KeyError:
            raise not_found("update") from None
        if event is not None:
            await store.save(writing.transaction, incident)
            writing.record(event)
        return answer(writing, incident, 200)


@router.delete(
    "/incidents/{incident_id}/updates/{update_id}", response_model=IncidentView, responses=tells(200, "ETag")
)
async def delete_update(incident_id: UUID, update_id: UUID, caller: Responder) -> Response:
    async with caller.write() as writing:
        incident = await load_for_update(writing, caller, incident_id)
        try:
            event = incident.delete_update(update_id, now())
        except KeyError:
            raise not_found("update") from None
        await store.save(writing.transaction, incident)
        writing.record(event)
        return answer(writing, incident, 200)


@router.get("/incidents/{incident_id}/edits")
async def list_edits(incident_id: UUID, caller: Viewer, cursor: Cursor = None, limit: Limit = 20) -> Page[FormerUpdate]:
    """What the incident's updates said before, newest first."""
    async with caller.read() as transaction:
        if await store.load(transaction, incident_id) is None:
            raise not_found("incident")
        found = await store.list_former_updates(transaction, incident_id, before=_version(cursor), limit=limit + 1)
    former, next_cursor = cut(found, limit, lambda last: (str(last.version),))
    return Page(
        items=[FormerUpdate.model_validate(text, from_attributes=True) for text in former], next_cursor=next_cursor
    )


def _version(cursor: str | None) -> int | None:
    key = decode_cursor(cursor, 1)
    if key is None:
        return None
    if not key[0].isdecimal() or not key[0].isascii() or len(key[0]) > 9:
        raise invalid_cursor()
    return int(key[0])
