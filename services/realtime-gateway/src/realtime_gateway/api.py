"""The two doors: `/{slug}` for WebSockets, `/{slug}/events` for Server-Sent Events. Both lead to one hub and give the same frames.

A WebSocket with a ticket is a member's; tickets are got at `/tickets`. Sockets come here where `TIDINGS_SOCKET_PROTOCOL` is plain; `lean.py` is the
other way to serve them (decision 0034).

Invariants
- A socket is accepted before it is refused, because a browser shows close codes and hides HTTP statuses.
- What visitors send is read and dropped, so that it neither costs memory nor keeps a goodbye from being noticed.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from functools import partial
from types import MethodType
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, WebSocket
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from common.access import public
from common.caller import Authenticated
from common.claims import Principal
from common.contracts.values import Role
from common.errors import Problem, invalid, not_found, unavailable
from common.metrics import CONNECTIONS_REFUSED
from common.openapi import AUTHENTICATED, refuses, tells
from realtime_gateway.client import Client, Connection
from realtime_gateway.door import Asked, Door
from realtime_gateway.protocol import BAD_REQUEST, GONE, PREFIX, TOO_MANY, UNKNOWN, Close, Frame, Refused, Subscription
from realtime_gateway.tickets import TICKET_SECONDS, Tickets

RETRY_MIN_MS, RETRY_MAX_MS = 1000, 5000
_CONNECTION = "tidings.connection"

Hear = Callable[[str | bytes], Awaitable[None]]
"""Takes in what a client says."""


class ConnectionInScope:
    """Puts the transport into the scope: ASGI has no way to drop a connection whose client does not read.

    Goes around the whole application, where `receive` is still a method of uvicorn's protocol.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(receive, MethodType):
            scope[_CONNECTION] = getattr(receive.__self__, "transport", None)
        await self._app(scope, receive, send)


class Ticket(BaseModel):
    ticket: str = Field(description="to be sent as `?ticket=` with one WebSocket")
    expires_in: int = Field(description="seconds")


def router(door: Door, tickets: Tickets) -> APIRouter:
    routes = APIRouter(prefix=PREFIX)

    @routes.post(
        "/tickets", summary="Get a ticket for a member's socket", responses=AUTHENTICATED | tells(200, "Cache-Control")
    )
    async def make_ticket(
        principal: Annotated[Principal, Depends(Authenticated(Role.VIEWER, keeps=False))], response: Response
    ) -> Ticket:
        response.headers["Cache-Control"] = "no-store"
        return Ticket(ticket=tickets.issue(principal), expires_in=TICKET_SECONDS)

    @routes.websocket("/{slug}")
    @public
    async def socket(websocket: WebSocket, slug: str) -> None:
        connection: Connection = websocket.scope[_CONNECTION]

        async def send(frame: Frame) -> None:
            if connection.is_closing():
                raise WebSocketDisconnect
            await websocket.send_text(frame.text)

        async def close(why: Close) -> None:
            if not connection.is_closing():
                await websocket.close(why.code, why.reason)

        await websocket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            try:
                query = websocket.query_params
                asked = Asked(
                    "websocket",
                    slug,
                    Subscription.parse(query.get("since"), query.get("types")),
                    _address(websocket),
                    query.get("ticket"),
                    websocket.headers.getlist("origin"),
                    websocket.headers.get("host"),
                )
                async with door.entered(asked, connection) as (client, member):
                    hear = partial(door.members.hear, member) if member is not None else _ignore
                    await _serve(client, send, websocket.receive, hear)
                    # Still admitted: a shutdown waits until everybody was told.
                    await close(client.ended or GONE)
            except Refused as refused:
                CONNECTIONS_REFUSED.labels(refused.close.name).inc()
                await close(refused.close)

    @routes.get(
        "/{slug}/events",
        summary="Follow a page's events",
        response_class=Response,
        responses={
            **tells(
                200,
                "Cache-Control",
                "X-Accel-Buffering",
                description="One server-sent event for each frame: `id` is the position, `event` the type, `data` the frame.",
                content={"text/event-stream": {"schema": {"type": "string"}}},
            ),
            **refuses(404, "There is no such page"),
            **refuses(429, "Too many connections", "Retry-After"),
            **refuses(503, "Starting or stopping", "Retry-After"),
        },
    )
    @public
    async def events(
        request: Request,
        slug: str,
        since: Annotated[str | None, Query(description="the position up to which everything was seen")] = None,
        types: Annotated[str | None, Query(description="comma separated: `incident`, `incident.opened`")] = None,
        last_event_id: Annotated[str | None, Header(description="as `since`, and outranks it")] = None,
    ) -> Response:
        try:
            subscription = Subscription.parse(since, types, last_event_id)
        except Refused as refused:
            raise _problem(refused) from refused
        return EventStream(door, Asked("sse", slug, subscription, _address(request)))

    return routes


class EventStream(Response):
    """A response without end. Problems are raised before it starts."""

    media_type = "text/event-stream"

    def __init__(self, door: Door, asked: Asked) -> None:
        self._door = door
        self._asked = asked
        self.status_code = 200
        self.background = None
        # The connection ends with the stream, so that dropping a stalled one can never hit a later request on it.
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Connection": "close"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_bytes(content: bytes) -> None:
            await send({"type": "http.response.body", "body": content, "more_body": True})

        async def send_frame(frame: Frame) -> None:
            await send_bytes(frame.server_sent)

        try:
            async with self._door.entered(self._asked, scope[_CONNECTION]) as (client, _):
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                await send_bytes(b"retry: %d\n\n" % random.randint(RETRY_MIN_MS, RETRY_MAX_MS))
                await _serve(client, send_frame, receive, _ignore)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Refused as refused:
            raise _problem(refused) from refused


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


async def _ignore(_: str | bytes) -> None: ...


async def _serve(
    client: Client, send: Callable[[Frame], Awaitable[None]], receive: Callable[[], Awaitable[Message]], hear: Hear
) -> None:
    """Send until the client leaves or is ended, reading what it says."""

    async def listen() -> None:
        try:
            while not (message := await receive())["type"].endswith(".disconnect"):
                await hear(message.get("text") or message.get("bytes") or "")
        finally:
            client.end(GONE)

    listener = asyncio.create_task(listen())
    try:
        await client.run(send)
    finally:
        listener.cancel()


def _problem(refused: Refused) -> Problem:
    """What a refusal is called in HTTP."""
    CONNECTIONS_REFUSED.labels(refused.close.name).inc()
    if refused.close is BAD_REQUEST:
        return invalid("query", refused.detail)
    if refused.close is UNKNOWN:
        return not_found("page")
    if refused.close is TOO_MANY:
        return Problem(
            429, "too-many-connections", "Too many connections", refused.detail, headers={"Retry-After": "60"}
        )
    return unavailable(refused.detail)
