"""One application, behind the fast lane and without it, and what either says to the same bytes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

import public_api.app
from common.contracts.catalog import CustomDomain, DomainStatus
from common.position import Position
from common.server import GuardedProtocol, Server
from devstack.teststack import eventually
from public_api.codings import CODINGS, Content, File
from public_api.lane import lane_for
from public_api.pages import Pages, RenderedPage
from public_api.site.script import SCRIPT
from public_api.store.page import PageRecord

MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
LONG_NAME = f"status.{'long' * 15}.test"
"""Longer than a slug may be."""
DOMAINS = tuple(
    CustomDomain(
        id=name, name=name, status=DomainStatus.PROVED, version=2,
        proved_at=MOMENT, failing_since=None, created_at=MOMENT, updated_at=MOMENT,
    )
    for name in ("status.acme.test", LONG_NAME)
)  # fmt: skip
RECORD = PageRecord(
    "acme", "acme", (), 1, '{"page_version": 1}', Position("abcdefghijkl", 7), None, "BEGIN:VCALENDAR", domains=DOMAINS
)
FILES = {
    "": Content("text/html; charset=utf-8", "<p>Größe" * 500, {"Content-Security-Policy": "default-src 'none'"}),
    "api/v2/status.json": Content("application/json", '{"status": {}}', {"Link": '<http://status.acme.test/>; rel="canonical"'}),
    "badge.svg": Content("image/svg+xml", "<svg/>", {"Cache-Control": "max-age=60"}),
}  # fmt: skip
DATE = b"Fri, 20 Nov 2026 00:00:00 GMT"


class Way(NamedTuple):
    """The lane, or the ordinary way."""

    http: type[GuardedProtocol]
    parsed: list[int]
    """Where there is an entry for each request that HTTP's parser began to read."""


@dataclass
class Wire(asyncio.Transport):
    """Remembers what is written. As the real one, it delivers nothing while reading is paused or after the end."""

    said: bytes = b""
    ended: bool = False
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.said += b"" if self.ended else bytes(data)

    def close(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.ended

    def pause_reading(self) -> None:
        self.reads.clear()

    def resume_reading(self) -> None:
        self.reads.set()

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


OpenWire = Callable[[Way], tuple[GuardedProtocol, Wire]]
Say = Callable[..., Awaitable[Wire]]
Serve = Callable[[Way], AbstractAsyncContextManager[Server]]


@pytest_asyncio.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """With one page, whose files are finished in every coding. It is not started, so nothing else is needed."""
    nowhere = "postgresql+asyncpg://nobody:secret@127.0.0.1:9/nothing"
    variables = {
        "DATABASE_URL": nowhere,
        "RELAY_DATABASE_URL": nowhere,
        "NATS_URL": "nats://127.0.0.1:9",
        "TOKEN_ISSUER": "https://issuer.test",
        "TOKEN_AUDIENCE": "tidings",
        "TOKEN_JWKS": "https://issuer.test/jwks",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"TIDINGS_{name}", value)
    monkeypatch.setattr(public_api.app, "make_files", lambda record, since, page_address: FILES)
    app = public_api.app.create_app()
    app.state.pages.put(RECORD)
    page = app.state.pages.find("acme")
    assert isinstance(page, RenderedPage)
    files = await app.state.pages.files_of(page)
    for file in (page.document, page.calendar, SCRIPT, *files.values()):
        finish(file)
    yield app
    app.state.pages.close()


def finish(file: File) -> None:
    for coding in (None, *CODINGS):
        file.coded(coding)


@pytest.fixture
def pages(app: FastAPI) -> Pages:
    pages: Pages = app.state.pages
    return pages


@pytest.fixture
def lane(pages: Pages) -> Way:
    return _watched(lane_for(pages, "localhost"))


@pytest.fixture
def ordinary() -> Way:
    return _watched(GuardedProtocol)


def _watched(http: type[GuardedProtocol]) -> Way:
    parsed: list[int] = []

    class Watched(http):  # type: ignore[valid-type, misc] # mypy wants to know which class it is
        def on_message_begin(self) -> None:
            parsed.append(1)
            super().on_message_begin()

    return Way(Watched, parsed)


def _config(app: FastAPI, way: Way) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        port=0,
        http=way.http,
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )


@pytest.fixture
def open_wire(app: FastAPI) -> OpenWire:
    """open_wire(way) is a connection without a socket, and its other end."""

    def open_wire(way: Way) -> tuple[GuardedProtocol, Wire]:
        config, state, wire = _config(app, way), ServerState(), Wire()
        config.load()
        state.default_headers = [(b"date", DATE)]
        connection = way.http(config=config, server_state=state, app_state={})
        connection.connection_made(wire)
        wire.protocol = connection
        wire.resume_reading()
        return connection, wire

    return open_wire


@pytest.fixture
def say(open_wire: OpenWire) -> Say:
    """say(way, chunks) hands over one chunk after the other to a connection, and waits until it has said everything.

    With `patient`, it waits before each chunk as well.
    """

    async def say(way: Way, chunks: Iterable[bytes], *, patient: bool = False) -> Wire:
        connection, wire = open_wire(way)
        for chunk in chunks:
            await wire.reads.wait()
            if wire.is_closing():
                break
            assert isinstance(wire.protocol, asyncio.Protocol)
            wire.protocol.data_received(chunk)
            if patient:
                await answered(connection)
        await answered(connection)
        wire.protocol.connection_lost(None)
        return wire

    return say


async def answered(connection: GuardedProtocol) -> None:
    """Wait until all that was asked is answered."""
    while connection.tasks:
        await asyncio.wait(connection.tasks)


@pytest.fixture
def serve(app: FastAPI) -> Serve:
    """serve(way) is a real server on a port of its own."""

    @asynccontextmanager
    async def serve(way: Way) -> AsyncIterator[Server]:
        server = Server(_config(app, way), None)
        serving = asyncio.create_task(server.serve())
        await eventually(lambda: server.started, "the server listens")
        yield server
        server.should_exit = True
        await serving

    return serve
