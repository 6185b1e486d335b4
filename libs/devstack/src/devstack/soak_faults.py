"""Every fault that one machine can produce, put on a running world and taken off again."""

import asyncio
import itertools
import random
import shutil
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from devstack.nats import Nats
from devstack.network import Network, Place
from devstack.proxy import Proxy
from devstack.scenario import SERVICES
from devstack.teststack import SCHEMAS, Process, Stack

TakeOff = Callable[[], Awaitable[None]]
# A server ends with the thread that started it, so they are started from one that lives as long as this process.
_THREAD = ThreadPoolExecutor(max_workers=1)
_FILL_BYTES = 1 << 20
_HOLD_SECONDS = 2.5
# Longer than it takes a service to notice that a connection is silent (pings, deadlines of statements), so it acts upon it.
_SILENCE_SECONDS = 8.0


async def _apart(function: Callable[..., object], *arguments: object) -> None:
    """Run what blocks, without holding up those who write and follow."""
    await asyncio.get_running_loop().run_in_executor(_THREAD, function, *arguments)


@dataclass
class Replica:
    """A process of a service, with the proxies between it and what it needs, and its place in the network if it has its own."""

    process: Process
    to_nats: Proxy
    to_postgres: Proxy
    place: Place | None


@dataclass
class World:
    """What faults are put on.

    `disks` are the small file systems that can be filled, by the server whose data is on them. `network` has a place for each replica; it
    is None where none can be made.
    """

    stack: Stack
    random: random.Random
    replicas: dict[str, list[Replica]] = field(default_factory=dict)
    disks: dict[str, Path] = field(default_factory=dict)
    network: Network | None = None

    @property
    def processes(self) -> list[Process]:
        return [replica.process for replica in itertools.chain(*self.replicas.values())]


@dataclass(frozen=True)
class Fault:
    """`put_on` does the harm and returns what takes it off again; in between it is left on for `hold_seconds`."""

    name: str
    put_on: Callable[[World], Awaitable[TakeOff]]
    hold_seconds: float = _HOLD_SECONDS
    is_possible: Callable[[World], bool] = lambda world: True


def _kill(name: str) -> Fault:
    async def put_on(world: World) -> TakeOff:
        process = world.random.choice(world.replicas[name]).process
        process.kill()

        async def take_off() -> None:
            process.start()

        return take_off

    return Fault(f"{name}: SIGKILL of a replica", put_on)


def _pause(name: str) -> Fault:
    async def put_on(world: World) -> TakeOff:
        process = world.random.choice(world.replicas[name]).process
        process.signal(signal.SIGSTOP)

        async def take_off() -> None:
            process.signal(signal.SIGCONT)

        return take_off

    return Fault(f"{name}: SIGSTOP of a replica", put_on)


def _cut_off(name: str, link: str, how: str) -> Fault:
    async def put_on(world: World) -> TakeOff:
        replica = world.random.choice(world.replicas[name])
        proxy = replica.to_nats if link == "NATS" else replica.to_postgres
        (proxy.hold if how == "silent" else proxy.cut)()

        async def take_off() -> None:
            proxy.heal()

        return take_off

    hold_seconds = _SILENCE_SECONDS if how == "silent" else _HOLD_SECONDS
    return Fault(f"{name}: a replica cut off from {link}, {how}", put_on, hold_seconds)


def _lose_packets(name: str, which: str, *losses: Callable[[Place], None]) -> Fault:
    async def put_on(world: World) -> TakeOff:
        place = world.random.choice(world.replicas[name]).place
        assert place is not None, "only in a place of its own can a replica be cut off from the network"
        for lose in losses:
            lose(place)

        async def take_off() -> None:
            place.heal()

        return take_off

    return Fault(
        f"{name}: the network loses {which}", put_on, _SILENCE_SECONDS, lambda world: world.network is not None
    )


async def _nothing(world: World) -> TakeOff:
    async def take_off() -> None:
        return

    return take_off


async def _kill_everything(world: World) -> TakeOff:
    for process in world.processes:
        process.kill()

    async def take_off() -> None:
        for process in world.processes:
            process.start()

    return take_off


async def _kill_nats(world: World) -> TakeOff:
    await _apart(world.stack.nats.kill)

    async def take_off() -> None:
        await _apart(world.stack.nats.restart)

    return take_off


async def _lose_nats_disk(world: World) -> TakeOff:
    server = world.stack.nats
    assert isinstance(server, Nats), "a container's disk is not ours to lose"
    await _apart(server.kill)
    await _apart(shutil.rmtree, server.home / "jetstream")

    async def take_off() -> None:
        await _apart(world.stack.nats.restart)

    return take_off


async def _kill_postgres(world: World) -> TakeOff:
    await _apart(world.stack.postgres.kill)

    async def take_off() -> None:
        await _apart(world.stack.postgres.restart)

    return take_off


async def _restart_postgres(world: World) -> TakeOff:
    await _apart(world.stack.postgres.restart)
    return await _nothing(world)


def _fill_disk(server: str) -> Fault:
    async def put_on(world: World) -> TakeOff:
        filler = world.disks[server] / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"\0" * _FILL_BYTES)
                except OSError:
                    return

        await _apart(fill)

        async def take_off() -> None:
            await _apart(filler.unlink)
            # nats-server does not write again to a stream whose disk was full; an operator, too, would restart it.
            if server == "NATS":
                await _apart(world.stack.nats.restart)

        return take_off

    return Fault(f"{server}: disk full", put_on, is_possible=lambda world: server in world.disks)


FAULTS = [
    Fault("none", _nothing),
    *(_kill(name) for name in SERVICES),
    *(_pause(name) for name in SERVICES),
    *(_cut_off(name, "NATS", how) for name in SERVICES for how in ("silent", "refused")),
    *(_cut_off(name, "PostgreSQL", how) for name in SERVICES if name in SCHEMAS for how in ("silent", "refused")),
    *(
        _lose_packets(name, "all packets of a replica", Place.lose_what_is_sent_to_it, Place.lose_what_it_sends)
        for name in SERVICES
    ),
    *(_lose_packets(name, "what is sent to a replica", Place.lose_what_is_sent_to_it) for name in SERVICES),
    Fault("every service: SIGKILL of all replicas", _kill_everything),
    Fault("NATS: SIGKILL", _kill_nats),
    Fault("NATS: disk lost", _lose_nats_disk),
    Fault("PostgreSQL: SIGKILL", _kill_postgres),
    Fault("PostgreSQL: restart", _restart_postgres),
    _fill_disk("NATS"),
    _fill_disk("PostgreSQL"),
]

_SHORT_HOLD_SECONDS = 1.0
ONE_OF_EACH_KIND = [
    replace(fault, hold_seconds=_SHORT_HOLD_SECONDS)
    for fault in (
        _kill("identity"),
        _kill("incidents"),
        _kill("maintenance"),
        _kill("realtime-gateway"),
        _pause("public-api"),
        _cut_off("incidents", "NATS", "silent"),
        _cut_off("catalog", "PostgreSQL", "refused"),
        Fault("NATS: SIGKILL", _kill_nats),
        Fault("NATS: disk lost", _lose_nats_disk),
        Fault("PostgreSQL: SIGKILL", _kill_postgres),
    )
]
"""The short form: less than a minute on an idle machine."""
