"""The audit: who did what to what, newest first, for admins; and as CSV that a spreadsheet reads and does not execute."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, JsonValue
from starlette.responses import Response, StreamingResponse

from common.caller import Admin, Caller
from common.clock import rfc3339
from common.contracts.values import UtcDatetime
from common.database import Transaction
from common.envelope import Actor
from common.errors import Problem
from common.known_access import KEY_ISSUER
from common.openapi import tells
from common.pagination import Cursor, Limit, Page, cut, decode_time_cursor
from identity.api import PREFIX
from identity.api.organization import check_admin
from identity.store import audit as store

router = APIRouter(prefix=PREFIX, tags=["audit"])

EXPORT_MAX = 10_000
EXPORT_BATCH = 50  # an entry has up to twice the largest event

# https://owasp.org/www-community/attacks/CSV_Injection
_EXECUTED = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "at", "actor_id", "actor_name", "actor_address", "action", "aggregate_id", "version", "service", "traceparent", "before", "after", "id",
)  # fmt: skip


class AuditEntry(BaseModel):
    """`action` is the event's type, and `after` its data: the whole of what was changed, or its id where it was deleted. `before` is the same of the
    change before; null where there was none. `actor` is who did it, as their token named them then, and the address they came from; null for
    what Tidings does by itself. `service` and `traceparent` say which service did it, and the trace of the request.
    """

    id: UUID
    at: UtcDatetime
    actor: Actor | None
    action: str
    aggregate_id: str
    version: int
    service: str
    traceparent: str | None
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue]


def _filter(
    actor: Annotated[str | None, Query(pattern=r"^[^\x00]{1,200}$", description="the id of who did it")] = None,
    aggregate: Annotated[str | None, Query(pattern=r"^[a-z_]{1,50}$", description="such as `incident`")] = None,
    id: Annotated[str | None, Query(pattern=r"^[^\x00]{1,200}$", description="the id of what was changed")] = None,
    since: Annotated[UtcDatetime | None, Query(alias="from", description="at this time or later")] = None,
    until: Annotated[UtcDatetime | None, Query(alias="to", description="before this time")] = None,
) -> store.Filter:
    return store.Filter(actor_id=actor, aggregate=aggregate, aggregate_id=id, since=since, until=until)


Filter = Annotated[store.Filter, Depends(_filter)]


@router.get("/audit")
async def read_audit(caller: Admin, wanted: Filter, cursor: Cursor = None, limit: Limit = 50) -> Page[AuditEntry]:
    """What was done in the organization, newest first. It is known here a moment after it was done."""
    after = decode_time_cursor(cursor)
    async with caller.read() as transaction:
        await _check_reader(transaction, caller)
        found = await store.list_entries(transaction, wanted, after=after, limit=limit + 1)
    entries, next_cursor = cut(found, limit, lambda last: (last.at.isoformat(), str(last.id)))
    return Page(items=[_view(entry) for entry in entries], next_cursor=next_cursor)


@router.get(
    "/audit.csv",
    response_class=Response,
    responses=tells(200, "Cache-Control", "Content-Disposition", content={"text/csv": {}}),
)
async def export_audit(caller: Admin, wanted: Filter) -> Response:
    """The same as a file: all of it or a refusal, as nobody would see that some of it is missing.

    A field that a spreadsheet would execute begins with an apostrophe.
    """
    async with caller.read() as transaction:
        await _check_reader(transaction, caller)
        if await store.count_entries(transaction, wanted, limit=EXPORT_MAX + 1) > EXPORT_MAX:
            raise Problem(
                422,
                "export-too-large",
                "Too much for one file",
                f"These are more than {EXPORT_MAX} entries. Narrow `from` and `to`, and export the rest apart.",
                limit_entries=EXPORT_MAX,
            )
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines(caller, wanted), headers=headers, media_type="text/csv")


async def _check_reader(transaction: Transaction, caller: Caller) -> None:
    """Machines read the audit too, such as those that keep it elsewhere."""
    if caller.principal.issuer != KEY_ISSUER:
        await check_admin(transaction, caller)


def _view(entry: store.Entry) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.type,
        aggregate_id=entry.aggregate_id,
        version=entry.version,
        service=entry.service,
        traceparent=entry.traceparent,
        before=json.loads(entry.before) if entry.before is not None else None,
        after=json.loads(entry.after),
    )


async def _lines(caller: Caller, wanted: store.Filter) -> AsyncIterator[str]:
    """A transaction for each batch: who reads slowly holds no connection."""
    yield written(_COLUMNS)
    after = None
    while True:
        async with caller.read() as transaction:
            entries = await store.list_entries(transaction, wanted, after=after, limit=EXPORT_BATCH)
        yield "".join(written(_cells(entry)) for entry in entries)
        if len(entries) < EXPORT_BATCH:
            return
        after = entries[-1].key


def _cells(entry: store.Entry) -> list[str]:
    return [
        rfc3339(entry.at),
        entry.actor.id if entry.actor else "",
        entry.actor.name if entry.actor else "",
        (entry.actor.address or "") if entry.actor else "",
        entry.type,
        entry.aggregate_id,
        str(entry.version),
        entry.service,
        entry.traceparent or "",
        entry.before or "",
        entry.after,
        str(entry.id),
    ]


def written(cells: Iterable[str]) -> str:
    """A line of CSV, every field in quotes, none of which a spreadsheet takes for a formula."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(
        f"'{cell}" if cell.startswith(_EXECUTED) else cell for cell in cells
    )
    return line.getvalue()
