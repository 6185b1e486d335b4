"""Composition root of public-api: the fold beside, and independent of, the answers from memory."""

import asyncio
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI
from pydantic import AfterValidator, Field
from starlette.middleware import Middleware

from common import server, telemetry, web
from common.bus import Bus
from common.caller import authenticate
from common.clock import now
from common.consumption import look_at_dead_letters
from common.database import create_engine, is_unavailable
from common.known_access import KnownAccess
from common.metrics import CONSUMER_BEHIND_SECONDS, CONSUMER_WAITING, PAGE_AGE_SECONDS, PAGES, Look
from common.openapi import AUTHENTICATED
from common.outbox import Relay
from common.outbox_table import OutboxTable
from common.setting_types import DomainName, WritablePath
from common.settings import DatabaseSettings, Settings, load
from common.stream import JetStream, unread
from common.tasks import end_task
from public_api import store
from public_api.api import PREFIX, router
from public_api.documents import StoredDocuments
from public_api.files import make_files
from public_api.fold import Fold
from public_api.lane import lane_for
from public_api.machine_routes import router as machine_router
from public_api.pages import Pages
from public_api.preview import router as preview_router
from public_api.site.certificates import router as certificate_router
from public_api.site.finished import FinishedFiles
from public_api.site.history_routes import router as history_router
from public_api.site.hosts import PageHosts
from public_api.site.page import changes
from public_api.site.routes import router as site_router
from public_api.store.page import PageRecord

log = logging.getLogger(__name__)

CONFIRMED_SECONDS = 60.0
DOUBT_SECONDS = 1.0

_PAGE_ADDRESS = re.compile(r"https?://[^*\s]*\*([^*\s]*[^*\s/])?")


def _page_address(value: str) -> str:
    if _PAGE_ADDRESS.fullmatch(value) is None:
        raise ValueError(
            "must be a URL with one * for a page's name and no slash at its end, such as https://*.example.org"
        )
    return value


class PublicApiSettings(DatabaseSettings):
    snapshot_path: WritablePath | None = Field(
        default=None,
        description="a file that public-api keeps its pages in, to start with when PostgreSQL does not answer",
        examples=["/data/pages.jsonl"],
    )
    rendered_max_mb: int = Field(
        default=64,
        ge=1,
        description="MB of texts of pages that people ask for, kept ready in memory, which takes 1.7 times as much; others are made when asked for",
    )
    page_base_domain: DomainName = Field(
        default="localhost", description="pages have hosts below it, which nobody has to prove; the console is app.<it>"
    )
    page_address: Annotated[str, AfterValidator(_page_address)] = Field(
        default="http://*.localhost:8080", description="where visitors reach pages, with a * for a page's name"
    )


async def compare_parts(before: PageRecord | None, after: PageRecord) -> Mapping[str, str]:
    """In a thread: what people wrote may take a while to render."""
    return await asyncio.to_thread(changes, before, after)


class PublicApi:
    """Loads documents, from PostgreSQL or else from the snapshot, then folds. Ready as soon as it has documents."""

    def __init__(self, settings: PublicApiSettings) -> None:
        self.engine = create_engine(settings.database_url, application_name="public-api")
        self.history_engine = create_engine(settings.database_url, application_name="public-api history", pool_size=2)
        self._relay_engine = create_engine(
            settings.relay_database_url, application_name="public-api relay", pool_size=1
        )
        self._bus = Bus(settings, "public-api")
        self.outbox = OutboxTable(self._relay_engine, store.TABLES.outbox, "public-api", derived=["page.changed"])
        self._relay = Relay(self.outbox, self._bus)
        self.known_access = KnownAccess("public-api")
        self.pages = Pages(
            settings.snapshot_path,
            partial(make_files, page_address=settings.page_address),
            settings.rendered_max_mb * 1024 * 1024,
        )
        self._fold = Fold(StoredDocuments(self.engine), self.pages, self._relay.wake, compare_parts)
        self._loaded = asyncio.Event()
        self._tried = asyncio.Event()
        """To load, with or without success."""
        self._tasks: list[asyncio.Task[None]] = []
        self._started_at = now()

    def loaded(self) -> bool:
        return self._loaded.is_set()

    async def start(self) -> None:
        self._bus.start()
        self._relay.start()
        self._tasks = [
            asyncio.create_task(self._load_and_fold(), name="fold"),
            asyncio.create_task(self.known_access.follow(self._bus.connected), name="access"),
            asyncio.create_task(self._fold.refresh_due(), name="refresh"),
            asyncio.create_task(self.pages.keep_files(), name="files"),
            asyncio.create_task(self._doubt(), name="doubt"),
            asyncio.create_task(self.pages.keep_snapshot(), name="snapshot"),
        ]
        await self._tried.wait()

    async def stop(self) -> None:
        for task in self._tasks:
            await end_task(task)
        self.pages.close()
        await self._relay.stop()
        await self._bus.stop()
        for engine in (self.engine, self.history_engine, self._relay_engine):
            await engine.dispose()

    async def unready(self) -> str | None:
        if self.loaded():
            return None
        return "No documents yet: PostgreSQL does not answer and there is no local snapshot"

    async def age(self) -> str | None:
        since = self.pages.unconfirmed_since
        return f"Last confirmed {since:%Y-%m-%d %H:%M} UTC" if since else None

    def looks(self) -> list[Look]:
        async def pages() -> list[float]:
            known_at = self._fold.confirmed_at or self.pages.unconfirmed_since or self._started_at
            return [(now() - known_at).total_seconds(), len(self.pages)]

        async def behind() -> list[float]:
            quiet = (now() - (self._fold.confirmed_at or self._started_at)).total_seconds()
            return [quiet, unread(await self._bus.state(), self._fold.position, quiet)]

        return [
            Look("pages", [PAGE_AGE_SECONDS, PAGES], pages),
            Look("consumer", [CONSUMER_BEHIND_SECONDS, CONSUMER_WAITING], behind),
            self.outbox.look(),
            look_at_dead_letters(self._relay_engine, store.TABLES),
        ]

    async def _doubt(self) -> None:
        """Let pages say when they were last known to be the latest, once that was a while ago, for ever."""
        while True:
            before, confirmed_at = self.pages.unconfirmed_since, self._fold.confirmed_at
            if now() - (confirmed_at or self._started_at) > timedelta(seconds=CONFIRMED_SECONDS):
                # What came from a snapshot is doubted from the time it was written.
                self.pages.doubt(confirmed_at or before or self._started_at)
            elif confirmed_at is not None and before is not None:
                self.pages.doubt(None)
                log.info("up to date again", extra={"unconfirmed_since": before.isoformat()})
            await asyncio.sleep(DOUBT_SECONDS)

    async def _load_and_fold(self) -> None:
        while True:
            try:
                await self._fold.load()
                break
            except Exception as error:
                log.warning("documents cannot be loaded", extra={"reason": f"{type(error).__name__}: {error}"})
                if not is_unavailable(error):
                    log.exception("loading failed")
            if not self._loaded.is_set() and self.pages.load_snapshot():
                self._loaded.set()
                log.warning("serving the local snapshot", extra={"pages": len(self.pages)})
            self._tried.set()
            await asyncio.sleep(0.5)
        self._loaded.set()
        self._tried.set()
        await self._fold.run(JetStream(await self._bus.connected()))


def create_app() -> FastAPI:
    settings = load(PublicApiSettings)
    service = PublicApi(settings)
    app = web.create_app(
        title="Tidings public API",
        prefix=PREFIX,
        start=service.start,
        stop=service.stop,
        ready=[service.unready],
        notes=[service.age, service.outbox.note, service.known_access.note],
        looks=service.looks(),
        traced=False,
    )
    app.state.pages = service.pages
    authenticate(app, service.known_access)
    app.state.history_engine = service.history_engine
    app.state.loaded = service.loaded
    app.state.base_domain = settings.page_base_domain.lower()
    app.include_router(router)
    app.include_router(preview_router, responses=AUTHENTICATED)
    app.include_router(machine_router)
    app.include_router(history_router)
    app.include_router(site_router)
    app.include_router(certificate_router)
    # The innermost of all: what a request may bring is checked, and whose host it is, before.
    app.user_middleware.append(Middleware(FinishedFiles, pages=service.pages))
    app.add_middleware(PageHosts, base_domain=settings.page_base_domain)
    return app


def main() -> None:
    settings = load(Settings)
    telemetry.configure("public-api", settings.log_level)
    app = create_app()
    server.run(app, settings, http=lane_for(app.state.pages, app.state.base_domain))


if __name__ == "__main__":
    main()
