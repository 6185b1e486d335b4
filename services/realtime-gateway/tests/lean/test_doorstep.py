"""The doorstep answers what is plain as the ordinary way does, byte for byte, leaves everything else to it, and keeps nothing."""

import asyncio
import gc
import random
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, cast
from unittest.mock import Mock

import pytest
import uvicorn
import uvloop
from starlette.applications import Starlette

from common import server
from common.claims import Principal
from common.contracts.values import Role
from common.server import GuardedProtocol, Server
from devstack.teststack import eventually
from realtime_gateway import doorstep
from realtime_gateway.doorstep import Doorstep
from realtime_gateway.lean import Socket

from .conftest import EPOCH, Gateway, frame, read
from .heads import DOUBTFUL, PLAIN, TICKET, head

ORDINARY = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


class Ways:
    """One gateway, behind the doorstep and without it."""

    def __init__(self) -> None:
        self.gateway = Gateway()
        self.config = uvicorn.Config(
            Starlette(),
            port=0,
            http=cast(Any, self.step),
            ws=cast(Any, self.gateway.sockets),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        self.config.load()
        self.steps: list[weakref.ref[Doorstep]] = []

    def step(self, config: uvicorn.Config, *given: Any, **named: Any) -> Doorstep:
        step = Doorstep(self.gateway.sockets, config, *given, **named)
        self.steps.append(weakref.ref(step))
        return step

    def open(self, http: Callable[..., asyncio.Protocol]) -> "Wire":
        protocol = http(self.config, self.gateway.state, {})
        wire = Wire(protocol)
        protocol.connection_made(wire.transport)
        return wire

    async def say(self, http: Callable[..., asyncio.Protocol], *chunks: bytes) -> "Wire":
        """Hand one chunk after the other to a new connection, and wait until everything is said."""
        wire = self.open(http)
        for chunk in chunks:
            if not wire.transport.is_closing():
                wire.protocol.data_received(chunk)
        while isinstance(wire.protocol, GuardedProtocol) and wire.protocol.tasks:
            await asyncio.wait(wire.protocol.tasks)
        await asyncio.sleep(0)  # for who has to wait to be let in
        wire.protocol.connection_lost(None)
        return wire


class Wire:
    """A connection's other end, without a socket."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        self.said = b""
        self.protocol = protocol
        self.transport = Mock(asyncio.Transport)
        self.transport.get_extra_info = {"sslcontext": "there is no file descriptor", "peername": ("127.0.0.1", 1)}.get
        self.transport.get_write_buffer_size.return_value = 0
        self.transport.is_closing.side_effect = lambda: self.transport.close.called
        self.transport.write.side_effect = self._write
        self.transport.set_protocol.side_effect = partial(setattr, self, "protocol")

    def _write(self, data: bytes) -> None:
        self.said += bytes(data)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    # What hello says is random otherwise.
    monkeypatch.setattr(random, "randint", lambda *_: 7)
    return Ways()


async def test_what_is_plain_is_answered_at_once_as_the_ordinary_way_does(ways: Ways) -> None:
    for plain in PLAIN:
        wire = ways.open(ways.step)
        wire.protocol.data_received(plain)
        assert isinstance(wire.protocol, Socket), plain
        wire.protocol.connection_lost(None)
        by_doorstep, ordinary = await ways.say(ways.step, plain), await ways.say(GuardedProtocol, plain)
        assert by_doorstep.said == ordinary.said, plain
        assert by_doorstep.said.startswith(b"HTTP/1.1 101 "), plain
    assert ways.gateway.feed.hub._clients == set()
    assert ways.gateway.state.connections == set()


async def test_who_has_nothing_to_wait_for_is_let_in_in_the_same_step(ways: Ways) -> None:
    principal = Principal("issuer", "user", "Name", "acme", Role.VIEWER, None, None, 0, None)
    ways.gateway.publish(1)
    for query, at_once in (
        ("", True),
        (f"?ticket={ways.gateway.tickets.issue(principal)}", True),
        (f"?since={EPOCH}-1", True),
        (f"?since={EPOCH}-0", True),
        (f"?since={EPOCH}-2", False),
        (f"?since={EPOCH}-1&ticket={ways.gateway.tickets.issue(principal)}", False),
        (f"?ticket={TICKET}", False),
    ):
        wire = ways.open(ways.step)
        wire.protocol.data_received(head(f"/acme{query}"))
        assert (b'"hello"' in wire.said) is at_once, query
        assert wire.said.count(b"incident.opened") == query.endswith("-0")
        wire.protocol.connection_lost(None)
        await asyncio.sleep(0)


async def test_what_is_doubtful_is_answered_as_without_the_doorstep(ways: Ways) -> None:
    for name, doubtful in DOUBTFUL.items():
        for chunks in ([doubtful], [doubtful, frame(0x89, b"x")]):
            wire = ways.open(ways.step)
            wire.protocol.data_received(chunks[0])
            by_doorstep, ordinary = await ways.say(ways.step, *chunks), await ways.say(GuardedProtocol, *chunks)
            assert (by_doorstep.said, by_doorstep.transport.is_closing()) == (
                ordinary.said,
                ordinary.transport.is_closing(),
            ), name


async def test_a_request_in_two_pieces_is_answered_as_in_one(ways: Ways) -> None:
    for whole in (head(), ORDINARY):
        said = (await ways.say(GuardedProtocol, whole)).said
        for cut in range(1, len(whole)):
            assert (await ways.say(ways.step, whole[:cut], whole[cut:])).said == said, cut


async def test_after_what_was_none_a_request_for_a_socket_goes_the_ordinary_way(ways: Ways) -> None:
    by_doorstep, ordinary = await ways.say(ways.step, ORDINARY), await ways.say(GuardedProtocol, ORDINARY)
    assert by_doorstep.said == ordinary.said != b""
    wire = ways.open(ways.step)
    wire.protocol.data_received(ORDINARY)
    http = wire.protocol
    assert isinstance(http, GuardedProtocol)
    await asyncio.wait(http.tasks)
    wire.protocol.data_received(head())
    assert isinstance(wire.protocol, Socket)
    wire.protocol.connection_lost(None)


async def test_who_says_nothing_is_sent_away(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorstep, "HEADER_SECONDS", 0)
    wire = ways.open(ways.step)
    await eventually(lambda: wire.transport.is_closing(), "it is closed")
    wire.protocol.connection_lost(None)
    assert ways.gateway.state.connections == set()


def test_nothing_is_kept_of_a_connection_that_was_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a timer nor by a cycle that is garbage: of ten thousand who come at once it would be much."""

    async def run() -> None:
        ways = Ways()
        running = Server(ways.config, None)
        serving = asyncio.create_task(running.serve())
        await eventually(lambda: running.started, "the server listens")
        port = running.servers[0].sockets[0].getsockname()[1]
        for number, said in enumerate((head(), ORDINARY, head()[:9]), 1):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            if said == head():
                await reader.readuntil(b"\r\n\r\n")
                assert (await read(reader))[0] == 0x1
            await eventually(lambda number=number: len(ways.steps) == number, "it came")
            await eventually(lambda: ways.steps[-1]() is None, "it is not there any more")
            writer.close()
        running.should_exit = True
        await serving

    monkeypatch.setattr(doorstep, "HEADER_SECONDS", 3600)
    monkeypatch.setattr(server, "REST_SECONDS", 0)
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())
    finally:
        gc.enable()


async def test_a_stop_ends_who_said_nothing_and_answers_who_then_asks(
    ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "REST_SECONDS", 0.5)
    running = Server(ways.config, ways.gateway.feed.hub.shut_down)
    serving = asyncio.create_task(running.serve())
    await eventually(lambda: running.started, "the server listens")
    port = running.servers[0].sockets[0].getsockname()[1]
    silent, asks, comes = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    await eventually(lambda: len(running.server_state.connections) == 3, "all are let in")
    steps = [step() for step in ways.steps]
    running.should_exit = True
    await eventually(lambda: all(step is not None and step._is_last for step in steps), "they are told")
    steps.clear()
    asks[1].write(ORDINARY)
    assert b"\r\nconnection: close\r\n" in await asks[0].read()
    comes[1].write(head())
    await comes[0].readuntil(b"\r\n\r\n")
    assert (await read(comes[0]))[0] == 0x1
    opcode, said = await read(comes[0])
    assert (opcode, int.from_bytes(said[:2])) == (0x8, 3001)
    comes[1].write_eof()
    assert await silent[0].read() == b""
    for _, writer in (silent, asks, comes):
        writer.close()
    await serving
