"""The shortest way to what is finished: answered before FastAPI looks for a route, which would cost five times as much. Pure ASGI middleware.

During an outage everybody asks for the page. What is not there, or asked with a query, goes on to the routes, which know what to say.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from common import loud
from common.measuring import Named
from public_api.answers import finished
from public_api.codings import File
from public_api.pages import Pages, RenderedPage
from public_api.site.script import script

ROUTE = Named("/p/{slug}/{file}")


class FinishedFiles:
    def __init__(self, app: ASGIApp, *, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._app
        is_reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope["query_string"]
        if is_reading and (file := await self._find(scope["path"])):
            answer = finished(file, Request(scope))
            scope["route"] = ROUTE
        await answer(scope, receive, send)

    async def _find(self, path: str) -> File | None:
        if (found := page_at(self._pages, path)) is None:
            return None
        page, below = found
        loud.REQUESTS.count(page.record.organization_id)
        return file_at(page.files or await self._pages.files_of(page), below)


def page_at(pages: Pages, path: str) -> tuple[RenderedPage, str] | None:
    """Whose `/p/<slug>/<path>` is, and the path below."""
    if not path.startswith("/p/"):
        return None
    slug, slash, below = path.removeprefix("/p/").partition("/")
    page = pages.find(slug) if slash else None
    return (page, below) if isinstance(page, RenderedPage) else None


def file_at(files: Mapping[str, File], below: str) -> File | None:
    return files.get(below) or script(below)
