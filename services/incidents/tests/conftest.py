"""A running incidents service, and catalog as it sees it: pages and services that exist because events say so."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from devstack.catalog_double import Catalog, catalog_for
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Api, Service, Stack

INCIDENTS = "/api/incidents/v1/incidents"


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("incidents") as service:
        yield service


@pytest_asyncio.fixture
async def catalog(stack: Stack, incidents: Service, consumed: Consumed) -> AsyncIterator[Catalog]:
    async with catalog_for("incidents", stack, consumed) as catalog:
        yield catalog


@pytest_asyncio.fixture
async def api(incidents: Service, catalog: Catalog) -> Api:
    """A responder of `acme`, which has a page."""
    await catalog.page("acme")
    await catalog.caught_up()
    return incidents.as_("acme", "responder")


@pytest_asyncio.fixture
async def service(api: Api, catalog: Catalog) -> str:
    """The id of a service of `acme` that incidents knows."""
    id = await catalog.service()
    await catalog.caught_up()
    return id


@pytest.fixture
def open_incident(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """open_incident(impact="major", …) opens an incident of `acme` and gives what was answered."""

    async def open_incident(**fields: object) -> dict[str, Any]:
        response = await api("POST", INCIDENTS, {"title": "Database down", "status": "investigating", **fields})
        assert response.status_code == 201, response.text
        opened: dict[str, Any] = response.json()
        return opened

    return open_incident


@pytest.fixture
def nameless() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """nameless(incident) is an incident as everybody reads it who reads all of it: without who wrote its updates."""

    def nameless(incident: dict[str, Any]) -> dict[str, Any]:
        nobody = {"posted_by": None, "edited_by": None}
        return {**incident, "updates": [update | nobody for update in incident["updates"]]}

    return nameless


Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]


@pytest.fixture
def told(sql: Sql) -> Told:
    """told() gives type and data of the last change's event, for each audience that it was recorded for."""

    async def told() -> dict[str, tuple[str, dict[str, Any]]]:
        rows = await sql(
            "SELECT audience, type, data FROM incidents.outbox WHERE (aggregate_id, sequence) = "
            "(SELECT aggregate_id, sequence FROM incidents.outbox ORDER BY position DESC LIMIT 1)"
        )
        return {row.audience: (row.type, json.loads(row.data)) for row in rows}

    return told
