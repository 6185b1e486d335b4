"""Pages in memory: what a GET answers, made when the document changes and not when somebody asks.

All documents are kept compressed, a few KB each. Of those that people ask for, the most recent ones are rendered besides: the document, the
calendar, and what else is made of them (`files`: the page for people, formats for machines). So an organization that nobody looks at
costs next to nothing, the first who looks waits some milliseconds, and after that every change is rendered before anybody asks: the
document at once for the first change, then at most every 100 ms, files in a thread, until when those before stand. All that was asked for in
some coding is made again in that coding. What was rendered is forgotten, the longest unasked first, once its texts are more than
`rendered_max_bytes`; the codings come on top, two thirds as much again.

A local snapshot file keeps the documents over a restart with everything else down (`snapshot.py`); it is replaced at most every 5 s.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from common.clock import now
from common.contracts.catalog import CustomDomain, RetiredSlug
from common.metrics import PAGE_RENDERING_SECONDS
from public_api.codings import Content, File
from public_api.snapshot import pack, read_snapshot, unpack, write_snapshot
from public_api.store.page import PageRecord

log = logging.getLogger(__name__)

RENDER_SECONDS = 0.1
SNAPSHOT_SECONDS = 5.0
SNAPSHOT_RESTS = 20
"""Times as long as writing it took: it is all documents each time, however many there are, and only one has changed."""
DUE_MAX = 200
_DOCUMENT_SECONDS = PAGE_RENDERING_SECONDS.labels("document")
_FILES_SECONDS = PAGE_RENDERING_SECONDS.labels("files")


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """`files` are by their path below the page's address; "" is the page itself. Empty until somebody asks for one (`Pages.files_of`)."""

    record: PageRecord
    document: File
    calendar: File
    files: Mapping[str, File] = field(default_factory=dict)


MakeFiles = Callable[[PageRecord, datetime | None], Mapping[str, Content]]
"""Pure: every replica makes the same files of the same record, and of since when it is not known to be the latest."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The slug was given up; the page is at another one now."""

    slug: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record, compressed, and what is asked of it without unpacking it."""

    packed: bytes
    slug: str
    retired_slugs: Sequence[RetiredSlug]
    domains: Sequence[CustomDomain]
    page_version: int
    refresh_at: datetime | None


class Pages:
    def __init__(
        self, snapshot_path: Path | None, make_files: MakeFiles, rendered_max_bytes: int = 64 * 1024 * 1024
    ) -> None:
        self._snapshot_path = snapshot_path
        self._make_files = make_files
        self._rendered_max_bytes = rendered_max_bytes
        self._kept: dict[str, _Kept] = {}
        self._by_slug: dict[str, str] = {}
        self._retired: dict[str, tuple[str, datetime]] = {}
        self._by_domain: dict[str, tuple[datetime, str]] = {}
        """When each custom domain was proved, and whose it is."""
        self._rendered: OrderedDict[str, RenderedPage] = OrderedDict()
        """The one that was asked for last is the last."""
        self._sizes: dict[str, int] = {}
        self._rendered_at: dict[str, float] = {}
        self._scheduled: dict[str, asyncio.TimerHandle] = {}
        self._making: dict[str, asyncio.Task[Mapping[str, File]]] = {}
        """Who is having files made: all who ask meanwhile wait for the same."""
        self._changed = asyncio.Event()
        self._stale: asyncio.Queue[str] = asyncio.Queue()
        self._queued: set[str] = set()
        """What is in `_stale`: each organization once, however often it changes."""
        self.unconfirmed_since: datetime | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, slug: str) -> RenderedPage | Moved | None:
        """The page at a slug, or at a custom domain: in no slug is a dot."""
        if "." in slug:
            _, organization_id = self._by_domain.get(slug.lower().removesuffix("."), (None, ""))
            return self._page(organization_id) if organization_id else None
        if (found := self._by_slug.get(slug)) is not None:
            return self._page(found)
        retired = self._retired.get(slug)
        return Moved(retired[0]) if retired is not None and retired[1] > now() else None

    async def files_of(self, page: RenderedPage) -> Mapping[str, File]:
        """What is below the page's address. Empty when it cannot be made, which is logged."""
        if page.files:
            return page.files
        return await asyncio.shield(self._make(page.record.organization_id))

    def version(self, organization_id: str) -> int:
        """The version of an organization's document, 0 when there is none."""
        kept = self._kept.get(organization_id)
        return kept.page_version if kept else 0

    def put(self, record: PageRecord) -> None:
        """Take over an organization's document."""
        organization_id, packed = record.organization_id, pack(record)
        before = self._kept.get(organization_id)
        if before is not None and before.packed == packed:
            return
        self._kept[organization_id] = _Kept(
            packed, record.slug, record.retired_slugs, record.domains, record.page_version, record.refresh_at
        )
        self._take_addresses(record, before)
        self._changed.set()
        if organization_id not in self._rendered or organization_id in self._scheduled:
            return
        loop = asyncio.get_running_loop()
        wait = self._rendered_at.get(organization_id, float("-inf")) + RENDER_SECONDS - loop.time()
        if wait <= 0:
            self._render(organization_id)
        else:
            self._scheduled[organization_id] = loop.call_later(wait, self._render, organization_id)

    def doubt(self, since: datetime | None) -> None:
        """Since when documents are not known to be the latest; None: they are. Every page says so."""
        if since != self.unconfirmed_since:
            self.unconfirmed_since = since
            for page in self._rendered.values():
                self._make_again(page)

    def due(self, moment: datetime) -> list[str]:
        """Organizations whose document is to change by the mere passing of time, the most overdue first; a batch of them."""
        due = [
            (kept.refresh_at, id) for id, kept in self._kept.items() if kept.refresh_at and kept.refresh_at <= moment
        ]
        return [id for _, id in sorted(due)[:DUE_MAX]]

    def close(self) -> None:
        for handle in self._scheduled.values():
            handle.cancel()
        for making in self._making.values():
            making.cancel()

    def load_snapshot(self) -> bool:
        """Take over the documents that this replica wrote last, doubting them. False when there is no usable file."""
        snapshot = read_snapshot(self._snapshot_path) if self._snapshot_path else None
        if snapshot is None:
            return False
        written_at, records = snapshot
        self.doubt(written_at)
        for record in records:
            self.put(record)
        return bool(records)

    async def keep_snapshot(self) -> None:
        """Write the snapshot whenever documents changed, at most every 5 s and a twentieth of the time, for ever."""
        path = self._snapshot_path
        if path is None:
            return
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.monotonic()
            try:
                await asyncio.to_thread(write_snapshot, path, [kept.packed for kept in self._kept.values()])
            except OSError as error:
                log.warning("snapshot cannot be written", extra={"path": str(path), "reason": repr(error)})
            await asyncio.sleep(max(SNAPSHOT_SECONDS, SNAPSHOT_RESTS * (time.monotonic() - began)))

    async def keep_files(self) -> None:
        """Make the files anew of every page that was asked for and has changed, one after the other, for ever."""
        while True:
            organization_id = await self._stale.get()
            self._queued.discard(organization_id)
            if (making := self._making.get(organization_id)) is not None:
                await asyncio.wait([making])  # what it makes is of the document before
            if organization_id in self._rendered:
                await asyncio.wait([self._make(organization_id)])
            self._stale.task_done()

    async def files_made(self) -> None:
        """Wait until no page that was asked for has files of the document before."""
        await self._stale.join()

    def _page(self, organization_id: str) -> RenderedPage:
        page = self._rendered.get(organization_id)
        if page is None:
            page = render(unpack(self._kept[organization_id].packed))
            self._show(page)
        self._rendered.move_to_end(organization_id)
        return page

    def _render(self, organization_id: str) -> None:
        self._scheduled.pop(organization_id, None)
        before = self._rendered.get(organization_id)
        if before is None:
            return  # forgotten meanwhile
        with _DOCUMENT_SECONDS.time():
            page = render(unpack(self._kept[organization_id].packed), before)
        self._rendered_at[organization_id] = asyncio.get_running_loop().time()
        self._show(page)
        self._make_again(page)

    def _make(self, organization_id: str) -> asyncio.Task[Mapping[str, File]]:
        making = self._making.get(organization_id)
        if making is None:
            making = self._making[organization_id] = asyncio.create_task(self._files(organization_id))
            making.add_done_callback(lambda _: self._making.pop(organization_id))
        return making

    async def _files(self, organization_id: str) -> Mapping[str, File]:
        page, since = self._page(organization_id), self.unconfirmed_since
        try:
            with _FILES_SECONDS.time():
                files = await asyncio.to_thread(_made, self._make_files, page, since)
        except Exception:
            log.exception("files cannot be made", extra={"organization_id": organization_id})
            return page.files
        present = self._rendered.get(organization_id)
        if present is not None:
            self._show(replace(present, files=files))
            if (present.record, self.unconfirmed_since) != (page.record, since):
                self._make_again(self._rendered[organization_id])
        return files

    def _make_again(self, page: RenderedPage) -> None:
        organization_id = page.record.organization_id
        if page.files and organization_id not in self._queued:
            self._queued.add(organization_id)
            self._stale.put_nowait(organization_id)

    def _show(self, page: RenderedPage) -> None:
        """Keep what was rendered, and forget as much of the rest as there is no room for."""
        organization_id = page.record.organization_id
        self._rendered[organization_id] = page
        self._sizes[organization_id] = _size(page)
        room = self._rendered_max_bytes - sum(self._sizes.values())
        while room < 0 and len(self._rendered) > 1:
            forgotten = next(id for id in self._rendered if id != organization_id)
            del self._rendered[forgotten]
            self._rendered_at.pop(forgotten, None)
            room += self._sizes.pop(forgotten)

    def _take_addresses(self, record: PageRecord, before: _Kept | None) -> None:
        """A name that another organization had last goes to who proved it last: of two organizations' events either may come first."""
        mine = record.organization_id
        if before is not None and self._by_slug.get(before.slug) == mine:
            del self._by_slug[before.slug]
        self._by_slug[record.slug] = mine
        for retired in record.retired_slugs:
            self._retired[retired.slug] = (record.slug, retired.until)
        for domain in before.domains if before else ():
            if self._by_domain.get(domain.name, (None, ""))[1] == mine:
                del self._by_domain[domain.name]
        for domain in record.domains:
            held = (domain.proved_at or domain.created_at, mine)
            self._by_domain[domain.name] = max(held, self._by_domain.get(domain.name, held))


def render(record: PageRecord, before: RenderedPage | None = None) -> RenderedPage:
    """The page of a record, with the files before."""
    document = Content("application/json", record.document)
    calendar = Content("text/calendar; charset=utf-8", record.calendar)
    if before is None:
        return RenderedPage(record, File(document), File(calendar))
    return RenderedPage(record, before.document.saying(document), before.calendar.saying(calendar), before.files)


def _made(make: MakeFiles, page: RenderedPage, unconfirmed_since: datetime | None) -> dict[str, File]:
    """The files of a page, finished like those before."""
    return {
        path: former.saying(content) if (former := page.files.get(path)) else File(content)
        for path, content in make(page.record, unconfirmed_since).items()
    }


def _size(page: RenderedPage) -> int:
    contents = [file.content for file in (page.document, page.calendar, *page.files.values())]
    return sum(len(content.text) for content in contents)
