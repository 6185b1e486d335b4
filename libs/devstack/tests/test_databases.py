"""A database that a test used is empty for the next one, and one whose shape was changed is nobody's."""

import asyncpg
import pytest

from devstack.databases import Databases
from devstack.teststack import AnyPostgres

INSERT = """
INSERT INTO catalog.outbox (id, organization_id, audience, type, aggregate_id, sequence, occurred_at, data)
VALUES (gen_random_uuid(), 'acme', 'public', 'service.created', 'x', 1, now(), '{}')
"""


async def test_a_used_database_is_lent_again_without_what_was_in_it(
    postgres: AnyPostgres, databases: Databases
) -> None:
    with databases.empty() as name:
        first = postgres.sql(f"{INSERT} RETURNING position", name)
        left_behind = await asyncpg.connect(postgres.url(name, "postgres", postgres.password).replace("+asyncpg", ""))
        transaction = left_behind.transaction()
        await transaction.start()
        await left_behind.execute(INSERT)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await transaction.commit()
    with databases.empty() as again:
        assert again == name
        assert postgres.sql("SELECT count(*) FROM catalog.outbox", again) == "0"
        assert postgres.sql(f"{INSERT} RETURNING position", again) == first


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE catalog.outbox ADD COLUMN surprise text",
        "DROP SCHEMA incidents CASCADE",
        "GRANT SELECT ON catalog.outbox TO catalog_app",
        "UPDATE catalog.alembic_version SET version_num = '0000'",
    ],
)
def test_a_database_of_another_shape_is_lent_to_nobody(
    postgres: AnyPostgres, databases: Databases, change: str
) -> None:
    with databases.empty() as changed:
        postgres.sql(change, changed)
    with databases.empty() as name:
        assert name != changed
