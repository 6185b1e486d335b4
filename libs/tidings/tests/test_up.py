"""`tidings up` makes everything that services need, waits for them, and says what is missing."""

import pytest

from devstack.operating import Running, Tidings
from devstack.teststack import SCHEMAS, Stack


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tidings.up.POLL_SECONDS", 0.05)


async def test_from_nothing_services_can_start_and_again_changes_nothing(stack: Stack, tidings: Tidings) -> None:
    stack.postgres.sql("CREATE DATABASE empty")
    try:
        url = stack.postgres.url("empty", "postgres", stack.postgres.password)
        first = await tidings("up", "--prepare", TIDINGS_ADMIN_DATABASE_URL=url)
        assert (first.code, first.output.splitlines()[-1]) == (0, "Services may start."), first.output
        assert "3/3  Stream and consumers" in first.output
        for schema in SCHEMAS.values():
            assert stack.postgres.sql(f"SELECT count(*) FROM {schema}.outbox", "empty") == "0"
        assert (await tidings("up", "--prepare", TIDINGS_ADMIN_DATABASE_URL=url)).output == first.output
    finally:
        stack.postgres.sql("DROP DATABASE empty WITH (FORCE)")


async def test_services_that_are_not_at_work_are_named(running: Running, tidings: Tidings) -> None:
    outcome = await tidings("up", "--wait", "0.2")
    assert outcome.code == 1
    assert "Not at work: identity, maintenance. Start them" in outcome.output
    assert running.catalog.name not in outcome.output.splitlines()[-1]


async def test_when_all_are_at_work_doctor_has_the_last_word(stack: Stack, running: Running, tidings: Tidings) -> None:
    async with stack.service("identity"), stack.service("maintenance"):
        outcome = await tidings("up")
    assert "5/5  Doctor" in outcome.output
    assert (outcome.code, outcome.problems) == (0, []), outcome.output


async def test_a_server_that_does_not_come_is_named(tidings: Tidings) -> None:
    away = "postgresql+asyncpg://postgres:secret@127.0.0.1:1/tidings"
    outcome = await tidings("up", "--wait", "0", TIDINGS_ADMIN_DATABASE_URL=away)
    assert outcome.code == 1
    assert "correct TIDINGS_ADMIN_DATABASE_URL" in outcome.output
    missing = await tidings("up", TIDINGS_CATALOG_APP_PASSWORD="")
    assert missing.code == 78, "before anything is done"
