"""Composition root of the maintenance service: what every writing service has, and the scheduler beside it."""

from fastapi import FastAPI

from common.bus import Bus
from common.consumption import Consumption, DatabaseInbox
from common.database import Database, create_engine
from common.outbox import Relay
from common.outbox_table import OutboxTable
from common.service import run_service
from common.settings import DatabaseSettings, TokenSettings, load
from common.tokens import Verifier
from common.web import create_app as create_web_app
from maintenance import store
from maintenance.api import PREFIX, series, window
from maintenance.consumers import DURABLE, HANDLERS
from maintenance.scheduler import Scheduler


def create_app() -> FastAPI:
    settings = load(DatabaseSettings)
    engine = create_engine(settings.database_url, application_name="maintenance")
    # Connections of its own: a rush of requests makes no window late.
    scheduler_engine = create_engine(settings.database_url, application_name="maintenance scheduler", pool_size=1)
    relay_engine = create_engine(settings.relay_database_url, application_name="maintenance relay", pool_size=1)
    database, scheduler_database = Database(engine, store.TABLES), Database(scheduler_engine, store.TABLES)
    bus = Bus(settings, "maintenance")
    relay = Relay(OutboxTable(relay_engine, store.TABLES.outbox, "maintenance"), bus)
    scheduler = Scheduler(scheduler_database)
    bus.consume(DURABLE, Consumption(DatabaseInbox(database, DURABLE), bus.epoch, HANDLERS))

    def on_recorded() -> None:
        relay.wake()
        scheduler.wake()

    database.on_recorded = on_recorded
    scheduler_database.on_recorded = relay.wake

    async def start() -> None:
        bus.start()
        relay.start()
        scheduler.start()

    async def stop() -> None:
        await scheduler.stop()
        await relay.stop()
        await bus.stop()
        for used in (scheduler_engine, relay_engine, engine):
            await used.dispose()

    app = create_web_app(
        title="Tidings maintenance",
        prefix=PREFIX,
        start=start,
        stop=stop,
        ready=[database.unready, bus.unready],
        notes=[scheduler.note],
    )
    app.state.database = database
    app.state.bus = bus
    app.state.verifier = Verifier(load(TokenSettings))
    app.state.scheduler = scheduler
    for router in (window.router, series.router):
        app.include_router(router)
    return app


def main() -> None:
    run_service("maintenance", create_app)


if __name__ == "__main__":
    main()
