"""Of three NATS servers one may die, whichever it is: nothing is lost, nothing is there twice, and publishing goes on within seconds."""

from collections.abc import AsyncIterator
from pathlib import Path

import nats.errors
import pytest
import pytest_asyncio
from nats.js.errors import Error as JetStreamError

from common.envelope import STREAM
from devstack.audit import stored_messages
from devstack.databases import Databases
from devstack.nats import USERS
from devstack.nats_cluster import NODES, Node, running_cluster
from devstack.scenario import CATALOG
from devstack.teststack import PASSWORD, AnyPostgres, Service, Stack, eventually

SECONDS_MAX = 30.0
"""An election takes up to 9, another one if nobody wins; and the servers are not alone on this machine."""


@pytest_asyncio.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[dict[str, Node]]:
    with running_cluster(tmp_path / "nats", dict.fromkeys(USERS, PASSWORD)) as nodes:
        yield nodes


@pytest_asyncio.fixture
async def clustered(
    nodes: dict[str, Node],
    postgres: AnyPostgres,
    databases: Databases,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Stack]:
    monkeypatch.setenv("TIDINGS_STREAM_REPLICAS", str(NODES))
    with databases.empty() as database:
        stack = Stack(postgres, next(iter(nodes.values())), database, keys, tmp_path)

        async def declared() -> bool:
            try:
                await stack.declare_topology()
            except (JetStreamError, nats.errors.Error):
                return False
            return True

        await eventually(declared, "the servers have found each other and take a stream")
        yield stack


async def test_whichever_server_dies_nothing_is_lost_and_publishing_goes_on(
    clustered: Stack, nodes: dict[str, Node]
) -> None:
    async with clustered.service("catalog") as catalog:
        api = catalog.as_()
        assert (await api("POST", f"{CATALOG}/page", {"name": "Acme", "slug": "acme"})).status_code == 201
        made = [await _published_service(clustered, catalog, "before")]

        leader = await _leader(clustered)
        follower = next(node for name, node in nodes.items() if name != leader)
        follower.kill()
        made.append(await _published_service(clustered, catalog, "without a follower"))
        follower.start()
        await eventually(lambda: _in_step(clustered), "the one that came back has everything again")

        nodes[leader].kill()
        made.append(await _published_service(clustered, catalog, "without the leader"))
        assert await _leader(clustered) != leader

        told = [
            message.headers["ce-subject"]
            for message in await stored_messages(clustered, "status.acme.internal.catalog.service.created")
        ]
        assert told == made


async def _published_service(stack: Stack, catalog: Service, name: str) -> str:
    """Make a service, and wait until its event is in the stream."""
    answer = await catalog.as_()("POST", f"{CATALOG}/services", {"name": name})
    assert answer.status_code == 201
    waiting = "SELECT count(*) FROM catalog.outbox WHERE published_at IS NULL"
    await eventually(lambda: stack.postgres.sql(waiting, stack.database) == "0", f"{name} is published", SECONDS_MAX)
    id: str = answer.json()["id"]
    return id


async def _leader(stack: Stack) -> str:
    client = await stack.connect("topology")
    try:
        info = await client.jetstream().stream_info(STREAM)
    finally:
        await client.close()
    assert info.cluster is not None
    assert info.config.num_replicas == NODES
    return info.cluster.leader or ""


async def _in_step(stack: Stack) -> bool:
    client = await stack.connect("topology")
    try:
        info = await client.jetstream().stream_info(STREAM)
    finally:
        await client.close()
    assert info.cluster is not None
    replicas = info.cluster.replicas or []
    return len(replicas) == NODES - 1 and all(replica.current and not replica.offline for replica in replicas)
