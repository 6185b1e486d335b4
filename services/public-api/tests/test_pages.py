"""Documents in memory: rendered at once and then at most every 100 ms, kept over a restart by a local file."""

import asyncio
import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from common.clock import now
from common.contracts.catalog import CustomDomain, DomainStatus, RetiredSlug
from common.position import Position
from devstack.teststack import eventually
from public_api.pages import RENDER_SECONDS, Moved, Pages, RenderedPage, render
from public_api.store.page import PageRecord

RECORD = PageRecord(
    organization_id="acme",
    slug="acme",
    retired_slugs=(RetiredSlug(slug="old", until=now().replace(year=9999)),),
    page_version=1,
    document='{"name":"Größe ✓ \\u0000"}',
    position=Position("abcdefghijkl", 7),
    refresh_at=now(),
    calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    domains=(
        CustomDomain(
            id="d",
            name="status.acme.test",
            status=DomainStatus.PROVED,
            proved_at=now(),
            failing_since=None,
            version=2,
            created_at=now(),
            updated_at=now(),
        ),
    ),
)


def version(pages: Pages) -> int:
    page = pages.find("acme")
    assert isinstance(page, RenderedPage)
    return page.record.page_version


def test_the_codings_hold_the_same_document() -> None:
    page = render(RECORD)
    for rendered, content in ((page.document, RECORD.document), (page.calendar, RECORD.calendar)):
        assert rendered.identity.body == gzip.decompress(rendered.gzip.body) == content.encode()
    assert render(RECORD) == page, "every replica makes the same bytes"


async def test_the_first_change_shows_at_once_and_a_burst_together_soon_after() -> None:
    pages = Pages(None)
    for number in range(1, 100):
        pages.put(replace(RECORD, page_version=number))
        assert version(pages) == 1
    await eventually(lambda: version(pages) == 99, "the last one is shown", timeout=1)
    pages.put(replace(RECORD, page_version=100))
    pages.close()
    await asyncio.sleep(RENDER_SECONDS * 1.5)
    assert version(pages) == 99, "nothing is rendered after the end"


async def test_the_snapshot_brings_back_the_same_documents(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pages.jsonl"
    pages = Pages(path)
    writer = asyncio.create_task(pages.keep_snapshot())
    pages.put(RECORD)
    pages.put(replace(RECORD, organization_id="globex", slug="globex", retired_slugs=()))
    await eventually(path.exists, "the snapshot is written")
    writer.cancel()

    restored = Pages(path)
    assert restored.load_snapshot()
    assert len(restored) == 2
    assert restored.find("acme") == pages.find("acme")
    assert restored.find("old") == Moved("acme")
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no temporary file is left"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"{}", b"null\n", b"[1]\n", b'{"organization_id": "acme"', b"\n", b""]
)
def test_a_snapshot_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pages.jsonl"
    path.write_bytes(content)
    pages = Pages(path)
    assert not pages.load_snapshot()
    assert len(pages) == 0


def test_no_snapshot_is_none(tmp_path: Path) -> None:
    assert not Pages(tmp_path / "none").load_snapshot()
    assert not Pages(None).load_snapshot()


async def test_a_snapshot_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.pages.SNAPSHOT_SECONDS", 0.0)
    path = tmp_path / "pages.jsonl"
    path.mkdir()
    pages = Pages(path)
    writer = asyncio.create_task(pages.keep_snapshot())
    pages.put(RECORD)
    await eventually(lambda: "snapshot cannot be written" in caplog.text, "the failure is logged")
    path.rmdir()
    pages.put(replace(RECORD, page_version=2))
    await eventually(path.is_file, "the snapshot is written later")
    writer.cancel()
