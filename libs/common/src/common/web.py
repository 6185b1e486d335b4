"""The FastAPI application that every service starts from: errors as problem documents, health, metrics, input limits, graceful start and stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from common.access import public
from common.contracts.rules import RuleError
from common.database import is_unavailable
from common.errors import Place, Problem, unavailable
from common.limits import InputLimits
from common.measuring import add_routes, watch_loop
from common.metrics import READY, Look
from common.openapi import ALWAYS, Application
from common.tasks import end_task
from common.telemetry import current_traceparent, span

log = logging.getLogger(__name__)

# How long a process that starts waits for being ready before it listens: a replica that is not, would be asked like the others.
PATIENCE_SECONDS = 5.0

ReadyCheck = Callable[[], Awaitable[str | None]]
"""Answers why the process cannot do its work now, or None."""


class Replay(Exception):
    """Ends a request with an answer that was given before; see common.idempotency."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def create_app(
    *,
    title: str,
    prefix: str,
    start: Callable[[], Awaitable[None]],
    stop: Callable[[], Awaitable[None]],
    ready: Sequence[ReadyCheck],
    notes: Sequence[ReadyCheck] = (),
    looks: Sequence[Look] = (),
    traced: bool = True,
) -> FastAPI:
    """It listens once it is ready, or after 5 s with what is missing still away, to say so.

    `prefix` is where the edge sends requests to this service; OpenAPI is at `<prefix>/openapi.json`, health at the root.

    `notes` are like `ready`, for what an operator should know although the service does its work; `looks` are its metrics that are looked at.
    `traced` puts a span around every request: not where answers come from memory, or connections stay open for hours.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beat = asyncio.create_task(watch_loop(), name="beat")
        await start()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                # ASYNC110 would have an Event, but only asking tells whether what is needed is there.
                while await _answers(ready):  # noqa: ASYNC110 - see above
                    await asyncio.sleep(0.05)
        try:
            yield
        finally:
            await stop()
            await end_task(beat)

    app = Application(
        title=title,
        version="1",
        lifespan=lifespan,
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={
            "tracing": traced,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "exclude": _is_of_operators,
        },
        responses=ALWAYS,
    )
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RuleError, _rule)
    app.add_exception_handler(Replay, _replay)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    # Named, because Starlette raises again what only the handler for Exception has answered, and uvicorn then logs it twice.
    for away in (DBAPIError, PoolTimeoutError, OSError):
        app.add_exception_handler(away, _unexpected)
    app.add_exception_handler(Exception, _unexpected)

    @app.get("/health/live", include_in_schema=False)
    @public
    async def live() -> Response:
        return JSONResponse({"status": "live"})

    @app.get("/health/ready", include_in_schema=False)
    @public
    async def is_ready() -> Response:
        reasons = await _answers(ready)
        answer = {"status": "not ready" if reasons else "ready", "reasons": reasons, "notes": await _answers(notes)}
        return JSONResponse(answer, 503 if reasons else 200)

    async def readiness() -> list[float]:
        return [not await _answers(ready)]

    add_routes(app, [Look("readiness", [READY], readiness), *looks])
    app.add_middleware(InputLimits)
    return app


async def _answers(checks: Sequence[ReadyCheck]) -> list[str]:
    return [answer for answer in await asyncio.gather(*(check() for check in checks)) if answer is not None]


def _is_of_operators(scope: MutableMapping[str, Any]) -> bool:
    return str(scope["path"]).startswith(("/health/", "/metrics", "/loud"))


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _rule(_: Request, error: Exception) -> Response:
    assert isinstance(error, RuleError)
    places: list[Place] = [{"where": error.where, "message": error.message}]
    if error.conflict:
        return Problem(409, error.name, "The present state does not allow it", error.message, errors=places).response()
    return Problem(422, error.name, "The input is not valid", error.message, errors=places).response()


async def _replay(_: Request, error: Exception) -> Response:
    assert isinstance(error, Replay)
    return error.response


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places: list[Place] = [
        {
            "where": ".".join(str(part) for part in problem["loc"]),
            "message": problem["msg"].removeprefix("Value error, "),
        }
        for problem in error.errors()
    ]
    return Problem(422, "invalid-input", "The input is not valid", errors=places[:50]).response()


_NAMES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 415: "unsupported-media-type"}


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    name = _NAMES.get(error.status_code, "http-error")
    return Problem(error.status_code, name, str(error.detail), headers=error.headers).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    # The console tells people the id of their request's trace: it is to be found here, also where requests have no spans.
    traceparent = None if current_traceparent() else request.headers.get("traceparent")
    with span("request failed", parent=traceparent):
        if is_unavailable(error):
            log.warning("request failed: database away", extra={"reason": f"{type(error).__name__}: {error}"})
            return unavailable("The database does not answer. Nothing was changed; try again.").response()
        log.error("request failed", exc_info=error)
    return Problem(500, "internal", "Something went wrong here", "It was logged and nothing was changed.").response()
