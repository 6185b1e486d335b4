"""What goes wrong in a simulated world: faults of the stream, and at the same time faults of processes, networks and databases."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from random import Random
from typing import Protocol

from common import topology
from common.stream import STREAM_ERRORS
from common.topology import TopologySettings

from .checks import Checks
from .connection import Client, JetStream
from .replicas import NOWHERE, Replica
from .store import Store
from .stream import Server

CRASH_POINTS = ("relay.published", "consumer.applied", "consumer.committed", "fold.committed")
FAULTY_SECONDS = 14.0
RECOVERING_SECONDS = 6.0
MACHINE_RATE = 0.3
"""How often what loses the stream's end, a machine without power, also ends the process that would notice."""


class Victims(Protocol):
    """What faults happen to."""

    chance: Random
    server: Server
    stores: dict[str, Store]
    replicas: list[Replica]
    checks: Checks

    def tell(self, what: str) -> None: ...


class Nemesis:
    def __init__(self, world: Victims) -> None:
        self._world = world
        self._chance = world.chance
        self._server = world.server
        of_stream = [self._restart_server, self._lose_end, self._lose_disk, self._new_epoch, self._nothing]
        of_others = [
            self._crash, self._crash_at_point, self._stop, self._cut_off, self._all_away, self._database_away,
            self._worse_network, self._nothing,
        ]  # fmt: skip
        self._kinds = [self._some(of_stream), self._some(of_others)]

    def _some(self, kinds: Sequence[Callable[[], Awaitable[None]]]) -> Sequence[Callable[[], Awaitable[None]]]:
        return self._chance.sample(kinds, k=self._chance.randint(1, len(kinds)))

    async def run(self) -> None:
        """One fault of the stream and one of another kind at a time, then none."""
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(self._keep_running())
            async with asyncio.TaskGroup() as faults:
                for kinds in self._kinds:
                    faults.create_task(self._faults(kinds))
            self._server.drop_rate = self._server.gap_rate = 0.0
            for replica in self._world.replicas:
                replica.crash_at = None
            for store in self._world.stores.values():
                store.failure_rate = 0.0
            await asyncio.sleep(RECOVERING_SECONDS)  # what crashed has been started again
            keeping.cancel()

    async def _faults(self, kinds: Sequence[Callable[[], Awaitable[None]]]) -> None:
        end = asyncio.get_running_loop().time() + FAULTY_SECONDS
        while asyncio.get_running_loop().time() < end:
            await self._chance.choice(kinds)()
            await asyncio.sleep(self._chance.expovariate(1 / 2))

    async def _keep_running(self) -> None:
        """The supervisor: starts again what crashed, after a while."""
        while True:
            for replica in self._world.replicas:
                if replica.has_crashed():
                    await self._restart(replica)
            await asyncio.sleep(0.25)

    # The stream

    @contextlib.asynccontextmanager
    async def _server_down(self) -> AsyncIterator[None]:
        self._server.stop()
        await asyncio.sleep(self._chance.expovariate(1 / 0.5))
        yield
        self._server.start()

    async def _restart_server(self) -> None:
        self._tell("the server restarts")
        async with self._server_down():
            pass

    async def _lose_end(self) -> None:
        async with self._server_down():
            count = self._chance.randint(1, self._chance.choice((3, 40)))
            self._tell(f"the stream loses {count} of {len(self._server.messages)}")
            self._server.lose_end(count)
            topology = self._world.replicas[-1]
            self._world.checks.note_promise(topology)
            if topology.is_running() and self._chance.random() < MACHINE_RATE:
                await self._restart(topology)

    async def _lose_disk(self) -> None:
        self._tell("the server loses its disk")
        async with self._server_down():
            self._server.lose_disk()

    async def _new_epoch(self) -> None:
        """An operator restores an old copy, and says so."""
        if self._chance.random() < 0.5:
            await self._lose_end()
        self._tell("an operator wants a new epoch")
        with contextlib.suppress(*STREAM_ERRORS):
            js = JetStream(Client(self._server)).as_context()
            await topology.ensure(js, TopologySettings(nats_url=NOWHERE), renew_epoch=True)

    # Processes, networks, databases

    async def _restart(self, replica: Replica) -> None:
        self._tell(f"{replica.name} crashes")
        await replica.crash()
        self._world.checks.forget_promise(replica)
        await self._a_while(0.5)
        replica.start()

    async def _crash(self) -> None:
        replica = self._any()
        if replica.is_running():
            await self._restart(replica)

    async def _crash_at_point(self) -> None:
        point = self._chance.choice(CRASH_POINTS)
        self._tell(f"somebody is to crash at {point}")
        self._any().crash_at = point

    async def _stop(self) -> None:
        replica = self._any()
        self._tell(f"{replica.name} is stopped")
        replica.stop()
        await self._a_while(2.0)
        replica.go_on()

    async def _cut_off(self) -> None:
        await self._cut(self._any().service, 1)

    async def _all_away(self) -> None:
        await self._cut(self._any().service, 2)

    async def _cut(self, service: str, count: int) -> None:
        """From the stream alone, and long enough for it to become another one meanwhile."""
        replicas = [replica for replica in self._world.replicas if replica.service == service]
        clients = [replica.client for replica in self._chance.sample(replicas, k=min(count, len(replicas)))]
        self._tell(f"{len(clients)} of {service} are cut off")
        for client in clients:
            client.cut()
        await self._a_while(3.0)
        for client in clients:
            client.heal()

    async def _database_away(self) -> None:
        store = self._chance.choice(list(self._world.stores.values()))
        self._tell(f"the database of {store.service} is away")
        store.away = True
        await self._a_while(1.0)
        store.away = False

    async def _worse_network(self) -> None:
        self._server.drop_rate = self._chance.choice([0.0, 0.01, 0.1])
        self._server.gap_rate = self._chance.choice([0.0, 0.01, 0.1])
        for store in self._world.stores.values():
            store.failure_rate = self._chance.choice([0.0, 0.01, 0.05])
        self._tell(f"drops {self._server.drop_rate}, gaps {self._server.gap_rate}")

    async def _nothing(self) -> None:
        await self._a_while(4.0)

    def _any(self) -> Replica:
        return self._chance.choice(self._world.replicas)

    async def _a_while(self, seconds: float) -> None:
        await asyncio.sleep(self._chance.expovariate(1 / seconds))

    def _tell(self, what: str) -> None:
        self._world.tell(what)
