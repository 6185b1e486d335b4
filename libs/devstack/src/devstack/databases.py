"""Databases for tests, each with every service's tables and nothing in them.

The first is a copy of a migrated template. Making and dropping one costs ten times as much as emptying it, so one that was used is emptied
and given to the next test. A test that changed the shape of its database, not only its rows, leaves one that nobody else gets.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count

from pydantic import SecretStr

from common.migrate import migrate
from devstack.containers import ContainerPostgres
from devstack.errors import DevstackError
from devstack.postgres import Postgres

_TEMPLATE = "tidings_template"

# Whatever a killed service left behind is ended first: its last statement must not come after the database was emptied.
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Rows of these tables are replaced by every change of shape, and by nothing else.
_SHAPED_BY = ("pg_class", "pg_attribute", "pg_policy")
_DELETE_ALL = """
SELECT string_agg(format('DELETE FROM %I.%I', schemaname, tablename), ';') FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'alembic_version'
"""
_RESTART_SEQUENCES = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"


class Databases:
    """The databases of one server, with the tables of these schemas; the services' roles share a password. `empty` lends one."""

    def __init__(self, server: Postgres | ContainerPostgres, schemas: Collection[str], password: str) -> None:
        self._server = server
        self._numbers = count(1)
        self._unused: list[str] = []
        server.create_database(_TEMPLATE)
        admin = SecretStr(server.url(_TEMPLATE, "postgres", server.password))
        for schema in schemas:
            asyncio.run(migrate(admin, schema, app_password=password, relay_password=password))
        tables = (*_SHAPED_BY, *(f"{schema}.alembic_version" for schema in schemas))
        rows = " UNION ALL ".join(f"SELECT xmin FROM {table}" for table in tables)  # noqa: S608 - names of tables
        self._ask_shape = f"SELECT count(*), max(row::text::bigint) FROM ({rows}) AS rows (row)"  # noqa: S608 - the same
        self._shape = server.sql(self._ask_shape, _TEMPLATE)
        # As a replica, no foreign key is checked, so the order of the tables does not matter.
        statements = ("SET session_replication_role = replica", server.sql(_DELETE_ALL, _TEMPLATE), _RESTART_SEQUENCES)
        self._empty = ";".join(statements)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The name of a database that is empty, and nobody else's while the block runs."""
        name = self._unused.pop() if self._unused else self._copy()
        try:
            yield name
        finally:
            self._server.sql(_END_OTHERS, name)
            if self._has_its_shape(name):
                self._server.sql(self._empty, name)
                self._unused.append(name)
            else:
                self._server.sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _has_its_shape(self, name: str) -> bool:
        try:
            return self._server.sql(self._ask_shape, name) == self._shape
        except DevstackError:  # a table is gone
            return False

    def _copy(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._server.sql(f'CREATE DATABASE "{name}" TEMPLATE {_TEMPLATE}')
        return name
