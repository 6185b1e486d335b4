"""A gateway of lean sockets without a process and NATS, what its clients say, and what they hear."""

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock
from uuid import UUID

import pytest_asyncio
from uvicorn.server import ServerState

from common.clock import now
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from devstack.teststack import eventually
from realtime_gateway.client import drop
from realtime_gateway.door import Door
from realtime_gateway.feed import Feed
from realtime_gateway.lean import Socket, Sockets
from realtime_gateway.members import Members
from realtime_gateway.protocol import Frame
from realtime_gateway.settings import GatewaySettings
from realtime_gateway.tickets import Tickets

EPOCH = "abcdefghijkl"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PATH = "/realtime/v1/acme"


def request(path: str = PATH, **headers: str) -> bytes:
    said = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY, **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return (
        f"GET {path} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\n{lines}\r\n".encode()
    )


def frame(first: int, payload: bytes = b"") -> bytes:
    """Of a client; the mask is zero."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xff" + struct.pack("!Q", size)
    return bytes([first]) + length + bytes(4) + payload


class Gateway:
    """What uvicorn does with a request for a WebSocket: it makes a protocol and hands it the head. `acme` has a page."""

    def __init__(self, **variables: Any) -> None:
        settings = GatewaySettings(nats_url="nats://unused", **variables)
        self.feed = Feed(settings)
        self.feed.hub.begin(Position(EPOCH, 0))
        self.feed.slugs = Mock(organization={"acme": "acme"}.get)
        self.tickets = Tickets()
        members = Members(self.feed.hub, cast(Any, SimpleNamespace(known=Mock(allows=lambda _: True))))
        self.state = ServerState()
        self.sockets = Sockets(settings, Door(settings, self.feed, self.tickets, members))
        self.made: list[Socket] = []
        self.port = 0

    def protocol(self) -> Socket:
        self.made.append(self.sockets(cast(Any, None), self.state, {}))
        return self.made[-1]

    async def connect(self, said: bytes | None = None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(said or request())
        return reader, writer

    async def greeted(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.connect()
        await reader.readuntil(b"\r\n\r\n")
        assert json.loads((await read(reader))[1])["type"] == "hello"
        return reader, writer

    def publish(self, number: int, size: int = 0) -> None:
        data = json.dumps([number, "x" * size]).encode()
        event = Envelope(
            UUID(int=1), "acme", Audience.PUBLIC, "incidents", "incident.opened", "1", 1, now(), data, None
        )
        self.feed.hub.publish(event, Frame.of(event, Position(EPOCH, number)))
        self.feed.hub.advance(Position(EPOCH, number))


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The server's next frame: its opcode and payload."""
    async with asyncio.timeout(10):
        first, size = await reader.readexactly(2)
        assert first & 0xF0 == 0x80
        if size > 125:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
        return first & 0x0F, await reader.readexactly(size)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Gateway]:
    made = Gateway()
    async with await asyncio.get_running_loop().create_server(made.protocol, "127.0.0.1", 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made
        for each in list(made.sockets.open):
            drop(each._transport)
        await eventually(lambda: not made.sockets.open, "all are gone")


@pytest_asyncio.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running() as made:
        yield made
