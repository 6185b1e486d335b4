"""Pytest fixtures of the whole workspace (loaded by `-p devstack.fixtures`): real PostgreSQL and NATS, and services on them.

One PostgreSQL and one nats-server run for each test process. Every test that asks for a `Stack` gets a database and a stream of its own,
so tests run in any order and in parallel.
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devstack.browser import browser, visit
from devstack.databases import Databases
from devstack.scenario import Cluster
from devstack.sniffer import Sniffer
from devstack.teststack import AnyNats, AnyPostgres, Stack, databases_on, eventually, running_nats, running_postgres
from devstack.tokens import make_keys

__all__ = ["browser", "visit"]  # fixtures, beside those that are made here


def pytest_configure() -> None:
    """Shells start what runs in the background with SIGINT ignored, and so would be what tests start, which they end by Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What is imported stays: looking for garbage among it again and again was a fifth of what the simulation costs."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyPostgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: AnyPostgres) -> Databases:
    return databases_on(postgres)


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyNats]:
    with running_nats(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the key that tokens of the tests are signed with."""
    directory = tmp_path_factory.mktemp("keys")
    make_keys(directory)
    return directory


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Identity in this process keeps passwords at next to no cost, where it is 0.2 s each otherwise."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("identity.domain.password._hasher", quick)


@pytest_asyncio.fixture
async def stack(
    postgres: AnyPostgres, databases: Databases, nats_server: AnyNats, keys: Path, tmp_path: Path
) -> AsyncIterator[Stack]:
    with databases.empty() as database:
        made = Stack(postgres, nats_server, database, keys, tmp_path)
        await made.declare_topology(empty=True)
        yield made


@pytest.fixture
def cluster(stack: Stack) -> Iterator[Cluster]:
    """The services as processes, not started yet; none survives the test."""
    cluster = Cluster(stack)
    try:
        yield cluster
    finally:
        cluster.stop()


Sql = Callable[..., Awaitable[list[Any]]]


@pytest_asyncio.fixture
async def sql(stack: Stack) -> Sql:
    """sql("SELECT … WHERE id = :id", id=…) runs a statement in the test's database as the superuser and gives its rows."""
    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)  # no pool: nothing to close

    async def run(statement: str, **values: object) -> list[Any]:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    return run


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails every test in which an answer, a frame or an event of one organization held an id of another, whatever else it looks at."""
    if "stack" not in request.fixturenames:
        yield
        return
    stack, sniffer = request.getfixturevalue("stack"), Sniffer()
    with pytest.MonkeyPatch.context() as patch:
        sniffer.listen(patch)
        yield
    if sniffer.heard_several:
        assert asyncio.run(sniffer.leaks(stack)) == []


Consumed = Callable[[str, int], Awaitable[None]]


@pytest.fixture
def consumed(sql: Sql) -> Consumed:
    """consumed("catalog", offset) waits until that service has dealt with the message at the offset of the stream."""

    async def consumed(durable: str, offset: int) -> None:
        statement = f"SELECT 1 FROM {durable}.checkpoint WHERE consumer = :durable AND stream_offset >= :offset"  # noqa: S608 - a schema's name

        async def passed() -> bool:
            return bool(await sql(statement, durable=durable, offset=offset))

        await eventually(passed, f"{durable} has dealt with message {offset}", timeout=20)

    return consumed
