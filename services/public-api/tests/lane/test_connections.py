"""The lane's connections are guarded as all are: who is slow to ask or to read is ended, and a stop loses nothing. Over real sockets."""

import asyncio
import contextlib
import re

import pytest

from common import server
from devstack.teststack import eventually

from .conftest import OpenWire, Serve, Way, answered

PLAIN = b"GET /p/acme/ HTTP/1.1\r\nHost: any\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)")


def port_of(running: server.Server) -> int:
    port: int = running.servers[0].sockets[0].getsockname()[1]
    return port


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The head of the next answer, the rest read as well."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    assert length is not None
    await reader.readexactly(int(length[1]))
    return head


async def test_who_asks_and_does_not_read_waits_and_is_cut_off(
    serve: Serve, lane: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "READ_SECONDS", 0.2)
    async with serve(lane) as running:
        _, writer = await connect(port_of(running))
        await eventually(lambda: running.server_state.connections, "it is let in")
        with contextlib.suppress(ConnectionError):
            while running.server_state.connections:
                writer.write(PLAIN)
                await writer.drain()
                await asyncio.sleep(0)
        await eventually(lambda: not running.server_state.connections, "it is cut off")
        writer.close()


async def test_what_the_client_does_not_read_is_not_added_to(open_wire: OpenWire, lane: Way) -> None:
    connection, wire = open_wire(lane)
    connection.pause_writing()
    connection.data_received(PLAIN)
    await asyncio.sleep(0)
    assert (wire.said, len(lane.parsed)) == (b"", 1)
    connection.resume_writing()
    await answered(connection)
    assert wire.said.startswith(b"HTTP/1.1 200 OK")
    connection.data_received(PLAIN)
    assert len(lane.parsed) == 1


async def test_the_last_answer_of_a_stop_says_so(open_wire: OpenWire, lane: Way, ordinary: Way) -> None:
    said = []
    for way in (lane, ordinary):
        connection, wire = open_wire(way)
        connection.answer_for_the_last_time()
        connection.data_received(PLAIN)
        await answered(connection)
        assert wire.ended
        said.append(wire.said)
    assert said[0] == said[1]
    assert b"\r\nconnection: close\r\n\r\n" in said[0]
    assert lane.parsed == []


async def test_who_asked_by_the_lane_may_rest_and_then_must_not_dawdle(
    serve: Serve, lane: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.2)
    async with serve(lane) as running:
        reader, writer = await connect(port_of(running))
        for _ in range(3):
            writer.write(PLAIN)
            await answer(reader)
            await asyncio.sleep(0.3)  # longer than a head may take
        writer.write(PLAIN[:-2])
        assert await reader.read() == b""
        writer.close()


async def test_a_connection_that_rests_too_long_after_its_last_answer_is_ended(open_wire: OpenWire, lane: Way) -> None:
    connection, wire = open_wire(lane)
    connection.data_received(PLAIN)
    first = connection.timeout_keep_alive_task
    connection.data_received(PLAIN)
    assert first is not None
    assert connection.timeout_keep_alive_task is first
    connection.timeout_keep_alive_handler()  # as when its time has come: counted from the first answer, not the second
    assert not wire.ended
    assert connection.timeout_keep_alive_task is not first
    connection.timeout_keep_alive = 0
    connection.timeout_keep_alive_handler()
    assert wire.ended
    connection.connection_lost(None)


async def test_a_stop_under_load_loses_nothing(serve: Serve, lane: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is answered without being told that it was the last, is answered again; whoever cannot connect, has asked nothing."""
    monkeypatch.setattr(server, "REST_SECONDS", 1)
    lost: list[Exception] = []

    async def visit(number: int) -> None:
        while True:
            try:
                reader, writer = await connect(port)
            except ConnectionRefusedError:
                return
            try:
                for _ in range(number):
                    writer.write(PLAIN)
                    if b"\r\nconnection: close\r\n" in await answer(reader):
                        break
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                lost.append(error)
            writer.close()

    async with serve(lane) as running:
        port = port_of(running)
        visiting = asyncio.gather(*(visit(number) for number in range(1, 31)))
        await eventually(lambda: running.server_state.total_requests > 500, "they ask")
        await running.shutdown()
        await visiting
    assert (lost, lane.parsed) == ([], [])
