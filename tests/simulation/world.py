"""One simulated world: organizations and their writers, two replicas of every service, visitors, and faults, all decided by one seed.

The delivery code in it is the real one: relay, consumption, reader, fold, feed and hub. Only the stream, the databases and the time are
simulated. It is faulty for a while, then quiet; what must hold is checked at every step (`checks`) and once more when all is quiet.
"""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial
from random import Random
from unittest.mock import patch
from uuid import UUID

from common import faults
from common.contracts.values import Audience
from common.envelope import Envelope
from realtime_gateway.feed import Feed
from realtime_gateway.ring import Rings

from .checks import Checks, ViolationError
from .clients import Visitor
from .replicas import CrashError, Replica, running
from .services import MOMENT, OTHER, Writer
from .store import Store, UnavailableError
from .stream import Durable, Server

ORGANIZATIONS = ("acme", "globex", "initech")
SERVICES = ("catalog", "incidents", "public-api", "gateway")
CRASH_POINTS = ("relay.published", "consumer.applied", "consumer.committed", "fold.committed")
RING_FRAMES = 5
FAULTY_SECONDS = 14.0
SETTLING_SECONDS = 180.0


class World:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.server = Server(self.chance)
        self.stores = {name: Store(name, self.chance) for name in ("catalog", "incidents", "public-api")}
        self.replicas = [Replica(service, number, self) for service in SERVICES for number in (1, 2)]
        self.checks = Checks(self.server, self.stores)
        self.visitors = [
            # A chance of its own: in which order a hub wakes its clients is nobody's decision.
            Visitor(organization, self.feeds, self.checks.ever_stored, Random(f"{seed} {organization} {number}"))
            for organization in ORGANIZATIONS
            for number in range(2)
        ]
        self.story: list[str] = []
        """What happened, for whoever replays a seed."""
        for service, other in OTHER.items():
            self.server.durables[service] = Durable(self.server, _internal_of(other))

    def feeds(self) -> Sequence[Feed]:
        return [replica.feed for replica in self.replicas if replica.feed is not None and replica.is_running()]

    async def run(self) -> None:
        with self._in_place():
            for replica in self.replicas:
                replica.start()
            async with asyncio.TaskGroup() as others:
                visits = [others.create_task(visitor.visit()) for visitor in self.visitors]
                async with asyncio.TaskGroup() as faulty:
                    keeping = faulty.create_task(self._keep_running())
                    for organization in ORGANIZATIONS:
                        for service in ("catalog", "incidents"):
                            faulty.create_task(self._write(organization, self.stores[service]))
                    await self._faults()
                    await asyncio.sleep(6)  # what crashed has been started again
                    keeping.cancel()
                await self._settle()
                for visit in visits:
                    visit.cancel()
            for replica in self.replicas:
                await replica.crash()

    # Writers

    async def _write(self, organization: str, store: Store) -> None:
        writer = Writer(organization, store, self.chance, self.checks.acknowledged, lambda: self._wake(store.service))
        end = asyncio.get_running_loop().time() + FAULTY_SECONDS
        work: list[Callable[[], Awaitable[None]]] = [writer.provision] if store.service == "catalog" else []
        while work or asyncio.get_running_loop().time() < end:
            with contextlib.suppress(UnavailableError):
                await (work[0] if work else writer.write)()
                del work[:]
            await asyncio.sleep(self.chance.expovariate(1 / 1.5))

    def _wake(self, service: str) -> None:
        """Writers' requests go to some replica; whether its relay hears of the commit or dies before is up to chance."""
        replica = self.chance.choice([replica for replica in self.replicas if replica.service == service])
        if replica.relay is not None:
            replica.relay.wake()

    # Faults

    async def _keep_running(self) -> None:
        """The supervisor: starts again what crashed, after a while."""
        while True:
            for replica in self.replicas:
                if replica.has_crashed():
                    await self._restart(replica)
            await asyncio.sleep(0.25)

    async def _restart(self, replica: Replica) -> None:
        self._tell(f"{replica.name} crashes")
        await replica.crash()
        await asyncio.sleep(self.chance.expovariate(1 / 0.5))
        replica.start()

    async def _faults(self) -> None:
        kinds = [
            self._crash, self._crash_at_point, self._restart_server, self._lose_end, self._lose_end_noticed,
            self._recreate_stream, self._database_away, self._worse_network, self._nothing,
        ]  # fmt: skip
        chosen = self.chance.sample(kinds, k=self.chance.randint(1, len(kinds)))
        end = asyncio.get_running_loop().time() + FAULTY_SECONDS
        while asyncio.get_running_loop().time() < end:
            await self.chance.choice(chosen)()
            await asyncio.sleep(self.chance.expovariate(1 / 3))
        self.server.drop_rate = self.server.gap_rate = 0.0
        for replica in self.replicas:
            replica.crash_at = None
        for store in self.stores.values():
            store.failure_rate = 0.0

    async def _crash(self) -> None:
        replica = self.chance.choice(self.replicas)
        if replica.is_running():
            await self._restart(replica)

    async def _crash_at_point(self) -> None:
        point = self.chance.choice(CRASH_POINTS)
        self._tell(f"somebody is to crash at {point}")
        self.chance.choice(self.replicas).crash_at = point

    @contextlib.asynccontextmanager
    async def _server_down(self) -> AsyncIterator[None]:
        self.server.stop()
        await asyncio.sleep(self.chance.expovariate(1 / 0.5))
        yield
        self.server.start()

    async def _restart_server(self) -> None:
        self._tell("the server restarts")
        async with self._server_down():
            pass

    async def _lose_end(self, *, new_epoch: bool = False) -> None:
        async with self._server_down():
            count = self.chance.randint(1, 40)
            self._tell(f"the stream loses {count} of {len(self.server.messages)}, {new_epoch=}")
            self.server.lose_end(count, new_epoch=new_epoch)

    async def _lose_end_noticed(self) -> None:
        await self._lose_end(new_epoch=True)

    async def _recreate_stream(self) -> None:
        self._tell("the stream is recreated")
        async with self._server_down():
            self.server.recreate()

    async def _database_away(self) -> None:
        store = self.chance.choice(list(self.stores.values()))
        self._tell(f"the database of {store.service} is away")
        store.away = True
        await asyncio.sleep(self.chance.expovariate(1.0))
        store.away = False

    async def _worse_network(self) -> None:
        self.server.drop_rate = self.chance.choice([0.0, 0.01, 0.1])
        self.server.gap_rate = self.chance.choice([0.0, 0.01, 0.1])
        for store in self.stores.values():
            store.failure_rate = self.chance.choice([0.0, 0.01, 0.05])
        self._tell(f"drops {self.server.drop_rate}, gaps {self.server.gap_rate}")

    async def _nothing(self) -> None:
        await asyncio.sleep(5)

    # The end

    async def _settle(self) -> None:
        """Until everything has arrived everywhere. Then what the visitors are told is compared once more."""
        end = asyncio.get_running_loop().time() + SETTLING_SECONDS
        while why := self.checks.unsettled(self.replicas) or self._unsettled_visitor():
            for replica in self.replicas:
                if replica.has_crashed():
                    await replica.crash()  # raises what it crashed of
            assert asyncio.get_running_loop().time() < end, f"it does not come to rest: {why}"
            await asyncio.sleep(1)
        self._tell("all is quiet")
        self.checks.record_is_complete()
        for visitor in self.visitors:
            visitor.check()

    def _unsettled_visitor(self) -> str | None:
        for visitor in self.visitors:
            last = self.checks.last_event(visitor.organization)
            at = visitor.position
            if last and (at is None or at.epoch != last.position.epoch or at.offset < last.position.offset):
                return f"a visitor of {visitor.organization} is at {at}"
        return None

    def _tell(self, what: str) -> None:
        self.story.append(f"{asyncio.get_running_loop().time():8.3f} {what}")

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        """Ids, times and crash points of this world in the place of the real ones; what nobody expected fails the simulation."""

        def crash(name: str) -> None:
            replica = running.get(None)
            if replica is not None and replica.crash_at == name:
                replica.crash_at = None
                raise CrashError(name)

        unexpected = _Unexpected(logging.ERROR)
        logging.getLogger().addHandler(unexpected)
        with contextlib.ExitStack() as stack:
            stack.callback(logging.getLogger().removeHandler, unexpected)
            stack.enter_context(patch("common.database.uuid7", lambda: UUID(int=self.chance.getrandbits(128))))
            # Small, so that visitors who were away fall behind them.
            stack.enter_context(patch("realtime_gateway.hub.Rings", partial(Rings, max_frames=RING_FRAMES)))
            stack.enter_context(patch("realtime_gateway.hub.RING_FRAMES", RING_FRAMES))
            for module in ("public_api.fold", "public_api.pages", "realtime_gateway.slugs"):
                stack.enter_context(patch(f"{module}.now", lambda: MOMENT))
            stack.enter_context(patch.object(faults, "at_crash_point", crash))
            yield

    def digest(self) -> str:
        """Two runs of one seed were the same run if this is the same."""
        positions = [f"{stored.position} {stored.event.id}" for stored in self.checks.everything]
        seen = [str(visitor.seen) for visitor in self.visitors]
        return hashlib.sha256("\n".join([*self.story, *positions, *seen]).encode()).hexdigest()


def _internal_of(service: str) -> Callable[[Envelope], bool]:
    return lambda event: event.service == service and event.audience is Audience.INTERNAL


class _Unexpected(logging.Handler):
    """An error that the code logs and survives is still one."""

    def emit(self, record: logging.LogRecord) -> None:
        raise ViolationError(record.getMessage()) from (record.exc_info[1] if record.exc_info else None)
