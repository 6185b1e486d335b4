"""What must hold in a simulated world when all is quiet: what was acknowledged has arrived everywhere, and nothing else."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from common.contracts.values import Audience
from public_api.pages import RenderedPage
from public_api.store.entity import AGGREGATES
from public_api.view import build
from realtime_gateway.channels import Channel, channels_of

from .checks import Checks
from .documents import known_of
from .replicas import Replica
from .services import OTHER, Key, moment
from .store import Store
from .stream import Server, Stored


class Rest:
    def __init__(self, server: Server, stores: Mapping[str, Store], checks: Checks) -> None:
        self._server = server
        self._stores = stores
        self._checks = checks

    def unsettled(self, replicas: Iterable[Replica]) -> str | None:
        """What has not arrived everywhere yet."""
        return next(self._unsettled(replicas), None)

    def _unsettled(self, replicas: Iterable[Replica]) -> Iterator[str]:
        record = self._record()
        if self._server.epoch is None or self._server.epoch == self._checks.promised:
            yield "topology does not notice"
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
        yield from self._unparked()
        if self._stores["public-api"].rows("entity") != record:
            yield "not everything is folded"
        pages = self._stores["public-api"].rows("page")
        for organization in {organization for organization, _, _ in record}:
            known_now = known_of(record, organization)
            page = pages.get(organization)
            if known_now is None:
                continue
            sections = json.loads(page.document) if page else {}
            if any(sections.get(name) != value for name, value in build(known_now, moment()).sections.items()):
                yield f"the document of {organization} is not what the record says"
            for replica in replicas:
                if replica.pages is not None:
                    shown = replica.pages.find(organization)
                    if not isinstance(shown, RenderedPage) or shown.record != page:
                        yield f"{replica.name} serves an old document of {organization}"
        public = [stored.offset for stored in self._server.messages if stored.is_public]
        for replica in replicas:
            if not replica.is_running():
                yield f"{replica.name} is not running"
            if (
                replica.feed is not None
                and public
                and (
                    replica.feed.hub.position is None
                    or replica.feed.hub.position.epoch != self._server.epoch
                    or replica.feed.hub.position.offset < public[-1]
                )
            ):
                yield f"{replica.name} is at {replica.feed.hub.position}"

    def _unparked(self) -> Iterator[str]:
        """Who reads what nobody can apply has parked it, and nothing else."""
        spoiled = self._stores["incidents"].rows("spoiled").values()
        expected = {id for ids in spoiled for id in ids}
        parked = {name: set(self._stores[name].rows("dead_letter").values()) for name in ("catalog", "public-api")}
        if set().union(*parked.values()) != expected or not all(
            len(ids) * 2 == len(expected) for ids in parked.values()
        ):
            yield f"{parked} are parked instead of {expected}"

    def last_event(self, channel: Channel) -> Stored | None:
        """The newest event that those are to see who follow a channel."""
        mine = (stored for stored in reversed(self._server.messages) if channel in channels_of(stored.event))
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
        for key, version in self._checks.acknowledged.items():
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
