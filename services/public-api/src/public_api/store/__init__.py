"""What public-api keeps: the newest version of every aggregate it has seen, and each organization's finished document.

Everything here is public by definition and read across organizations, so there is no row-level security. What is kept of the past, and days
are counted from, is `public_api.history`'s business.
"""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

from common.tables import infrastructure, metadata

METADATA = metadata("public_api")
TABLES = infrastructure(METADATA)


def upsert(table: Table, *, if_newer: bool = False) -> Insert:
    """Insert rows, or replace those that have their key; `if_newer`: unless these have a version as high."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = table.c.version < statement.excluded.version if if_newer else None
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=newer)
