"""What is brought in from elsewhere by `tidings import`: it says how it was called there, and is made once however often it comes.

Nothing is kept for that: its id here follows from the organization and from what it was called there. So it is the same each time, never
that of another organization, and a thing that was deleted since is recognized as well. What is imported where it was exported is called by
its id there, and is found as it is.
"""

import contextlib
import hashlib
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import Table, func, select
from starlette.responses import Response

from common.caller import Writing
from common.contracts.values import Title, UtcDatetime
from common.database import Transaction

ExternalId = Annotated[
    Title, Field(description="what it is called where it comes from; imported again, it is the same")
]


def _written(value: object) -> object:
    """Not a number of seconds, which would be understood as well."""
    if not isinstance(value, str | datetime):
        raise ValueError("must be a time, written as RFC 3339 says")
    return value


Moment = Annotated[UtcDatetime, BeforeValidator(_written)]


class Imported(BaseModel):
    """Where it is, and whether it was made now: what is there already, or was deleted, stays as it is."""

    id: UUID
    created: bool


def id_of(organization_id: str, external_id: str, began_at: datetime) -> UUID:
    """A UUIDv7 of the time that the thing began, whose other bits follow from what it is called."""
    digest = hashlib.sha256(f"{organization_id}\n{external_id}".encode()).digest()
    milliseconds = max(0, int(began_at.astimezone(UTC).timestamp() * 1000))
    value = milliseconds << 80 | int.from_bytes(digest[:10])
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


async def present(transaction: Transaction, table: Table, external_id: str, id: UUID) -> UUID | None:
    """The id under which it is there or was deleted, None when it is to be made. Those who import take turns until the transaction ends."""
    turn = f"import {transaction.organization_id}"
    await transaction.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(turn, 0))))
    ids = [id]
    with contextlib.suppress(ValueError):
        ids.append(UUID(external_id))
    statement = select(table.c.id).where(table.c.organization_id == transaction.organization_id, table.c.id.in_(ids))
    found: UUID | None = (await transaction.execute(statement.limit(1))).scalar_one_or_none()
    return found


def answer(writing: Writing, id: UUID, *, created: bool) -> Response:
    return writing.answer(201 if created else 200, Imported(id=id, created=created))
