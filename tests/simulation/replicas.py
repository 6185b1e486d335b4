"""A simulated process: a group of tasks that run the real delivery code until it crashes."""

import asyncio
import contextvars
from collections.abc import Coroutine, Mapping
from datetime import datetime
from random import Random
from typing import Any, Protocol, cast

from faststream.exceptions import NackMessage
from faststream.nats import NatsBroker

from common import topology
from common.bus import Bus
from common.consumption import Consumption
from common.database import is_unavailable
from common.outbox import Relay
from common.settings import Settings
from common.stream import STREAM_ERRORS
from common.topology import TopologySettings
from public_api.codings import Content
from public_api.fold import Fold
from public_api.pages import Pages
from public_api.store.page import PageRecord
from realtime_gateway.feed import Feed
from realtime_gateway.settings import GatewaySettings

from .connection import Broker, Client, JetStream, ReadStream
from .documents import SimulatedDocuments
from .process import CrashError, Process, running
from .services import HANDLERS
from .store import Inbox, Outbox, Store
from .stream import Server

Work = Coroutine[Any, Any, None]
NOWHERE = "nats://nowhere"
WAIT_SECONDS = 1.0


async def no_parts(before: PageRecord | None, after: PageRecord) -> Mapping[str, str]:
    """What pages for people look like is not simulated."""
    return {}


def no_files(record: PageRecord, unconfirmed_since: datetime | None) -> Mapping[str, Content]:
    return {}


class Surroundings(Protocol):
    @property
    def chance(self) -> Random: ...
    @property
    def server(self) -> Server: ...
    @property
    def stores(self) -> Mapping[str, Store]: ...


class Replica(Process):
    client: Client

    def __init__(self, service: str, number: int, world: Surroundings) -> None:
        super().__init__(f"{service} {number}")
        self.service = service
        self.relay: Relay | None = None
        self.pages: Pages | None = None
        self.feed: Feed | None = None
        self.jetstream: JetStream | None = None
        self._world = world
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.crash_at = None
        self.go_on()
        self.client = Client(self._world.server)
        context = contextvars.copy_context()
        context.run(running.set, self)
        work: list[Work] = context.run(self._work)
        self._tasks = [asyncio.create_task(one, context=context) for one in work]

    def is_running(self) -> bool:
        return bool(self._tasks) and not self.has_crashed()

    def has_crashed(self) -> bool:
        return any(task.done() for task in self._tasks)

    async def crash(self) -> None:
        """End it, wherever it waits. Raises what it ended of by itself, if that was no crash point."""
        tasks, self._tasks = self._tasks, []
        self.relay, self.pages, self.feed, self.jetstream = None, None, None, None
        every = [*tasks, *(self.tasks - set(tasks))]
        for task in every:
            task.cancel()
        for result in await asyncio.gather(*every, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, (asyncio.CancelledError, CrashError)):
                raise result

    def _work(self) -> list[Work]:
        if self.service == "topology":
            return [self._topology()]
        if self.service == "gateway":
            self.feed = Feed(GatewaySettings(nats_url=NOWHERE, heartbeat_seconds=3))
            return [self.feed.follow(ReadStream(self.client)), self.feed.hub.heartbeats()]
        store = self._world.stores[self.service]
        bus = Bus(Settings(nats_url=NOWHERE), self.service)
        bus.broker = cast(NatsBroker, Broker(self.client))
        bus.start()
        if self.service == "public-api":
            self.relay = Relay(Outbox(store, derived=["page.changed"]), bus)
            self.pages = Pages(None, no_files)
            fold = Fold(SimulatedDocuments(store), self.pages, self.relay.wake, no_parts)
            return [self.relay.run(), self._fold(fold), fold.refresh_due()]
        self.relay = Relay(Outbox(store), bus)
        return [self.relay.run(), self._consume(store, bus)]

    async def _fold(self, fold: Fold) -> None:
        """As public-api starts: documents are shown as soon as they can be loaded, and followed once there is a stream."""
        while True:
            try:
                await fold.load()
                break
            except Exception as error:
                if not is_unavailable(error):
                    raise
            await asyncio.sleep(WAIT_SECONDS)
        await asyncio.sleep(WAIT_SECONDS)  # for the connection; others fold meanwhile
        await fold.run(ReadStream(self.client))

    async def _topology(self) -> None:
        settings = TopologySettings(nats_url=NOWHERE)
        while True:
            self.jetstream = JetStream(self.client)
            try:
                await topology.ensure(self.jetstream.as_context(), settings)
                await topology.watch_over(self.jetstream.as_context(), settings)
            except STREAM_ERRORS:
                await asyncio.sleep(WAIT_SECONDS)  # the process ends, and its supervisor starts it again

    async def _consume(self, store: Store, bus: Bus) -> None:
        """What FastStream's subscriber does with a durable."""
        consumption = Consumption(Inbox(store), bus.epoch, HANDLERS[self.service])
        server = self._world.server
        while True:
            durable = server.durables.get(self.service)
            delivery = durable.take() if durable is not None and self.client.is_connected else None
            if durable is None or delivery is None:
                await server.something_new(WAIT_SECONDS)
                continue
            message, delivered = delivery
            line = self.client.line
            try:
                await consumption.consume(message, delivered=delivered)
            except NackMessage as refusal:
                durable.refuse(message, refusal.extra_options["delay"])
                continue
            if line == self.client.line and not self.client.is_lost():
                durable.acknowledge(message)
