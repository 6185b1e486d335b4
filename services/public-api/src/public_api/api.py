"""Routes of the public view: the aggregate, answered from finished bytes in memory, and the history, from PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from common import loud
from common.access import public
from common.errors import Problem, not_found, unavailable
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from public_api import declared
from public_api.answers import CACHE_CONTROL, CORS, allow_conditional, finished
from public_api.declared import HISTORY, NO_PAGE
from public_api.items import begins_at, incident_view, window_view
from public_api.pages import Moved, Pages, RenderedPage
from public_api.reading import RETRY_SECONDS, NotReadableError, reading
from public_api.store.entity import load_names
from public_api.store.items import list_incidents, list_windows

PREFIX = "/api/public/v1"

router = APIRouter(prefix=PREFIX, tags=["public"])

Slug = Annotated[str, Path(max_length=63, description="the page's slug, as in its address")]


class Aggregate(BaseModel):
    """The shape of the aggregate, for OpenAPI; the route answers finished bytes."""

    organization: dict[str, Any]
    status: dict[str, Any]
    groups: list[dict[str, Any]]
    services: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    maintenance: dict[str, list[dict[str, Any]]]
    uptime: dict[str, Any]
    page_version: int
    position: str


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


PagesOfService = Annotated[Pages, Depends(_pages)]


@router.get("/pages/{slug}", response_model=Aggregate, responses=NO_PAGE | declared.finished())
@router.head("/pages/{slug}", include_in_schema=False)
@public
async def read_page(slug: Slug, request: Request, pages: PagesOfService) -> Response:
    """The aggregated status view of an organization. `position` is where an event stream continues it."""
    return finished(_find(slug, request, pages).document, request)


@router.get(
    "/pages/{slug}/maintenance.ics",
    response_class=Response,
    responses=NO_PAGE | declared.finished(content={"text/calendar": {"schema": {"type": "string"}}}),
)
@router.head("/pages/{slug}/maintenance.ics", include_in_schema=False)
@public
async def read_calendar(slug: Slug, request: Request, pages: PagesOfService) -> Response:
    """Maintenance windows as a calendar to subscribe to: those of the last 90 days and the next 500."""
    return finished(_find(slug, request, pages).calendar, request)


@router.options("/pages/{slug}", include_in_schema=False)
@router.options("/pages/{slug}/incidents", include_in_schema=False)
@router.options("/pages/{slug}/maintenance", include_in_schema=False)
@router.options("/pages/{slug}/maintenance.ics", include_in_schema=False)
@public
async def preflight(slug: Slug) -> Response:
    """What a browser asks before a conditional request from another origin."""
    return allow_conditional()


@router.get("/pages/{slug}/incidents", responses=NO_PAGE | HISTORY)
@router.head("/pages/{slug}/incidents", include_in_schema=False)
@public
async def read_history(
    slug: Slug, request: Request, response: Response, pages: PagesOfService, cursor: Cursor = None, limit: Limit = 20
) -> Page[dict[str, Any]]:
    """Every incident there was, newest first."""
    async with _history(slug, request, pages) as (connection, organization_id):
        found = await list_incidents(connection, organization_id, after=decode_time_cursor(cursor), limit=limit + 1)
        names = await load_names(connection, organization_id)
    incidents, next_cursor = cut(found, limit, lambda last: (last.started_at.isoformat(), last.id))
    response.headers.update({"Cache-Control": CACHE_CONTROL, **CORS})
    return Page(items=[incident_view(incident, names) for incident in incidents], next_cursor=next_cursor)


@router.get("/pages/{slug}/maintenance", responses=NO_PAGE | HISTORY)
@router.head("/pages/{slug}/maintenance", include_in_schema=False)
@public
async def read_maintenance(
    slug: Slug, request: Request, response: Response, pages: PagesOfService, cursor: Cursor = None, limit: Limit = 20
) -> Page[dict[str, Any]]:
    """Every maintenance window there was, is or is planned, the latest first."""
    async with _history(slug, request, pages) as (connection, organization_id):
        found = await list_windows(connection, organization_id, after=decode_time_cursor(cursor), limit=limit + 1)
        names = await load_names(connection, organization_id)
    windows, next_cursor = cut(found, limit, lambda last: (begins_at(last).isoformat(), last.id))
    response.headers.update({"Cache-Control": CACHE_CONTROL, **CORS})
    return Page(items=[window_view(window, names) for window in windows], next_cursor=next_cursor)


@asynccontextmanager
async def _history(slug: str, request: Request, pages: Pages) -> AsyncIterator[tuple[AsyncConnection, str]]:
    """A connection of the history's own small pool, and whose history it is. 503 when that takes longer than a second."""
    organization_id = _find(slug, request, pages).record.organization_id
    try:
        async with reading(request.app.state.history_engine) as connection:
            yield connection, organization_id
    except NotReadableError as error:
        detail = "The history cannot be read now. The current page can."
        raise _with_cors(unavailable(detail, retry_after=RETRY_SECONDS)) from error


def _find(slug: str, request: Request, pages: Pages) -> RenderedPage:
    page = pages.find(slug)
    if isinstance(page, RenderedPage):
        loud.REQUESTS.count(page.record.organization_id)
        return page
    if isinstance(page, Moved):
        target = request.url.path.replace(f"/pages/{slug}", f"/pages/{page.slug}", 1)
        query = f"?{request.url.query}" if request.url.query else ""
        # Browsers keep a 308 for ever by default, but a slug can be taken back.
        headers = {"Location": target + query, "Cache-Control": "no-cache"}
        raise _with_cors(Problem(308, "moved", "The page has another address now", headers=headers))
    if not request.app.state.loaded():
        raise _with_cors(unavailable("The pages are not loaded yet."))
    raise _with_cors(not_found("page"))


def _with_cors(problem: Problem) -> Problem:
    problem.headers.update(CORS)
    return problem
