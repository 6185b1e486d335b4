"""Serves the pages of documents as public-api does, from finished bytes, without anything behind it: for tests in a browser and pictures."""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI, WebSocket

from common.position import Position
from devstack.page_states import Document, archive
from public_api import api
from public_api.files import make_files
from public_api.pages import Pages, RenderedPage
from public_api.site.routes import router
from public_api.store.page import PageRecord

ADDRESS = "https://*.status.example"


@contextmanager
def serving(documents: Mapping[str, Document], *, live: bool = True) -> Iterator[str]:
    """The pages of documents, at /p/<slug>/ of the address that this gives. Unless `live`, no stream of events is to be had."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = _app({slug: _record(slug, document) for slug, document in documents.items()}, live)
    server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="pages")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _record(slug: str, document: Document) -> PageRecord:
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    position = Position.parse(document["position"])
    return PageRecord(slug, slug, (), document["page_version"], text, position, None, archive=archive(document))


def _app(records: Mapping[str, PageRecord], live: bool) -> FastAPI:
    pages = Pages(None, partial(make_files, page_address=ADDRESS))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for record in records.values():
            pages.put(record)
            page = pages.find(record.slug)
            assert isinstance(page, RenderedPage)
            assert await pages.files_of(page), f"no files of {record.slug}"
        yield
        pages.close()

    app = FastAPI(lifespan=lifespan)
    app.state.pages = pages
    app.state.loaded = lambda: True
    app.include_router(router)
    app.include_router(api.router)

    @app.websocket("/realtime/v1/{slug}")
    async def follow(socket: WebSocket, slug: str) -> None:
        """What the gateway says to somebody who missed nothing, when nothing happens."""
        page = pages.find(slug)
        if not live or not isinstance(page, RenderedPage):
            await socket.close()
            return
        await socket.accept()
        await socket.send_json({"type": "hello", "position": str(page.record.position), "recovered": True})
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass

    return app
