"""How metrics come about and are served: requests counted around everything else, the lag of the event loop, and /metrics and /loud.

Both are for the operator's own network. The edge has no route to them, and what came through a proxy all the same finds nothing here.
"""

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import NamedTuple

from fastapi import FastAPI, Request
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics import Histogram
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import loud
from common.access import public
from common.errors import not_found
from common.metrics import HTTP_REQUEST_SECONDS, LOOK_SUCCEEDED, LOOP_LAG_SECONDS, METHODS, REGISTRY, Look

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # half of what Prometheus waits
BEAT_SECONDS = 0.25


class Named(NamedTuple):
    """What stands in a scope as `route` where middleware answers by itself."""

    path_format: str


class Requests:
    """Pure ASGI middleware around everything else. The route is what the scope says when the answer has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known: dict[tuple[str, str, int], Histogram] = {}
        """The histograms by what they count: the way through `labels` is longer than all else here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_at = perf_counter()
        status, seconds = 0, 0.0

        async def watched(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], perf_counter() - began_at
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if status:  # else the client went away before there was an answer
                self._count(scope, status, seconds)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        key = (method, getattr(scope.get("route"), "path_format", "none"), status // 100)
        histogram = self._known.get(key)
        if histogram is None:
            histogram = self._known[key] = HTTP_REQUEST_SECONDS.labels(*key[:2], f"{key[2]}xx")
        histogram.observe(seconds)


async def watch_loop() -> None:
    """Note how late this task wakes up, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        due_at = loop.time() + BEAT_SECONDS
        await asyncio.sleep(BEAT_SECONDS)
        LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - due_at))


async def look(looks: Sequence[Look]) -> None:
    """Bring what is looked at up to date, all at the same time, none for longer than 5 s."""
    await asyncio.gather(*(_look(each) for each in looks))


async def _look(look: Look) -> None:
    values: Sequence[float]
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            values = await look.read()
        succeeded = True
    except Exception as error:  # whatever it is: metrics are asked for most when something is broken
        log.info("a metric cannot be read", extra={"at": look.at, "reason": f"{type(error).__name__}: {error}"})
        values, succeeded = [math.nan] * len(look.gauges), False
    LOOK_SUCCEEDED.labels(look.at).set(succeeded)
    for gauge, value in zip(look.gauges, values, strict=True):
        gauge.set(value)


def add_routes(app: FastAPI, looks: Sequence[Look]) -> None:
    @app.get("/metrics", include_in_schema=False)
    @public
    async def metrics(request: Request) -> Response:
        _refuse_strangers(request.headers)
        await look(looks)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    @app.get("/loud", include_in_schema=False)
    @public
    async def who_is_loud(request: Request) -> Response:
        _refuse_strangers(request.headers)
        return JSONResponse({name: loudest.top() for name, loudest in loud.ALL.items()})


def _refuse_strangers(headers: Mapping[str, str]) -> None:
    if "x-forwarded-for" in headers:
        raise not_found("page")
