"""The gateway's composition root: `python -m realtime_gateway.app`. It owns nothing durable and asks no database."""

import asyncio
import contextlib
from functools import partial

from fastapi import FastAPI
from nats.aio.client import Client
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from common import server, telemetry, web
from common.caller import authenticate
from common.known_access import KnownAccess
from common.settings import load
from common.stream import STREAM_ERRORS
from common.tasks import end_task
from realtime_gateway.api import ConnectionInScope, router
from realtime_gateway.door import Door
from realtime_gateway.doorstep import Doorstep
from realtime_gateway.feed import Feed, connect
from realtime_gateway.history import NAME
from realtime_gateway.lean import Sockets
from realtime_gateway.members import Members
from realtime_gateway.protocol import PREFIX
from realtime_gateway.settings import GatewaySettings, SocketProtocol
from realtime_gateway.tickets import Tickets


class EventsForEveryOrigin(CORSMiddleware):
    """What is public is for pages of every origin; tickets are not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].endswith("/events"):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app() -> FastAPI:
    settings = load(GatewaySettings)
    feed, tickets, known = Feed(settings), Tickets(), KnownAccess(NAME)
    clients: list[Client] = []
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        # In the background: the process starts with NATS absent and becomes ready by itself.
        is_connected = asyncio.Event()

        async def connecting() -> None:
            clients.append(await connect(settings))
            is_connected.set()

        async def connected() -> Client:
            await is_connected.wait()
            return clients[0]

        works = (
            connecting(),
            feed.run(connected),
            known.follow(connected),
            tickets.serve(connected),
            feed.hub.heartbeats(),
            feed.hub.sweep(),
            sockets.ping(),
        )
        tasks.extend(asyncio.create_task(work) for work in works)

    async def stop() -> None:
        for task in tasks:
            await end_task(task)
        for client in clients:
            with contextlib.suppress(*STREAM_ERRORS):
                await client.close()

    app = web.create_app(
        title="Tidings realtime gateway",
        prefix=PREFIX,
        start=start,
        stop=stop,
        ready=[feed.not_ready],
        notes=[known.note],
        looks=feed.looks(),
        traced=False,
    )
    authenticate(app, known)
    app.state.hub = feed.hub
    door = Door(settings, feed, tickets, Members(feed.hub, app.state.authenticator))
    sockets = app.state.sockets = Sockets(settings, door)
    app.include_router(router(door, tickets))
    app.add_middleware(EventsForEveryOrigin, allow_origins=["*"], allow_headers=["Last-Event-ID"])
    return app


def main() -> None:
    settings = load(GatewaySettings)
    telemetry.configure("realtime-gateway", settings.log_level)
    app = create_app()
    run = partial(server.run, ConnectionInScope(app), settings, before_shutdown=app.state.hub.shut_down)
    if settings.socket_protocol is SocketProtocol.LEAN:
        run(http=partial(Doorstep, app.state.sockets), sockets=app.state.sockets)
    else:
        run()


if __name__ == "__main__":
    main()
