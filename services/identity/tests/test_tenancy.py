"""Row-level security of identity in SQL, as the role that serves requests: what code forgets to filter, PostgreSQL refuses."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devstack.teststack import Stack

TABLES = ("organization", "member", "invitation", "api_key")

Join = Callable[..., Awaitable[Any]]


async def test_what_an_organization_owns_is_seen_and_changed_as_that_organization_alone(
    join: Join, stack: Stack
) -> None:
    ids = {}
    for name in ("acme", "globex"):
        admin = await join(f"admin@{name}.example", organization=name)
        ids[name] = (await admin("GET", "/organization")).json()["id"]
        assert (await admin("POST", "/invitations", {"email": "x@y.example", "role": "viewer"})).status_code == 201
        assert (await admin("POST", "/api-keys", {"name": "x", "role": "viewer"})).status_code == 201
    engine = create_async_engine(stack.environment("identity")["TIDINGS_DATABASE_URL"], poolclass=NullPool)
    for table in TABLES:
        for who, seen in (("", set()), ("initech", set()), (ids["globex"], {ids["globex"]})):
            async with engine.connect() as connection:
                await connection.execute(text("SELECT set_config('app.organization_id', :id, true)"), {"id": who})
                rows = await connection.execute(text(f"SELECT organization_id FROM identity.{table}"))
                assert set(rows.scalars()) == seen, table
                of_acme = {"acme": ids["acme"]}
                deleted = text(f"DELETE FROM identity.{table} WHERE organization_id = :acme")
                assert (await connection.execute(deleted, of_acme)).rowcount == 0, table
                if seen:
                    given_away = text(f"UPDATE identity.{table} SET organization_id = :acme")
                    state = None
                    try:
                        await connection.execute(given_away, of_acme)
                    except DBAPIError as error:
                        state = getattr(error.orig, "sqlstate", None)
                    assert state == "42501", table
