"""What clients see when something breaks: stalled clients, a stop, a dead broker, a burst while everybody reconnects, a new stream."""

import asyncio
import contextlib
import json
import random
import re
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from common.position import Position
from devstack.nats import Nats
from devstack.teststack import Process, Stack, eventually

Publish = Callable[..., Awaitable[int]]
Make = Callable[..., Process]

FLOOD = 80
ESTABLISHED = 1


def url(gateway: Process, query: str = "") -> str:
    return f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme{query}"


async def read(client: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        frame: dict[str, Any] = json.loads(await client.recv())
        return frame


async def rest(client: ClientConnection) -> list[dict[str, Any]]:
    """Every frame until the gateway closes."""
    frames = []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frames.append(await read(client))
    return frames


def offset(frame: dict[str, Any]) -> int:
    return Position.parse(frame["position"]).offset


def unread_socket(gateway: Process) -> socket.socket:
    """A connection whose kernel takes next to nothing for a client that does not read."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", gateway.port))
    raw.setblocking(False)
    return raw


def tcp_state(connection: socket.socket) -> int:
    """What the kernel knows of the connection, without reading from it."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


async def flood(publish: Publish, healthy: ClientConnection) -> float:
    """Publish far more than the kernel's buffers, which hold some megabytes; the healthy client's longest wait for an event."""
    loop = asyncio.get_running_loop()
    slowest = 0.0
    for n in range(FLOOD):
        started = loop.time()
        published = await publish("acme", "incident.update_posted", n=n, filler="x" * 100_000)
        assert offset(await read(healthy)) == published
        slowest = max(slowest, loop.time() - started)
    return slowest


def reasons(gateway: Process) -> list[str]:
    """Why the gateway is not ready; nothing when it is."""
    try:
        found: list[str] = httpx.get(f"{gateway.url}/health/ready", timeout=2).json()["reasons"]
    except httpx.TransportError:
        return ["no answer"]
    return found


def evicted(gateway: Process) -> float:
    """How many clients were cut off because they read too slowly, as the operator's metrics have it."""
    said = httpx.get(f"{gateway.url}/metrics").text
    found = re.search(r'^tidings_connections_closed_total\{reason="slow"\} (\S+)$', said, re.MULTILINE)
    return float(found[1]) if found else 0


class Follower:
    """A client as the documentation asks for: it reconnects from its position for ever, and keeps what it saw."""

    def __init__(self, gateway: Process, since: str) -> None:
        self.seen: list[int] = []
        self.codes: list[int] = []
        self.recovered = True
        self._gateway = gateway
        self._position = since

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, InvalidHandshake, TimeoutError):
                async with connect(url(self._gateway, f"?since={self._position}"), compression=None) as client:
                    await self._follow(client)
            await asyncio.sleep(random.uniform(0, 0.5))

    async def _follow(self, client: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in client:
                frame = json.loads(message)
                self._position = frame["position"]
                if frame["type"] == "hello":
                    self.recovered = self.recovered and frame["recovered"]
                elif frame["type"] != "heartbeat":
                    self.seen.append(offset(frame))
        self.codes.append(client.close_code or 0)


@contextlib.asynccontextmanager
async def following(followers: list[Follower]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(follower.run()) for follower in followers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def present(gateway: Process) -> str:
    async with connect(url(gateway)) as client:
        return str((await read(client))["position"])


async def test_a_stalled_client_is_dropped_and_delays_nobody(gateway: Process, publish: Publish) -> None:
    stream = unread_socket(gateway)
    stream.send(f"GET /realtime/v1/acme/events HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n\r\n".encode())
    raw = unread_socket(gateway)
    stalled = await connect(url(gateway), sock=raw, max_queue=1, compression=None)
    async with connect(url(gateway), compression=None) as healthy:
        await read(healthy)
        slowest = await flood(publish, healthy)
        assert slowest < 2
        assert (tcp_state(stream), tcp_state(raw)) == (ESTABLISHED, ESTABLISHED)
        await eventually(
            lambda: ESTABLISHED not in (tcp_state(stream), tcp_state(raw)), "the stalled clients are dropped", 20
        )
        await eventually(lambda: evicted(gateway) == 2, "both count as evictions")
    stream.close()
    stalled.transport.abort()


async def test_a_client_that_takes_nothing_of_what_it_missed_is_stalled(make_gateway: Make, publish: Publish) -> None:
    await publish("acme", "page_settings.provisioned")
    gateway = make_gateway(TIDINGS_STALLED_SECONDS="1")
    gateway.start()
    await gateway.wait_until_ready()
    since = await present(gateway)
    for n in range(FLOOD):
        await publish("acme", "incident.update_posted", n=n, filler="x" * 100_000)
    raw = unread_socket(gateway)
    stalled = await connect(url(gateway, f"?since={since}"), sock=raw, max_queue=1, compression=None)
    hello = await read(stalled)
    assert hello["recovered"]
    await eventually(lambda: tcp_state(raw) != ESTABLISHED, "the stalled client is dropped", 20)
    stalled.transport.abort()


async def test_a_client_that_reads_late_learns_why_and_resumes(gateway: Process, publish: Publish) -> None:
    async with (
        connect(url(gateway), sock=unread_socket(gateway), max_queue=1, compression=None) as late,
        connect(url(gateway), compression=None) as healthy,
    ):
        await read(healthy)
        await flood(publish, healthy)
        seen = await rest(late)
        assert late.close_code == 3008
    async with connect(url(gateway, f"?since={seen[-1]['position']}"), compression=None) as client:
        assert (await read(client))["recovered"]
        resumed = [await read(client) for _ in range(FLOOD - len(seen) + 1)]
    assert [frame["data"]["n"] for frame in [*seen[1:], *resumed]] == list(range(FLOOD))


async def test_a_stop_says_so_to_sockets_and_ends_event_streams(gateway: Process, publish: Publish) -> None:
    async with connect(url(gateway)) as client, httpx.AsyncClient(timeout=15) as http:
        await read(client)
        async with http.stream("GET", f"{gateway.url}/realtime/v1/acme/events") as stream:
            gateway.signal(signal.SIGTERM)
            lines = [line async for line in stream.aiter_lines()]
            assert lines[3] == "event: hello"
        await rest(client)
        assert client.close_code == 3001
    await eventually(gateway.has_ended, "the gateway has ended", 10)


async def test_everybody_sees_each_event_once_and_in_order_through_restarts(
    make_gateway: Make, gateway: Process, publish: Publish
) -> None:
    followers = [Follower(gateway, since) for since in [await present(gateway)] * 200]
    offsets: list[int] = []

    async def burst() -> None:
        for n in range(300):
            offsets.append(await publish("acme", "incident.update_posted", n=n))
            await asyncio.sleep(0.01)

    async with following(followers):
        publishing = asyncio.create_task(burst())
        await eventually(lambda: len(offsets) > 50, "some events")
        gateway.kill()
        gateway.start()
        await eventually(lambda: len(offsets) > 150, "more events")
        await asyncio.to_thread(gateway.stop)
        gateway.start()
        await publishing
        await eventually(lambda: all(len(f.seen) >= 300 for f in followers), "everybody has seen everything", 30)
    assert all(follower.seen == offsets and follower.recovered for follower in followers)
    assert any(3001 in follower.codes for follower in followers)
    assert not any(3008 in follower.codes for follower in followers)


async def test_a_dead_broker_costs_time_and_nothing_else(gateway: Process, stack: Stack, publish: Publish) -> None:
    followers = [Follower(gateway, since) for since in [await present(gateway)] * 20]
    offsets: list[int] = []

    def all_seen() -> bool:
        return all(len(follower.seen) >= len(offsets) for follower in followers)

    async with following(followers):
        for round in range(2):
            offsets.extend([await publish("acme", "incident.update_posted", n=n) for n in range(20)])
            await eventually(all_seen, f"round {round} was seen")
            stack.nats.kill()
            await eventually(lambda: reasons(gateway) == ["the stream is not being read"], "it says what is wrong")
            stack.nats.start()
        offsets.extend([await publish("acme", "incident.update_posted", n=n) for n in range(20)])
        await eventually(all_seen, "everything after the restart was seen")
        await eventually(lambda: reasons(gateway) == [], "ready again")
    assert all(follower.seen == offsets and follower.codes == [] for follower in followers)


async def test_a_new_stream_ends_sockets_and_begins_with_its_first_event(
    gateway: Process, stack: Stack, publish: Publish
) -> None:
    for n in range(5):
        offset = await publish("acme", "incident.update_posted", n=n)

    async def has_read_them() -> bool:
        return Position.parse(await present(gateway)).offset >= offset

    await eventually(has_read_them, "the gateway has read them")
    async with connect(url(gateway)) as client:
        before = Position.parse((await read(client))["position"])
        epoch = await stack.declare_topology(empty=True)
        await publish("acme", "incident.update_posted", republished=True)
        await publish("acme", "incident.opened", n="first")
        assert [frame["type"] for frame in await rest(client) if frame["type"] != "heartbeat"] == []
        assert client.close_code == 3010
    assert epoch != before.epoch
    async with connect(url(gateway, f"?since={before}")) as client:
        assert (await read(client))["recovered"] is False
    async with connect(url(gateway, f"?since={epoch}-0")) as client:
        hello, event = await read(client), await read(client)
        assert hello["recovered"]
        assert (event["position"], event["data"]) == (f"{epoch}-2", {"n": "first"})


async def test_it_starts_without_broker_and_becomes_ready(make_gateway: Make, stack: Stack, publish: Publish) -> None:
    await publish("acme", "page_settings.provisioned")
    stack.nats.kill()
    gateway = make_gateway()
    gateway.start()
    await eventually(lambda: reasons(gateway) == ["the pages' slugs are not known yet"], "it says what is missing", 20)
    async with connect(url(gateway)) as client:
        await rest(client)
        assert client.close_code == 3002
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{gateway.url}/realtime/v1/acme/events")
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    stack.nats.start()
    await gateway.wait_until_ready()
    assert Position.parse(await present(gateway)).offset == 1


async def test_a_stream_that_lost_its_end_sends_nothing_twice(
    gateway: Process, stack: Stack, publish: Publish, tmp_path: Path
) -> None:
    if not isinstance(stack.nats, Nats):
        pytest.skip("needs the files of an embedded server")
    async with connect(url(gateway)) as client:
        await read(client)
        for n in range(3):
            await publish("acme", "incident.update_posted", n=n)
            assert (await read(client))["data"] == {"n": n}
        stack.nats.stop()
        shutil.copytree(stack.nats.home, tmp_path / "backup")
        stack.nats.start()
        await publish("acme", "incident.update_posted", n="lost")
        assert (await read(client))["data"] == {"n": "lost"}
        stack.nats.kill()
        shutil.rmtree(stack.nats.home)
        shutil.copytree(tmp_path / "backup", stack.nats.home)
        stack.nats.start()
        assert [frame["type"] for frame in await rest(client) if frame["type"] != "heartbeat"] == []
        assert client.close_code == 3010
    async with connect(url(gateway)) as client:
        await read(client)
        await publish("acme", "incident.update_posted", n="new")
        assert (await read(client))["data"] == {"n": "new"}
