"""What must hold in a simulated world whenever something is stored, committed or sent. The rest, when all is quiet, is in `rest`.

Before and after topology noticed that the stream lost its end
- An offset means one thing in an epoch, and clients are held to it exactly, but for those offsets that the stream lost and gave to other
  messages before topology renewed its epoch: there a client was told of the first or of the second message, never of a third, and never
  of one at a lower offset than before. A new epoch begins without such offsets.
- Topology notices when, at its last look before the loss, it saw a message that is lost. It cannot notice the loss of what came after
  that look, or a loss before its process was there: then such offsets stay.
- No client is told of an event twice, in either window, unless the stream lost it before its relay had written down that it is there.

Nothing of this is shared with `devstack.audit`, which judges real processes: that one compares what is left at the end, this one looks at
every step and knows each life the stream had. The comparison both could share is one of two lists.
"""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from common.contracts.public_api import PageChanged
from common.contracts.values import Audience
from common.position import Position
from common.stream import Checkpoint
from public_api.fold import CONSUMER, NOWHERE
from public_api.store.entity import AGGREGATES
from public_api.store.page import PageRecord
from public_api.view import build

from .documents import known_of
from .replicas import Replica
from .services import Key
from .store import Folded, OutboxRow, Store, Transaction
from .stream import Server, Stored


class ViolationError(BaseException):
    """Something does not hold. Not an Exception: the code under test must not survive it."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise ViolationError(what)


class Checks:
    def __init__(self, server: Server, stores: Mapping[str, Store]) -> None:
        self.acknowledged: dict[Key, int] = {}
        """The highest version of each aggregate that a writer was told is done."""
        self.everything: list[Stored] = []
        self.promised: str | None = None
        """The epoch that topology is to end, because it saw what is lost."""
        self._known: set[UUID] = set()
        self._twice: set[str] = set()
        self._life: list[Stored] = []
        """What the stream holds. It begins another life whenever it loses something."""
        self._lives: dict[str, list[list[Stored]]] = {}
        """Those of each epoch, the one in which it was renewed as well: who does not know the new epoch yet, uses the old one."""
        self._fresh: dict[tuple[Audience, Key], tuple[int, bool]] = {}
        self._server = server
        self._stores = stores
        server.observer = self
        for store in stores.values():
            store.before_commit = self._committing

    # The stream, at every step

    def held(self, position: Position) -> Sequence[Stored]:
        lives = self._lives.get(position.epoch, [])
        return [life[position.offset - 1] for life in lives if position.offset <= len(life)]

    def may_come_twice(self, id: str) -> bool:
        return id in self._twice

    def epoch_began(self, epoch: str) -> None:
        require(epoch not in self._lives, "an old epoch comes back")
        self._lives[epoch] = [self._life]

    def stored(self, stored: Stored) -> None:
        """What is sent again was sent before, and what is written down as sent is marked when it is sent again."""
        row = self._row(stored)
        is_written_down = row is not None and row.at is not None
        if stored.event.republished:
            require(stored.event.id in self._known, "marked as sent again, and sockets never got it")
        else:
            require(not is_written_down, "sent again without the mark")
        self._known.add(stored.event.id)
        self.everything.append(stored)
        self._life.append(stored)
        self._note_fresh(stored)

    def _note_fresh(self, stored: Stored) -> None:
        """Of each aggregate, versions that are sent for the first time come in order, and without a gap while nothing is lost."""
        event = stored.event
        if event.republished:
            return
        key = (event.audience, (event.organization_id, event.aggregate, event.aggregate_id))
        before, is_gapless = self._fresh.get(key, (0, False))
        require(before < event.sequence, f"version {event.sequence} of {key} comes late")
        require(not is_gapless or event.sequence == before + 1, f"version {event.sequence} of {key} after {before}")
        self._fresh[key] = (event.sequence, True)

    def lost(self, lost: Sequence[Stored]) -> None:
        self._life = list(self._server.messages)
        if self._server.epoch is not None:
            self._lives[self._server.epoch].append(self._life)
        # What was lost before its relay wrote down that it is stored is sent for the first time once more.
        for stored in lost:
            row = self._row(stored)
            if row is not None and row.at is None:
                self._twice.add(str(stored.event.id))
        self._fresh = {}
        for stored in self._server.messages:
            self._fresh_again(stored)

    def _fresh_again(self, stored: Stored) -> None:
        event = stored.event
        if not event.republished:
            key = (event.audience, (event.organization_id, event.aggregate, event.aggregate_id))
            self._fresh[key] = (event.sequence, False)

    def note_promise(self, topology: Replica) -> None:
        """Right after a loss: whether topology can notice it."""
        if topology.jetstream is not None and topology.jetstream.last_seen > len(self._server.messages):
            self.promised = self._server.epoch

    def forget_promise(self, crashed: Replica) -> None:
        if crashed.service == "topology":
            self.promised = None

    def _row(self, stored: Stored) -> OutboxRow | None:
        row: OutboxRow | None = self._stores[stored.event.service].rows("outbox").get(stored.event.id)
        return row

    # The stores, at every commit

    def _committing(self, store: Store, transaction: Transaction) -> None:
        if store.service == "public-api":
            self._folding(store, transaction)
        else:
            _a_change_has_its_events(store, transaction)

    def _folding(self, store: Store, transaction: Transaction) -> None:
        before: Checkpoint = store.rows("checkpoint").get(CONSUMER) or NOWHERE
        after: Checkpoint = transaction.writes.get(("checkpoint", CONSUMER), before)
        last: dict[str, Position] = {}
        if after != before and after.position.offset:
            require(before.position.epoch == after.position.epoch, "the checkpoint moves into another epoch")
            require(before.position.offset < after.position.offset, "the checkpoint goes back")
            last = self._folded(before, after.position, transaction.folded)
        else:
            require(not transaction.folded.applied, "something is applied, and the checkpoint stays")
        pages: dict[str, PageRecord] = {key: page for (name, key), page in transaction.writes.items() if name == "page"}
        entities = transaction.rows("entity")
        for organization, position in last.items():
            if known_of(entities, organization) is not None:
                page = pages.get(organization)
                require(
                    page is not None and page.position == position, "a document is not at its organization's last event"
                )
        for organization, page in pages.items():
            _a_document_follows(store, transaction, page, is_folded=organization in last)

    def _folded(self, before: Checkpoint, to: Position, folded: Folded) -> dict[str, Position]:
        """All of one life of the stream between the checkpoints was applied or parked, each once. Where is the last of each?"""
        done = sorted([*(str(event.id) for event in folded.applied), *folded.parked])
        lives = self._lives[to.epoch]
        for life in reversed(lives):
            at = before.position.offset
            follows = (
                not at or before.event_id is None or (at <= len(life) and life[at - 1].event.id == before.event_id)
            )
            between = [
                stored for stored in life[at : to.offset] if stored.is_public and stored.event.aggregate in AGGREGATES
            ]
            if follows and sorted(str(stored.event.id) for stored in between) == done:
                applied = {event.id for event in folded.applied}
                fresh = [stored for stored in between if stored.event.id in applied]
                return {stored.event.organization_id: Position(to.epoch, stored.offset) for stored in fresh}
        raise ViolationError(f"what lies between {before} and {to} is not what was applied")


def _a_change_has_its_events(store: Store, transaction: Transaction) -> None:
    """A change and its events are in the same commit."""
    rows = store.rows("outbox")
    writes = transaction.writes.items()
    events = [row.event for (table, key), row in writes if table == "outbox" and key not in rows]
    changed = {(*key, value[0]) for (table, key), value in writes if table == "record"}
    changed |= {(*key, 1) for (table, key), _ in writes if table == "spoiled"}
    told_of = {(e.organization_id, e.aggregate, e.aggregate_id, e.sequence, e.audience) for e in events}
    expected = {(*key, audience) for key in changed for audience in Audience}
    require(told_of == expected, "a change without its event, or an event without its change")


def _a_document_follows(store: Store, transaction: Transaction, page: PageRecord, *, is_folded: bool) -> None:
    """It is what its entities say, its version grows by one where it looks different, and `page.changed` says what is new."""
    known = known_of(transaction.rows("entity"), page.organization_id)
    assert known is not None
    assert transaction.folded.moment is not None
    sections = json.loads(page.document)
    shown = {name: sections[name] for name in sections.keys() - {"page_version", "position"}}
    require(shown == build(known, transaction.folded.moment).sections, "a document is not what is known")
    rows = store.rows("outbox")
    written = [row.event for (table, key), row in transaction.writes.items() if table == "outbox" and key not in rows]
    told = [PageChanged.model_validate_json(e.data) for e in written if e.organization_id == page.organization_id]
    before: PageRecord | None = store.rows("page").get(page.organization_id)
    require(is_folded or (before is not None and before.position == page.position), "time moves no document")
    old = json.loads(before.document) if before else {}
    version = before.page_version if before else 0
    if not told:
        require(page.page_version == version, "a document changes and nobody is told")
        require(all(old.get(name) == value for name, value in shown.items()), "a document changes and nobody is told")
        return
    require(len(told) == 1 and page.page_version == version + 1, "a document changes once, and says so")
    require(
        (told[0].previous_version, told[0].page_version) == (version, version + 1),
        "page.changed follows the one before",
    )
    after = {**{name: old.get(name) for name in shown}, **told[0].sections}
    require(after == shown, "page.changed does not turn the document before into this one")
