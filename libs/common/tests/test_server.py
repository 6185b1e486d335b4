"""A real uvicorn: connections whose head dawdles or bloats, and whose client does not read, are ended; ordinary ones are not disturbed,
not by a stop either."""

import asyncio
import contextlib
import socket
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


async def slow(_: Request) -> PlainTextResponse:
    await asyncio.sleep(0.3)
    return PlainTextResponse("5")


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
    monkeypatch.setattr(server, "REST_SECONDS", 0.3)


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Server]:
    routes = [Route("/length", length, methods=["POST"]), Route("/slow", slow), Route("/much", much)]
    app = Starlette(routes=[*routes, WebSocketRoute("/echo", echo)])
    config = uvicorn.Config(app, port=0, http=GuardedProtocol, ws="websockets-sansio", log_config=None, lifespan="off")
    running = Server(config, None)
    task = asyncio.create_task(running.serve())
    await eventually(lambda: running.started, "the server listens")
    yield running
    running.should_exit = True
    await task


@pytest.fixture
def port(running: Server) -> int:
    port: int = running.servers[0].sockets[0].getsockname()[1]
    return port


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

    async def last_answer(self) -> bytes:
        """All that comes until the server ends the connection."""
        return await self.reader.read()

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


async def test_who_speaks_before_its_websocket_is_answered_is_refused(connection: Connection) -> None:
    """It may not (RFC 6455, section 4.1), and of a frame that comes in part the rest would be read as another one."""
    upgrade = (
        b"Host: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
    )
    await connection.send(b"GET /echo HTTP/1.1\r\n" + upgrade + b"A" * 22 + b"==\r\n\r\n\x81\x85")
    assert (await connection.last_answer()).startswith(b"HTTP/1.1 400 ")


async def test_stopping_refuses_new_connections_and_answers_on_those_that_are_kept(
    running: Server, connection: Connection, port: int
) -> None:
    await connection.send(HEAD + b"12345")
    assert await connection.answer() == b"HTTP/1.1 200 OK 5"
    stopping = asyncio.create_task(running.shutdown())

    async def is_refused() -> bool:
        with contextlib.suppress(TimeoutError):
            try:
                (await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 0.05))[1].close()
            except ConnectionRefusedError:
                return True
        return False

    await eventually(is_refused, "new connections are refused")
    assert not stopping.done()
    await connection.send(HEAD + b"12345")
    answer = await connection.last_answer()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"\r\nconnection: close\r\n" in answer
    await stopping


async def test_stopping_lets_in_who_has_begun_to_connect(running: Server, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as knocking:  # the kernel has let it in, the server not yet
        knocking.sendall(HEAD + b"12345")
        await running.shutdown()
        assert knocking.recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_who_begins_to_connect_while_others_are_let_in_is_not_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        server.be_deaf(listener.fileno())
        with pytest.raises(TimeoutError):
            socket.create_connection(listener.getsockname(), timeout=0.1)
        listener.accept()[0].close()


async def test_a_request_under_way_when_a_stop_begins_is_told_to_be_the_last(
    running: Server, connection: Connection
) -> None:
    await connection.send(b"GET /slow HTTP/1.1\r\nHost: test\r\n\r\n")
    await eventually(lambda: running.server_state.tasks, "it is under way")
    _, answer = await asyncio.gather(running.shutdown(), connection.last_answer())
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"5")


async def test_a_connection_that_nobody_asks_on_does_not_hold_up_a_stop(
    running: Server, connection: Connection
) -> None:
    await connection.send(HEAD + b"12345")
    assert await connection.answer() == b"HTTP/1.1 200 OK 5"
    await running.shutdown()
    assert await connection.is_ended()
