"""The fold: public events become page documents, each change once, whichever replica gets there first.

Every replica reads the public subjects in order from the checkpoint on. A batch is one transaction, which locks the checkpoint, leaves out
what is at or below it, takes over the newest version of each aggregate, writes each touched document once and records one `page.changed`
for each that looks different. A replica that comes second reads the documents that the first one wrote.

When the checkpoint means nothing in the present stream (another epoch, or the stream lost its end), it is set to the stream's beginning and
everything is folded again; versions see to it that this changes nothing. Replicas that are further on notice and go back as well.
"""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from common.clock import now
from common.consumption import RETRY_DELAYS
from common.contracts.events import Payload
from common.database import is_unavailable, outbox_rows
from common.envelope import Envelope, MalformedEventError
from common.faults import crash_point
from common.metrics import MESSAGES_PARKED, note_delay
from common.position import Position
from common.stream import Checkpoint, Message, Reader, Stream
from common.telemetry import span
from public_api.carry import Carried, Former
from public_api.history import Touched
from public_api.page_change import former_of, next_page, page_changed
from public_api.pages import DUE_MAX, Pages
from public_api.store.entity import AGGREGATES
from public_api.store.page import PageRecord
from public_api.view import Known, build

log = logging.getLogger(__name__)

CONSUMER = "public-api"
SUBJECT = "status.*.public.>"
NOWHERE = Checkpoint(Position("", 0), None)
"""The checkpoint before the first message, when the stream's epoch is not known yet."""
PAUSE_SECONDS = 0.5
REFRESH_POLL_SECONDS = 5.0


class Folding(Protocol):
    """One transaction on what public-api keeps; rolled back on any exception."""

    async def checkpoint(self) -> Checkpoint | None:
        """Locked until the transaction ends, so that replicas take turns. None before the first message."""

    async def move_checkpoint(self, to: Checkpoint) -> None: ...

    async def park(self, message: Message, reason: str) -> None:
        """Keep a message that cannot be folded, for a person to look at."""

    async def save_events(self, events: Sequence[tuple[Envelope, Payload]]) -> Mapping[str, Touched]:
        """Take over the newest version of each aggregate; lower or equal versions change nothing. Keep what happened to services when.

        Returns what that touched, by organization.
        """

    async def load_known(self, organizations: Sequence[str], at: datetime) -> dict[str, Known]:
        """What the documents of those that have a page are made of."""

    async def carry_on(
        self, known: Mapping[str, Known], former: Mapping[str, Former], touched: Mapping[str, Touched], at: datetime
    ) -> Mapping[str, Carried]:
        """What of documents is carried on from those before."""

    async def load_pages(self, organizations: Sequence[str]) -> list[PageRecord]:
        """Finished documents of some organizations."""

    def all_pages(self) -> AsyncIterator[PageRecord]:
        """Every finished document."""

    async def save_pages(self, records: Sequence[PageRecord]) -> None: ...

    async def record(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put events into the outbox."""


class Documents(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Folding]: ...


CompareParts = Callable[[PageRecord | None, PageRecord], Awaitable[Mapping[str, str]]]
"""What is to be replaced in pages that people have open, to turn one document's into another one's: HTML by element id."""


class Fold:
    def __init__(
        self, documents: Documents, pages: Pages, wake_relay: Callable[[], None], compare_parts: CompareParts
    ) -> None:
        self._documents = documents
        self._pages = pages
        self._wake_relay = wake_relay
        self._compare_parts = compare_parts
        self._place = NOWHERE
        """The last message that this replica folded, or saw to be folded by another one."""
        self._loaded: Checkpoint | None = None
        """Where documents that nobody follows yet were loaded."""
        self._turn = asyncio.Lock()
        """Held from the transaction that reads documents until they are in memory, so that memory never goes back."""
        self.confirmed_at: datetime | None = None
        """When everything in the stream was last known to be folded."""

    @property
    def position(self) -> Position:
        return self._place.position

    async def run(self, stream: Stream) -> None:
        """Read and fold for ever. Whatever interrupts that, it goes on from the stored checkpoint."""
        while True:
            try:
                await self._read_and_fold(stream)
            except Exception as error:
                if is_unavailable(error) or isinstance(error, _LostPlaceError):
                    log.warning("folding pauses", extra={"reason": f"{type(error).__name__}: {error}"})
                else:
                    log.exception("folding pauses")
                await asyncio.sleep(PAUSE_SECONDS)

    async def refresh_due(self) -> None:
        """Rebuild documents that change by the passing of time, for ever."""
        while True:
            try:
                due = self._pages.due(now())
                if due:
                    await self._refresh(due)
                if len(due) == DUE_MAX:
                    continue  # midnight: more are waiting
            except Exception as error:
                if not is_unavailable(error):
                    log.exception("refreshing failed")
            await asyncio.sleep(REFRESH_POLL_SECONDS)

    async def load(self) -> Checkpoint:
        """Put every document into memory, and say from where they are to be followed. Raises when the database is away."""
        async with self._turn:
            async with self._documents.transaction() as transaction:
                stored = await transaction.checkpoint() or NOWHERE
            # The lock is not held while it loads: what others fold meanwhile is read again from here on.
            async with self._documents.transaction() as transaction:
                async for record in transaction.all_pages():
                    self._pages.put(record)
            self._loaded = stored
            return stored

    async def _read_and_fold(self, stream: Stream) -> None:
        """Until the place in the stream is lost or the database is away."""
        # Others may have folded since this replica read last.
        stored = self._place = self._loaded or await self.load()
        self._loaded = None
        reader = Reader(stream, name=CONSUMER, subject=SUBJECT, after=stored)
        async with contextlib.aclosing(reader.batches()) as batches:
            async for batch in batches:
                if batch.restarted is not None:
                    await self._start_again(stored, batch.restarted)
                    return
                await self.fold(batch.messages)
                await self._take_over(batch.messages)
                if batch.caught_up:
                    self.confirmed_at = now()

    async def _take_over(self, messages: Sequence[Message]) -> None:
        """Read documents again that are newer than what this replica shows: an operator's rebuild wrote them."""
        newer = {
            event.organization_id
            for message in messages
            if (event := message.event) is not None
            and event.type == "page.changed"
            and event.sequence > self._pages.version(event.organization_id)
        }
        if newer:
            async with self._turn, self._documents.transaction() as transaction:
                for record in await transaction.load_pages(sorted(newer)):
                    self._pages.put(record)

    async def _start_again(self, wrong: Checkpoint, beginning: Position) -> None:
        """Replace a checkpoint that means nothing in the present stream, unless that was done already."""
        async with self._documents.transaction() as transaction:
            if (await transaction.checkpoint() or NOWHERE) == wrong:
                await transaction.move_checkpoint(Checkpoint(beginning, None))

    async def fold(self, messages: Sequence[Message]) -> None:
        """What fails although the database answers is one message's fault: find it, try it 6 times, park it."""
        messages = [message for message in messages if message.event is None or message.event.aggregate in AGGREGATES]
        failures = 0
        while messages:
            try:
                await self._fold_once(messages)
                return
            except Exception as error:
                if is_unavailable(error) or isinstance(error, _LostPlaceError):
                    raise
                if len(messages) > 1:
                    for message in messages:
                        await self.fold([message])
                    return
                log.exception("folding failed", extra={"position": str(messages[0].position)})
                if failures == len(RETRY_DELAYS):
                    messages = [dataclasses.replace(messages[0], error=repr(error))]
                    continue
                await asyncio.sleep(RETRY_DELAYS[failures])
                failures += 1

    async def _fold_once(self, messages: Sequence[Message]) -> None:
        organizations = sorted({message.event.organization_id for message in messages if message.event})
        traceparent = messages[-1].event.traceparent if messages[-1].event else None
        async with self._turn:
            with span("fold", parent=traceparent):
                async with self._documents.transaction() as transaction:
                    checkpoint = await transaction.checkpoint() or NOWHERE
                    fresh = self._not_folded_yet(messages, checkpoint)
                    pages = {page.organization_id: page for page in await transaction.load_pages(organizations)}
                    changed = await self._apply(transaction, fresh, pages) if fresh else _Rebuilt()
                crash_point("fold.committed")
            self._place = messages[-1].checkpoint()
            for record in (pages | changed.pages).values():
                self._pages.put(record)
        for message in fresh:
            if message.event is not None and not message.event.republished:
                note_delay("folded", message.event.time)
        if changed.told:
            self._wake_relay()

    def _not_folded_yet(self, messages: Sequence[Message], checkpoint: Checkpoint) -> Sequence[Message]:
        """Raises when what this replica reads does not lead over the checkpoint.

        Then it was set back, and others may be folding from there, or it was moved before the stream lost its end, and what this replica
        has of the lost offsets is not what was folded.
        """
        at, place = checkpoint.position, self._place.position
        read = {
            known.position.offset: known for known in (self._place, *(message.checkpoint() for message in messages))
        }
        is_to_be_met = at.epoch == place.epoch and place.offset <= at.offset <= messages[-1].position.offset
        is_ahead = at.epoch == place.epoch and at.offset > messages[-1].position.offset
        if not is_ahead and not (is_to_be_met and _is_same(read.get(at.offset), checkpoint)):
            raise _LostPlaceError(f"the checkpoint is {at}, this replica was at {place}")
        return [message for message in messages if message.position.offset > at.offset]

    async def _apply(
        self, transaction: Folding, messages: Sequence[Message], pages: Mapping[str, PageRecord]
    ) -> "_Rebuilt":
        """Fold messages that are above the checkpoint. `pages` are the documents before."""
        events: list[tuple[Envelope, Payload]] = []
        latest: dict[str, Message] = {}
        for message in messages:
            try:
                if message.event is None or message.error is not None:
                    raise MalformedEventError(message.error)
                events.append((message.event, message.event.payload()))
            except MalformedEventError as error:
                log.error("message parked", extra={"subject": message.subject, "reason": str(error)})
                await transaction.park(message, str(error))
                MESSAGES_PARKED.inc()
                continue
            latest[message.event.organization_id] = message
        touched = await transaction.save_events(events)
        rebuilt = await self._rebuild(transaction, latest, pages, touched)
        await transaction.move_checkpoint(messages[-1].checkpoint())
        return rebuilt

    async def _refresh(self, organizations: Sequence[str]) -> None:
        async with self._turn:
            async with self._documents.transaction() as transaction:
                await transaction.checkpoint()
                # Another replica may have been here: then its documents are taken over.
                pages = {page.organization_id: page for page in await transaction.load_pages(organizations)}
                due = {id: None for id, page in pages.items() if page.is_due(now())}
                rebuilt = await self._rebuild(transaction, due, pages, {})
            for record in (pages | rebuilt.pages).values():
                self._pages.put(record)
        self._wake_relay()

    async def _rebuild(
        self,
        transaction: Folding,
        causes: Mapping[str, Message | None],
        pages: Mapping[str, PageRecord],
        touched: Mapping[str, Touched],
    ) -> "_Rebuilt":
        """Make the documents of these organizations anew, each as of a message, or as of now. `pages` are those before."""
        moment = now()
        known = await transaction.load_known(list(causes), moment)
        former = {id: former_of(pages.get(id), moment) for id in known}
        carried = await transaction.carry_on(known, former, touched, moment)
        rebuilt = _Rebuilt()
        rows = []
        for id, cause in causes.items():
            if id not in known:
                continue
            position = cause.position if cause else pages[id].position
            view = carried[id].added_to(build(known[id], moment))
            before = pages.get(id)
            rebuilt.pages[id], changed = next_page(id, view, position, before)
            if changed:
                parts = await self._compare_parts(before, rebuilt.pages[id])
                event = page_changed(rebuilt.pages[id], before, {name: view.sections[name] for name in changed}, parts)
                rows += outbox_rows(event, id, None, cause.event.traceparent if cause and cause.event else None)
        await transaction.save_pages(list(rebuilt.pages.values()))
        if rows:
            await transaction.record(rows)
            rebuilt.told = True
        return rebuilt


@dataclasses.dataclass
class _Rebuilt:
    """Documents that were made anew, and whether visitors are told of a change."""

    pages: dict[str, PageRecord] = dataclasses.field(default_factory=dict)
    told: bool = False


def _is_same(read: Checkpoint | None, checkpoint: Checkpoint) -> bool:
    """Whether a message that was read is the checkpoint's. One without an id, which was parked, is known by its offset alone."""
    return read is not None and (None in (read.event_id, checkpoint.event_id) or read.event_id == checkpoint.event_id)


class _LostPlaceError(Exception):
    """What this replica reads does not follow the stored checkpoint."""
