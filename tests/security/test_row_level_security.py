"""Row-level security in SQL, as the role that serves requests: what code forgets to filter, PostgreSQL refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from devstack.fixtures import Sql
from devstack.teststack import Stack

# The class of this directory's conftest, which cannot be imported.
World = Any

TABLES = [
    *(f"catalog.{table}" for table in ("page_settings", "layout", "service", "service_status", "status_history")),
    *(f"catalog.{table}" for table in ("known_incident", "incident_impact", "custom_domain")),
    *(f"incidents.{table}" for table in ("incident", "incident_update", "known_service", "service_incident")),
    *(f"incidents.{table}" for table in ("known_organization", "idempotency")),
    *(
        f"maintenance.{table}"
        for table in ("maintenance", "series", "known_service", "known_organization", "idempotency")
    ),
    *(f"incidents.{table}" for table in ("former_update", "template", "template_service")),
]


REFERENCES = [
    ("catalog.service_status", "service_id, base_status, status, previous, causes, changed_at, version",
     ":service_id, 'degraded', 'degraded', 'degraded', '[]', now(), 1"),
    ("catalog.status_history", "service_id, status, previous, changed_at",
     ":service_id, 'degraded', 'degraded', now()"),
    ("catalog.incident_impact", "incident_id, service_id, status, since",
     ":incident_id, :service_id, 'degraded', now()"),
    ("incidents.incident_update", "incident_id, id, number, status, message, created_at",
     ":incident_id, gen_random_uuid(), 1, 'resolved', 'x', now()"),
    ("incidents.service_incident", "incident_id, service_id, status", ":incident_id, :service_id, 'degraded'"),
    ("maintenance.maintenance", "id, title, description, status, visibility, scheduled_start, scheduled_end, starts_by_itself, "
     "completes_by_itself, reminder_minutes, reminders_pending, service_ids, updates, series_id, local_start, is_attached, "
     "created_at, updated_at, version",
     "gen_random_uuid(), 'x', '', 'scheduled', 'public', now(), now() + interval '1 hour', true, true, '{}', '{}', '{}', '[]', "
     ":series_id, now(), true, now(), now(), 1"),
    ("incidents.former_update", "incident_id, version, update_id, kind, status, message, replaced_at",
     ":incident_id, 9, gen_random_uuid(), 'edited', 'resolved', 'x', now()"),
    ("incidents.template_service", "template_id, service_id", ":template_id, :service_id"),
]  # fmt: skip
"""Rows that name another one: table, columns, values."""


@asynccontextmanager
async def as_app(stack: Stack, table: str, organization: str | None) -> AsyncIterator[AsyncConnection]:
    """A transaction as the app role of the table's service, in the name of an organization or of nobody. Rolled back."""
    engine = create_async_engine(stack.environment(table.partition(".")[0])["TIDINGS_DATABASE_URL"], poolclass=NullPool)
    async with engine.connect() as connection:
        if organization is not None:
            await connection.execute(text("SELECT set_config('app.organization_id', :id, true)"), {"id": organization})
        yield connection
        await connection.rollback()


async def refusal(connection: AsyncConnection, statement: str, **values: object) -> str:
    """The SQLSTATE that PostgreSQL refuses the statement with."""
    with pytest.raises(DBAPIError) as refused:
        await connection.execute(text(statement), values)
    return str(getattr(refused.value.orig, "sqlstate", None))


async def owners(connection: AsyncConnection, table: str) -> set[str]:
    return set((await connection.execute(text(f"SELECT organization_id FROM {table}"))).scalars())


async def test_without_an_organization_there_are_no_rows(world: World, stack: Stack, sql: Sql) -> None:
    for table in TABLES:
        assert {row[0] for row in await sql(f"SELECT organization_id FROM {table}")} == {"acme", "globex"}, table
        for nobody in (None, "", "initech"):
            async with as_app(stack, table, nobody) as connection:
                assert await owners(connection, table) == set(), table


async def test_an_organization_sees_its_own_rows_only(world: World, stack: Stack) -> None:
    for table in TABLES:
        async with as_app(stack, table, "globex") as connection:
            assert await owners(connection, table) == {"globex"}, table


async def test_an_organization_is_forgotten_with_its_transaction(world: World, stack: Stack) -> None:
    async with as_app(stack, "catalog.service", "globex") as connection:
        await connection.commit()
        assert await owners(connection, "catalog.service") == set()


async def test_rows_of_another_organization_cannot_be_changed_or_deleted(world: World, stack: Stack) -> None:
    for table in TABLES:
        async with as_app(stack, table, "globex") as connection:
            for statement in (f"UPDATE {table} SET organization_id = organization_id", f"DELETE FROM {table}"):
                condition = " WHERE organization_id = 'acme'"
                assert (await connection.execute(text(statement + condition))).rowcount == 0, table


async def test_no_row_can_be_given_to_another_organization(world: World, stack: Stack) -> None:
    for table in TABLES:
        async with as_app(stack, table, "globex") as connection:
            assert await refusal(connection, f"UPDATE {table} SET organization_id = 'acme'") == "42501", table


async def test_no_row_can_be_made_for_another_organization(stack: Stack) -> None:
    async with as_app(stack, "incidents.known_organization", "globex") as connection:
        insert = (
            "INSERT INTO incidents.known_organization (organization_id, time_zone, version) VALUES ('acme', 'UTC', 1)"
        )
        assert await refusal(connection, insert) == "42501"


async def test_no_row_can_refer_to_one_of_another_organization(
    world: World, stack: Stack, subtests: pytest.Subtests
) -> None:
    # Foreign keys look past row-level security: only keys that carry the organization keep this out.
    for table, columns, values in REFERENCES:
        ids = {name: id for name, id in world.ids["acme"].items() if f":{name}" in values}
        typed = values
        for name in ids:
            typed = typed.replace(f":{name}", f"CAST(:{name} AS uuid)")
        statement = f"INSERT INTO {table} (organization_id, {columns}) VALUES ('globex', {typed})"
        with subtests.test(table):
            async with as_app(stack, table, "globex") as connection:
                assert await refusal(connection, statement, **ids) == "23503"


async def test_requests_read_and_change_nobodys_events(stack: Stack, subtests: pytest.Subtests) -> None:
    for schema in ("catalog", "incidents", "maintenance", "public_api"):
        service = schema.replace("_", "-")
        for statement in ("SELECT 1 FROM {}", "UPDATE {} SET data = ''", "DELETE FROM {}", "TRUNCATE {}"):
            statement = statement.format(f"{schema}.outbox")
            with subtests.test(statement):
                async with as_app(stack, f"{service}.outbox", "acme") as connection:
                    assert await refusal(connection, statement) == "42501"


async def test_a_service_reads_no_other_services_tables(stack: Stack, subtests: pytest.Subtests) -> None:
    pairs = [("catalog", "incidents"), ("incidents", "catalog"), ("catalog", "public_api"), ("maintenance", "catalog")]
    for role, foreign in pairs:
        with subtests.test(f"{role} reads {foreign}"):
            async with as_app(stack, f"{role}.x", "acme") as connection:
                assert await refusal(connection, f"SELECT 1 FROM {foreign}.checkpoint") == "42501"
