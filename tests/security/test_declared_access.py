"""Every route of every service says what it needs of a caller, once, where it is written; its OpenAPI says the same to others."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from common.access import access_of, public
from common.caller import Admin
from devstack.snapshots import application
from devstack.stack import SERVICES

ROLES = {"viewer", "responder", "admin"}
KNOWN = {*ROLES, "public", "a person"}


def walk(routes: list[BaseRoute]) -> Iterator[Any]:
    """All routes, also those of routers inside."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from walk(inner.routes)
        else:
            yield route


def undeclared(app: FastAPI) -> list[str]:
    """The routes that do not say exactly one thing that is known."""
    found = []
    for route in walk(app.routes):
        if route.path == app.openapi_url:  # FastAPI's own: what is in it is in docs/openapi, for everybody
            continue
        said = access_of(route.dependant) if hasattr(route, "dependant") else set()
        if len(said & KNOWN) != 1 or said - KNOWN:
            found.append(f"{route.path} says {said or 'nothing'}")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_what_it_needs(service: str) -> None:
    app = application(service)
    assert len(list(walk(app.routes))) > 3, "its routes are found"
    assert undeclared(app) == []


def test_a_route_that_says_nothing_or_two_things_is_found() -> None:
    app, router = FastAPI(), APIRouter()

    @app.get("/nothing")
    async def nothing() -> None: ...

    @router.get("/both")
    @public
    async def both(caller: Admin) -> None: ...

    @router.websocket("/socket")
    async def socket() -> None: ...

    @router.post("/declared")
    async def declared(caller: Admin) -> None: ...

    app.include_router(router)
    assert {line.partition(" ")[0] for line in undeclared(app)} >= {"/nothing", "/both", "/socket"}
    assert not any(line.startswith("/declared") for line in undeclared(app))


@pytest.mark.parametrize("service", SERVICES)
def test_openapi_tells_which_routes_need_a_token_and_that_they_have_a_limit(service: str) -> None:
    app = application(service)
    document = app.openapi()
    assert "Retry-After" in document["components"]["responses"]["429"]["headers"]
    for route in walk(app.routes):
        needs_token = bool(ROLES & access_of(route.dependant)) if hasattr(route, "dependant") else False
        for method in getattr(route, "methods", None) or ():
            operation = document["paths"].get(route.path, {}).get(method.lower())
            if operation is None:
                assert not needs_token, f"{method} {route.path} needs a token and is not told of"
                continue
            assert ("security" in operation) == needs_token, f"{method} {route.path}"
            if needs_token:
                assert operation["responses"]["429"] == {"$ref": "#/components/responses/429"}, f"{method} {route.path}"
