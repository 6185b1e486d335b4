"""Puts a writing service together: settings, database, relay, bus, consumers, verifier and the HTTP application.

Everything starts in the background and nothing waits for database or broker: a service starts without them, says at /health/ready what
is missing, and becomes ready by itself.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, FastAPI

from common import server, telemetry
from common.bus import Bus
from common.caller import authenticate
from common.consumption import Consumption, DatabaseInbox, Handler, look_at_dead_letters
from common.database import Database, create_engine
from common.known_access import KnownAccess
from common.openapi import AUTHENTICATED
from common.outbox import Relay
from common.outbox_table import OutboxTable
from common.settings import DatabaseSettings, Settings, load
from common.tables import Infrastructure
from common.tasks import end_task
from common.web import create_app
from common.worker import Worker


def create_service(
    *,
    name: str,
    title: str,
    prefix: str,
    routers: Sequence[APIRouter],
    tables: Infrastructure,
    durable: str | None = None,
    handlers: Mapping[str, Handler] | None = None,
    make_workers: Sequence[Callable[[Database, Bus], Worker]] = (),
) -> FastAPI:
    """The application of a service that has an API for members, an outbox, and mostly a durable consumer of others' events.

    Each worker gets a connection of its own, so that a rush of requests does not make it late.
    """
    settings = load(DatabaseSettings)
    engine = create_engine(settings.database_url, application_name=name)
    relay_engine = create_engine(settings.relay_database_url, application_name=f"{name} relay", pool_size=1)
    database = Database(engine, tables)
    bus = Bus(settings, name)
    outbox = OutboxTable(relay_engine, tables.outbox, name)
    relay = Relay(outbox, bus)
    engines = [relay_engine, engine]
    workers: list[Worker] = []
    for make in make_workers:
        engines.append(create_engine(settings.database_url, application_name=f"{name} worker", pool_size=1))
        of_worker = Database(engines[-1], tables)
        of_worker.on_recorded = relay.wake
        workers.append(make(of_worker, bus))

    def wake_workers() -> None:
        for worker in workers:
            worker.wake()

    database.on_recorded = relay.wake
    database.on_work = wake_workers
    if durable is not None:
        bus.consume(durable, Consumption(DatabaseInbox(database, durable), bus.epoch, handlers or {}))

    known = KnownAccess(name)
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        bus.start()
        tasks.append(asyncio.create_task(known.follow(bus.connected), name="access"))
        relay.start()
        for worker in workers:
            worker.start()

    async def stop() -> None:
        for task in tasks:
            await end_task(task)
        for worker in workers:
            await worker.stop()
        await relay.stop()
        await bus.stop()
        for used in engines:
            await used.dispose()

    app = create_app(
        title=title,
        prefix=prefix,
        start=start,
        stop=stop,
        ready=[database.unready, bus.unready],
        notes=[outbox.note, known.note, *(worker.note for worker in workers)],
        looks=[outbox.look(), look_at_dead_letters(relay_engine, tables), bus.look()],
    )
    app.state.database = database
    app.state.bus = bus
    app.state.workers = workers
    authenticate(app, known)
    for router in routers:
        app.include_router(router, responses=AUTHENTICATED)
    return app


def run_service(name: str, create: Callable[[], FastAPI], *, access_log: bool = True) -> None:
    """What a service's `main` does."""
    settings = load(Settings)
    telemetry.configure(name, settings.log_level)
    server.run(create(), settings, access_log=access_log)
