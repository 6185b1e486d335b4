"""What is finished is answered before anything else; all else goes on to the application."""

from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio
from starlette.responses import Response

from common.position import Position
from public_api.codings import Content
from public_api.pages import Pages
from public_api.site.finished import FinishedFiles
from public_api.store.page import PageRecord

RECORD = PageRecord("acme", "acme", (), 1, "{}", Position("abcdefghijkl", 7), datetime.now(UTC))
WENT_ON = 418


@pytest_asyncio.fixture
async def http() -> httpx.AsyncClient:
    paths = ("", "api/v2/status.json")
    pages = Pages(None, lambda record, since: {path: Content("text/plain", f"at {path!r}") for path in paths})
    pages.put(RECORD)
    transport = httpx.ASGITransport(FinishedFiles(Response(status_code=WENT_ON), pages=pages))
    return httpx.AsyncClient(transport=transport, base_url="http://page")


@pytest.mark.parametrize("path", ["", "api/v2/status.json"])
async def test_what_is_finished_is_answered_in_the_coding_that_is_wanted_or_not_again(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(f"/p/acme/{path}", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.text, answer.headers["content-encoding"]) == (200, f"at {path!r}", "gzip")
    assert (await http.head(f"/p/acme/{path}")).status_code == 200
    again = await http.get(
        f"/p/acme/{path}", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/", "/p/acme", "/p/acme/x", "/p/other/", "/p/acme/?service=s", "/api/v2/status.json", "/px/acme/"]
)
async def test_all_else_goes_on(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == WENT_ON
    assert (await http.post("/p/acme/")).status_code == WENT_ON
