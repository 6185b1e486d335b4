"""Lean sockets on real connections, without uvicorn and NATS: RFC 6455 as a client sees it, who does not answer, and who does not read."""

import asyncio
import contextlib
import itertools
import json
import socket
import struct
from collections.abc import Callable
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from common.clock import now
from common.position import Position
from devstack.teststack import eventually
from realtime_gateway import framing, lean
from realtime_gateway.framing import Closing, Failure, Parser
from realtime_gateway.lean import MESSAGE_MAX_BYTES
from realtime_gateway.protocol import SLOW, Frame

from .conftest import EPOCH, PATH, Gateway, frame, read, request, running

COUNT = 400


async def ending(reader: asyncio.StreamReader) -> bytes:
    """What the server closes with; nothing is behind it."""
    while (said := await read(reader))[0] != 0x8:
        pass
    assert await asyncio.wait_for(reader.read(), 10) == b""
    return said[1]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"\x81\x01x", 1002),
        (frame(0xC1, b"x"), 1002),
        (frame(0x83), 1002),
        (frame(0x80, b"x"), 1002),
        (frame(0x09), 1002),
        (frame(0x88, b"\x03"), 1002),
        (frame(0x88, b"\x03\xed"), 1002),
        (frame(0x81, b"\xff"), 1007),
        (frame(0x88, b"\x03\xe8\xff"), 1007),
        (frame(0x82, bytes(MESSAGE_MAX_BYTES + 1)), 1009),
        (frame(0x02, bytes(MESSAGE_MAX_BYTES)) + frame(0x80, b"x"), 1009),
    ],
)
async def test_who_does_what_the_protocol_forbids_reads_why(gateway: Gateway, said: bytes, code: int) -> None:
    reader, writer = await gateway.greeted()
    writer.write(said + frame(0x89, b"not answered"))
    assert (await ending(reader))[:2] == struct.pack("!H", code)
    writer.close()
    await eventually(lambda: not gateway.sockets.open and not gateway.state.connections, "the connection is gone")
    assert gateway.feed.hub._clients == set()


@pytest.mark.parametrize("payload", [b"", b"\x03\xe8", b"\x0f\xa0" + "tschüß".encode()])
async def test_a_close_is_sent_back(gateway: Gateway, payload: bytes) -> None:
    reader, writer = await gateway.greeted()
    writer.write(frame(0x88, payload))
    assert await ending(reader) == payload
    assert gateway.feed.hub._clients == set()
    writer.close()


async def test_pings_are_answered_between_fragments_too_and_messages_are_ignored(gateway: Gateway) -> None:
    reader, writer = await gateway.greeted()
    writer.write(frame(0x01, b"a") + frame(0x89, b"one") + frame(0x80, b"b") + frame(0x8A, b"unasked"))
    assert await read(reader) == (0xA, b"one")
    writer.write(frame(0x89))
    assert await read(reader) == (0xA, b"")
    writer.close()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (request(**{"Sec-WebSocket-Version": "8"}), b"426"),
        (request(**{"Sec-WebSocket-Version": ""}), b"426"),
        (request(**{"Sec-WebSocket-Key": ""}), b"400"),
        (request(**{"Sec-WebSocket-Key": "dG9vIHNob3J0"}), b"400"),
        (request(**{"Sec-WebSocket-Key": "ä" * 16}), b"400"),
        (request(**{"Content-Length": "5"}), b"400"),
        (request(**{"Transfer-Encoding": "chunked"}), b"400"),
        (request().replace(b"GET", b"POST"), b"405"),
        (request("/realtime/v1/"), b"403"),
        (request("/realtime/v1/acme/more"), b"403"),
        (request("/health/ready"), b"403"),
    ],
)
async def test_what_is_no_request_for_a_socket_is_refused(gateway: Gateway, said: bytes, status: bytes) -> None:
    reader, writer = await gateway.connect(said)
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.split(b" ")[1] == status
    writer.close()
    await eventually(lambda: not gateway.state.connections, "the connection is gone")


async def test_other_clients_understand_what_is_answered(gateway: Gateway) -> None:
    url = f"ws://127.0.0.1:{gateway.port}"
    async with connect(f"{url}{PATH}?types=incident") as client:
        assert client.protocol.extensions == []
        assert json.loads(await client.recv())["type"] == "hello"
        await (await client.ping())
    with pytest.raises(InvalidStatus):
        await connect(f"{url}/elsewhere")


async def test_who_answers_no_ping_is_gone_and_who_does_stays(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "PING_SECONDS", 0.4)
    pinging = asyncio.create_task(gateway.sockets.ping())
    silent, silent_writer = await gateway.greeted()
    present, writer = await gateway.greeted()
    for _ in range(4):
        assert await read(present) == (0x9, b"")
        writer.write(frame(0x8A))
    assert await read(silent) == (0x9, b"")
    assert (await read(silent))[1][:2] == struct.pack("!H", 1011)
    pinging.cancel()
    assert len(gateway.feed.hub._clients) == 1
    for each in (writer, silent_writer):
        each.close()


@pytest.mark.parametrize("new_loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_who_reads_late_has_missed_nothing(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """Much more than the kernel holds, in pieces that it takes in parts."""

    async def run() -> None:
        async with running() as gateway:
            gateway.sockets._unsent_max_bytes = 1 << 30
            raw = socket.create_connection(("127.0.0.1", gateway.port))
            reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
            writer.write(request())
            await eventually(lambda: len(gateway.feed.hub._crowds) == 1, "it follows")
            (late,) = gateway.made
            for number in range(COUNT):
                content = b"%d " % number + b"x" * 37_000
                late.take(framing.texts([content]), [Frame("incident.opened", Position(EPOCH, number), now(), content)])
                await asyncio.sleep(0)
            assert late._backlog is not None
            await reader.readuntil(b"\r\n\r\n")
            await read(reader)
            seen = [int((await read(reader))[1].split()[0]) for _ in range(COUNT)]
            assert seen == list(range(COUNT))
            await eventually(lambda: late._backlog is None, "nothing waits")
            writer.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())


@pytest.mark.parametrize("new_loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_the_last_word_is_said_behind_what_the_transport_still_holds(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    """Though the kernel would take it at once."""

    async def run() -> None:
        async with running() as gateway:
            raw = socket.create_connection(("127.0.0.1", gateway.port))
            raw.sendall(request())
            await eventually(lambda: len(gateway.feed.hub._crowds) == 1, "it follows")
            (late,) = gateway.made
            pieces: list[bytes] = []
            while late._backlog is None:
                pieces.append(framing.text(b"%d " % len(pieces) + b"x" * 37_000))
                late.take(pieces[-1], [])
            raw.setblocking(False)
            said, last = b"", framing.close(SLOW.code, SLOW.reason)
            with contextlib.suppress(BlockingIOError):  # without a turn of the loop, which would write more
                while True:
                    said += raw.recv(1 << 20)
            late.end(SLOW)
            async with asyncio.timeout(10):
                while not said.endswith(last):
                    said += await asyncio.get_running_loop().sock_recv(raw, 1 << 20)
            assert said.endswith(b"".join(pieces) + last)
            raw.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())


async def test_nothing_is_written_to_a_connection_that_is_ending(gateway: Gateway) -> None:
    """The number of its file descriptor may be another's at any moment from then on."""
    reader, writer = await gateway.greeted()
    (ended,) = gateway.made
    ended._transport.abort()
    ended.take(b"for nobody", [])
    assert ended.ended is None, "the protocol has not been told yet"
    assert await asyncio.wait_for(reader.read(), 10) == b""
    await eventually(lambda: ended.ended is not None, "it has been told")
    assert ended._fd == -1
    writer.close()


def outcome(said: bytes) -> bytes | None:
    """With which payload of a close these bytes are answered; None when they are not."""
    for heard in Parser(MESSAGE_MAX_BYTES).feed(said):
        if isinstance(heard, Closing):
            return heard.payload
        if isinstance(heard, Failure):
            return struct.pack("!H", heard.code) + heard.reason.encode()
    return None


anything = st.binary(max_size=50) | st.lists(
    st.builds(frame, st.integers(0, 255), st.binary(max_size=10)) | st.binary(max_size=4), max_size=6
).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(said=anything, cuts=st.lists(st.integers(0, 80), max_size=5))
def test_any_bytes_in_any_chunks_end_as_the_parser_says_or_leave_the_socket_working(
    said: bytes, cuts: list[int]
) -> None:
    async def run() -> None:
        errors: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
        async with running() as gateway:
            reader, writer = await gateway.greeted()
            for begin, end in itertools.pairwise([0, *sorted(min(cut, len(said)) for cut in cuts), len(said)]):
                writer.write(said[begin:end])
                await asyncio.sleep(0)
            expected = outcome(said)
            if expected is not None:
                assert await ending(reader) == expected
            else:
                gateway.publish(1)
                while (heard := await read(reader))[0] != 0x1:
                    assert heard[0] == 0xA
            writer.close()
        assert errors == []

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
