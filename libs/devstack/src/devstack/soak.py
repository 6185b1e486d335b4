"""The soak: two replicas of every service under every fault that one machine can produce, one after the other, for as long as is asked.

While writers write, sockets follow and a reader asks for the page, a fault is put on and taken off again. Then it is measured how long
it takes until a new incident is on the page and on a socket, the writers pause, and everything is audited. At the end there is a table:
fault, acknowledged, lost, doubled, reordered, longest gap in the page's answers, time to recover. Services reach PostgreSQL and NATS
through proxies, one for each replica, so that one replica can be cut off alone.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from devstack.audit import Findings, audit
from devstack.proxy import Proxy
from devstack.scenario import SERVICES, Cluster, Follower, Organization, following, writing
from devstack.soak_faults import FAULTS, Fault, Replica, World
from devstack.teststack import SCHEMAS, eventually, temporary_stack

ORGANIZATIONS = ("acme", "globex")
FOLLOWERS = 4
HOLD_SECONDS = 2.5
RECOVER_SECONDS = 60.0
READ_SECONDS = 0.05


@dataclass
class Result:
    fault: str
    acknowledged: int
    findings: Findings
    gap_seconds: float
    recovery_seconds: float


class Soak:
    def __init__(self, world: World) -> None:
        self._world = world
        self._gap = 0.0

    async def run(self, faults: Iterable[Fault], say: Callable[[str], None]) -> list[Result]:
        """Put the faults on, one after the other. `say` gets a row of the table for each."""
        for name in SERVICES:
            self._world.replicas[name] = [await self._replica(name) for _ in range(2)]
        processes = {name: [replica.process for replica in pair] for name, pair in self._world.replicas.items()}
        cluster = Cluster(self._world.stack, processes)
        topology = self._world.stack.topology_watch()
        results: list[Result] = []
        try:
            topology.start()
            await cluster.start()
            organizations = [Organization(cluster, id) for id in ORGANIZATIONS]
            for organization in organizations:
                await organization.provision()
            async with contextlib.AsyncExitStack() as stack:
                followers = {o.id: await stack.enter_async_context(following(o, FOLLOWERS)) for o in organizations}
                await stack.enter_async_context(self._reading(organizations))
                for fault in faults:
                    results.append(await self._one(fault, cluster, organizations, followers))
                    say(line(results[-1]))
            return results
        finally:
            cluster.stop()
            topology.kill()
            for replica in itertools.chain(*self._world.replicas.values()):
                await replica.to_nats.stop()
                await replica.to_postgres.stop()

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
                seed = self._world.random.randrange(1 << 30)
                await stack.enter_async_context(writing(organization, writers=2 - number, seed=seed))
            take_off = await fault.put_on(self._world)
            await asyncio.sleep(HOLD_SECONDS)
            await take_off()
            healed = time.monotonic()
            await asyncio.gather(*(self._works(fault, o, followers[o.id]) for o in organizations))
            recovery = time.monotonic() - healed
        gap = self._gap
        findings = Findings()
        for organization in organizations:
            findings += await audit(cluster, organization, followers[organization.id])
        acknowledged = sum(organization.ledger.incidents.total() for organization in organizations) - before
        return Result(fault.name, acknowledged, findings, gap, recovery)

    async def _works(self, fault: Fault, organization: Organization, followers: list[Follower]) -> None:
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

        what = f"after {fault.name}: {organization.id}'s"
        await eventually(shown, f"{what} page shows a new incident", timeout=RECOVER_SECONDS)
        await eventually(followed, f"{what} followers get a new incident", timeout=RECOVER_SECONDS)

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
        to_nats, to_postgres = Proxy(self._world.stack.nats.port), Proxy(self._world.stack.postgres.port)
        await to_nats.start()
        await to_postgres.start()
        variables = {"TIDINGS_NATS_URL": f"nats://127.0.0.1:{to_nats.port}"}
        if name in SCHEMAS:
            direct = self._world.stack.environment(name)
            for setting in ("TIDINGS_DATABASE_URL", "TIDINGS_RELAY_DATABASE_URL"):
                variables[setting] = direct[setting].replace(
                    f":{self._world.stack.postgres.port}/", f":{to_postgres.port}/"
                )
        return Replica(self._world.stack.process(name, variables), to_nats, to_postgres)


# The table

_WIDTHS = (58, 13, 6, 9, 11, 13, 14)
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


# The program


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m devstack.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="the order of faults, and all else that is drawn"
    )
    arguments = parser.parse_args()
    print(f"Soaking for {arguments.seconds:.0f} s with seed {arguments.seed}.")
    home = Path(tempfile.mkdtemp(prefix="tidings-soak-"))
    print(f"Logs are in {home}; they stay when something is amiss.\n{header()}", flush=True)
    with _small_disks(home) as disks, temporary_stack(home) as stack:
        world = World(stack, random.Random(arguments.seed), disks=disks)
        results = asyncio.run(Soak(world).run(_until(time.monotonic() + arguments.seconds, world), _say))
    for finding in itertools.chain.from_iterable(_in_words(result) for result in results):
        print(finding)
    missing = {fault.name for fault in FAULTS} - {result.fault for result in results}
    if missing:
        print("Not run: " + ", ".join(sorted(missing)))
    if any(result.findings for result in results):
        sys.exit(1)
    shutil.rmtree(home)


def _until(deadline: float, world: World) -> Iterator[Fault]:
    """Every fault in a new order, again and again, until the time is up."""
    possible = [fault for fault in FAULTS if fault.needs_disk is None or fault.needs_disk in world.disks]
    while True:
        for fault in world.random.sample(possible, len(possible)):
            if time.monotonic() > deadline:
                return
            yield fault


@contextlib.contextmanager
def _small_disks(home: Path) -> Iterator[dict[str, Path]]:
    """File systems of their own for the servers' data, where we may mount; none elsewhere."""
    disks = {"PostgreSQL": home / "postgres", "NATS": home / "nats"}
    mounted: dict[str, Path] = {}
    try:
        for server, path in disks.items():
            path.mkdir()
            mount = ["mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", str(path)]
            if subprocess.run(mount, capture_output=True, check=False).returncode == 0:
                mounted[server] = path
        yield mounted
    finally:
        for path in mounted.values():
            subprocess.run(["umount", "--lazy", str(path)], check=False)


def _in_words(result: Result) -> Iterator[str]:
    findings = result.findings
    for kind, found in (("lost", findings.lost), ("doubled", findings.doubled), ("reordered", findings.reordered)):
        for what in found:
            yield f"{result.fault}: {kind}: {what}"


def _say(row: str) -> None:
    print(row, flush=True)


if __name__ == "__main__":
    main()
