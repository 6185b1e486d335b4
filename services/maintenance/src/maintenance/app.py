"""Composition root of the maintenance service: what every writing service has, and the scheduler beside it."""

from fastapi import FastAPI

from common.service import create_service, run_service
from maintenance import store
from maintenance.api import PREFIX, imported, series, window
from maintenance.consumers import DURABLE, HANDLERS
from maintenance.scheduler import scheduler


def create_app() -> FastAPI:
    return create_service(
        name="maintenance",
        title="Tidings maintenance",
        prefix=PREFIX,
        routers=[window.router, series.router, imported.router],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
        make_workers=[lambda database, _: scheduler(database)],
    )


def main() -> None:
    run_service("maintenance", create_app)


if __name__ == "__main__":
    main()
