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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from public_api import history, store
from public_api.carry import Carried, make_archive, make_calendar
from public_api.fold import CONSUMER
from public_api.history import Counting
from public_api.page_change import next_page, page_changed
from public_api.site.page import changes
from public_api.store.entity import AGGREGATES, entity, entity_row, load_known
from public_api.store.page import PageRecord, load_pages, page, save_pages
from public_api.uptime import Uptime
from public_api.view import Known, View, build


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
    found = set((await connection.execute(select(page.c.organization_id))).scalars())
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
        repaired += await _repair_past(connection, outboxes, organization_id, events, unreadable)
        known = (await load_known(connection, [organization_id], now())).get(organization_id)
        if known is None:
            raise CannotRebuildError("the record holds no settings of its page: it stays as it is")
        told = await _last_told_version(connection, organization_id)
        found = next(iter(await load_pages(connection, [organization_id])), None)
        position = await _position(connection, outboxes, organization_id, checkpoint.position, found)
        before = _trusted(found, told, organization_id, position)
        view, days_repaired = await _view(connection, organization_id, known, before)
        repaired += days_repaired
        record, changed = next_page(organization_id, view, position, before)
        if not changed and not _is(record, found):
            # It reads the same and yet something else about it is wrong: tell everything.
            before = dataclasses.replace(before, document="{}")
            record, changed = next_page(organization_id, view, position, before)
        if not changed:
            return Rebuilt(repaired, None, unreadable)
        sections = {name: view.sections[name] for name in changed}
        event = page_changed(record, before, sections, changes(before, record))
        await save_pages(connection, [record])
        await connection.execute(store.TABLES.outbox.insert(), outbox_rows(event, organization_id, None, None))
        return Rebuilt(repaired, record.page_version, unreadable)


def _is(record: PageRecord, found: PageRecord | None) -> bool:
    """Whether the page is what it should be. That it is refreshed sooner than needed is no damage."""
    if found is None or found.refresh_at is None or record.refresh_at is None:
        return found == record
    return dataclasses.replace(record, refresh_at=min(record.refresh_at, found.refresh_at)) == found


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
                aggregate.in_(AGGREGATES),
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
    right = {(row["aggregate"], row["id"]): row for row in (entity_row(*event) for event in events)}
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


async def _repair_past(
    connection: AsyncConnection,
    outboxes: Mapping[str, Table],
    organization_id: str,
    newest: Sequence[tuple[Envelope, Payload]],
    unreadable: Sequence[str],
) -> int:
    """Make what is known of the services' past what the record says. Returns how many rows were not."""
    changes: list[dict[str, Any]] = []
    for service, outbox in outboxes.items():
        every = select(outbox).where(
            outbox.c.organization_id == organization_id,
            outbox.c.audience == Audience.PUBLIC.value,
            outbox.c.type.in_(history.CHANGE_TYPES),
        )
        for row in await connection.execute(every):
            event = envelope_of(row, service)
            try:
                changes += history.change_rows(event, event.payload())
            except MalformedEventError:
                continue  # it was parked when it was folded
    periods = [row for event in newest for row in history.period_rows(*event)]
    return await _replace(connection, history.service_change, organization_id, changes) + await _replace(
        connection, history.service_period, organization_id, periods, add_only=bool(unreadable)
    )


async def _replace(
    connection: AsyncConnection,
    table: Table,
    organization_id: str,
    right: Iterable[dict[str, Any]],
    *,
    add_only: bool = False,
) -> int:
    """Make the rows of an organization these. Returns how many were not."""
    keys = [column.name for column in table.primary_key]
    expected = {tuple(row[name] for name in keys): row for row in right}
    mine = table.c.organization_id == organization_id
    rows = (await connection.execute(select(table).where(mine))).mappings()
    stored = {tuple(row[name] for name in keys): dict(row) for row in rows}
    wrong = [key for key in {*expected, *stored} if expected.get(key) != stored.get(key)]
    if add_only:
        wrong = [key for key in wrong if key in expected]
    if wrong:
        one = delete(table).where(*(table.c[name] == bindparam(f"its_{name}") for name in keys))
        await connection.execute(one, [{f"its_{n}": v for n, v in zip(keys, key, strict=True)} for key in wrong])
    if known := [expected[key] for key in wrong if key in expected]:
        await connection.execute(table.insert(), known)
    return len(wrong)


async def _view(
    connection: AsyncConnection, organization_id: str, known: Known, before: PageRecord
) -> tuple[View, int]:
    """What the document is to say, and how many days were not as they are counted. Days are counted until when they were before."""
    moment = now()
    uptime = Uptime(known, None, moment)
    until = uptime.counted_until(json.loads(before.document).get("uptime"))
    counting = {
        (organization_id, service.id): Counting(
            uptime.begins_at(service), uptime.kept_from, until.get(service.id, uptime.at), uptime.zone
        )
        for service in known.services
    }
    stored = await history.load_days(connection, counting)
    days = await history.count_days(connection, counting)
    wrong = sum(
        stored[key].get(day) != days[key].get(day)
        for key in counting
        for day in {*stored[key], *days[key]}
        if day >= uptime.kept_from
    )
    by_service = {service_id: found for (_, service_id), found in days.items()}
    section = uptime.section(by_service, by_service.keys(), until)
    calendar = await make_calendar(connection, organization_id, known, uptime)
    archive = await make_archive(connection, organization_id, known, uptime)
    return Carried({"uptime": section}, calendar, archive).added_to(build(known, moment)), wrong


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
