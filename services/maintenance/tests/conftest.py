"""A running maintenance service, and catalog as it sees it: pages and services that exist because events say so."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.clock import now, rfc3339
from devstack.catalog_double import Catalog, catalog_for
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Api, Service, Stack

MAINTENANCES = "/api/maintenance/v1/maintenances"


@pytest_asyncio.fixture
async def maintenance(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("maintenance") as service:
        yield service


@pytest_asyncio.fixture
async def catalog(stack: Stack, maintenance: Service, consumed: Consumed) -> AsyncIterator[Catalog]:
    async with catalog_for("maintenance", stack, consumed) as catalog:
        yield catalog


@pytest_asyncio.fixture
async def api(maintenance: Service, catalog: Catalog) -> Api:
    """A responder of `acme`, which has a page."""
    await catalog.page()
    await catalog.caught_up()
    return maintenance.as_("acme", "responder")


@pytest_asyncio.fixture
async def service(api: Api, catalog: Catalog) -> str:
    """The id of a service of `acme` that maintenance knows."""
    id = await catalog.service()
    await catalog.caught_up()
    return id


At = Callable[..., str]


@pytest.fixture
def at() -> At:
    """at(hours=2) is a time in two hours, as a request names it; the same moment throughout a test."""
    moment = now()
    return lambda **ahead: rfc3339(moment + timedelta(**ahead))


@pytest.fixture
def plan(api: Api, at: At) -> Callable[..., Awaitable[dict[str, Any]]]:
    """plan(title="Upgrade", …) plans a window of `acme`, from here in 10 to 12 hours, and gives what was answered."""

    async def plan(**fields: object) -> dict[str, Any]:
        body = {"title": "Upgrade", "scheduled_start": at(hours=10), "scheduled_end": at(hours=12), **fields}
        response = await api("POST", MAINTENANCES, {name: value for name, value in body.items() if value is not None})
        assert response.status_code == 201, response.text
        planned: dict[str, Any] = response.json()
        return planned

    return plan


Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]


@pytest.fixture
def told(sql: Sql) -> Told:
    """told(id) gives version, type and data of a window's events, in order, as everybody reads them, or another audience."""

    async def told(id: str, audience: str = "public") -> list[tuple[int, str, dict[str, Any]]]:
        rows = await sql(
            "SELECT sequence, type, data FROM maintenance.outbox WHERE aggregate_id = :id AND audience = :audience "
            "ORDER BY position",
            id=id,
            audience=audience,
        )
        return [(row.sequence, row.type, json.loads(row.data)) for row in rows]

    return told


@pytest.fixture
def backdate(sql: Sql) -> Callable[[str, timedelta], Awaitable[datetime]]:
    """backdate(id, timedelta(hours=11)) makes a window, and what is due of it, that much earlier: as if time had passed. Gives its start."""

    async def backdate(id: str, by: timedelta) -> datetime:
        # One statement, the window first: the scheduler may be at it.
        [row] = await sql(
            "WITH earlier AS (UPDATE maintenance.maintenance SET scheduled_start = scheduled_start - CAST(:by AS interval), "
            "scheduled_end = scheduled_end - CAST(:by AS interval), local_start = local_start - CAST(:by AS interval) "
            "WHERE id = :id RETURNING id, scheduled_start), moves AS (UPDATE maintenance.due "
            "SET due_at = due_at - CAST(:by AS interval) FROM earlier WHERE due.id = earlier.id) SELECT * FROM earlier",
            id=id,
            by=by,
        )
        start: datetime = row.scheduled_start
        return start

    return backdate
