"""Puts a writing service together: settings, database, relay, bus, consumers, verifier and the HTTP application.

Everything starts in the background and nothing waits for database or broker: a service starts without them, says at /health/ready what
is missing, and becomes ready by itself.
"""

from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, FastAPI

from common import server, telemetry
from common.bus import Bus
from common.consumption import Consumption, DatabaseInbox, Handler
from common.database import Database, create_engine
from common.outbox import Relay
from common.outbox_table import OutboxTable
from common.settings import DatabaseSettings, Settings, TokenSettings, load
from common.tables import Infrastructure
from common.tokens import Verifier
from common.web import create_app


def create_service(
    *,
    name: str,
    title: str,
    prefix: str,
    routers: Sequence[APIRouter],
    tables: Infrastructure,
    durable: str,
    handlers: Mapping[str, Handler],
) -> FastAPI:
    """The application of a service that has an API for members, an outbox, and a durable consumer of others' events."""
    settings = load(DatabaseSettings)
    engine = create_engine(settings.database_url, application_name=name)
    relay_engine = create_engine(settings.relay_database_url, application_name=f"{name} relay", pool_size=1)
    database = Database(engine, tables)
    bus = Bus(settings, name)
    outbox = OutboxTable(relay_engine, tables.outbox, name)
    relay = Relay(outbox, bus)
    database.on_recorded = relay.wake
    bus.consume(durable, Consumption(DatabaseInbox(database, durable), bus.epoch, handlers))

    async def start() -> None:
        bus.start()
        relay.start()

    async def stop() -> None:
        await relay.stop()
        await bus.stop()
        await relay_engine.dispose()
        await engine.dispose()

    app = create_app(
        title=title,
        prefix=prefix,
        start=start,
        stop=stop,
        ready=[database.unready, bus.unready],
        notes=[outbox.note],
    )
    app.state.database = database
    app.state.bus = bus
    app.state.verifier = Verifier(load(TokenSettings))
    for router in routers:
        app.include_router(router)
    return app


def run_service(name: str, create: Callable[[], FastAPI], *, access_log: bool = True) -> None:
    """What a service's `main` does."""
    settings = load(Settings)
    telemetry.configure(name, settings.log_level)
    server.run(create(), settings, access_log=access_log)
