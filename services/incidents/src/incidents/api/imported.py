"""The route by which `tidings import` brings in incidents of another installation or product, as they were there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from common.caller import Admin
from common.clock import now, uuid7
from common.contracts.incidents import Postmortem
from common.contracts.values import (
    IncidentImpact,
    IncidentStatus,
    NamedActor,
    ServiceStatus,
    Text,
    Title,
    Visibility,
)
from common.importing import ExternalId, Imported, Moment, id_of, present
from common.importing import answer as answer_imported
from common.known_services import BusOfService, when_known
from incidents.api import PREFIX, Input, NamesServices, Services, by_id
from incidents.api.incident import PastUpdate
from incidents.domain.incident import Incident
from incidents.domain.timeline import UPDATES_MAX, Update
from incidents.store import KNOWN
from incidents.store import incident as store

router = APIRouter(prefix=PREFIX, tags=["imports"])


class ImportedPostmortem(Input):
    body: Annotated[Text, Field(min_length=1, description="Markdown")]
    published_at: Moment | None = None
    updated_at: Moment


class UpdatedService(Input):
    service_id: UUID
    old_status: ServiceStatus
    new_status: ServiceStatus


class ImportedUpdate(PastUpdate):
    """Who wrote it is what the file says: the audit log says who imported it."""

    edited_at: Moment | None = None
    services: list[UpdatedService] | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None


class ImportIncident(NamesServices):
    """`created_at` is when it was written down: now, unless given. One that was over by then was never seen while it lasted."""

    external_id: ExternalId
    title: Title
    description: Text = ""
    status: IncidentStatus
    impact: IncidentImpact
    visibility: Visibility = Visibility.PUBLIC
    started_at: Moment
    resolved_at: Moment | None = None
    created_at: Moment | None = None
    services: Services = Field(default=[])
    updates: list[ImportedUpdate] = Field(default=[], max_length=UPDATES_MAX)
    postmortem: ImportedPostmortem | None = None

    def named(self) -> set[UUID]:
        """Every service that it or one of its updates names."""
        updated = {service.service_id for update in self.updates for service in update.services or ()}
        return updated | {service.service_id for service in self.services}


@router.post("/imports/incidents", status_code=201, response_model=Imported, responses={200: {"model": Imported}})
async def import_incident(body: ImportIncident, caller: Admin, bus: BusOfService) -> Response:
    """Write down an incident of elsewhere with its whole timeline. Who is told of incidents hears of an old one that it is `backfilled`."""
    id = id_of(caller.organization_id, body.external_id, body.started_at)

    async def attempt() -> Response:
        async with caller.write() as writing:
            await KNOWN.time_zone(writing.transaction)
            there = await present(writing.transaction, store.incident, body.external_id, id)
            if there is not None:
                return answer_imported(writing, there, created=False)
            moment = now()
            named = body.named()
            incident, event = Incident.of_elsewhere(
                id=id,
                title=body.title,
                description=body.description,
                status=body.status,
                impact=body.impact,
                visibility=body.visibility,
                services=by_id(body.services),
                known=await KNOWN.require(writing.transaction, named, besides=named),
                started_at=body.started_at,
                resolved_at=body.resolved_at,
                created_at=body.created_at or moment,
                updates=[_update(number, update) for number, update in enumerate(body.updates, 1)],
                postmortem=Postmortem(**body.postmortem.model_dump()) if body.postmortem else None,
                now=moment,
            )
            await store.add(writing.transaction, incident)
            writing.record(event)
            return answer_imported(writing, id, created=True)

    return await when_known(attempt, bus)


def _update(number: int, said: ImportedUpdate) -> Update:
    services = None
    if said.services is not None:
        services = {named.service_id: (named.old_status, named.new_status) for named in said.services}
    return Update(
        uuid7(),
        number,
        said.status,
        said.message,
        said.created_at,
        said.edited_at,
        services,
        said.posted_by,
        said.edited_by,
    )
