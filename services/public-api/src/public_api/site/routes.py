"""What is below a page's address, from finished bytes in memory."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from common.access import public
from public_api.answers import CORS, allow_conditional, finished
from public_api.codings import Content
from public_api.pages import Moved, Pages, RenderedPage
from public_api.site.finished import file_at
from public_api.site.hosts import address
from public_api.site.page import MISSING, NOT_YET

router = APIRouter(include_in_schema=False)


@router.api_route("/p/{slug}", methods=["GET", "HEAD"])
@public
async def read_without_slash(slug: str, request: Request) -> Response:
    """Links on a page are relative to its address, which ends with a slash."""
    return _to(f"/p/{quote(slug)}/", 308, request)


@router.api_route("/p/{slug}/{path:path}", methods=["GET", "HEAD"])
@public
async def read_file(slug: str, path: str, request: Request) -> Response:
    """A page, or something below it."""
    pages: Pages = request.app.state.pages
    page = pages.find(slug)
    if isinstance(page, RenderedPage):
        files = await pages.files_of(page)
        file = file_at(files, path)
        if file is not None:
            return finished(file, request)
        return answer_plain(MISSING, 404) if files else answer_plain(NOT_YET, 503)
    if isinstance(page, Moved):
        # Browsers keep a 308 for ever by default, but a slug can be taken back.
        return _to(address(request.scope, page.slug, quote(path)), 308, request)
    return answer_plain(MISSING, 404) if request.app.state.loaded() else answer_plain(NOT_YET, 503)


@router.options("/p/{slug}/{path:path}")
@public
async def preflight() -> Response:
    return allow_conditional()


def _to(target: str, status: int, request: Request) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(target + query, status, headers={"Cache-Control": "no-cache", **CORS})


def answer_plain(page: Content, status: int, *, retry_after: int = 1) -> Response:
    """With a page that belongs to no organization. One that says to come back says when."""
    headers = {"Cache-Control": "no-cache", **CORS, **page.headers}
    if status == 503:
        headers["Retry-After"] = str(retry_after)
    return Response(page.text, status, headers, page.media_type)
