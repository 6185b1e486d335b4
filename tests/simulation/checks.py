"""What must hold in a simulated world: some of it whenever something is stored, committed or sent, the rest when all is quiet."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from common.contracts.values import Audience
from public_api.pages import RenderedPage
from public_api.store import AGGREGATES
from public_api.view import build

from .replicas import Replica
from .services import MOMENT, OTHER, Key
from .store import Store, known_of
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
        self.ambiguous: set[str] = set()
        """Epochs of streams that lost their end and kept it: offsets in them mean two things."""
        self._known: set[UUID] = set()
        self._by_epoch: dict[str, list[Stored]] = {}
        self._fresh: dict[tuple[str, Audience, Key], int] = {}
        self._server = server
        self._stores = stores
        server.on_stored = self._stored
        server.on_lost = self._lost
        for store in stores.values():
            store.before_commit = self._committing

    # At every step

    def ever_stored(self, epoch: str) -> Sequence[Stored] | None:
        """Everything that the stream of this epoch stored, in order; None when nobody can say."""
        return None if epoch in self.ambiguous else self._by_epoch.get(epoch, [])

    def _stored(self, stored: Stored) -> None:
        """Of each aggregate, versions that are sent for the first time come in order; only what was stored is sent again."""
        is_known = stored.event.id in self._known
        require(is_known or not stored.event.republished, "marked as sent again, and sockets never got it")
        self._known.add(stored.event.id)
        self.everything.append(stored)
        self._by_epoch.setdefault(stored.position.epoch, []).append(stored)
        self._note_fresh(stored)

    def _note_fresh(self, stored: Stored) -> None:
        event = stored.event
        if event.republished:
            return
        aggregate = (event.organization_id, event.aggregate, event.aggregate_id)
        key = (stored.position.epoch, event.audience, aggregate)
        require(self._fresh.get(key, 0) < event.sequence, f"version {event.sequence} of {key} comes late")
        self._fresh[key] = event.sequence

    def _committing(self, store: Store, writes: Mapping[tuple[str, Any], Any]) -> None:
        """A change and its events are in the same commit, and versions of documents only grow."""
        rows = store.rows("outbox")
        events = [row.event for (table, key), row in writes.items() if table == "outbox" and key not in rows]
        pages = [page for (table, _), page in writes.items() if table == "page"]
        if store.service == "public-api":
            for page in pages:
                before = store.rows("page").get(page.organization_id)
                grows = page.page_version - (before.page_version if before else 0)
                told = [event.sequence for event in events if event.organization_id == page.organization_id]
                require((grows, told) in [(0, []), (1, [page.page_version])], "a document changes once, and says so")
            return
        changed = {
            (*key, value[0], audience)
            for (table, key), value in writes.items()
            if table == "record"
            for audience in Audience
        }
        told_of = {(e.organization_id, e.aggregate, e.aggregate_id, e.sequence, e.audience) for e in events}
        require(told_of == changed, "a change without its event, or an event without its change")

    def _lost(self, new_epoch: bool) -> None:
        epoch = self._server.epoch
        if not new_epoch:
            self.ambiguous.add(epoch)
        self._by_epoch[epoch] = list(self._server.messages)
        # What was lost before its relay heard that it is stored is sent for the first time once more.
        self._fresh = {key: version for key, version in self._fresh.items() if key[0] != epoch}
        for stored in self._server.messages:
            self._note_fresh(stored)

    # When it is quiet

    def unsettled(self, replicas: Iterable[Replica]) -> str | None:
        """What has not arrived everywhere yet."""
        return next(self._unsettled(replicas), None)

    def _unsettled(self, replicas: Iterable[Replica]) -> Iterator[str]:
        record = self._record()
        for service, store in self._stores.items():
            for row in store.rows("outbox").values():
                if row.at is None:
                    yield f"{row.event.type} is not published"
                elif row.event.type != "page.changed" and not self._holds(row.event.id, row.at.epoch, row.at.offset):
                    yield f"{row.event.type} is written down at {row.at}, where it is not"
            if service in OTHER:
                theirs = {key: value for key, value in self._stores[OTHER[service]].rows("record").items()}
                known = store.rows("known")
                wanted = {"catalog": "incident", "incidents": "service"}[service]
                if known != {key: value for key, value in theirs.items() if key[1] == wanted}:
                    yield f"{service} does not know everything"
        if self._stores["public-api"].rows("entity") != record:
            yield "not everything is folded"
        pages = self._stores["public-api"].rows("page")
        for organization in {organization for organization, _, _ in record}:
            known_now = known_of(record, organization)
            page = pages.get(organization)
            if known_now is None:
                continue
            sections = json.loads(page.document) if page else {}
            if any(sections.get(name) != value for name, value in build(known_now, MOMENT).sections.items()):
                yield f"the document of {organization} is not what the record says"
            for replica in replicas:
                if replica.pages is not None:
                    shown = replica.pages.find(organization)
                    if not isinstance(shown, RenderedPage) or shown.record != page:
                        yield f"{replica.name} serves an old document of {organization}"
        public = [stored.position for stored in self._server.messages if stored.event.audience is Audience.PUBLIC]
        for replica in replicas:
            if not replica.is_running():
                yield f"{replica.name} is not running"
            if (
                replica.feed is not None
                and public
                and (
                    replica.feed.hub.position is None
                    or replica.feed.hub.position.epoch != self._server.epoch
                    or replica.feed.hub.position.offset < public[-1].offset
                )
            ):
                yield f"{replica.name} is at {replica.feed.hub.position}"

    def last_event(self, organization: str) -> Stored | None:
        """The newest event that visitors of an organization are to see."""
        public = (stored for stored in reversed(self._server.messages) if stored.event.audience is Audience.PUBLIC)
        mine = (stored for stored in public if stored.event.organization_id == organization)
        return next((stored for stored in mine if not stored.event.republished), None)

    def record_is_complete(self) -> None:
        """What was acknowledged is there, and each version there ever was has its event for each audience."""
        versions: dict[Key, int] = {}
        events: dict[Key, list[int]] = {}
        for service in OTHER:
            store = self._stores[service]
            versions.update({key: version for key, (version, _) in store.rows("record").items()})
            for row in sorted(store.rows("outbox").values(), key=lambda row: row.position):
                key = (row.event.organization_id, row.event.aggregate, row.event.aggregate_id)
                events.setdefault(key, []).append(row.event.sequence)
        for key, version in self.acknowledged.items():
            assert versions.get(key, 0) >= version, f"{key} was acknowledged and is gone"
        for key, version in versions.items():
            assert events[key] == [number for number in range(1, version + 1) for _ in Audience]

    def _record(self) -> dict[Key, Any]:
        """The newest version of everything that is on a page."""
        rows = [row for service in OTHER for row in self._stores[service].rows("record").items()]
        return {key: value for key, value in rows if key[1] in AGGREGATES}

    def _holds(self, id: object, epoch: str, offset: int) -> bool:
        messages = self._server.messages
        return epoch == self._server.epoch and offset <= len(messages) and messages[offset - 1].event.id == id
