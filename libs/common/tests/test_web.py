"""Answers of every service that are the same everywhere: problem documents with stable types, health with reasons."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

import httpx
import pytest
import pytest_asyncio
from asgi_lifespan import LifespanManager
from pydantic import BaseModel
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from common import web
from common.contracts.rules import RuleError
from common.errors import Problem, invalid, not_found
from common.telemetry import JsonFormatter
from common.web import ReadyCheck, create_app

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
RAISED: dict[str, Exception] = {
    "problem": Problem(418, "teapot", "A teapot", "Short and stout", headers={"X-Spout": "here"}, handle="here"),
    "not-found": not_found("service"),
    "invalid": invalid("body.title", "too long \ud800"),
    "rule": RuleError("empty-update", "body", "An update needs a message."),
    "conflict": RuleError("busy", "body", "Not now.", conflict=True),
    "bug": LookupError("a secret of ours"),
    "away": ConnectionRefusedError("10.1.2.3"),
    "busy": PoolTimeoutError("QueuePool limit"),
}


class Input(BaseModel):
    number: int


class Checks:
    """What the health checks of the test's application answer."""

    def __init__(self) -> None:
        self.reasons: list[str | None] = [None, None]
        self.notes: list[str | None] = [None]

    def ready(self) -> list[ReadyCheck]:
        return [self._answer(self.reasons, index) for index in range(2)]

    def noted(self) -> list[ReadyCheck]:
        return [self._answer(self.notes, 0)]

    @staticmethod
    def _answer(answers: list[str | None], index: int) -> ReadyCheck:
        async def answer() -> str | None:
            return answers[index]

        return answer


@pytest.fixture
def checks() -> Checks:
    return Checks()


@pytest_asyncio.fixture
async def client(checks: Checks) -> AsyncIterator[httpx.AsyncClient]:
    async with application(checks) as client:
        yield client


@asynccontextmanager
async def application(checks: Checks, *, traced: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    async def nothing() -> None:
        pass

    app = create_app(
        title="Test",
        prefix="/api",
        start=nothing,
        stop=nothing,
        ready=checks.ready(),
        notes=checks.noted(),
        traced=traced,
    )

    @app.get("/api/raise/{name}")
    async def fail(name: str) -> None:
        raise RAISED[name]

    @app.post("/api/inputs")
    async def take(body: Input) -> None:
        pass

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_process_listens_once_it_is_ready_or_has_waited_long_enough(
    is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PATIENCE_SECONDS", 0.2 if is_late else 10)
    asked = 0

    async def ready() -> str | None:
        nonlocal asked
        asked += 1
        return "not yet" if is_late or asked < 3 else None

    async def nothing() -> None:
        pass

    async with LifespanManager(create_app(title="Test", prefix="/api", start=nothing, stop=nothing, ready=[ready])):
        assert asked >= 3


@pytest.mark.parametrize(
    ("name", "status", "type"),
    [
        ("problem", 418, "teapot"),
        ("not-found", 404, "not-found"),
        ("invalid", 422, "invalid-input"),
        ("rule", 422, "empty-update"),
        ("conflict", 409, "busy"),
        ("bug", 500, "internal"),
        ("away", 503, "unavailable"),
        ("busy", 503, "unavailable"),
    ],
)
async def test_what_is_raised_becomes_a_problem_of_a_stable_type(
    client: httpx.AsyncClient, name: str, status: int, type: str
) -> None:
    response = await client.get(f"/api/raise/{name}")
    document: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, document["status"], document["type"]) == (
        status,
        status,
        f"urn:tidings:problem:{type}",
    )
    assert document["title"]


@pytest.mark.parametrize("name", ["bug", "away"])
@pytest.mark.parametrize("traced", [True, False])
async def test_the_id_that_the_console_shows_with_a_failure_is_in_the_log(traced: bool, name: str) -> None:
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter("test"))
    logging.getLogger("common.web").addHandler(handler)
    try:
        async with application(Checks(), traced=traced) as client:
            await client.get(f"/api/raise/{name}", headers={"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"})
    finally:
        logging.getLogger("common.web").removeHandler(handler)
    assert json.loads(written.getvalue())["trace_id"] == TRACE_ID


@pytest.mark.parametrize("name", ["bug", "away"])
async def test_what_happened_inside_stays_inside(client: httpx.AsyncClient, name: str) -> None:
    assert str(RAISED[name]) not in (await client.get(f"/api/raise/{name}")).text


async def test_who_comes_at_a_bad_time_is_told_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert int((await client.get("/api/raise/away")).headers["Retry-After"]) >= 1


async def test_a_problem_carries_its_headers_and_further_members(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/raise/problem")
    assert response.headers["X-Spout"] == "here"
    assert (response.json()["detail"], response.json()["handle"]) == ("Short and stout", "here")


async def test_wrong_input_is_named_by_its_place(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/inputs", json={"number": "many"})
    assert (response.status_code, response.json()["type"]) == (422, "urn:tidings:problem:invalid-input")
    assert [error["where"] for error in response.json()["errors"]] == ["body.number"]


@pytest.mark.parametrize(
    ("method", "path", "status", "type"),
    [("GET", "/nowhere", 404, "not-found"), ("DELETE", "/api/inputs", 405, "method-not-allowed")],
)
async def test_what_the_framework_refuses_is_a_problem_too(
    client: httpx.AsyncClient, method: str, path: str, status: int, type: str
) -> None:
    response = await client.request(method, path)
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, response.json()["type"]) == (status, f"urn:tidings:problem:{type}")


async def test_readiness_gives_every_reason_and_liveness_needs_none(client: httpx.AsyncClient, checks: Checks) -> None:
    assert (await client.get("/health/ready")).json() == {"status": "ready", "reasons": [], "notes": []}
    checks.reasons[:] = ["no database", "no broker"]
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["reasons"]) == (503, ["no database", "no broker"])
    assert (await client.get("/health/live")).status_code == 200


async def test_a_note_is_told_and_leaves_a_service_ready(client: httpx.AsyncClient, checks: Checks) -> None:
    checks.notes[:] = ["last confirmed 14:02 UTC"]
    response = await client.get("/health/ready")
    assert (response.status_code, response.json()["notes"]) == (200, ["last confirmed 14:02 UTC"])
