"""The route by which `tidings import` brings in services of another installation or product, with how they were there."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from catalog.api import PREFIX, Input, load_page
from catalog.api.service import Day, today_on
from catalog.domain.service import Service, check_room, check_start_date
from catalog.domain.status import HistoryCause, ServiceState, Transition
from catalog.store import page as page_store
from catalog.store import service as store
from common.caller import Admin
from common.clock import now
from common.contracts.values import NamedActor, ServiceStatus, Text, Title, Visibility
from common.importing import ExternalId, Imported, Moment, answer, id_of, present

router = APIRouter(prefix=PREFIX, tags=["imports"])

HISTORY_MAX = 500
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class ImportedCause(Input):
    """`id` is that of an incident of this organization, or of one act of a person on several services. Nothing depends on it."""

    kind: Literal["incident", "manual"]
    id: Annotated[str, Field(pattern=_UUID)]
    title: Title | Literal[""]


class ImportedChange(Input):
    status: ServiceStatus
    changed_at: Moment
    changed_by: NamedActor | None = None
    cause: ImportedCause | None = None


class ImportService(Input):
    """`history` is how the status changed that visitors saw, the oldest change first."""

    external_id: ExternalId
    name: Title
    description: Text = ""
    visibility: Visibility = Visibility.PUBLIC
    start_date: Day | None = None
    base_status: ServiceStatus = ServiceStatus.OPERATIONAL
    created_at: Moment
    history: list[ImportedChange] = Field(default=[], max_length=HISTORY_MAX)


@router.post("/imports/services", status_code=201, response_model=Imported, responses={200: {"model": Imported}})
async def import_service(body: ImportService, caller: Admin) -> Response:
    """Write down a service of elsewhere with its history."""
    id = id_of(caller.organization_id, body.external_id, body.created_at)
    async with caller.write() as writing:
        there = await present(writing.transaction, store.service, body.external_id, id)
        if there is not None:
            return answer(writing, there, created=False)
        moment = now()
        await page_store.lock_organization(writing.transaction)
        check_room(await store.count_services(writing.transaction))
        page = await load_page(writing.transaction)
        if body.start_date is not None:
            check_start_date(body.start_date, today_on(page, moment))
        service, event = Service.of_elsewhere(
            id,
            name=body.name,
            description=body.description,
            visibility=body.visibility,
            start_date=body.start_date,
            created_at=body.created_at,
            now=moment,
        )
        writing.record(event)
        state = ServiceState.of_new_service(id, body.visibility, body.created_at)
        past = _transitions(body.history)
        events, transition = state.relive(past, body.base_status, moment)
        for event in events:
            writing.record(event)
        await store.save_service(writing.transaction, service)
        changed_by = [change.changed_by for change in body.history]
        await store.save_past(writing.transaction, id, list(zip(past, changed_by, strict=True)))
        await store.save_states(writing.transaction, [(state, transition)])
        return answer(writing, id, created=True)


def _transitions(history: list[ImportedChange]) -> list[Transition]:
    past, previous = [], ServiceStatus.OPERATIONAL
    for change in history:
        cause = HistoryCause(change.cause.kind, UUID(change.cause.id), change.cause.title) if change.cause else None
        past.append(Transition(change.status, previous, change.changed_at, cause))
        previous = change.status
    return past
