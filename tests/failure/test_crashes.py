"""Processes of every kind are killed while organizations are written to and followed; nothing is lost, doubled or reordered."""

import asyncio
import signal

import pytest

from devstack.audit import check
from devstack.scenario import Cluster, Organization, following, writing
from devstack.teststack import eventually


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


@pytest.mark.parametrize("service", ["catalog", "incidents", "public-api"])
async def test_a_relay_dies_between_publishing_and_marking(cluster: Cluster, service: str) -> None:
    await cluster.start(**{service.replace("-", "_"): "relay.published@25"})
    acme = await acme_on(cluster)
    async with following(acme, 3) as followers:
        async with writing(acme):
            await eventually(cluster[service].has_ended, "the crash point was reached", timeout=40)
            cluster[service].start()
            await written(acme, 10)
        await check(cluster, acme, followers)


@pytest.mark.parametrize("service", ["catalog", "incidents"])
async def test_a_consumer_dies_between_commit_and_acknowledgement(cluster: Cluster, service: str) -> None:
    point = "consumer.committed@20" if service == "catalog" else "consumer.committed@3"
    await cluster.start(**{service: point})
    acme = Organization(cluster, "acme")
    provisioning = asyncio.create_task(acme.provision())
    if service == "incidents":
        await eventually(cluster[service].has_ended, "the crash point was reached", timeout=40)
        cluster[service].start()
    await provisioning
    async with following(acme, 3) as followers:
        async with writing(acme):
            if service == "catalog":
                await eventually(cluster[service].has_ended, "the crash point was reached", timeout=40)
                cluster[service].start()
            await written(acme, 10)
        await check(cluster, acme, followers)


async def test_the_gateway_dies_in_a_burst(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with following(acme, 20) as followers:
        async with writing(acme, writers=4):
            for lives in (2, 3, 4):
                await written(acme, 6)
                cluster["realtime-gateway"].kill()
                cluster["realtime-gateway"].start()
                await eventually(
                    lambda lives=lives: all(follower.connections >= lives for follower in followers),
                    "everybody is back",
                )
        await check(cluster, acme, followers)


async def test_nats_dies_under_load(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with following(acme, 5) as followers:
        async with writing(acme):
            for _ in range(2):
                await written(acme, 6)
                cluster.stack.nats.kill()
                await written(acme, 3)
                cluster.stack.nats.start()
                await written(acme, 3)
        await check(cluster, acme, followers)


async def test_postgresql_dies_under_load(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with following(acme, 5) as followers:
        async with writing(acme):
            for _ in range(2):
                await written(acme, 6)
                cluster.stack.postgres.kill()
                cluster.stack.postgres.start()
                await written(acme, 6)
        await check(cluster, acme, followers)


async def test_every_service_dies_at_once_and_comes_back(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with following(acme, 5) as followers:
        async with writing(acme):
            await written(acme, 8)
            cluster.stop()
            for process in cluster.processes:
                process.start()
            await written(acme, 8)
        await check(cluster, acme, followers)


async def test_a_paused_process_goes_on_where_it_stopped(cluster: Cluster) -> None:
    await cluster.start()
    acme = await acme_on(cluster)
    async with following(acme, 3) as followers:
        async with writing(acme):
            for service in ("catalog", "public-api", "realtime-gateway"):
                cluster[service].signal(signal.SIGSTOP)
                await asyncio.sleep(1.5)  # the fault itself: how long the process stands still
                cluster[service].signal(signal.SIGCONT)
                await written(acme, 4)
        await check(cluster, acme, followers)
