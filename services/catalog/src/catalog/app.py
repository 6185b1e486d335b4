"""Composition root of the catalog service."""

from fastapi import FastAPI

from catalog import store
from catalog.api import PREFIX, layout, page, service, status
from catalog.consumers import DURABLE, HANDLERS
from common.service import create_service, run_service


def create_app() -> FastAPI:
    return create_service(
        name="catalog",
        title="Tidings catalog",
        prefix=PREFIX,
        routers=[page.router, layout.router, service.router, status.router],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
    )


def main() -> None:
    run_service("catalog", create_app)


if __name__ == "__main__":
    main()
