"""What tests of the shared infrastructure use: catalog's own tables as an example of a service's, and events to put into them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from importlib import import_module

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from common.contracts.events import DomainEvent, Tombstone
from common.database import Database, create_engine
from common.tables import Infrastructure
from devstack.teststack import Stack

from .clock import Clock


@pytest.fixture
def tables() -> Infrastructure:
    infrastructure: Infrastructure = import_module("catalog.store").TABLES
    return infrastructure


@pytest_asyncio.fixture
async def relay_engine(stack: Stack) -> AsyncIterator[AsyncEngine]:
    url = SecretStr(stack.environment("catalog")["TIDINGS_RELAY_DATABASE_URL"])
    engine = create_engine(url, application_name="test relay")
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture
async def database(stack: Stack, tables: Infrastructure) -> AsyncIterator[Database]:
    url = SecretStr(stack.environment("catalog")["TIDINGS_DATABASE_URL"])
    engine = create_engine(url, application_name="test app")
    yield Database(engine, tables)
    await engine.dispose()


@pytest.fixture
def record(database: Database) -> Callable[..., Awaitable[None]]:
    """record(organization, id, version, …) commits `service.deleted` events, which go to both audiences."""

    async def record(organization: str, *aggregates: str, version: int = 1) -> None:
        async with database.transaction(organization) as transaction:
            for aggregate in aggregates:
                data = Tombstone(id=aggregate, deleted_at=MOMENT)
                transaction.record(DomainEvent("service.deleted", aggregate, version, MOMENT, data, data))

    return record


MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()
