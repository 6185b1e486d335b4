"""What OpenAPI says of problems is how they are sent, whatever the route itself answers."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from common.access import public
from common.errors import PROBLEM_MEDIA_TYPE, not_found
from common.openapi import refuses, tells
from common.web import create_app


class View(BaseModel):
    name: str


@pytest.fixture
def app() -> FastAPI:
    async def nothing() -> None:
        pass

    app = create_app(title="Test", prefix="/api", start=nothing, stop=nothing, ready=[])

    @app.get("/html", response_class=HTMLResponse, responses=refuses(409, "Not now", "Retry-After"))
    @public
    async def read_html() -> Response:
        return HTMLResponse("")

    @app.get("/json", response_model=View, responses=tells(200, "ETag"))
    @public
    async def read_json() -> Response:
        return Response()

    return app


@pytest.mark.parametrize("path", ["/html", "/json"])
def test_every_problem_is_declared_as_the_media_type_that_it_is_sent_as(app: FastAPI, path: str) -> None:
    document = app.openapi()
    told: dict[str, Any] = document["paths"][path]["get"]["responses"]
    answers = {status: document["components"]["responses"].get(status, answer) for status, answer in told.items()}
    assert told["503"] == {"$ref": "#/components/responses/503"}, "once in the document is enough"
    problems = {status: list(answer["content"]) for status, answer in answers.items() if status != "200"}
    assert {"4XX", "5XX", "503"} <= problems.keys()
    assert all(media_types == [not_found("page").response().media_type] for media_types in problems.values())


def test_what_is_no_problem_stays_as_the_route_has_it(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert list(paths["/html"]["get"]["responses"]["200"]["content"]) == ["text/html"]
    found = paths["/json"]["get"]["responses"]["200"]
    assert found["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/View"}}}
    assert list(found["headers"]) == ["ETag"]


def test_a_route_adds_what_it_refuses(app: FastAPI) -> None:
    refused = app.openapi()["paths"]["/html"]["get"]["responses"]["409"]
    assert list(refused["content"]) == [PROBLEM_MEDIA_TYPE]
    assert list(refused["headers"]) == ["Retry-After"]


def test_saying_it_again_says_the_same(app: FastAPI) -> None:
    first = str(app.openapi())
    assert str(app.openapi()) == first
