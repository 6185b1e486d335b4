"""The soak: two replicas of every service under every fault that one machine can produce, one after the other, for as long as is asked,
and at least until each had its turn.

While writers write, an admin changes their organization, sockets follow and a reader asks for the page, a fault is put on and taken off
again. Then it is measured how long it takes until a new incident is on the page and on a socket, the writers pause, and everything is
audited. At the end there is a table: fault, acknowledged, lost, doubled, reordered, longest gap in the page's answers, time to recover.
Services reach PostgreSQL and NATS through proxies, one for each replica, so that one replica can be cut off alone; where root allows, each
replica has a place of its own in the network, which can lose its packets.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx

from devstack.audit import Findings, audit
from devstack.network import network
from devstack.proxy import Proxy
from devstack.scenario import SERVICES, Cluster, Follower, Organization, following, writing
from devstack.soak_faults import FAULTS, Fault, Replica, World
from devstack.soak_people import Admin, believe_identity
from devstack.soak_table import Result, header, in_words, line
from devstack.teststack import SCHEMAS, eventually, temporary_stack

ORGANIZATIONS = ("acme", "globex")
FOLLOWERS = 4
# Of a busy machine, too: what comes late is late, and only what never comes is lost.
PATIENCE_SECONDS = 180.0
# While the fault is on, somebody has to start windows, and to complete them then or soon after: on a busy machine it takes a while to
# plan one, and one that has ended is refused.
WINDOW_START, WINDOW_END = timedelta(seconds=1), timedelta(seconds=4)
READ_SECONDS = 0.05
READ_TIMEOUT = 0.5


class Soak:
    def __init__(self, world: World) -> None:
        self._world = world
        self._gap = 0.0

    async def run(self, faults: Iterable[Fault], say: Callable[[str], None]) -> list[Result]:
        """Put the faults on, one after the other. `say` gets a row of the table for each, and what is amiss."""
        believe_identity(self._world.stack)
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
            admin = Admin(cluster)
            await admin.join()
            async with contextlib.AsyncExitStack() as stack:
                followers = {o.id: await stack.enter_async_context(following(o, FOLLOWERS)) for o in organizations}
                await stack.enter_async_context(self._reading(organizations))
                for fault in faults:
                    results.append(await self._one(fault, cluster, organizations, followers, admin))
                    say("\n".join((line(results[-1]), *in_words(results[-1]))))
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
        admin: Admin,
    ) -> Result:
        before = sum(organization.ledger.incidents.total() for organization in organizations)
        self._gap = 0.0
        async with contextlib.AsyncExitStack() as stack:
            for number, organization in enumerate(organizations):
                seed = self._world.random.randrange(1 << 30)
                await stack.enter_async_context(writing(organization, writers=2 - number, seed=seed))
            await stack.enter_async_context(admin.changing())
            for organization in organizations:
                await organization.plan_window(WINDOW_START, WINDOW_END)
            take_off = await fault.put_on(self._world)
            await asyncio.sleep(fault.hold_seconds)
            await take_off()
            healed = time.monotonic()
            findings = Findings()
            try:
                await asyncio.gather(*(self._works(o, followers[o.id]) for o in organizations))
            except AssertionError as error:
                findings.lost.append(str(error))
            recovery = time.monotonic() - healed
            await asyncio.gather(*(process.wait_until_ready() for process in self._world.processes))
        gap = self._gap
        for organization in organizations:
            findings += await audit(cluster, organization, followers[organization.id], PATIENCE_SECONDS)
        findings += await admin.audit(PATIENCE_SECONDS)
        acknowledged = sum(organization.ledger.incidents.total() for organization in organizations) - before
        return Result(fault.name, acknowledged, findings, gap, recovery)

    async def _works(self, organization: Organization, followers: list[Follower]) -> None:
        """Until a new incident is acknowledged, on the page, and known to every follower."""
        incident = await organization.open_incident([])

        async def shown() -> bool:
            try:
                page = await organization.aggregate()
            except httpx.HTTPError:
                return False
            return incident in {shown["id"] for shown in page["incidents"]}

        def followed() -> bool:
            return all(incident in follower.incidents for follower in followers)

        await eventually(shown, f"{organization.id}'s page shows a new incident", timeout=PATIENCE_SECONDS)
        await eventually(followed, f"{organization.id}'s followers know of a new incident", timeout=PATIENCE_SECONDS)

    @contextlib.asynccontextmanager
    async def _reading(self, organizations: list[Organization]) -> AsyncIterator[None]:
        """Ask one replica and the other for pages and note the longest time without an answer; one that fails is passed over."""

        async def read() -> None:
            answered = time.monotonic()
            replicas = [replica.process.url for replica in self._world.replicas["public-api"]]
            for organization, url in itertools.cycle(itertools.product(organizations, replicas)):
                with contextlib.suppress(httpx.HTTPError):
                    await organization.aggregate(READ_TIMEOUT, url)
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
        stack = self._world.stack
        place = self._world.network.add() if self._world.network else None
        here = place.here if place else "127.0.0.1"
        to_nats, to_postgres = Proxy(stack.nats.port, here), Proxy(stack.postgres.port, here)
        await to_nats.start()
        await to_postgres.start()
        variables = {"TIDINGS_NATS_URL": f"nats://{here}:{to_nats.port}"}
        if name in SCHEMAS:
            direct = stack.environment(name)
            for setting in ("TIDINGS_DATABASE_URL", "TIDINGS_RELAY_DATABASE_URL"):
                variables[setting] = direct[setting].replace(
                    f"@127.0.0.1:{stack.postgres.port}/", f"@{here}:{to_postgres.port}/"
                )
        return Replica(stack.process(name, variables, place=place), to_nats, to_postgres, place)


# The program


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m devstack.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="at least; every fault has its turn")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), help="the order of faults, and all else that is drawn"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is removed
    print(f"Soaking for {arguments.seconds:.0f} s with seed {arguments.seed}.")
    home = Path(tempfile.mkdtemp(prefix="tidings-soak-"))
    print(f"Logs are in {home}; they stay when something is amiss.\n{header()}", flush=True)
    try:
        with _small_disks(home) as disks, network() as places, temporary_stack(home) as stack:
            world = World(stack, random.Random(arguments.seed), disks=disks, network=places)
            results = asyncio.run(Soak(world).run(_until(time.monotonic() + arguments.seconds, world), _say))
    except KeyboardInterrupt:
        shutil.rmtree(home)
        sys.exit("Interrupted.")
    missing = {fault.name for fault in FAULTS} - {result.fault for result in results}
    if missing:
        print("Not run: " + ", ".join(sorted(missing)))
    if any(result.findings for result in results):
        sys.exit(1)
    shutil.rmtree(home)


def _until(deadline: float, world: World) -> Iterator[Fault]:
    """Every fault in a new order, again and again, until the time is up; but each at least once."""
    possible = [fault for fault in FAULTS if fault.is_possible(world)]
    for turn in itertools.count():
        for fault in world.random.sample(possible, len(possible)):
            if turn > 0 and time.monotonic() > deadline:
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


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
