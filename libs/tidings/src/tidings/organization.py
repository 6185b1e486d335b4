"""Which organization an operator means: ORG is its id, or a slug that its page has or had."""

import re

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.store.page import slug_table
from common.contracts.values import ORGANIZATION_ID_PATTERN

METAVAR = "ORG"
HELP = "A slug of the organization's page, or its id."


def check(named: str) -> str:
    """What can be neither is wrong usage; a slug always could be an id."""
    if not re.match(ORGANIZATION_ID_PATTERN, named):
        raise typer.BadParameter(f"{named!r} is no organization's id and no slug", param_hint=METAVAR)
    return named


async def organization_of(database: AsyncConnection, named: str) -> str:
    """The id that is meant. What no page has for an id or a slug is taken for an id: an organization may have no page yet."""
    is_id = slug_table.c.organization_id == named
    statement = select(slug_table.c.organization_id).where(is_id | (slug_table.c.slug == named))
    found = (await database.execute(statement.order_by(is_id.desc()).limit(1))).scalar_one_or_none()
    return str(found) if found is not None else named
