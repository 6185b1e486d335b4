"""Makes an organization's document anew from the record, whatever has become of `entity` and `page`.

The record is the outboxes of the services that own what a page shows: they keep every event that was ever committed. What `entity` should
hold is the newest public event of each aggregate there, so damaged, lost and invented rows are all found by comparing. The document is built
beside the served one, which stands until both are replaced in one transaction under the fold's own lock.

- Events that are committed but not published yet count: so a rebuild never takes back what the fold has seen.
- `page_version` only grows, also when the row that said where it stood is gone.
- A document that differs is announced by `page.changed`, by which replicas notice that theirs is old. One that is right is left alone.
"""

import dataclasses
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.clock import now
from common.consumption import lock_checkpoint
from common.contracts.events import Payload
from common.contracts.values import Audience
from common.database import outbox_rows
from common.envelope import Envelope, MalformedEventError
from common.outbox_table import envelope_of
from common.position import Position
from public_api import store
from public_api.fold import CONSUMER, next_page
from public_api.store import PageRecord, entity
from public_api.view import build


class CannotRebuildError(Exception):
    """There is nothing to build the document from, or no place in the stream to give it."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: how many entities were not what the record says, and the document's new version if it differed."""

    repaired: int
    page_version: int | None
    unreadable: Sequence[str]
    """Newest events that fit no contract, hence what the page says of their aggregates is as old as it was."""


async def organizations(connection: AsyncConnection, outboxes: Mapping[str, Table]) -> list[str]:
    """Everybody who has, or should have, a page."""
    found = set((await connection.execute(select(store.page.c.organization_id))).scalars())
    for outbox in outboxes.values():
        provisioned = select(outbox.c.organization_id).where(outbox.c.type == "page_settings.provisioned").distinct()
        found.update((await connection.execute(provisioned)).scalars())
    return sorted(found)


async def rebuild(engine: AsyncEngine, outboxes: Mapping[str, Table], organization_id: str) -> Rebuilt:
    """Rebuild one document, in one transaction. `outboxes` are the record, by the name of their service."""
    async with engine.begin() as connection:
        checkpoint = await lock_checkpoint(connection, store.TABLES, CONSUMER)
        if checkpoint is None:
            raise CannotRebuildError("public-api has no checkpoint: start it, it reads the stream from the beginning")
        events, unreadable = await _recorded(connection, outboxes, organization_id)
        repaired = await _repair_entities(connection, organization_id, events, unreadable)
        known = (await store.load_known(connection, [organization_id], now())).get(organization_id)
        if known is None:
            raise CannotRebuildError("the record holds no settings of its page: it stays as it is")
        told = await _last_told_version(connection, organization_id)
        found = next(iter(await store.load_pages(connection, [organization_id])), None)
        position = await _position(connection, outboxes, organization_id, checkpoint.position, found)
        before = _trusted(found, told, organization_id, position)
        view = build(known, now())
        record, event = next_page(organization_id, view, position, before)
        if event is None and record != found:
            # It reads the same and yet something else about it is wrong: tell everything.
            record, event = next_page(organization_id, view, position, dataclasses.replace(before, document="{}"))
        if event is None:
            return Rebuilt(repaired, None, unreadable)
        await store.save_pages(connection, [record])
        await connection.execute(store.TABLES.outbox.insert(), outbox_rows(event, organization_id, None, None))
        return Rebuilt(repaired, record.page_version, unreadable)


async def _recorded(
    connection: AsyncConnection, outboxes: Mapping[str, Table], organization_id: str
) -> tuple[list[tuple[Envelope, Payload]], list[str]]:
    """The newest public event of each aggregate, and those of them that cannot be read."""
    events: list[tuple[Envelope, Payload]] = []
    unreadable: list[str] = []
    for service, outbox in outboxes.items():
        aggregate = func.split_part(outbox.c.type, ".", 1)
        newest = (
            select(outbox)
            .ext(distinct_on(outbox.c.aggregate_id, aggregate))
            .where(
                outbox.c.organization_id == organization_id,
                outbox.c.audience == Audience.PUBLIC.value,
                aggregate.in_(store.AGGREGATES),
            )
            .order_by(outbox.c.aggregate_id, aggregate, outbox.c.sequence.desc())
        )
        for row in await connection.execute(newest):
            event = envelope_of(row, service)
            try:
                events.append((event, event.payload()))
            except MalformedEventError:
                unreadable.append(f"{event.type} {event.aggregate_id} version {event.sequence}")
    return events, unreadable


async def _repair_entities(
    connection: AsyncConnection,
    organization_id: str,
    events: Sequence[tuple[Envelope, Payload]],
    unreadable: Sequence[str],
) -> int:
    """Make `entity` what the record says. Returns how many rows were not."""
    right = {(row["aggregate"], row["id"]): row for row in (store.entity_row(*event) for event in events)}
    mine = entity.c.organization_id == organization_id
    rows = (await connection.execute(select(entity).where(mine))).mappings()
    stored = {(row["aggregate"], row["id"]): dict(row) for row in rows}
    wrong = [key for key in {*right, *stored} if right.get(key) != stored.get(key)]
    if unreadable:
        # What the record seems not to know may be what stands in for an event that cannot be read.
        wrong = [key for key in wrong if key in right]
    if wrong:
        one = delete(entity).where(mine, entity.c.aggregate == bindparam("kind"), entity.c.id == bindparam("which"))
        await connection.execute(one, [{"kind": aggregate, "which": id} for aggregate, id in wrong])
    if known := [right[key] for key in wrong if key in right]:
        await connection.execute(entity.insert(), known)
    return len(wrong)


async def _position(
    connection: AsyncConnection,
    outboxes: Mapping[str, Table],
    organization_id: str,
    checkpoint: Position,
    served: PageRecord | None,
) -> Position:
    """The last message of the organization that was folded."""
    offset = 0
    # The fold may be faster than a relay, which has yet to write down where its messages are.
    if served and served.position.epoch == checkpoint.epoch and served.position.offset <= checkpoint.offset:
        offset = served.position.offset
    for outbox in outboxes.values():
        last = select(func.max(outbox.c.stream_offset)).where(
            outbox.c.organization_id == organization_id,
            outbox.c.audience == Audience.PUBLIC.value,
            outbox.c.epoch == checkpoint.epoch,
            outbox.c.stream_offset <= checkpoint.offset,
        )
        offset = max(offset, await connection.scalar(last) or 0)
    return Position(checkpoint.epoch, offset)


async def _last_told_version(connection: AsyncConnection, organization_id: str) -> int:
    """The highest version of the document that was announced, as far as that is kept: a day."""
    outbox = store.TABLES.outbox.c
    last = select(func.max(outbox.sequence)).where(
        outbox.organization_id == organization_id, outbox.type == "page.changed"
    )
    return await connection.scalar(last) or 0


def _trusted(found: PageRecord | None, told: int, organization_id: str, position: Position) -> PageRecord:
    """The served document, as far as it can be believed."""
    if found is None:
        # Visitors may show a version that nothing remembers. No version is higher than the seconds since 1970: a document does not
        # change every second of all years.
        version = told or int(time.time())
        return PageRecord(organization_id, "", (), version, "{}", position, None)
    try:
        readable = isinstance(json.loads(found.document), dict)
    except ValueError:
        readable = False
    return dataclasses.replace(
        found, page_version=max(found.page_version, told), document=found.document if readable else "{}"
    )
