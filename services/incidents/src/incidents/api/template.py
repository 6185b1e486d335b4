"""Routes of templates: admins write them, responders open incidents by them (`template_id` of POST /incidents) or have one proposed."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from common.caller import Admin, Caller, Responder, Writing
from common.clock import now, uuid7
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus, Text, Title, UtcDatetime, Visibility
from common.database import Transaction
from common.errors import Problem, not_found
from common.known_services import BusOfService, when_known
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from incidents.api import PREFIX, NamesServices, Services, by_id
from incidents.domain.template import TEMPLATES_MAX, Content, Template
from incidents.store import KNOWN
from incidents.store import template as store

router = APIRouter(prefix=PREFIX, tags=["templates"])


class WriteTemplate(NamesServices):
    """In title and message, `{services}` stands for the services' names and `{time}` for the time in the organization's zone."""

    name: Title
    title: Title
    message: Text = ""
    impact: IncidentImpact | None = None
    status: IncidentStatus = IncidentStatus.INVESTIGATING
    visibility: Visibility = Visibility.PUBLIC
    services: Services = Field(default=[])

    def content(self) -> Content:
        return Content(
            name=self.name,
            title=self.title,
            message=self.message,
            impact=self.impact,
            status=self.status,
            visibility=self.visibility,
            services=by_id(self.services),
        )


class RenderTemplate(NamesServices):
    services: Services | None = Field(None, description="instead of the template's")
    visibility: Visibility | None = Field(None, description="instead of the template's")


class TemplateService(BaseModel):
    """A service that a template names. One that was deleted since keeps its name, and is left out when the template is used."""

    service_id: UUID
    status: ServiceStatus | None
    name: str
    is_deleted: bool


class TemplateView(BaseModel):
    id: UUID
    name: str
    title: str
    message: str
    impact: IncidentImpact | None
    status: IncidentStatus
    visibility: Visibility
    services: list[TemplateService]
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class ProposedService(BaseModel):
    service_id: UUID
    status: ServiceStatus | None


class ProposedIncident(BaseModel):
    """A body for POST /incidents."""

    title: str
    message: str
    status: IncidentStatus
    impact: IncidentImpact | None
    visibility: Visibility
    services: list[ProposedService]


@router.post("/templates", status_code=201, response_model=TemplateView, responses=tells(201, "ETag", "Location"))
async def create_template(body: WriteTemplate, caller: Admin, bus: BusOfService) -> Response:
    async def attempt() -> Response:
        async with caller.write() as writing:
            await KNOWN.time_zone(writing.transaction)
            if await store.count(writing.transaction) >= TEMPLATES_MAX:
                message = f"An organization has at most {TEMPLATES_MAX} templates."
                raise Problem(422, "too-many-templates", "The input is not valid", message)
            content, moment = body.content(), now()
            known = await KNOWN.require(writing.transaction, content.services)
            template = Template(uuid7(), content, known, created_at=moment, updated_at=moment)
            await store.save(writing.transaction, template)
            return _answer(writing, template, 201)

    return await when_known(attempt, bus)


@router.get("/templates")
async def list_templates(caller: Responder, cursor: Cursor = None, limit: Limit = 100) -> Page[TemplateView]:
    async with caller.read() as transaction:
        found = await store.list_templates(transaction, after=decode_time_cursor(cursor), limit=limit + 1)
    templates, next_cursor = cut(found, limit, lambda last: (last.created_at.isoformat(), str(last.id)))
    return Page(items=[_view(template) for template in templates], next_cursor=next_cursor)


@router.get("/templates/{template_id}", response_model=TemplateView, responses=tells(200, "ETag"))
async def read_template(template_id: UUID, caller: Responder) -> Response:
    async with caller.read() as transaction:
        template = await _load(transaction, template_id)
    headers = {"ETag": f'"{template.version}"'}
    return Response(_view(template).model_dump_json(), headers=headers, media_type="application/json")


@router.put("/templates/{template_id}", response_model=TemplateView, responses=tells(200, "ETag"))
async def write_template(template_id: UUID, body: WriteTemplate, caller: Admin, bus: BusOfService) -> Response:
    """Replace the whole template."""

    async def attempt() -> Response:
        async with caller.write() as writing:
            template = await _load_for_update(writing, caller, template_id)
            content = body.content()
            known = await KNOWN.require(writing.transaction, content.services, besides=template.content.services.keys())
            if template.rewrite(content, known, now()):
                await store.save(writing.transaction, template)
            return _answer(writing, template, 200)

    return await when_known(attempt, bus)


@router.delete("/templates/{template_id}", status_code=204)
async def delete_template(template_id: UUID, caller: Admin) -> Response:
    async with caller.write() as writing:
        template = await _load_for_update(writing, caller, template_id)
        await store.remove(writing.transaction, template.id)
        return writing.answer(204)


@router.post("/templates/{template_id}/render", response_model=ProposedIncident)
async def render_template(template_id: UUID, body: RenderTemplate, caller: Responder, bus: BusOfService) -> Response:
    """The incident that the template makes now, for people to look at before they open it. Changes nothing."""

    async def attempt() -> Response:
        async with caller.read() as transaction:
            template = await _load(transaction, template_id)
            zone = await KNOWN.time_zone(transaction)
            services = template.present_services() if body.services is None else by_id(body.services)
            known = await KNOWN.require(transaction, services)
        proposal = template.propose(
            services=services, known=known, visibility=body.visibility, at=now().astimezone(zone)
        )
        proposed = ProposedIncident(
            title=proposal.title,
            message=proposal.message,
            status=proposal.status,
            impact=proposal.impact,
            visibility=proposal.visibility,
            services=[ProposedService(service_id=id, status=status) for id, status in proposal.services.items()],
        )
        return Response(proposed.model_dump_json(), media_type="application/json")

    return await when_known(attempt, bus)


async def _load(transaction: Transaction, id: UUID, *, for_update: bool = False) -> Template:
    template = await store.load(transaction, id, for_update=for_update)
    if template is None:
        raise not_found("template")
    return template


async def _load_for_update(writing: Writing, caller: Caller, id: UUID) -> Template:
    template = await _load(writing.transaction, id, for_update=True)
    caller.check_version(template.version)
    return template


def _view(template: Template) -> TemplateView:
    content = template.content
    return TemplateView(
        id=template.id,
        **{name: value for name, value in vars(content).items() if name != "services"},
        services=[
            TemplateService(
                service_id=id, status=status, name=template.known[id].name, is_deleted=template.known[id].is_deleted
            )
            for id, status in content.services.items()
        ],
        version=template.version,
        created_at=template.created_at,
        updated_at=template.updated_at,
    )


def _answer(writing: Writing, template: Template, status: int) -> Response:
    location = f"{PREFIX}/templates/{template.id}" if status == 201 else None
    return writing.answer(status, _view(template), etag=template.version, location=location)
