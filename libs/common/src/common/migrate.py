"""Database set-up for services: roles, schemas and Alembic migrations. `python -m common.migrate catalog incidents maintenance public_api`.

Runs as an administrator before the services start, is idempotent, and safe to run several times at once (an advisory lock per schema).
Each service ships its migrations inside its package, in `<package>/migrations`; its schema has the package's name.
"""

import argparse
import asyncio
import importlib
import io
import os
import sys
from pathlib import Path
from types import ModuleType

from alembic import command, context
from alembic.config import Config
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from common.setting_types import DatabaseUrl
from common.settings import EX_CONFIG, load


class MigrationSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TIDINGS_", env_ignore_empty=True, extra="ignore", frozen=True)

    admin_database_url: DatabaseUrl = Field(
        description="the database, as who may make roles and schemas in it; for migrations and the operator's command line",
        examples=["postgresql+asyncpg://postgres:…@postgres:5432/tidings"],
    )


def run_migrations(metadata: MetaData) -> None:
    """What a service's `migrations/env.py` calls: run inside the connection that `migrate` opened."""
    connection: Connection = context.config.attributes["connection"]
    schema = metadata.schema
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=schema,
        include_schemas=True,
        include_name=lambda name, type_, _: name == schema if type_ == "schema" else True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _config(package: ModuleType, connection: Connection) -> Config:
    assert package.__file__ is not None
    config = Config(stdout=io.StringIO())  # what Alembic has to say comes as exceptions
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _roles(schema: str, app_password: str, relay_password: str) -> list[str]:
    """Statements that make the schema's roles. Passwords come from the environment and are quoted as literals."""
    statements = []
    for role, login in ((f"{schema}_owner", "NOLOGIN"), (f"{schema}_app", "LOGIN"), (f"{schema}_relay", "LOGIN")):
        statements.append(
            f"DO $$ BEGIN CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    for role, password in ((f"{schema}_app", app_password), (f"{schema}_relay", relay_password)):
        quoted = password.replace("'", "''")
        statements.append(f"ALTER ROLE {role} PASSWORD '{quoted}'")
    # A managed server has no superuser for us: who made the role may take it on, but has to say so.
    statements.append(
        f"DO $$ BEGIN IF NOT pg_has_role('{schema}_owner', 'SET') THEN GRANT {schema}_owner TO CURRENT_USER; END IF; END $$"
    )
    statements.append(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {schema}_owner")
    return statements


def _upgrade(connection: Connection, schema: str, app_password: str, relay_password: str) -> None:
    # One lock for all schemas while roles are made: roles belong to the whole server.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tidings:migrate'))"))
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    for statement in _roles(schema, app_password, relay_password):
        connection.exec_driver_sql(statement)
    connection.execute(text(f"SET LOCAL ROLE {schema}_owner"))
    command.upgrade(_config(importlib.import_module(schema), connection), "head")


def _check(connection: Connection, schema: str) -> None:
    command.check(_config(importlib.import_module(schema), connection))


async def migrate(admin_url: SecretStr, schema: str, *, app_password: str, relay_password: str) -> None:
    """Bring one service's roles, schema and tables up to date."""
    engine = create_async_engine(admin_url.get_secret_value(), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, schema, app_password, relay_password)


async def check(admin_url: SecretStr, schema: str) -> None:
    """Raise when the service's tables differ from what its code says they are."""
    engine = create_async_engine(admin_url.get_secret_value(), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_check, schema)


def passwords(schema: str) -> dict[str, str]:
    """The passwords of the schema's roles from the environment, as `migrate` takes them. Ends the process when one is missing."""
    found = {}
    for role in ("app", "relay"):
        name = password_variable(schema, role)
        password = os.environ.get(name)
        if not password:
            print(f"{name} is missing: the password of the database role {schema}_{role}.", file=sys.stderr)  # noqa: T201 - before logs exist
            raise SystemExit(EX_CONFIG)
        found[f"{role}_password"] = password
    return found


def password_variable(schema: str, role: str) -> str:
    """The variable that holds the password of a role, `app` or `relay`."""
    return f"TIDINGS_{schema}_{role}_PASSWORD".upper()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.migrate", description=__doc__)
    parser.add_argument(
        "schemas", nargs="+", help="packages of the services, for instance: catalog incidents maintenance public_api"
    )
    schemas: list[str] = parser.parse_args().schemas
    settings = load(MigrationSettings)
    for schema in schemas:
        try:
            asyncio.run(migrate(settings.admin_database_url, schema, **passwords(schema)))
        except (DBAPIError, OSError, TimeoutError) as error:
            sys.exit(f"{schema}: the database could not be migrated: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
