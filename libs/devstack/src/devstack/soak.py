"""The soak: two replicas of every service under every fault that one machine can produce, one after the other, for as long as is asked.

While writers write, sockets follow and a reader asks for the page, a fault is put on and taken off again. Then it is measured how long
it takes until a new incident is on the page and on a socket, the writers pause, and everything is audited. At the end there is a table:
fault, acknowledged, lost, doubled, reordered, longest gap in the page's answers, time to recover. Services reach PostgreSQL and NATS
through proxies, one for each replica, so that one replica can be cut off alone.
"""

import asyncio
import contextlib
import itertools
import random
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx

from devstack.audit import Findings, audit
from devstack.nats import Nats
from devstack.proxy import Proxy
from devstack.scenario import SERVICES, Cluster, Follower, Organization, following, writing
from devstack.teststack import SCHEMAS, Process, Stack, eventually

ORGANIZATIONS = ("acme", "globex")
FOLLOWERS = 4
HOLD_SECONDS = 2.5
RECOVER_SECONDS = 60.0
READ_SECONDS = 0.05


@dataclass
class Replica:
    """A process of a service, with the proxies between it and what it needs."""

    process: Process
    to_nats: Proxy
    to_postgres: Proxy


@dataclass(frozen=True)
class Fault:
    """`put_on` does the harm and returns what takes it off again."""

    name: str
    put_on: Callable[["Soak"], Awaitable[Callable[[], Awaitable[None]]]]


@dataclass
class Result:
    fault: str
    acknowledged: int
    findings: Findings
    gap_seconds: float
    recovery_seconds: float


class Soak:
    def __init__(self, stack: Stack, seed: int) -> None:
        self.stack = stack
        self.random = random.Random(seed)
        self.replicas: dict[str, list[Replica]] = {}
        self._gap = 0.0

    async def run(self, seconds: float, say: Callable[[str], None]) -> list[Result]:
        """Put faults on, in an order that the seed decides, until the time is up."""
        for name in SERVICES:
            self.replicas[name] = [await self._replica(name) for _ in range(2)]
        cluster = Cluster(self.stack, {name: [r.process for r in rs] for name, rs in self.replicas.items()})
        topology = self.stack.topology_watch()
        try:
            topology.start()
            await cluster.start()
            organizations = [Organization(cluster, id) for id in ORGANIZATIONS]
            for organization in organizations:
                await organization.provision()
            return await self._faults(cluster, organizations, seconds, say)
        finally:
            cluster.stop()
            topology.kill()
            for replica in itertools.chain(*self.replicas.values()):
                await replica.to_nats.stop()
                await replica.to_postgres.stop()

    async def _faults(
        self, cluster: Cluster, organizations: list[Organization], seconds: float, say: Callable[[str], None]
    ) -> list[Result]:
        deadline = time.monotonic() + seconds
        results: list[Result] = []
        async with contextlib.AsyncExitStack() as stack:
            followers = {o.id: await stack.enter_async_context(following(o, FOLLOWERS)) for o in organizations}
            await stack.enter_async_context(self._reading(organizations))
            while time.monotonic() < deadline:
                for fault in self.random.sample(FAULTS, len(FAULTS)):
                    if time.monotonic() > deadline:
                        break
                    results.append(await self._one(fault, cluster, organizations, followers))
                    say(line(results[-1]))
        return results

    async def _one(
        self,
        fault: Fault,
        cluster: Cluster,
        organizations: list[Organization],
        followers: dict[str, list[Follower]],
    ) -> Result:
        before = sum(organization.ledger.incidents.total() for organization in organizations)
        self._gap = 0.0
        async with contextlib.AsyncExitStack() as stack:
            for number, organization in enumerate(organizations):
                seed = self.random.randrange(1 << 30)
                await stack.enter_async_context(writing(organization, writers=2 - number, seed=seed))
            take_off = await fault.put_on(self)
            await asyncio.sleep(HOLD_SECONDS)
            await take_off()
            healed = time.monotonic()
            await asyncio.gather(*(self._works(o, followers[o.id]) for o in organizations))
            recovery = time.monotonic() - healed
        gap = self._gap
        findings = Findings()
        for organization in organizations:
            findings += await audit(cluster, organization, followers[organization.id])
        acknowledged = sum(organization.ledger.incidents.total() for organization in organizations) - before
        return Result(fault.name, acknowledged, findings, gap, recovery)

    async def _works(self, organization: Organization, followers: list[Follower]) -> None:
        """Until a new incident is acknowledged, on the page, and at every follower."""
        incident = await organization.open_incident([])

        async def shown() -> bool:
            try:
                page = await organization.aggregate()
            except httpx.HTTPError:
                return False
            return incident in {shown["id"] for shown in page["incidents"]}

        def followed() -> bool:
            return all(any(incident in seen.aggregate for seen in follower.events) for follower in followers)

        await eventually(shown, f"{organization.id}'s page shows a new incident", timeout=RECOVER_SECONDS)
        await eventually(followed, f"{organization.id}'s followers get a new incident", timeout=RECOVER_SECONDS)

    @contextlib.asynccontextmanager
    async def _reading(self, organizations: list[Organization]) -> AsyncIterator[None]:
        """Ask for pages all the time and note the longest time without an answer; a replica that fails is passed over."""

        async def read() -> None:
            answered = time.monotonic()
            pages = itertools.cycle(organizations)
            while True:
                with contextlib.suppress(httpx.HTTPError):
                    await next(pages).aggregate(timeout=0.5)
                    self._gap = max(self._gap, time.monotonic() - answered)
                    answered = time.monotonic()
                await asyncio.sleep(READ_SECONDS)

        reader = asyncio.create_task(read())
        try:
            yield
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _replica(self, name: str) -> Replica:
        to_nats, to_postgres = Proxy(self.stack.nats.port), Proxy(self.stack.postgres.port)
        await to_nats.start()
        await to_postgres.start()
        variables = {"TIDINGS_NATS_URL": f"nats://127.0.0.1:{to_nats.port}"}
        if name in SCHEMAS:
            direct = self.stack.environment(name)
            for setting in ("TIDINGS_DATABASE_URL", "TIDINGS_RELAY_DATABASE_URL"):
                variables[setting] = direct[setting].replace(f":{self.stack.postgres.port}/", f":{to_postgres.port}/")
        return Replica(self.stack.process(name, variables), to_nats, to_postgres)


# The faults


def _kill(name: str) -> Fault:
    async def put_on(soak: Soak) -> Callable[[], Awaitable[None]]:
        process = soak.random.choice(soak.replicas[name]).process
        process.kill()

        async def take_off() -> None:
            process.start()

        return take_off

    return Fault(f"{name}: SIGKILL of a replica", put_on)


def _pause(name: str) -> Fault:
    async def put_on(soak: Soak) -> Callable[[], Awaitable[None]]:
        process = soak.random.choice(soak.replicas[name]).process
        process.signal(signal.SIGSTOP)

        async def take_off() -> None:
            process.signal(signal.SIGCONT)

        return take_off

    return Fault(f"{name}: SIGSTOP of a replica", put_on)


def _cut_off(name: str, link: str, how: str) -> Fault:
    async def put_on(soak: Soak) -> Callable[[], Awaitable[None]]:
        replica = soak.random.choice(soak.replicas[name])
        proxy = replica.to_nats if link == "NATS" else replica.to_postgres
        (proxy.hold if how == "silent" else proxy.cut)()

        async def take_off() -> None:
            proxy.heal()

        return take_off

    return Fault(f"{name}: a replica cut off from {link}, {how}", put_on)


async def _nothing(soak: Soak) -> Callable[[], Awaitable[None]]:
    async def take_off() -> None:
        return

    return take_off


async def _kill_everything(soak: Soak) -> Callable[[], Awaitable[None]]:
    processes = [replica.process for replica in itertools.chain(*soak.replicas.values())]
    for process in processes:
        process.kill()

    async def take_off() -> None:
        for process in processes:
            process.start()

    return take_off


async def _kill_nats(soak: Soak) -> Callable[[], Awaitable[None]]:
    await asyncio.to_thread(soak.stack.nats.kill)

    async def take_off() -> None:
        await asyncio.to_thread(soak.stack.nats.restart)

    return take_off


async def _lose_nats_disk(soak: Soak) -> Callable[[], Awaitable[None]]:
    server = soak.stack.nats
    assert isinstance(server, Nats), "a container's disk is not ours to lose"
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(shutil.rmtree, server.home / "jetstream")

    async def take_off() -> None:
        await asyncio.to_thread(soak.stack.nats.restart)

    return take_off


async def _kill_postgres(soak: Soak) -> Callable[[], Awaitable[None]]:
    await asyncio.to_thread(soak.stack.postgres.kill)

    async def take_off() -> None:
        await asyncio.to_thread(soak.stack.postgres.restart)

    return take_off


async def _restart_postgres(soak: Soak) -> Callable[[], Awaitable[None]]:
    await asyncio.to_thread(soak.stack.postgres.restart)
    return await _nothing(soak)


FAULTS = [
    Fault("none", _nothing),
    *(_kill(name) for name in SERVICES),
    *(_pause(name) for name in SERVICES),
    *(_cut_off(name, "NATS", how) for name in SERVICES for how in ("silent", "refused")),
    *(_cut_off(name, "PostgreSQL", how) for name in SCHEMAS for how in ("silent", "refused")),
    Fault("every service: SIGKILL of all replicas", _kill_everything),
    Fault("NATS: SIGKILL", _kill_nats),
    Fault("NATS: disk lost", _lose_nats_disk),
    Fault("PostgreSQL: SIGKILL", _kill_postgres),
    Fault("PostgreSQL: restart", _restart_postgres),
]


# The table

_WIDTHS = (52, 13, 5, 8, 10, 12, 12)
_TITLES = ("fault", "acknowledged", "lost", "doubled", "reordered", "longest gap", "recovered in")


def header() -> str:
    return _row(_TITLES)


def line(result: Result) -> str:
    findings = result.findings
    counts = (result.acknowledged, len(findings.lost), len(findings.doubled), len(findings.reordered))
    return _row((result.fault, *map(str, counts), f"{result.gap_seconds:.2f} s", f"{result.recovery_seconds:.2f} s"))


def _row(cells: tuple[str, ...]) -> str:
    first, *others = zip(cells, _WIDTHS, strict=True)
    return first[0].ljust(first[1]) + "".join(cell.rjust(width) for cell, width in others)
