"""Finished documents in memory: what a GET answers, made when the document changes and not when somebody asks.

Rendering (compressing, hashing) happens at once for an organization's first change, then at most every 100 ms. A local snapshot file
keeps the documents over a restart with everything else down; it is replaced atomically, at most every 5 s.
"""

import asyncio
import gzip
import hashlib
import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from common.clock import now
from public_api.store import PageRecord

log = logging.getLogger(__name__)

RENDER_SECONDS = 0.1
SNAPSHOT_SECONDS = 5.0
DUE_MAX = 200
_SNAPSHOT_LINE = TypeAdapter(PageRecord)


@dataclass(frozen=True, slots=True)
class Representation:
    """The bytes of one content coding, with the strong validator of exactly these bytes."""

    coding: str | None
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The same content in every coding."""

    identity: Representation
    gzip: Representation


@dataclass(frozen=True, slots=True)
class RenderedPage:
    record: PageRecord
    document: Rendered
    calendar: Rendered


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
        self._retired: dict[str, tuple[str, datetime]] = {}
        self._rendered_at: dict[str, float] = {}
        self._scheduled: dict[str, asyncio.TimerHandle] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._records)

    def find(self, slug: str) -> RenderedPage | Moved | None:
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

    def due(self, moment: datetime) -> list[str]:
        """Organizations whose document is to change by the mere passing of time, the most overdue first; a batch of them."""
        due = [record for record in self._records.values() if record.is_due(moment)]
        due.sort(key=lambda record: record.refresh_at or moment)
        return [record.organization_id for record in due[:DUE_MAX]]

    def close(self) -> None:
        for handle in self._scheduled.values():
            handle.cancel()

    def load_snapshot(self) -> bool:
        """Take over the documents that this replica wrote last. False when there is no usable file."""
        if self._snapshot_path is None:
            return False
        try:
            with self._snapshot_path.open("rb") as file:
                records = [_SNAPSHOT_LINE.validate_json(line) for line in file]
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            log.warning("snapshot cannot be used", extra={"path": str(self._snapshot_path), "reason": repr(error)})
            return False
        for record in records:
            self.put(record)
        return bool(records)

    async def keep_snapshot(self) -> None:
        """Write the snapshot whenever documents changed, at most every 5 s, for ever."""
        if self._snapshot_path is None:
            return
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await asyncio.to_thread(_write, self._snapshot_path, list(self._records.values()))
            except OSError as error:
                log.warning(
                    "snapshot cannot be written", extra={"path": str(self._snapshot_path), "reason": repr(error)}
                )
            await asyncio.sleep(SNAPSHOT_SECONDS)

    def _render(self, organization_id: str) -> None:
        self._scheduled.pop(organization_id, None)
        record = self._records[organization_id]
        before = self._rendered.get(organization_id)
        if before is not None and self._by_slug.get(before.record.slug) is before:
            del self._by_slug[before.record.slug]
        self._rendered[organization_id] = self._by_slug[record.slug] = render(record, before)
        self._rendered_at[organization_id] = asyncio.get_running_loop().time()
        for retired in record.retired_slugs:
            self._retired[retired.slug] = (record.slug, retired.until)


def render(record: PageRecord, before: RenderedPage | None = None) -> RenderedPage:
    """The bytes of an organization. A calendar that did not change since before is not made again."""
    if before is not None and before.record.calendar == record.calendar:
        return RenderedPage(record, _render(record.document), before.calendar)
    return RenderedPage(record, _render(record.document), _render(record.calendar))


def _render(content: str) -> Rendered:
    identity = content.encode()
    digest = hashlib.sha256(identity).hexdigest()[:32]
    # No time in the gzip header: every replica makes the same bytes.
    compressed = gzip.compress(identity, compresslevel=6, mtime=0)
    return Rendered(
        Representation(None, identity, f'"{digest}"'), Representation("gzip", compressed, f'"{digest}-gzip"')
    )


def _write(path: Path, records: list[PageRecord]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        for record in records:
            file.write(_SNAPSHOT_LINE.dump_json(record) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
