"""What every answer tells a browser, whatever made it; and what an answer says itself stays."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response

from common.web import create_app

JSON_ALONE = "default-src 'none'; frame-ancestors 'none'"


@pytest.fixture
def app() -> FastAPI:
    async def nothing() -> None: ...

    app = create_app(title="Test", prefix="/api/test", start=nothing, stop=nothing, ready=[])

    @app.get("/bug")
    async def bug() -> None:
        raise LookupError

    @app.get("/own")
    async def own(status: int = 200) -> Response:
        headers = {"Cache-Control": "public", "Content-Security-Policy": "img-src *", "Referrer-Policy": "origin"}
        return Response(status_code=status, headers=headers, media_type="application/json")

    @app.get("/unchanged", status_code=304)
    async def unchanged() -> None: ...

    return app


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_every_answer_of_json_is_not_kept_not_guessed_at_not_framed(client: httpx.AsyncClient) -> None:
    long = {"X-Long": "x" * 40_000}
    for method, path, status, headers in (
        ("GET", "/api/test/openapi.json", 200, {}),
        ("GET", "/health/ready", 200, {}),
        ("GET", "/nothing", 404, {}),
        ("DELETE", "/bug", 405, {}),
        ("GET", "/bug", 500, {}),
        ("GET", "/bug", 431, long),
    ):
        answer = await client.request(method, path, headers=headers)
        assert answer.status_code == status
        said = [answer.headers[name] for name in ("x-content-type-options", "referrer-policy", "cache-control")]
        assert said == ["nosniff", "no-referrer", "no-store"], path
        assert answer.headers["content-security-policy"] == JSON_ALONE, path


async def test_what_an_answer_says_itself_stays(client: httpx.AsyncClient) -> None:
    said = (await client.get("/own")).headers
    assert (said["cache-control"], said["referrer-policy"]) == ("public", "origin")
    assert said.get_list("content-security-policy") == ["img-src *"]
    assert said["x-content-type-options"] == "nosniff"


async def test_an_answer_without_a_body_changes_nothing_of_the_one_that_is_kept(client: httpx.AsyncClient) -> None:
    assert (await client.get("/unchanged")).headers.keys() <= {"content-length", "content-type"}
