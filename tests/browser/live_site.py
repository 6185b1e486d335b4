"""A page that changes under its visitors: served as public-api serves it, with a stream of events that the test itself writes."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.position import Position
from common.tasks import end_task
from devstack.page_states import Document, archive
from devstack.teststack import eventually
from public_api.files import make_files
from public_api.pages import Pages, RenderedPage
from public_api.site.page import changes
from public_api.site.routes import router
from public_api.store.page import PageRecord

SLUG = "acme"
EPOCH = "abcdefghijkl"


def record(document: Document, version: int) -> PageRecord:
    position = Position(EPOCH, version)
    document = {**document, "page_version": version, "position": str(position)}
    document["organization"] = {**document["organization"], "slug": SLUG}
    return PageRecord(SLUG, SLUG, (), version, json.dumps(document), position, None, archive=archive(document))


class LiveSite:
    """Its server runs in a thread of its own; every method may be called from the test's."""

    def __init__(self, document: Document) -> None:
        self.asked: list[tuple[str, int, str]] = []
        """Path, status and If-None-Match of every answer."""
        self.since: list[str | None] = []
        """Where sockets wanted to go on from, one after the other."""
        self.hello: dict[str, Any] | None = {"recovered": True, "retry_after_ms": 0}
        """What a socket is greeted with; None: it is not let in."""
        self.is_away = False
        """Whether it answers every request with 503."""
        self.address = ""
        self.record = record(document, 7)
        self._pages = Pages(None, partial(make_files, page_address="https://*.example"))
        self._sockets: set[WebSocket] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def show(self, document: Document) -> dict[str, Any]:
        """Serve another document from now on. Returns the `page.changed` that turns the one before into it."""
        before, self.record = self.record, record(document, self.record.page_version + 1)
        self._call(self._put())
        return {
            "page_version": self.record.page_version,
            "previous_version": before.page_version,
            "position": str(self.record.position),
            "parts_complete": True,
            "parts": changes(before, self.record),
        }

    def go_back(self, document: Document, version: int) -> None:
        """Serve what a replica would that is behind."""
        self.record = record(document, version)
        self._call(self._put())

    def tell(self, data: dict[str, Any]) -> None:
        """Send an event to every socket."""
        self._call(self._send({"type": "page.changed", "position": data["position"], "data": data}))

    def hang_up(self, code: int) -> None:
        """End every socket."""
        self._call(self._close(code))

    @property
    def sockets(self) -> int:
        return len(self._sockets)

    @contextmanager
    def running(self) -> Iterator["LiveSite"]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listener.getsockname()[1]}/p/{SLUG}/"
        app = _Watched(self._app(), self)
        server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="live site")
        thread.start()
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join()
            listener.close()

    def _call(self, work: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _put(self) -> None:
        self._pages.put(self.record)
        await eventually(self._is_shown, "it is rendered")  # changes within 100 ms are rendered together
        await self._pages.files_made()

    def _is_shown(self) -> bool:
        page = self._pages.find(SLUG)
        return isinstance(page, RenderedPage) and page.record == self.record

    async def _send(self, frame: dict[str, Any]) -> None:
        for each in list(self._sockets):
            await each.send_json(frame)

    async def _close(self, code: int) -> None:
        for each in list(self._sockets):
            await each.close(code)

    def _app(self) -> FastAPI:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            self._loop = asyncio.get_running_loop()
            making = asyncio.create_task(self._pages.keep_files())
            await self._put()
            yield
            await end_task(making)
            self._pages.close()

        app = FastAPI(lifespan=lifespan)
        app.state.pages = self._pages
        app.state.loaded = lambda: True
        app.include_router(router)

        @app.websocket("/realtime/v1/{slug}")
        async def follow(each: WebSocket, slug: str) -> None:
            self.since.append(each.query_params.get("since"))
            await each.accept()
            if self.hello is None:
                await each.close(3002)
                return
            position = each.query_params.get("since", f"{EPOCH}-1")
            await each.send_json({"type": "hello", "position": position, **self.hello})
            self._sockets.add(each)
            try:
                while (await each.receive())["type"] != "websocket.disconnect":
                    pass
            finally:
                self._sockets.discard(each)

        return app


class _Watched:
    """Pure ASGI middleware that writes down what is asked for."""

    def __init__(self, app: ASGIApp, site: LiveSite) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                validator = dict(scope["headers"]).get(b"if-none-match", b"").decode()
                self._site.asked.append((scope["path"], message["status"], validator))
            await send(message)

        if scope["type"] == "http" and self._site.is_away:
            await Response(status_code=503)(scope, receive, noting)
        else:
            await self._app(scope, receive, noting if scope["type"] == "http" else send)
