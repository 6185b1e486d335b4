"""A simulated process: a group of tasks that run the real delivery code until it crashes."""

import asyncio
import contextvars
from collections.abc import Coroutine, Mapping
from random import Random
from typing import Any, Protocol

from faststream.exceptions import NackMessage

from common.consumption import Consumption
from common.outbox import Relay
from public_api.fold import Fold
from public_api.pages import Pages
from realtime_gateway.feed import Feed
from realtime_gateway.settings import GatewaySettings

from .services import HANDLERS
from .store import Inbox, Outbox, SimulatedDocuments, Store
from .stream import Connection, Server

Work = Coroutine[Any, Any, None]
running: contextvars.ContextVar["Replica"] = contextvars.ContextVar("running")
"""The replica whose code is running."""


class CrashError(BaseException):
    """The process ends here. Not an Exception: nothing may catch it."""


class Surroundings(Protocol):
    @property
    def chance(self) -> Random: ...
    @property
    def server(self) -> Server: ...
    @property
    def stores(self) -> Mapping[str, Store]: ...


class Replica:
    def __init__(self, service: str, number: int, world: Surroundings) -> None:
        self.service = service
        self.name = f"{service} {number}"
        self.crash_at: str | None = None
        self.relay: Relay | None = None
        self.pages: Pages | None = None
        self.feed: Feed | None = None
        self._world = world
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.crash_at = None
        context = contextvars.copy_context()
        context.run(running.set, self)
        connection = Connection(self._world.server)
        work: list[Work] = context.run(self._work, connection)
        self._tasks = [asyncio.create_task(one, context=context) for one in work]

    def is_running(self) -> bool:
        return bool(self._tasks) and not self.has_crashed()

    def has_crashed(self) -> bool:
        return any(task.done() for task in self._tasks)

    async def crash(self) -> None:
        """End it, wherever it waits. Raises what it ended of by itself, if that was no crash point."""
        tasks, self._tasks = self._tasks, []
        self.relay, self.pages, self.feed = None, None, None
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, (asyncio.CancelledError, CrashError)):
                raise result

    def _work(self, connection: Connection) -> list[Work]:
        if self.service == "gateway":
            self.feed = Feed(GatewaySettings(nats_url="nats://nowhere", heartbeat_seconds=3))
            return [self.feed.follow(connection), self.feed.hub.heartbeats()]
        store = self._world.stores[self.service]
        if self.service == "public-api":
            self.relay = Relay(Outbox(store, derived=["page.changed"]), connection)
            self.pages = Pages(None)
            fold = Fold(SimulatedDocuments(store), self.pages, self.relay.wake)
            return [self.relay.run(), fold.run(connection)]
        self.relay = Relay(Outbox(store), connection)
        return [self.relay.run(), self._consume(store, connection)]

    async def _consume(self, store: Store, connection: Connection) -> None:
        """What FastStream's subscriber does with a durable."""
        consumption = Consumption(Inbox(store), connection.epoch, HANDLERS[self.service])
        durable = self._world.server.durables[self.service]
        while True:
            message, delivered = await durable.next()
            interruptions = connection.interruptions
            try:
                await consumption.consume(message, delivered=delivered)
            except NackMessage as refusal:
                durable.refuse(message, refusal.extra_options["delay"])
                continue
            is_lost = self._world.chance.random() < self._world.server.drop_rate
            if not is_lost and interruptions == connection.interruptions:
                durable.acknowledge(message)
