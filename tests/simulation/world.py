"""One simulated world: organizations and their writers, two replicas of every service, visitors, and faults, all decided by one seed.

The delivery code in it is the real one: relay and bus, consumption, reader, fold and refresh, feed and hub, and topology's watch, which
runs as a process of its own. Only NATS, the databases and the time are simulated. It is faulty for a while, then quiet; what must hold is
checked at every step (`checks`) and once more when all is quiet (`rest`).

Left out, because it is SQL or the inside of a client library and tried against the real ones elsewhere: the statements of the outbox's,
the inbox's and the documents' tables; FastStream's subscriber; the pull consumer of `common.stream` with its detection of gaps, in whose
place a simulated one says that there was a gap; messages that expire, which takes a day; the operator's rebuild and republish.
"""

import asyncio
import contextlib
import hashlib
import logging
import string
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from random import Random
from unittest.mock import patch
from uuid import UUID

from common.contracts.values import Audience
from realtime_gateway.channels import Channel
from realtime_gateway.feed import Feed
from realtime_gateway.ring import Rings

from .checks import Checks, ViolationError
from .clients import Visitor
from .nemesis import FAULTY_SECONDS, Nemesis
from .process import pass_crash_point, task_of_process
from .replicas import Replica
from .rest import Rest
from .services import SPOILED, Writer, moment
from .store import Store, UnavailableError
from .stream import Server

ORGANIZATIONS = ("acme", "globex", "initech")
SERVICES = ("catalog", "incidents", "public-api", "gateway")
RING_FRAMES = 5
SETTLING_SECONDS = 180.0
SOON = 10.0
"""What is looked at every minute, or every ten, is looked at as often in a world whose faults last for seconds."""
SPOIL_RATES = (0.0, 0.0, 0.03)


class World:
    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.server = Server(self.chance)
        self.stores = {name: Store(name, self.chance) for name in ("catalog", "incidents", "public-api")}
        self.replicas = [Replica(service, number, self) for service in SERVICES for number in (1, 2)]
        self.replicas.append(Replica("topology", 1, self))
        self.checks = Checks(self.server, self.stores)
        self.rest = Rest(self.server, self.stores, self.checks)
        self.visitors = [
            # A chance of its own: in which order a hub wakes its clients is nobody's decision.
            Visitor(Channel(organization, audience), self.feeds, self.checks, Random(f"{seed} {organization} {number}"))
            for organization in ORGANIZATIONS
            for number, audience in enumerate((Audience.PUBLIC, Audience.INTERNAL))
        ]
        self.story: list[str] = []
        """What happened, for whoever replays a seed."""
        self._spoil_rate = self.chance.choice(SPOIL_RATES)

    def feeds(self) -> Sequence[Feed]:
        return [replica.feed for replica in self.replicas if replica.feed is not None and replica.is_running()]

    async def run(self) -> None:
        asyncio.get_running_loop().set_task_factory(task_of_process)  # type: ignore[arg-type] # typeshed has no factory that is generic
        with self._in_place():
            for replica in self.replicas:
                replica.start()
            async with asyncio.TaskGroup() as others:
                visits = [others.create_task(visitor.visit()) for visitor in self.visitors]
                async with asyncio.TaskGroup() as faulty:
                    for organization in ORGANIZATIONS:
                        for service in ("catalog", "incidents"):
                            faulty.create_task(self._write(organization, self.stores[service]))
                    faulty.create_task(Nemesis(self).run())
                await self._settle()
                for visit in visits:
                    visit.cancel()
            for replica in self.replicas:
                await replica.crash()

    async def _write(self, organization: str, store: Store) -> None:
        wake = partial(self._wake, store.service)
        writer = Writer(organization, store, self.chance, self.checks.acknowledged, wake, self._spoil_rate)
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

    async def _settle(self) -> None:
        """Until everything has arrived everywhere. Then what the visitors are told is compared once more."""
        end = asyncio.get_running_loop().time() + SETTLING_SECONDS
        while why := self.rest.unsettled(self.replicas) or self._unsettled_visitor():
            for replica in self.replicas:
                if replica.has_crashed():
                    await replica.crash()  # raises what it crashed of
            assert asyncio.get_running_loop().time() < end, f"it does not come to rest: {why}"
            await asyncio.sleep(1)  # of virtual time
        self.tell("all is quiet")
        self.rest.record_is_complete()
        for visitor in self.visitors:
            visitor.check()

    def _unsettled_visitor(self) -> str | None:
        for visitor in self.visitors:
            last = self.rest.last_event(visitor.channel)
            at = visitor.position
            if last and (at is None or at.epoch != self.server.epoch or at.offset < last.offset):
                return f"a visitor of {visitor.channel} is at {at}"
        return None

    def tell(self, what: str) -> None:
        self.story.append(f"{asyncio.get_running_loop().time():8.3f} {what}")

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        """Ids, times and crash points of this world in the place of the real ones; what nobody expected fails the simulation."""
        unexpected = _Unexpected(logging.ERROR)
        logging.getLogger().addHandler(unexpected)
        with contextlib.ExitStack() as stack:
            stack.callback(logging.getLogger().removeHandler, unexpected)
            places: dict[str, object] = {
                "common.database.uuid7": lambda: UUID(int=self.chance.getrandbits(128)),
                "common.topology.new_epoch": lambda: "".join(self.chance.choices(string.ascii_lowercase, k=12)),
                "common.stream.RECHECK_SECONDS": SOON,
                "common.bus.EPOCH_SECONDS": SOON,
                "common.outbox.LOOK_SECONDS": SOON,
                "common.outbox.SWEEP_SECONDS": SOON,
                "public_api.fold.now": moment,
                "public_api.pages.now": moment,
                "realtime_gateway.hub.now": moment,
                "realtime_gateway.slugs.now": moment,
                # Small, so that visitors who were away fall behind them.
                "realtime_gateway.hub.Rings": partial(Rings, max_frames=RING_FRAMES),
                "realtime_gateway.hub.RING_FRAMES": RING_FRAMES,
                "common.faults.at_crash_point": pass_crash_point,
            }
            for name, value in places.items():
                stack.enter_context(patch(name, value))
            yield

    def digest(self) -> str:
        """Two runs of one seed were the same run if this is the same."""
        stored = [f"{stored.offset} {stored.event.id}" for stored in self.checks.everything]
        seen = [str(visitor.seen) for visitor in self.visitors]
        return hashlib.sha256("\n".join([*self.story, *stored, *seen]).encode()).hexdigest()


class _Unexpected(logging.Handler):
    """An error that the code logs and survives is still one, except where it is about an event that was spoiled."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if record.getMessage() != "message parked" and str(error) != SPOILED:
            raise ViolationError(record.getMessage()) from error
