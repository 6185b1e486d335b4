"""The fold: public events become page documents, each change once, whichever replica gets there first.

Every replica reads the public subjects in order from the checkpoint on. A batch is one transaction, which locks the checkpoint, leaves out
what is at or below it, takes over the newest version of each aggregate, writes each touched document once and records one `page.changed`
for each that looks different. A replica that comes second reads the documents that the first one wrote.
"""

import asyncio
import json
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.bus import Bus
from common.clock import now
from common.consumption import RETRY_DELAYS, lock_checkpoint, move_checkpoint, park
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.public_api import PageChanged
from common.database import EVENT_MAX_BYTES, is_unavailable, outbox_rows
from common.envelope import Envelope, MalformedEventError
from common.outbox import Relay
from common.position import Position
from common.stream import STREAM_ERRORS, Checkpoint, Message, Reader
from common.telemetry import span
from public_api import store
from public_api.pages import Pages
from public_api.store import PageRecord
from public_api.view import View, build

log = logging.getLogger(__name__)

CONSUMER = "public-api"
SUBJECT = "status.*.public.>"
OWN_SERVICE = "public-api"
REFRESH_POLL_SECONDS = 5.0
_ROOM_FOR_ENVELOPE = 1024


class Fold:
    def __init__(self, engine: AsyncEngine, pages: Pages, bus: Bus, relay: Relay) -> None:
        self._engine = engine
        self._pages = pages
        self._bus = bus
        self._relay = relay
        self.confirmed_at: float | None = None
        """When, by the loop's clock, everything in the stream was known to be folded."""

    async def run(self) -> None:
        """Read and fold for ever."""
        while True:
            checkpoint = await self._checkpoint()
            # Without a checkpoint: the beginning of a stream whose epoch the reader does not know yet.
            after = checkpoint or Checkpoint(Position("", 0), None)
            reader = Reader(self._bus.client, name=CONSUMER, subject=SUBJECT, after=after)
            async for batch in reader.batches():
                await self._fold_until_it_works(batch.messages)
                if batch.caught_up:
                    self.confirmed_at = asyncio.get_running_loop().time()

    async def refresh_due(self) -> None:
        """Rebuild documents that change by the passing of time, for ever."""
        while True:
            try:
                async with self._engine.connect() as connection:
                    due = await store.due_pages(connection)
                if due:
                    await self._refresh(due)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("refreshing failed")
            await asyncio.sleep(REFRESH_POLL_SECONDS)

    async def load(self) -> None:
        """Put every document into memory. Raises when the database is away."""
        async with self._engine.connect() as connection:
            for record in await store.load_pages(connection):
                self._pages.put(record)

    async def _checkpoint(self) -> Checkpoint | None:
        while True:
            try:
                async with self._engine.begin() as connection:
                    return await lock_checkpoint(connection, store.TABLES, CONSUMER)
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("checkpoint cannot be read")
            await asyncio.sleep(0.5)

    async def _fold_until_it_works(self, messages: Sequence[Message]) -> None:
        """Database away: again without limit. Anything else is one message's fault: find it, try it 6 times, park it."""
        messages = [message for message in messages if message.event is None or message.event.service != OWN_SERVICE]
        failures, delay = 0, 0.1
        while messages:
            try:
                await self._fold(messages)
                return
            except Exception as error:
                if is_unavailable(error) or isinstance(error, STREAM_ERRORS):
                    log.warning("folding waits", extra={"reason": f"{type(error).__name__}: {error}"})
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, 2.0)
                    continue
                if len(messages) > 1:
                    for message in messages:
                        await self._fold_until_it_works([message])
                    return
                log.exception("folding failed", extra={"position": str(messages[0].position)})
                if failures == len(RETRY_DELAYS):
                    broken = Message(
                        messages[0].position,
                        messages[0].subject,
                        messages[0].headers,
                        messages[0].data,
                        None,
                        repr(error),
                    )
                    messages, failures = [broken], 0
                    continue
                await asyncio.sleep(RETRY_DELAYS[failures])
                failures += 1

    async def _fold(self, messages: Sequence[Message]) -> None:
        organizations = sorted({message.event.organization_id for message in messages if message.event})
        traceparent = messages[-1].event.traceparent if messages[-1].event else None
        with span("fold", parent=traceparent):
            async with self._engine.begin() as connection:
                checkpoint = await lock_checkpoint(connection, store.TABLES, CONSUMER)
                fresh = await self._not_folded_yet(messages, checkpoint)
                recorded = await self._apply(connection, fresh) if fresh else False
                records = await store.load_pages(connection, organizations)
            for record in records:
                self._pages.put(record)
            if recorded:
                self._relay.wake()

    async def _not_folded_yet(self, messages: Sequence[Message], checkpoint: Checkpoint | None) -> Sequence[Message]:
        if checkpoint is None:
            return messages
        epoch = messages[-1].position.epoch
        if checkpoint.position.epoch != epoch:
            # Another replica may know better than this one which epoch is the present one.
            return messages if await self._bus.epoch(fresh=True) == epoch else []
        return [message for message in messages if message.position.offset > checkpoint.position.offset]

    async def _apply(self, connection: AsyncConnection, messages: Sequence[Message]) -> bool:
        """Fold messages that are above the checkpoint. Returns whether events were recorded."""
        events: list[tuple[Envelope, bool]] = []
        latest: dict[str, Message] = {}
        for message in messages:
            try:
                if message.event is None:
                    raise MalformedEventError(message.error)
                is_tombstone = isinstance(message.event.payload(), Tombstone)
            except MalformedEventError as error:
                log.error("message parked", extra={"subject": message.subject, "reason": str(error)})
                await park(
                    connection, store.TABLES, CONSUMER, message.position, message.subject, message.headers,
                    message.data, str(error),
                )  # fmt: skip
                continue
            events.append((message.event, is_tombstone))
            latest[message.event.organization_id] = message
        await store.save_entities(connection, events)
        recorded = await self._write_pages(connection, latest)
        await move_checkpoint(connection, store.TABLES, CONSUMER, messages[-1].checkpoint())
        return recorded

    async def _write_pages(self, connection: AsyncConnection, latest: dict[str, Message]) -> bool:
        """Make the documents of these organizations anew, as of the last message of each."""
        positions = {id: message.position for id, message in latest.items()}
        traces = {id: message.event.traceparent if message.event else None for id, message in latest.items()}
        return await self._rebuild(connection, positions, traces)

    async def _refresh(self, organizations: Sequence[str]) -> None:
        async with self._engine.begin() as connection:
            await lock_checkpoint(connection, store.TABLES, CONSUMER)
            due = set(await store.due_pages(connection)) & set(organizations)
            positions = {page.organization_id: page.position for page in await store.load_pages(connection, list(due))}
            await self._rebuild(connection, positions, {})
            records = await store.load_pages(connection, organizations)
        for record in records:
            self._pages.put(record)
        self._relay.wake()

    async def _rebuild(
        self, connection: AsyncConnection, positions: dict[str, Position], traces: dict[str, str | None]
    ) -> bool:
        organizations = sorted(positions)
        entities = await store.load_entities(connection, organizations)
        before = {page.organization_id: page for page in await store.load_pages(connection, organizations)}
        records: list[PageRecord] = []
        rows = []
        for id in organizations:
            view = build(entities[id], now())
            if view is None:
                continue
            record, event = next_page(id, view, positions[id], before.get(id))
            records.append(record)
            if event is not None:
                rows += outbox_rows(event, id, None, traces.get(id))
        await store.save_pages(connection, records)
        if rows:
            await connection.execute(store.TABLES.outbox.insert(), rows)
        return bool(rows)


def next_page(
    organization_id: str, view: View, position: Position, before: PageRecord | None
) -> tuple[PageRecord, DomainEvent | None]:
    """The document after this view, and the event that turns the one before into it; None when they look the same."""
    old = json.loads(before.document) if before else {}
    changed = {name: value for name, value in view.sections.items() if name not in old or old[name] != value}
    previous_version = before.page_version if before else 0
    page_version = previous_version + 1 if changed else previous_version
    document = {**view.sections, "page_version": page_version, "position": str(position)}
    record = PageRecord(
        organization_id=organization_id,
        slug=view.page.slug,
        retired_slugs=view.page.retired_slugs,
        page_version=page_version,
        document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        position=position,
        refresh_at=view.refresh_at,
    )
    if not changed:
        return record, None
    payload = PageChanged(
        page_version=page_version,
        previous_version=previous_version,
        position=str(position),
        **_as_much_as_fits(changed),
    )
    return record, DomainEvent("page.changed", organization_id, page_version, now(), None, payload)


def _as_much_as_fits(sections: dict[str, object]) -> dict[str, object]:
    """The changed sections, smallest first, as long as an event can carry them."""
    room = EVENT_MAX_BYTES - _ROOM_FOR_ENVELOPE
    fitting: dict[str, object] = {}
    sizes = {name: len(json.dumps(value, ensure_ascii=False).encode()) for name, value in sections.items()}
    for name in sorted(sizes, key=sizes.__getitem__):
        if sizes[name] + len(name) + 4 > room:
            break
        room -= sizes[name] + len(name) + 4
        fitting[name] = sections[name]
    return {"sections": fitting, "complete": len(fitting) == len(sections)}
