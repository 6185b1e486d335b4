"""Every service is replaced under load, one of its two replicas after the other behind the edge that ships: no request fails, nobody tries
again, sockets go on where they were, and nothing is lost, doubled or reordered."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from common.server import REST_SECONDS
from devstack.audit import check
from devstack.caddy import Caddy
from devstack.processes import free_port
from devstack.scenario import PUBLIC, SERVICES, Cluster, Organization, following, writing
from devstack.soak_people import Admin, believe_identity
from devstack.teststack import Process, Stack, eventually

DEPLOY = Path(__file__).parents[2] / "deploy"


class ClusterBehindEdge(Cluster):
    """Two replicas of everything. Callers know the edge alone."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack, {name: [stack.process(name) for _ in range(2)] for name in SERVICES})
        upstreams = {
            name: " ".join(f"127.0.0.1:{process.port}" for process in replicas)
            for name, replicas in self.replicas.items()
        }
        log = stack.state / "edge.log"
        self.edge = Caddy(
            stack.state / "edge", free_port(), DEPLOY / "Caddyfile", ["127.0.0.1"], upstreams, log_path=log
        )

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.edge.port}"


@pytest.fixture
def behind_edge(stack: Stack) -> Iterator[ClusterBehindEdge]:
    believe_identity(stack)
    cluster = ClusterBehindEdge(stack)
    cluster.edge.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        cluster.edge.stop()


@asynccontextmanager
async def reading(organization: Organization, url: str) -> AsyncIterator[None]:
    """Ask for the page, as people and as programs do, while the block runs; any answer but the page fails the test."""
    stop = asyncio.Event()

    async def read(path: str) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=6) as client:
            while not stop.is_set():
                (await client.get(path)).raise_for_status()
                await asyncio.sleep(0.02)

    paths = (f"/p/{organization.id}/", f"{PUBLIC}/pages/{organization.id}")
    tasks = [asyncio.create_task(read(path)) for path in paths]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def replace(replicas: list[Process]) -> None:
    """End each when asked to, start it again, and go on when it is ready."""
    for process in replicas:
        assert await asyncio.to_thread(process.stop) == -signal.SIGTERM, "it ended by the signal it was asked with"
        process.start()
        await process.wait_until_ready()


async def shown(organization: Organization) -> bool:
    try:
        page = await organization.aggregate()
    except httpx.HTTPStatusError:
        return False
    return len(page["services"]) == len(organization.services)


async def test_every_service_is_replaced_under_load_and_nobody_notices(behind_edge: ClusterBehindEdge) -> None:
    await behind_edge.start()
    acme, admin = Organization(behind_edge, "acme"), Admin(behind_edge)
    await acme.provision()
    await admin.join()
    await eventually(lambda: shown(acme), "the page shows every service")
    async with following(acme, 5) as followers:
        async with writing(acme), admin.changing(), reading(acme, behind_edge.url("public-api")):
            await acme.plan_window(timedelta(seconds=1), timedelta(seconds=4))
            await asyncio.gather(*(replace(replicas) for replicas in behind_edge.replicas.values()))
        assert (acme.ledger.retries, admin.retries) == (0, 0), "no command had to be repeated"
        await check(behind_edge, acme, followers)
        assert not await admin.audit(30)
        assert all(follower.connections > 1 for follower in followers), "each lost its socket"


def test_the_edge_ends_connections_that_rest_before_a_service_that_stops_does() -> None:
    keepalive = re.search(r"keepalive (\d+)s", (DEPLOY / "edge" / "routes.caddy").read_text())
    assert keepalive is not None
    assert float(keepalive[1]) + 1 < REST_SECONDS


FAKE_DOCKER = """#!/bin/sh
echo "$*" >> "$DOCKER/calls"
case "$*" in
"compose ps"*) cat "$DOCKER/containers" ;;
"compose create"*) echo new >> "$DOCKER/containers" ;;
inspect*) echo "$HEALTH" ;;
esac
"""


@pytest.mark.parametrize("health", ["healthy", "unhealthy"])
def test_in_containers_the_old_one_is_stopped_once_the_new_one_is_healthy(tmp_path: Path, health: str) -> None:
    """By what the script asks of a docker that only takes notes."""
    docker = tmp_path / "docker"
    docker.write_text(FAKE_DOCKER)
    docker.chmod(0o755)
    (tmp_path / "containers").write_text("old\n")
    known = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DOCKER": str(tmp_path), "HEALTH": health, "PATIENCE": "0"}
    ended = subprocess.run(["sh", DEPLOY / "rolling-update.sh", "catalog"], env=known, capture_output=True, check=False)
    calls = (tmp_path / "calls").read_text().splitlines()
    # Not by `up --no-deps`, whose containers are others to the next `up`: it would make each of them anew, all at once.
    assert calls[1] == "compose create --no-recreate --scale catalog=2 catalog"
    assert ("rm old" in calls) == (health == "healthy") == (ended.returncode == 0)
    assert calls.index("start new") < next(at for at, call in enumerate(calls) if call.startswith("inspect"))
    # Nor may it find jobs of images that are no more.
    assert (calls[-1] == "compose rm --force secrets setup") == (health == "healthy")
    assert next(call for call in calls if call.startswith("inspect")).endswith(" new")
    assert not any(call.startswith("stop") and "new" in call for call in calls)
