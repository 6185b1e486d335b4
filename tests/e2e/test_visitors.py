"""A thousand people have a page open: each change is brought to all of them, and nobody asks for anything."""

import asyncio
import json
import re
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest_asyncio
import websockets
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.teststack import Process, Service, Stack, eventually

CATALOG, INCIDENTS = "/api/catalog/v1", "/api/incidents/v1"
VISITORS = 1000
CONNECTING_AT_ONCE = 50
DESCRIPTORS = 4096


class Counting:
    """public-api, with every request to it counted. Pure ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append(scope["path"])
        await self._app(scope, receive, send)


class Visitor:
    """Does with a page what its script does: `site/script/live.js`."""

    def __init__(self, html: str, http: httpx.AsyncClient) -> None:
        self.version = 0
        self.position = ""
        self.live = False
        self.shown: dict[str, str] = {}
        """What was put in place of elements that were loaded, by their id."""
        self._loaded = ""
        self._http = http
        self._show(html)

    async def watch(self, gateway: str) -> None:
        address = f"{gateway}/realtime/v1/acme?types=page.changed&since={self.position}"
        async with websockets.connect(address, compression=None, open_timeout=60, ping_interval=None) as socket:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "hello":
                    self.live = True
                    if not frame["recovered"]:
                        await self._load()
                elif frame["type"] == "page.changed":
                    await self._take(frame["data"])

    async def _take(self, change: dict[str, object]) -> None:
        if change["page_version"] == self.version:
            return
        if not (change["parts_complete"] and change["previous_version"] == self.version):
            await self._load()
            return
        self.version = int(str(change["page_version"]))
        parts = change["parts"]
        assert isinstance(parts, dict)
        for id, html in parts.items():
            if any(f'id="{id}"' in text for text in (self._loaded, *self.shown.values())):
                self.shown = {other: its for other, its in self.shown.items() if f'id="{other}"' not in html}
                self.shown[id] = html

    async def _load(self) -> None:
        self._show((await self._http.get("/p/acme/")).text)

    def _show(self, html: str) -> None:
        found = re.search(r'data-version="(\d+)" data-position="([^"]+)"', html)
        assert found
        self.version, self.position = int(found[1]), found[2]
        self._loaded, self.shown = html, {}


@asynccontextmanager
async def watching(visitors: list[Visitor], gateway: Process) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Visitors who are connected while the block runs."""
    address = gateway.url.replace("http://", "ws://")
    tasks: list[asyncio.Task[None]] = []
    try:
        for first in range(0, len(visitors), CONNECTING_AT_ONCE):
            some = visitors[first : first + CONNECTING_AT_ONCE]
            tasks += [asyncio.create_task(visitor.watch(address)) for visitor in some]
            await eventually(lambda some=some: all(visitor.live for visitor in some), "they are connected")
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def services(stack: Stack) -> AsyncIterator[dict[str, Service]]:
    async with AsyncExitStack() as exits:
        names = ("catalog", "incidents", "public-api")
        yield {name: await exits.enter_async_context(stack.service(name)) for name in names}


@pytest_asyncio.fixture
async def gateway(stack: Stack) -> AsyncIterator[Process]:
    """One that lets all visitors in, although they come from one address; this process and that may have enough descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, DESCRIPTORS), hard), hard))
    gateway = stack.process("realtime-gateway", {"TIDINGS_SOCKETS_PER_ADDRESS": str(VISITORS)})
    gateway.start()
    resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (min(max(soft, DESCRIPTORS), hard), hard))
    await gateway.wait_until_ready()
    yield gateway
    gateway.kill()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_thousand_open_pages_follow_an_incident_without_a_request(
    services: dict[str, Service], gateway: Process
) -> None:
    catalog, incidents = services["catalog"].as_(), services["incidents"].as_()
    pages = services["public-api"].app.state.pages
    counting = Counting(services["public-api"].app)
    await catalog("POST", f"{CATALOG}/page", {"name": "Acme", "slug": "acme"})
    checkout = (await catalog("POST", f"{CATALOG}/services", {"name": "Checkout"})).json()["id"]
    visitors: list[Visitor] = []

    def served() -> str:
        """The page as it is now, looked at without a request."""
        page = pages.find("acme")
        return page.files[""].content.text if page and page.files else ""

    def all_show(text: str) -> bool:
        version = pages.version("acme")
        is_made = f'data-version="{version}"' in served() and text in served()
        return is_made and all(visitor.version == version for visitor in visitors)

    def is_well() -> bool:
        document = json.loads(pages.find("acme").record.document)
        return bool(document["services"][0]["status"] == "operational")

    async def said(**fields: object) -> None:
        path = f"{INCIDENTS}/incidents/{incident['id']}/updates"
        assert (await incidents("POST", path, fields)).status_code == 201

    await eventually(lambda: pages.find("acme"), "there is a page")
    await pages.files_of(pages.find("acme"))
    await eventually(lambda: all_show("Checkout"), "the page shows the service")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(counting), base_url="http://page") as http:
        loaded = (await http.get("/p/acme/")).text
        visitors += [Visitor(loaded, http) for _ in range(VISITORS)]
        async with watching(visitors, gateway) as tasks:
            counting.requests.clear()
            before = pages.version("acme")
            named = [{"service_id": checkout, "status": "major_outage"}]
            body = {"title": "Nobody can pay", "status": "investigating", "message": "We look.", "services": named}
            incident = (await incidents("POST", f"{INCIDENTS}/incidents", body)).json()
            await eventually(lambda: all_show("Nobody can pay"), "all show the incident")
            await said(message="A certificate expired.")
            await eventually(lambda: all_show("A certificate expired."), "all show the update")
            await said(status="resolved", message="It is renewed.")
            await eventually(lambda: is_well() and all_show("It is renewed."), "all show the end, and that all is well")

            assert counting.requests == []
            assert pages.version("acme") >= before + 3
            assert not any(task.done() for task in tasks), "nobody was disconnected"
            page = served()
            for visitor in visitors:
                assert {"banner", "incidents"} <= visitor.shown.keys()
                stale = [id for id, html in visitor.shown.items() if html not in page]
                assert stale == [], "what it shows is what is served"
