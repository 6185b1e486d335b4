"""Composition root of the catalog service."""

from fastapi import FastAPI

from catalog import store
from catalog.api import PREFIX, caller, clerk, custom_domain, imported, layout, page, service, status
from catalog.api.clerk import ClerkSettings
from catalog.consumers import DURABLE, HANDLERS
from catalog.proof import DomainSettings, Prover
from catalog.scheduler import scheduler
from common.service import create_service, run_service
from common.settings import load


def create_app() -> FastAPI:
    prover = Prover(load(DomainSettings))
    app = create_service(
        name="catalog",
        title="Tidings catalog",
        prefix=PREFIX,
        routers=[
            *(caller.router, page.router, custom_domain.router, clerk.router),
            *(layout.router, service.router, status.router, imported.router),
        ],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
        make_workers=[lambda database, _: scheduler(database, prover)],
    )
    app.state.prover = prover
    app.state.clerk = load(ClerkSettings)
    return app


def main() -> None:
    run_service("catalog", create_app)


if __name__ == "__main__":
    main()
