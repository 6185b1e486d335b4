"""The guard of a real uvicorn: connections whose head dawdles or bloats, and whose client does not read, are ended; ordinary ones are not disturbed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from common import server
from common.limits import HEADERS_MAX_BYTES
from common.server import GuardedProtocol, Server
from devstack.teststack import eventually

MUCH = 32 * 1024 * 1024  # more than the two systems keep for who does not read
HEAD = b"POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n"


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def much(_: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * MUCH)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.2)
    monkeypatch.setattr(server, "READ_SECONDS", 0.2)


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(
        routes=[Route("/length", length, methods=["POST"]), Route("/much", much), WebSocketRoute("/echo", echo)]
    )
    config = uvicorn.Config(app, port=0, http=GuardedProtocol, ws="websockets-sansio", log_config=None, lifespan="off")
    running = Server(config, None)
    task = asyncio.create_task(running.serve())
    await eventually(lambda: running.started, "the server listens")
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    await task


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """The status line and body of the next answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        return head.split(b"\r\n")[0] + b" " + await self.reader.readexactly(1)

    async def is_ended(self) -> bool:
        """Wait for the server to end the connection; the test's own time limit is the deadline."""
        try:
            return await self.reader.read() == b""
        except ConnectionError:
            return True


@pytest_asyncio.fixture
async def connection(port: int) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Connection(reader, writer)
    writer.close()


async def test_a_connection_that_says_nothing_is_ended(connection: Connection) -> None:
    assert await connection.is_ended()


async def test_a_head_that_never_ends_is_ended(connection: Connection) -> None:
    await connection.send(HEAD[:-4])
    assert await connection.is_ended()


async def test_a_head_that_comes_in_drops_is_ended_all_the_same(connection: Connection) -> None:
    async def drip() -> None:
        for byte in HEAD[:-4] + b"\r\nX-Slow: " + b"a" * 10_000:
            await connection.send(bytes([byte]))
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    assert await connection.is_ended()
    dripping.cancel()
    await asyncio.wait([dripping])


async def test_a_second_request_on_a_kept_connection_is_guarded_too(connection: Connection) -> None:
    await connection.send(HEAD + b"12345")
    assert await connection.answer() == b"HTTP/1.1 200 OK 5"
    await connection.send(HEAD[:-4])
    assert await connection.is_ended()


async def test_a_head_that_bloats_is_ended_before_its_time(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADER_SECONDS", 3600)
    bloat = b"POST /length HTTP/1.1\r\nHost: test\r\nX-Bloat: " + b"a" * (5 * HEADERS_MAX_BYTES)
    try:
        await connection.send(bloat)
    except ConnectionError:
        return
    assert await connection.is_ended()


async def test_who_does_not_read_the_answer_is_cut_off(connection: Connection) -> None:
    await connection.send(b"GET /much HTTP/1.1\r\nHost: test\r\n\r\n")
    await asyncio.sleep(1)  # longer than one may go without reading
    received = 0
    try:
        while chunk := await connection.reader.read(1 << 20):
            received += len(chunk)
    except ConnectionError:
        pass
    assert received < MUCH


async def test_a_kept_connection_may_rest_between_requests(connection: Connection) -> None:
    for _ in range(3):
        await connection.send(HEAD + b"12345")
        assert await connection.answer() == b"HTTP/1.1 200 OK 5"
        await asyncio.sleep(0.3)  # longer than a head may take


async def test_a_body_may_take_longer_than_a_head(connection: Connection) -> None:
    await connection.send(HEAD + b"123")
    await asyncio.sleep(0.3)
    await connection.send(b"45")
    assert await connection.answer() == b"HTTP/1.1 200 OK 5"


async def test_pipelined_requests_are_all_answered(connection: Connection) -> None:
    # Together more than one head may have: each is measured by itself.
    request = HEAD[:-4] + b"\r\nX-Long: " + b"a" * (HEADERS_MAX_BYTES - 200) + b"\r\n\r\n12345"
    await connection.send(request * 8)
    for _ in range(8):
        assert await connection.answer() == b"HTTP/1.1 200 OK 5"


async def test_a_websocket_lives_on_after_its_head(port: int) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{port}/echo") as socket:
        await asyncio.sleep(0.3)
        await socket.send("hello")
        assert await socket.recv() == "hello"
