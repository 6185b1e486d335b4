"""An organization's page: provisioning, settings, layout."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from catalog.api import PREFIX, Input
from catalog.domain.page import Layout, PageSettings, check_slug, service_ids, slug_candidates
from catalog.store import page as store
from catalog.store import service as service_store
from common.caller import Admin, Viewer, Writing
from common.clock import now, uuid7
from common.contracts import catalog as contract
from common.contracts.values import SLUG_PATTERN, Text, Title
from common.database import Transaction
from common.errors import Problem

router = APIRouter(prefix=PREFIX, tags=["page"])

Slug = Annotated[str, Field(pattern=SLUG_PATTERN)]
TimeZone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]


class ProvisionPage(Input):
    name: Title
    slug: Slug
    description: Text = ""
    time_zone: TimeZone = "UTC"


class ChangePage(Input):
    name: Title | None = None
    slug: Slug | None = None
    description: Text | None = None
    time_zone: TimeZone | None = None


class ServiceEntry(Input):
    type: Literal["service"]
    id: UUID


class GroupEntry(Input):
    """Without an id a new group is made."""

    type: Literal["group"]
    id: UUID | None = None
    name: Title
    entries: list[ServiceEntry] = Field(default=[], max_length=500)


class ReplaceLayout(Input):
    entries: Annotated[list[Annotated[ServiceEntry | GroupEntry, Field(discriminator="type")]], Field(max_length=700)]


def not_provisioned() -> Problem:
    return Problem(
        409,
        "organization-not-provisioned",
        "The organization has no page yet",
        f"An admin provisions it with POST {PREFIX}/page.",
    )


@router.post(
    "/page", status_code=201, response_model=contract.PageSettings, responses={200: {"description": "It exists"}}
)
async def provision_page(body: ProvisionPage, caller: Admin) -> Response:
    """Give the organization a page. It always goes live: a slug that is taken gets `-2`, `-3` … A page that exists stays as it is."""
    async with caller.write() as writing:
        await store.lock_organization(writing.transaction)
        existing = await store.load_page(writing.transaction)
        if existing is not None:
            return _page_answer(writing, existing, 200)
        check_slug(body.slug)
        moment = now()
        slug = await store.claim_slug(writing.transaction, slug_candidates(body.slug), moment)
        assert slug is not None  # the candidates never end
        page, event = PageSettings.provision(
            caller.organization_id,
            slug=slug,
            name=body.name,
            description=body.description,
            time_zone=body.time_zone,
            now=moment,
        )
        await store.save_page(writing.transaction, page)
        writing.record(event)
        return _page_answer(writing, page, 201)


@router.get("/page", response_model=contract.PageSettings)
async def read_page(caller: Viewer) -> Response:
    async with caller.read() as transaction:
        page = await store.load_page(transaction)
    if page is None:
        raise not_provisioned()
    return _json(page.payload(), page.version)


@router.patch("/page", response_model=contract.PageSettings)
async def change_page(body: ChangePage, caller: Admin) -> Response:
    """Change settings. A new slug that is taken answers 409 with three that are free; the old one redirects for 90 days."""
    async with caller.write() as writing:
        page = await store.load_page(writing.transaction, for_update=True)
        if page is None:
            raise not_provisioned()
        caller.check_version(page.version)
        moment = now()
        if body.slug is not None and body.slug != page.slug:
            check_slug(body.slug)
            await _claim(writing.transaction, body.slug)
        event = page.change(
            slug=body.slug, name=body.name, description=body.description, time_zone=body.time_zone, now=moment
        )
        if event is not None:
            await store.save_page(writing.transaction, page)
            writing.record(event)
        return _page_answer(writing, page, 200)


@router.get("/layout", response_model=contract.Layout)
async def read_layout(caller: Viewer) -> Response:
    """Groups and services in order. Services that were never placed come last."""
    async with caller.read() as transaction:
        layout = await store.load_layout(transaction, now())
        existing = [str(id) for id in await service_store.service_ids(transaction)]
    return _json(_with_every_service(layout, existing), layout.version)


@router.put("/layout", response_model=contract.Layout)
async def replace_layout(body: ReplaceLayout, caller: Admin) -> Response:
    async with caller.write() as writing:
        await store.lock_organization(writing.transaction)
        await require_provisioned(writing.transaction)
        layout = await store.load_layout(writing.transaction, now())
        caller.check_version(layout.version)
        existing = await service_store.service_ids(writing.transaction)
        event = layout.replace([_entry(entry) for entry in body.entries], set(existing), now())
        if event is not None:
            await store.save_layout(writing.transaction, layout)
            writing.record(event)
        view = _with_every_service(layout, [str(id) for id in existing])
        return writing.answer(200, view, etag=layout.version)


async def require_provisioned(transaction: Transaction) -> None:
    if await store.load_page(transaction) is None:
        raise not_provisioned()


async def _claim(transaction: Transaction, slug: str) -> None:
    moment = now()
    candidates = slug_candidates(slug)
    first = next(candidates)
    if first == slug and await store.claim_slug(transaction, [slug], moment) is not None:
        return
    proposals = await store.free_slugs(transaction, slug_candidates(slug), moment, 3)
    raise Problem(
        409,
        "slug-taken",
        "The slug is taken",
        f"Free are: {', '.join(proposals)}",
        errors=[{"where": "body.slug", "message": "taken or reserved"}],
        proposals=proposals,
    )


def _entry(entry: ServiceEntry | GroupEntry) -> contract.LayoutEntry:
    if isinstance(entry, ServiceEntry):
        return contract.ServiceEntry(id=str(entry.id))
    inner = tuple(contract.ServiceEntry(id=str(service.id)) for service in entry.entries)
    return contract.GroupEntry(id=str(entry.id or uuid7()), name=entry.name, entries=inner)


def _with_every_service(layout: Layout, existing: list[str]) -> contract.Layout:
    """The layout as it shows: without services deleted since it was saved, with those created since at its end."""
    alive = set(existing)
    entries: list[contract.LayoutEntry] = []
    for entry in layout.entries:
        if isinstance(entry, contract.GroupEntry):
            inner = tuple(service for service in entry.entries if service.id in alive)
            entries.append(entry.model_copy(update={"entries": inner}))
        elif entry.id in alive:
            entries.append(entry)
    placed = set(service_ids(layout.entries))
    entries += [contract.ServiceEntry(id=id) for id in existing if id not in placed]
    return contract.Layout(entries=tuple(entries), version=layout.version, updated_at=layout.updated_at)


def _page_answer(writing: Writing, page: PageSettings, status: int) -> Response:
    return writing.answer(status, page.payload(), etag=page.version)


def _json(view: BaseModel, version: int) -> Response:
    return Response(view.model_dump_json(), headers={"ETag": f'"{version}"'}, media_type="application/json")
