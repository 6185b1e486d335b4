"""A running catalog, an organization with a page, and incidents that happen to its services."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from nats.aio.client import Client

from devstack.teststack import Api, Service, Stack

V1 = "/api/catalog/v1"


@pytest_asyncio.fixture
async def catalog(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("catalog") as service:
        yield service


@pytest_asyncio.fixture
async def api(catalog: Service) -> Api:
    """An admin of `acme`, which has a page."""
    api = catalog.as_("acme", "admin")
    assert (await api("POST", f"{V1}/page", {"name": "Acme", "slug": "acme"})).status_code == 201
    return api


@pytest.fixture
def create_service(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """create_service("Website") creates a service of `acme` and gives what catalog answered."""

    async def create(name: str = "Website", **fields: object) -> dict[str, Any]:
        response = await api("POST", f"{V1}/services", {"name": name, **fields})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    return create


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Client]:
    """A connection to NATS as the incidents service."""
    client = await stack.connect("incidents")
    yield client
    await client.close()
