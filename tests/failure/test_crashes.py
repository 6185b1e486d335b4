"""Processes of every kind are killed while organizations are written to and followed; nothing is lost, doubled or reordered."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devstack.audit import check
from devstack.scenario import Cluster, Follower, Organization, following, writing
from devstack.teststack import Process, eventually


async def acme_on(cluster: Cluster) -> Organization:
    organization = Organization(cluster, "acme")
    await organization.provision()

    async def shown() -> bool:
        try:
            return len((await organization.aggregate())["services"]) == len(organization.services)
        except Exception:
            return False

    await eventually(shown, "the page shows every service")
    return organization


async def written(organization: Organization, commands: int) -> None:
    """Until that many more commands were acknowledged."""
    before = organization.ledger.incidents.total()
    await eventually(
        lambda: organization.ledger.incidents.total() >= before + commands,
        f"{commands} commands acknowledged",
        timeout=40,
    )


@asynccontextmanager
async def under_load(
    cluster: Cluster, acme: Organization, *, followers: int = 3, writers: int = 2
) -> AsyncIterator[list[Follower]]:
    """An organization that is written to and followed while the block runs; afterwards nothing is amiss."""
    async with following(acme, followers) as seen:
        async with writing(acme, writers=writers):
            yield seen
        await check(cluster, acme, seen)


async def ends(process: Process) -> None:
    await eventually(process.has_ended, "the crash point was reached", timeout=40)


async def test_every_relay_dies_between_publishing_and_marking(cluster: Cluster) -> None:
    dying = ("catalog", "incidents", "public-api")
    await cluster.start(**{service.replace("-", "_"): "relay.published@25" for service in dying})
    acme = await acme_on(cluster)
    async with under_load(cluster, acme):
        for service in dying:
            await ends(cluster[service])
            cluster[service].start()
        await written(acme, 10)


async def test_the_consumer_of_incidents_dies_between_commit_and_acknowledgement(cluster: Cluster) -> None:
    await cluster.start(catalog="consumer.committed@20")
    acme = await acme_on(cluster)
    async with under_load(cluster, acme):
        await ends(cluster["catalog"])
        cluster["catalog"].start()
        await written(acme, 10)


async def test_the_consumer_of_services_dies_between_commit_and_acknowledgement(cluster: Cluster) -> None:
    await cluster.start(incidents="consumer.committed@3")
    provisioning = asyncio.create_task(acme_on(cluster))
    await ends(cluster["incidents"])
    cluster["incidents"].start()
    acme = await provisioning
    async with under_load(cluster, acme):
        await written(acme, 10)


async def test_the_gateway_dies_in_a_burst(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with under_load(cluster, acme, followers=20, writers=4) as followers:
        for lives in (2, 3, 4):
            await written(acme, 6)
            cluster["realtime-gateway"].kill()
            cluster["realtime-gateway"].start()
            await eventually(
                lambda lives=lives: all(follower.connections >= lives for follower in followers), "everybody is back"
            )


async def test_nats_dies_under_load(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with under_load(cluster, acme, followers=5):
        for _ in range(2):
            await written(acme, 6)
            cluster.stack.nats.kill()
            await written(acme, 3)
            cluster.stack.nats.start()
            await written(acme, 3)


async def test_postgresql_dies_under_load(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with under_load(cluster, acme, followers=5):
        for _ in range(2):
            await written(acme, 6)
            cluster.stack.postgres.kill()
            cluster.stack.postgres.start()
            await written(acme, 6)


async def test_every_service_dies_at_once_and_comes_back(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with under_load(cluster, acme, followers=5):
        await written(acme, 8)
        cluster.stop()
        for process in cluster.processes:
            process.start()
        await written(acme, 8)


async def test_a_paused_process_goes_on_where_it_stopped(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with under_load(cluster, acme):
        for service in ("catalog", "public-api", "realtime-gateway"):
            cluster[service].signal(signal.SIGSTOP)
            await asyncio.sleep(1.5)  # the fault itself: how long the process stands still
            cluster[service].signal(signal.SIGCONT)
            await written(acme, 4)
