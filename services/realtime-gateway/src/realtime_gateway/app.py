"""The gateway's composition root: `python -m realtime_gateway.app`. It owns nothing durable and asks no database."""

import asyncio

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from common import server, telemetry, web
from common.settings import load
from common.tasks import end_task
from realtime_gateway.api import PREFIX, ConnectionInScope, router
from realtime_gateway.feed import Feed
from realtime_gateway.settings import GatewaySettings


def create_app() -> FastAPI:
    feed = Feed(load(GatewaySettings))
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        # In the background: the process starts with NATS absent and becomes ready by itself.
        tasks.extend(asyncio.create_task(work) for work in (feed.run(), feed.hub.heartbeats(), feed.hub.sweep()))

    async def stop() -> None:
        for task in tasks:
            await end_task(task)

    app = web.create_app(
        title="Tidings realtime gateway",
        prefix=PREFIX,
        start=start,
        stop=stop,
        ready=[feed.not_ready],
        traced=False,
    )
    app.state.hub = feed.hub
    app.include_router(router(feed))
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_headers=["Last-Event-ID"])
    return app


def main() -> None:
    settings = load(GatewaySettings)
    telemetry.configure("realtime-gateway", settings.log_level)
    app = create_app()
    server.run(ConnectionInScope(app), settings, before_shutdown=app.state.hub.shut_down)


if __name__ == "__main__":
    main()
