"""What the lane answers is what the ordinary way answers, byte for byte, and counted as that is. Over real sockets."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from common import loud
from common.loud import Loudest
from common.metrics import HTTP_REQUEST_SECONDS
from common.server import Server
from devstack.teststack import eventually
from public_api.codings import CODINGS
from public_api.pages import Pages, RenderedPage
from public_api.site.script import SCRIPT_PATH

from .conftest import LONG_NAME, RECORD, Serve, Way

AT_OWN_HOST = "acme.localhost:8080"
FINISHED = [
    ("/p/acme/", "any"),
    ("/p/acme/api/v2/status.json", "127.0.0.1:8000"),
    ("/p/acme/badge.svg", "localhost"),
    (f"/p/acme/{SCRIPT_PATH}", "localhost"),
    ("/p/Status.Acme.test./", "status.acme.test"),
    ("/", AT_OWN_HOST),
    ("/badge.svg", AT_OWN_HOST.upper()),
    (f"/p/{LONG_NAME}/", "any"),
    ("/api/public/v1/pages/acme", AT_OWN_HOST),
    ("/api/public/v1/pages/status.acme.test/maintenance.ics", "any"),
]
"""By path and host."""
NOT_FINISHED = [
    ("/p/acme", "any"),
    ("/p/acme/x", "any"),
    ("/p/other/", "any"),
    ("/p/acme/?service=s", "any"),
    ("/p/acme/%62adge.svg", "any"),
    ("/p/acme/../acme/", "any"),
    ("//p/acme/", "any"),
    ("/p//", "any"),
    ("/", "any"),
    ("/p/acme/", AT_OWN_HOST),
    ("/health/live", AT_OWN_HOST),
    ("/health/live", "any"),
    ("/api/public/v1/pages/acme/", "any"),
    ("/api/public/v1/pages/acme/maintenance.ics/", "any"),
    ("/api/public/v1/pages/maintenance.ics", "any"),
    ("/api/public/v1/pages//maintenance.ics", "any"),
    (f"/api/public/v1/pages/{LONG_NAME}", "any"),
    ("/api/public/v1/pages/other", "any"),
]
ACCEPTED = [None, "identity", "gzip", "gzip, deflate, br, zstd", "BR;Q=0, *;q=0.5", "gzip;q=x"]
CONNECTIONS = [None, "keep-alive", "Close"]
_DATE = re.compile(rb"\r\ndate: [^\r]*")


def request(method: str, path: str, host: str, **headers: str | None) -> bytes:
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value is not None)
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{said}\r\n".encode()


class Visitor:
    """Asks one after the other, on one connection as long as that is kept."""

    def __init__(self, server: Server) -> None:
        self._port: int = server.servers[0].sockets[0].getsockname()[1]
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, asked: bytes) -> bytes:
        """The whole answer, but for its date."""
        if self._connection is None:
            self._connection = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._connection
        writer.write(asked)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        body = b"" if length is None or asked.startswith(b"HEAD") else await reader.readexactly(int(length[1]))
        if b"\r\nconnection: close" in head:
            assert await reader.read() == b""
            await self.leave()
        assert _DATE.search(head)
        return _DATE.sub(b"", head) + body

    async def leave(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            await self._connection[1].wait_closed()
        self._connection = None


def tags(pages: Pages) -> list[str | None]:
    """What one may have, or say to have, of the page."""
    page = pages.find("acme")
    assert isinstance(page, RenderedPage)
    known = [file.coded(coding).etag for file in page.files.values() for coding in (None, *CODINGS)]
    return [None, '"another"', "*", f'"another", W/{known[0]}, {known[2]}', ", ".join(known)]


def every_request(pages: Pages) -> Iterator[bytes]:
    for (path, host), method, accepted, tag, connection in product(
        FINISHED, ("GET", "HEAD"), ACCEPTED, tags(pages), CONNECTIONS
    ):
        headers = {"accept_encoding": accepted, "If_None_Match": tag, "CONNECTION": connection, "X_Other": "1"}
        yield request(method, path, host, **headers)


async def test_every_answer_of_the_lane_is_the_ordinary_one(
    serve: Serve, pages: Pages, lane: Way, ordinary: Way
) -> None:
    async with serve(lane) as quick, serve(ordinary) as slow:
        by_lane, by_route, asked = Visitor(quick), Visitor(slow), 0
        for each in every_request(pages):
            assert await by_lane.ask(each) == await by_route.ask(each), each
            asked += 1
        await by_lane.leave()
        await by_route.leave()
    assert (len(lane.parsed), len(ordinary.parsed)) == (0, asked)


async def test_what_is_not_finished_goes_the_ordinary_way(serve: Serve, lane: Way, ordinary: Way) -> None:
    asked = [request("GET", path, host) for path, host in NOT_FINISHED] + [request("POST", "/p/acme/", "any")]
    async with serve(lane) as quick, serve(ordinary) as slow:
        by_lane, by_route = Visitor(quick), Visitor(slow)
        for each in asked:
            assert await by_lane.ask(each) == await by_route.ask(each), each
        await by_lane.leave()
        await by_route.leave()
    assert len(lane.parsed) == len(asked)


async def test_who_asks_first_in_a_coding_has_it_made_by_the_ordinary_way(
    serve: Serve, pages: Pages, lane: Way
) -> None:
    page = pages.find("acme")
    assert isinstance(page, RenderedPage)
    for file in (page.document, page.calendar):
        file._made.clear()
    async with serve(lane) as server:
        visitor = Visitor(server)
        for path in ("/api/public/v1/pages/acme", "/api/public/v1/pages/acme/maintenance.ics"):
            parsed = len(lane.parsed)
            answers = [await visitor.ask(request("GET", path, "any", accept_encoding="br")) for _ in range(3)]
            assert len(set(answers)) == 1
            assert len(lane.parsed) == parsed + 1
        await visitor.leave()


async def test_who_asks_the_same_again_is_told_what_changed(serve: Serve, pages: Pages, lane: Way) -> None:
    async with serve(lane) as server:
        visitor, asked = Visitor(server), request("GET", "/api/public/v1/pages/acme", "any")
        for version in (2, 3):
            pages.put(replace(RECORD, page_version=version, document=f'{{"page_version": {version}}}'))
            await eventually(lambda version=version: is_shown(pages, version), "it is rendered")
            assert (await visitor.ask(asked)).endswith(f'{{"page_version": {version}}}'.encode())
        await visitor.leave()
    assert not lane.parsed


def is_shown(pages: Pages, version: int) -> bool:
    page = pages.find("acme")
    return isinstance(page, RenderedPage) and page.record.page_version == version


async def test_both_ways_are_counted_alike(
    serve: Serve, lane: Way, ordinary: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    for way in (ordinary, lane):
        monkeypatch.setattr(loud, "REQUESTS", Loudest(clock=lambda: 0))
        before = counts()
        async with serve(way) as server:
            visitor = Visitor(server)
            for (path, host), method, tag in product(FINISHED, ("GET", "HEAD"), ("*", None)):
                await visitor.ask(request(method, path, host, if_none_match=tag))
            await visitor.leave()
        counted.append({key: value - before.get(key, 0) for key, value in counts().items()})
    assert counted[0] == counted[1]
    assert sum(counted[0].values()) == 2 * 4 * len(FINISHED)


def counts() -> dict[object, float]:
    """Requests by method, route and status, and those of the organization."""
    samples = [sample for metric in HTTP_REQUEST_SECONDS.collect() for sample in metric.samples]
    found: dict[object, float] = {
        tuple(sample.labels.values()): sample.value for sample in samples if sample.name.endswith("_count")
    }
    return found | {each["organization_id"]: each["count"] for each in loud.REQUESTS.top()["this_minute"]}
