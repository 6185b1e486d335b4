"""What the metrics of all services say of a change on its way to a socket; and that they do not grow with tenants."""

import asyncio
import json
import math
import re

import httpx
import pytest_asyncio
import websockets
from prometheus_client.parser import text_string_to_metric_families

from devstack.fixtures import Sql
from devstack.scenario import CORE_LOOP, Cluster, Organization
from devstack.teststack import Stack, eventually

Series = dict[tuple[str, str, tuple[tuple[str, str], ...]], float]
"""Values by service, name and labels."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|acme|beta|gamma")


@pytest_asyncio.fixture
async def running(cluster: Cluster) -> Cluster:
    await cluster.start()
    return cluster


def read(service: str, text: str) -> Series:
    """What a service says, except what only accidents add: requests that were refused and repeated."""
    return {
        (service, sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("status", "2xx") == "2xx"
    }


async def series(cluster: Cluster) -> Series:
    """What all services say."""
    found: Series = {}
    async with httpx.AsyncClient() as client:
        for service in CORE_LOOP:
            found |= read(service, (await client.get(f"{cluster[service].url}/metrics")).text)
    return found


async def visit(cluster: Cluster, id: str) -> None:
    """An organization opens an incident; a visitor reads its page and hears of it."""
    organization = Organization(cluster, id)
    await organization.provision(services=1)

    async def knows_page() -> bool:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{cluster['public-api'].url}/p/{id}/")).status_code == 200

    async def hears() -> bool:
        async with websockets.connect(organization.socket_url()) as socket:
            try:
                assert json.loads(await socket.recv())["type"] == "hello"
            except websockets.ConnectionClosed:
                return False  # the page is not known there yet
            await organization.open_incident(organization.services)
            heard: set[str] = set()
            async with asyncio.timeout(20):
                while not {"incident.opened", "page.changed"} <= heard:
                    heard.add(json.loads(await socket.recv())["type"])
            return True

    await eventually(knows_page, "the page is there")
    await eventually(hears, "a visitor hears of the incident")


def value(found: Series, service: str, name: str, **labels: str) -> float:
    return found.get((service, f"tidings_{name}", tuple(sorted(labels.items()))), 0)


async def test_a_change_is_followed_from_its_outbox_to_the_sockets_and_nothing_grows_with_tenants(
    running: Cluster,
) -> None:
    await visit(running, "acme")

    async def all_is_told() -> bool:
        found = await series(running)
        delays = [
            value(found, service, "event_delay_seconds_count", stage=stage)
            for service, stage in (
                ("incidents", "published"),
                ("incidents", "consumed"),
                ("catalog", "consumed"),
                ("maintenance", "consumed"),
                ("public-api", "folded"),
                ("realtime-gateway", "sent"),
                ("realtime-gateway", "page_sent"),
            )
        ]
        # The visitor is gone, and with nobody left nothing waits anywhere.
        quiet = [
            value(found, "realtime-gateway", "connections", kind="websocket", who="visitor"),
            *(value(found, service, "outbox_waiting") for service in CORE_LOOP),
            *(value(found, service, "consumer_waiting") for service in CORE_LOOP),
        ]
        return all(delays) and not any(quiet)

    await eventually(all_is_told, "each stage was counted, and nothing waits")
    before = await series(running)
    for service in CORE_LOOP:
        assert value(before, service, "ready") == 1
        looks = {
            labels: seen
            for (of, name, labels), seen in before.items()
            if (of, name) == (service, "tidings_look_succeeded")
        }
        assert looks, service
        assert set(looks.values()) == {1}, looks
    assert value(before, "incidents", "outbox_published_total", audience="public") == 1
    assert value(before, "public-api", "pages") == 1
    assert 0 < value(before, "public-api", "page_age_seconds") < 60
    opened = value(before, "realtime-gateway", "connections_opened_total", kind="websocket", who="visitor")
    assert value(before, "realtime-gateway", "connections_closed_total", reason="gone") == opened >= 1
    assert value(before, "realtime-gateway", "frames_sent_total") >= 2
    assert value(before, "realtime-gateway", "ring_bytes") > 0
    page = {"method": "GET", "route": "/p/{slug}/{file}", "status": "2xx"}
    assert value(before, "public-api", "http_request_seconds_count", **page) == 1

    await visit(running, "beta")
    await visit(running, "gamma")
    await eventually(all_is_told, "nothing waits")
    after = await series(running)
    assert after.keys() == before.keys()
    assert not [labels for _, _, labels in after if _ID.search(repr(labels))]
    assert value(after, "public-api", "pages") == 3
    async with httpx.AsyncClient() as client:
        loud = (await client.get(f"{running['public-api'].url}/loud")).json()["requests"]
    named = {each["organization_id"] for minute in loud.values() for each in minute}
    assert named == {"acme", "beta", "gamma"}


async def test_a_database_that_is_away_leaves_gaps_and_the_rest(stack: Stack, sql: Sql) -> None:
    async with stack.service("incidents") as incidents:

        async def asked() -> Series:
            return read("incidents", (await incidents.client.get("/metrics")).text)

        await sql(
            "INSERT INTO incidents.dead_letter (consumer, epoch, stream_offset, subject, headers, data, error) "
            "VALUES ('incidents', 'e', 1, 's', '{}', '', 'broken')"
        )
        assert value(await asked(), "incidents", "dead_letters") == 1
        await sql("ALTER ROLE incidents_relay NOLOGIN")
        try:
            await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'incidents_relay'")
            found = await asked()
        finally:
            await sql("ALTER ROLE incidents_relay LOGIN")
        assert value(found, "incidents", "look_succeeded", at="outbox") == 0
        assert value(found, "incidents", "look_succeeded", at="dead_letters") == 0
        assert value(found, "incidents", "look_succeeded", at="consumer") == 1
        assert math.isnan(value(found, "incidents", "dead_letters"))
