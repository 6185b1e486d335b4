"""The sniffer hears what one organization is told of another, by every way that it listens to, and nothing else alarms it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from devstack.sniffer import Sniffer
from devstack.teststack import Api, Stack

CATALOG = "/api/catalog/v1"


@pytest.fixture
def nothing_leaks() -> None:
    """Not here, where leaks are made."""


@contextmanager
def listening() -> Iterator[Sniffer]:
    sniffer = Sniffer()
    with pytest.MonkeyPatch.context() as patch:
        sniffer.listen(patch)
        yield sniffer


async def two_services(stack: Stack) -> dict[str, str]:
    """A service of acme and one of globex."""
    ids = {}
    async with stack.service("catalog") as catalog:
        for organization in ("acme", "globex"):
            page = {"name": organization, "slug": f"page-of-{organization}"}
            assert (await catalog.as_(organization)("POST", f"{CATALOG}/page", page)).status_code == 201
            made = await catalog.as_(organization)("POST", f"{CATALOG}/services", {"name": "Website"})
            ids[organization] = made.json()["id"]
    return ids


async def test_what_one_is_told_of_another_is_a_leak(stack: Stack, subtests: pytest.Subtests) -> None:
    ids = await two_services(stack)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=ids))

    async def socket(connection: ServerConnection) -> None:
        await connection.send(json.dumps(ids))

    async with (
        httpx.AsyncClient(transport=transport, base_url="http://leaky") as client,
        serve(socket, "127.0.0.1", 0) as server,
    ):
        port = server.sockets[0].getsockname()[1]
        with subtests.test("an answer to a token"), listening() as sniffer:
            await Api(client, stack.token("acme"))("GET", "/api/x")
            assert [leak.partition(":")[0] for leak in await sniffer.leaks(stack)] == [
                f"acme heard of {ids['globex']}, which is globex's"
            ]
        with subtests.test("an answer below a slug"), listening() as sniffer:
            await client.get("/p/page-of-globex/")
            assert len(await sniffer.leaks(stack)) == 1
        with subtests.test("an answer to nobody"), listening() as sniffer:
            await client.get("/api/x")
            assert len(await sniffer.leaks(stack)) == 2
        with subtests.test("a server-sent event"), listening() as sniffer:
            async with client.stream("GET", "/realtime/v1/page-of-acme/events") as response:
                assert [line async for line in response.aiter_lines()]
            assert len(await sniffer.leaks(stack)) == 1
        with subtests.test("a frame"), listening() as sniffer:
            async with connect(f"ws://127.0.0.1:{port}/realtime/v1/page-of-acme") as follower:
                await follower.recv()
            assert len(await sniffer.leaks(stack)) == 1


async def test_an_event_that_holds_what_is_anothers_is_a_leak(stack: Stack) -> None:
    ids = await two_services(stack)
    client = await stack.connect("catalog")
    try:
        subject = "status.acme.public.catalog.service.updated"
        await client.jetstream().publish(subject, json.dumps({"id": ids["globex"]}).encode())
    finally:
        await client.close()
    assert len(await Sniffer().leaks(stack)) == 1


async def test_ones_own_and_what_one_said_oneself_is_no_leak(stack: Stack) -> None:
    with listening() as sniffer:
        ids = await two_services(stack)
        async with stack.service("catalog") as catalog:
            acme = catalog.as_("acme")
            assert ids["acme"] in (await acme("GET", f"{CATALOG}/services")).text
            refused = await acme("PUT", f"{CATALOG}/layout", {"entries": [{"type": "service", "id": ids["globex"]}]})
            assert ids["globex"] in refused.text
        assert await sniffer.leaks(stack) == []
