"""Connections to PostgreSQL: none is handed out that is known to be dead."""

from sqlalchemy import func, select

from common.database import Database
from devstack.fixtures import Sql


async def backend(database: Database) -> int:
    """The process of the server that a transaction runs in."""
    async with database.transaction("acme") as transaction:
        id: int = (await transaction.execute(select(func.pg_backend_pid()))).scalar_one()
        return id


async def test_connections_that_the_server_ended_are_replaced_before_they_are_used(
    database: Database, sql: Sql
) -> None:
    ended = await backend(database)
    assert await backend(database) == ended, "connections are kept"
    await sql("SELECT pg_terminate_backend(:ended, 5000)", ended=ended)
    assert await backend(database) != ended
