"""Runs the operator's commands on a test's servers, beside the services that they look after."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout

import pytest
import pytest_asyncio

from devstack import operating
from devstack.fixtures import Sql
from devstack.operating import Outcome, Running, Settled, Tidings
from devstack.teststack import SCHEMAS, Stack, eventually
from tidings.app import main


@pytest.fixture
def operator_environment(stack: Stack) -> dict[str, str]:
    return operating.operator_environment(stack)


@pytest.fixture
def tidings(operator_environment: dict[str, str]) -> Tidings:
    """tidings("dead-letters", "list") runs a command; keywords go into its environment, `answer` is what the operator types."""

    def run(arguments: tuple[str, ...], variables: dict[str, str], answer: str) -> Outcome:
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
            for name, value in (operator_environment | variables).items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", io.StringIO(answer))
            with pytest.raises(SystemExit) as ended:
                main(arguments)
        code = ended.value.code
        # What sys.exit is given instead of a number it prints, and ends with 1.
        return Outcome(code, said.getvalue()) if isinstance(code, int) else Outcome(1, f"{said.getvalue()}{code}\n")

    async def tidings(*arguments: str, answer: str = "", **variables: str) -> Outcome:
        return await asyncio.to_thread(run, arguments, variables, answer)

    return tidings


@pytest_asyncio.fixture
async def running(stack: Stack) -> AsyncIterator[Running]:
    async with operating.running(stack) as services:
        yield services


@pytest.fixture
def settled(sql: Sql) -> Settled:
    """settled() waits until every outbox is published, and catalog and public-api have dealt with it. Pages show it a moment later."""
    waiting = " UNION ALL ".join(
        f"SELECT 1 FROM {schema}.outbox WHERE published_at IS NULL" for schema in SCHEMAS.values()
    )
    ahead = " UNION ALL ".join(
        f"SELECT 1 FROM {publisher}.outbox WHERE audience = '{audience}'"
        f" AND stream_offset > (SELECT coalesce(max(stream_offset), 0) FROM {reader}.checkpoint)"
        for reader, audience, publishers in (
            ("catalog", "internal", ("incidents", "maintenance")),
            ("public_api", "public", ("catalog", "incidents", "maintenance")),
        )
        for publisher in publishers
    )

    async def is_settled() -> bool:
        # What was dealt with may have led to something more.
        return not await sql(f"{waiting} UNION ALL {ahead}") and not await sql(waiting)

    async def settled() -> None:
        await eventually(is_settled, "everything is published and folded")

    return settled
