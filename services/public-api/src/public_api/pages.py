"""Finished documents in memory: what a GET answers, made when the document changes and not when somebody asks.

Rendering (compressing, hashing) happens at once for an organization's first change, then at most every 100 ms. What is made of a document
beside itself (`files`: the page for people, formats for machines) takes longer: a thread makes it, one organization after the other, and
until it is done the files before stand. A local snapshot file keeps the documents over a restart with everything else down; it is
replaced atomically, at most every 5 s.
"""

import asyncio
import gzip
import hashlib
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
from pydantic import TypeAdapter

from common.clock import now
from common.contracts.catalog import CustomDomain
from common.metrics import PAGE_RENDERING_SECONDS
from public_api.store.page import PageRecord

log = logging.getLogger(__name__)

RENDER_SECONDS = 0.1
SNAPSHOT_SECONDS = 5.0
SNAPSHOT_RESTS = 20
"""Times as long as writing it took: it is all documents each time, however many there are, and only one has changed."""
DUE_MAX = 200
BROTLI_QUALITY = 5
_DOCUMENT_SECONDS = PAGE_RENDERING_SECONDS.labels("document")
_FILES_SECONDS = PAGE_RENDERING_SECONDS.labels("files")
_SNAPSHOT_LINE = TypeAdapter(PageRecord)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to say. `headers` are those of its answers beside the usual ones."""

    media_type: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Representation:
    """The bytes of one content coding, with the strong validator of exactly these bytes."""

    coding: str | None
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class File:
    """The same content in every coding: a finished answer."""

    media_type: str
    identity: Representation
    gzip: Representation
    br: Representation | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """`files` are by their path below the page's address; "" is the page itself. Empty only until they are made for the first time."""

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


class Pages:
    def __init__(self, snapshot_path: Path | None) -> None:
        self._snapshot_path = snapshot_path
        self._records: dict[str, PageRecord] = {}
        self._rendered: dict[str, RenderedPage] = {}
        self._by_slug: dict[str, RenderedPage] = {}
        self._by_domain: dict[str, tuple[datetime, str]] = {}
        """When each custom domain was proved, and whose it is."""
        self._retired: dict[str, tuple[str, datetime]] = {}
        self._rendered_at: dict[str, float] = {}
        self._scheduled: dict[str, asyncio.TimerHandle] = {}
        self._changed = asyncio.Event()
        self._stale: asyncio.Queue[str] = asyncio.Queue()
        self._queued: set[str] = set()
        """What is in `_stale`: each organization once, however often it changes."""
        self.unconfirmed_since: datetime | None = None

    def __len__(self) -> int:
        return len(self._records)

    def find(self, slug: str) -> RenderedPage | Moved | None:
        """The page at a slug, or at a custom domain: in no slug is a dot."""
        if "." in slug:
            _, organization_id = self._by_domain.get(slug.lower().removesuffix("."), (None, ""))
            return self._rendered.get(organization_id)
        page = self._by_slug.get(slug)
        if page is not None:
            return page
        retired = self._retired.get(slug)
        return Moved(retired[0]) if retired is not None and retired[1] > now() else None

    def version(self, organization_id: str) -> int:
        """The version of an organization's document, 0 when there is none."""
        record = self._records.get(organization_id)
        return record.page_version if record else 0

    def put(self, record: PageRecord) -> None:
        """Take over an organization's document."""
        if self._records.get(record.organization_id) == record:
            return
        self._records[record.organization_id] = record
        self._changed.set()
        if record.organization_id in self._scheduled:
            return
        loop = asyncio.get_running_loop()
        wait = self._rendered_at.get(record.organization_id, float("-inf")) + RENDER_SECONDS - loop.time()
        if wait <= 0:
            self._render(record.organization_id)
        else:
            self._scheduled[record.organization_id] = loop.call_later(wait, self._render, record.organization_id)

    def doubt(self, since: datetime | None) -> None:
        """Since when documents are not known to be the latest; None: they are. Every page says so."""
        if since != self.unconfirmed_since:
            self.unconfirmed_since = since
            for organization_id in self._rendered:
                self._make_files_of(organization_id)

    def due(self, moment: datetime) -> list[str]:
        """Organizations whose document is to change by the mere passing of time, the most overdue first; a batch of them."""
        due = [record for record in self._records.values() if record.is_due(moment)]
        due.sort(key=lambda record: record.refresh_at or moment)
        return [record.organization_id for record in due[:DUE_MAX]]

    def close(self) -> None:
        for handle in self._scheduled.values():
            handle.cancel()

    def load_snapshot(self) -> bool:
        """Take over the documents that this replica wrote last, doubting them. False when there is no usable file."""
        if self._snapshot_path is None:
            return False
        try:
            with self._snapshot_path.open("rb") as file:
                written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
                records = [_SNAPSHOT_LINE.validate_json(line) for line in file]
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            log.warning("snapshot cannot be used", extra={"path": str(self._snapshot_path), "reason": repr(error)})
            return False
        self.doubt(written_at)
        for record in records:
            self.put(record)
        return bool(records)

    async def keep_snapshot(self) -> None:
        """Write the snapshot whenever documents changed, at most every 5 s and a twentieth of the time, for ever."""
        if self._snapshot_path is None:
            return
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.monotonic()
            try:
                await asyncio.to_thread(_write, self._snapshot_path, list(self._records.values()))
            except OSError as error:
                log.warning(
                    "snapshot cannot be written", extra={"path": str(self._snapshot_path), "reason": repr(error)}
                )
            await asyncio.sleep(max(SNAPSHOT_SECONDS, SNAPSHOT_RESTS * (time.monotonic() - began)))

    async def keep_files(self, make: MakeFiles) -> None:
        """Make the files of every document that changed, in a thread, for ever."""
        while True:
            organization_id = await self._stale.get()
            self._queued.discard(organization_id)
            page = self._rendered[organization_id]
            try:
                with _FILES_SECONDS.time():
                    files = await asyncio.to_thread(_made, make, page, self.unconfirmed_since)
            except Exception:
                log.exception("files cannot be made", extra={"organization_id": organization_id})
            else:
                self._show(replace(self._rendered[organization_id], files=files))
            finally:
                self._stale.task_done()

    async def files_made(self) -> None:
        """Wait until no document lacks its files."""
        await self._stale.join()

    def _render(self, organization_id: str) -> None:
        self._scheduled.pop(organization_id, None)
        record = self._records[organization_id]
        with _DOCUMENT_SECONDS.time():
            self._show(render(record, self._rendered.get(organization_id)))
        self._rendered_at[organization_id] = asyncio.get_running_loop().time()
        for retired in record.retired_slugs:
            self._retired[retired.slug] = (record.slug, retired.until)
        self._make_files_of(organization_id)

    def _make_files_of(self, organization_id: str) -> None:
        if organization_id not in self._queued:
            self._queued.add(organization_id)
            self._stale.put_nowait(organization_id)

    def _show(self, page: RenderedPage) -> None:
        record = page.record
        before = self._rendered.get(record.organization_id)
        if before is not None and self._by_slug.get(before.record.slug) is before:
            del self._by_slug[before.record.slug]
        self._rendered[record.organization_id] = self._by_slug[record.slug] = page
        self._take_domains(record, before.record.domains if before is not None else ())

    def _take_domains(self, record: PageRecord, before: Sequence[CustomDomain]) -> None:
        """A name that another organization had last goes to who proved it last: of two organizations' events either may come first."""
        for domain in before:
            if self._by_domain.get(domain.name, (None, ""))[1] == record.organization_id:
                del self._by_domain[domain.name]
        for domain in record.domains:
            held = (domain.proved_at or domain.created_at, record.organization_id)
            self._by_domain[domain.name] = max(held, self._by_domain.get(domain.name, held))


def render(record: PageRecord, before: RenderedPage | None = None) -> RenderedPage:
    """The bytes of an organization, with the files before. A calendar that did not change since is not made again."""
    document = _file(Content("application/json", record.document))
    if before is not None and before.record.calendar == record.calendar:
        return RenderedPage(record, document, before.calendar, before.files)
    calendar = _file(Content("text/calendar; charset=utf-8", record.calendar))
    return RenderedPage(record, document, calendar, before.files if before else {})


def _made(make: MakeFiles, page: RenderedPage, unconfirmed_since: datetime | None) -> dict[str, File]:
    """The files of a page, not compressed again where they say what they said before."""
    return {
        path: former if (former := page.files.get(path)) and _says(former, content) else packed(content)
        for path, content in make(page.record, unconfirmed_since).items()
    }


def _says(file: File, content: Content) -> bool:
    is_same_kind = (file.media_type, file.headers) == (content.media_type, content.headers)
    return is_same_kind and file.identity.body == content.text.encode()


def packed(content: Content) -> File:
    """In every coding."""
    identity = content.text.encode()
    compressed = brotli.compress(identity, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
    return replace(_file(content), br=Representation("br", compressed, f'"{_digest(identity)}-br"'))


def _file(content: Content) -> File:
    identity = content.text.encode()
    digest = _digest(identity)
    # No time in the gzip header: every replica makes the same bytes.
    compressed = gzip.compress(identity, compresslevel=6, mtime=0)
    return File(
        content.media_type,
        Representation(None, identity, f'"{digest}"'),
        Representation("gzip", compressed, f'"{digest}-gzip"'),
        headers=content.headers,
    )


def _digest(identity: bytes) -> str:
    return hashlib.sha256(identity).hexdigest()[:32]


def _write(path: Path, records: list[PageRecord]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(
        f"{path.name}.{socket.gethostname()}.{os.getpid()}"
    )  # in containers all have the same id
    with temporary.open("wb") as file:
        for record in records:
            file.write(_SNAPSHOT_LINE.dump_json(record) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
