"""Without its database a writing service says so, to callers and to whoever watches it, and works again by itself."""

import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from devstack.teststack import Service, Stack, eventually

WRITES = {
    "catalog": ("POST", "/api/catalog/v1/services", {"name": "Website"}),
    "incidents": ("POST", "/api/incidents/v1/incidents", {"title": "x", "status": "investigating"}),
    "maintenance": (
        "POST",
        "/api/maintenance/v1/maintenances",
        {"title": "x", "scheduled_end": "2100-01-01T00:00:00Z"},
    ),
}
NOWHERE = "postgresql+asyncpg://nobody:x@127.0.0.1:1/none"


def assert_unavailable(response: httpx.Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json()["type"] == "urn:tidings:problem:unavailable"


@pytest_asyncio.fixture(params=WRITES)
async def service(stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[Service]:
    async with stack.service(request.param) as service:
        yield service


def allow_connections(stack: Stack, allowed: bool) -> None:
    """Let only the superuser into this test's database, and end who is in it; the server and other tests go on."""
    stack.postgres.sql(f'ALTER DATABASE "{stack.database}" CONNECTION LIMIT {-1 if allowed else 0}')
    if not allowed:
        stack.postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{stack.database}'")


async def test_requests_are_told_to_come_back_while_the_database_is_away(stack: Stack, service: Service) -> None:
    method, path, body = WRITES[service.name]
    api = service.as_("acme")
    answered: Any = await api(method, path, body)
    assert answered.status_code == 409, "no page yet: the database answers"
    allow_connections(stack, False)
    for _ in range(8):  # every connection of the pool notices by itself
        assert_unavailable(await api(method, path, body))
        assert_unavailable(await api("GET", path))
    ready = await service.client.get("/health/ready")
    assert ready.status_code == 503
    assert any(reason.startswith("PostgreSQL does not answer") for reason in ready.json()["reasons"])
    assert (await service.client.get("/health/live")).status_code == 200
    allow_connections(stack, True)

    async def answers() -> bool:
        return (await api(method, path, body)).status_code == 409

    await eventually(answers, "it works again by itself")
    await service.wait_until_ready()


@pytest.mark.parametrize("name", WRITES)
async def test_a_service_starts_without_its_database_and_says_what_is_missing(stack: Stack, name: str) -> None:
    process = stack.process(name)
    process.start(TIDINGS_DATABASE_URL=NOWHERE, TIDINGS_RELAY_DATABASE_URL=NOWHERE)
    try:
        async with httpx.AsyncClient(base_url=process.url, timeout=10) as client:

            async def listens() -> bool:
                try:
                    return (await client.get("/health/live")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(listens, "it listens", timeout=20)
            ready = await client.get("/health/ready")
            assert ready.status_code == 503
            assert ready.json()["reasons"][0].startswith("PostgreSQL does not answer")
            method, path, body = WRITES[name]
            headers = {"Authorization": f"Bearer {stack.token()}"}
            assert_unavailable(await client.request(method, path, json=body, headers=headers))
    finally:
        assert process.stop() == -signal.SIGTERM, "and it ends when asked, by the signal it was asked with"
