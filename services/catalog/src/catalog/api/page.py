"""An organization's page: provisioning and settings."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from catalog.api import PREFIX, Input, load_page
from catalog.domain.page import Page, Settings, check_slug, slug_candidates
from catalog.store import page as store
from common.caller import Admin, Viewer, Writing
from common.clock import now
from common.contracts import catalog as contract
from common.contracts.catalog import PageLink, Theme
from common.contracts.values import SLUG_PATTERN, Color, MailAddress, Text, Title, WebAddress
from common.database import Transaction
from common.errors import Problem
from common.openapi import tells

router = APIRouter(prefix=PREFIX, tags=["page"])

LINKS_MAX = 10

Slug = Annotated[str, Field(pattern=SLUG_PATTERN)]
TimeZone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]
HistoryDays = Annotated[int, Field(strict=True, ge=7, le=90)]


class Link(Input):
    label: Title
    url: WebAddress


class Clearable(Input):
    """Settings that a page may lack: null clears them."""

    logo_url: WebAddress | None = None
    favicon_url: WebAddress | None = None
    accent_color: Color | None = None
    support_url: WebAddress | MailAddress | None = None


class ProvisionPage(Clearable):
    name: Title
    slug: Slug
    description: Text = ""
    time_zone: TimeZone = "UTC"
    theme: Theme = Theme.SYSTEM
    links: list[Link] = Field(default=[], max_length=LINKS_MAX)
    search_engines_allowed: Annotated[bool, Field(strict=True)] = True
    history_days: HistoryDays = 90


class ChangePage(Clearable):
    """What is left out stays as it is."""

    name: Title | None = None
    slug: Slug | None = None
    description: Text | None = None
    time_zone: TimeZone | None = None
    theme: Theme | None = None
    links: list[Link] | None = Field(default=None, max_length=LINKS_MAX)
    search_engines_allowed: Annotated[bool, Field(strict=True)] | None = None
    history_days: HistoryDays | None = None


@router.post(
    "/page",
    status_code=201,
    response_model=contract.PageSettings,
    responses=tells(201, "ETag") | tells(200, "ETag", model=contract.PageSettings, description="It exists"),
)
async def provision_page(body: ProvisionPage, caller: Admin) -> Response:
    """Give the organization a page. It always goes live: a slug that is taken gets `-2`, `-3` … A page that exists stays as it is."""
    check_slug(body.slug)
    settings = Settings(**_given(body))
    async with caller.write() as writing:
        page, is_new = await store.provision(writing.transaction, slug=body.slug, settings=settings, now=now())
        return _page_answer(writing, page, 201 if is_new else 200)


@router.get("/page", response_model=contract.PageSettings, responses=tells(200, "ETag"))
async def read_page(caller: Viewer) -> Response:
    async with caller.read() as transaction:
        page = await load_page(transaction)
    headers = {"ETag": f'"{page.version}"'}
    return Response(page.payload().model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/page", response_model=contract.PageSettings, responses=tells(200, "ETag"))
async def change_page(body: ChangePage, caller: Admin) -> Response:
    """Change settings; null clears what a page may lack. A new slug that is taken answers 409 with three that are free; the old one
    redirects for 90 days."""
    async with caller.write() as writing:
        page = await load_page(writing.transaction, for_update=True)
        caller.check_version(page.version)
        settings = replace(page.settings, **_given(body))
        slug = body.slug or page.slug
        if slug != page.slug:
            check_slug(slug)
            await _claim(writing.transaction, slug)
        event = page.change(slug=slug, settings=settings, now=now())
        if event is not None:
            await store.save_page(writing.transaction, page)
            writing.record(event)
        return _page_answer(writing, page, 200)


def _given(body: ProvisionPage | ChangePage) -> dict[str, Any]:
    """The settings that the body gives, as the domain has them."""
    given = {name: getattr(body, name) for name in body.model_fields_set - {"slug"}}
    if body.links is not None and "links" in given:
        given["links"] = tuple(PageLink(label=link.label, url=link.url) for link in body.links)
    return {name: value for name, value in given.items() if value is not None or name in Clearable.model_fields}


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


def _page_answer(writing: Writing, page: Page, status: int) -> Response:
    return writing.answer(status, page.payload(), etag=page.version)
