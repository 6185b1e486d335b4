"""Composition root of the maintenance service."""

from fastapi import FastAPI

from common.service import create_service, run_service
from maintenance import store
from maintenance.api import PREFIX, router
from maintenance.consumers import DURABLE, HANDLERS


def create_app() -> FastAPI:
    return create_service(
        name="maintenance",
        title="Tidings maintenance",
        prefix=PREFIX,
        routers=[router],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
    )


def main() -> None:
    run_service("maintenance", create_app)


if __name__ == "__main__":
    main()
