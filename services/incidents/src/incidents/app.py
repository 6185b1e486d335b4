"""Composition root of the incidents service."""

from fastapi import FastAPI

from common.service import create_service, run_service
from incidents import store
from incidents.api import PREFIX, imported, incident, template, update
from incidents.consumers import DURABLE, HANDLERS


def create_app() -> FastAPI:
    return create_service(
        name="incidents",
        title="Tidings incidents",
        prefix=PREFIX,
        routers=[incident.router, update.router, template.router, imported.router],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
    )


def main() -> None:
    run_service("incidents", create_app)


if __name__ == "__main__":
    main()
