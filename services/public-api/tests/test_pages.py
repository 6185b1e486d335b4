"""Documents in memory: rendered at once and then at most every 100 ms, kept over a restart by a local file."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import brotli
import pytest
import pytest_asyncio

from common.clock import now
from common.contracts.catalog import CustomDomain, DomainStatus, RetiredSlug
from common.position import Position
from devstack.teststack import eventually
from public_api.codings import Content, File
from public_api.pages import Moved, Pages, RenderedPage
from public_api.snapshot import pack, unpack
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


class Maker:
    """Makes one file of a record, that says its version, and counts how often; not before it may."""

    def __init__(self) -> None:
        self.made: list[int] = []
        self.may = threading.Event()
        self.may.set()

    def __call__(self, record: PageRecord, unconfirmed_since: datetime | None) -> Mapping[str, Content]:
        self.made.append(record.page_version)
        self.may.wait(10)
        return {"": Content("text/plain", f"{record.page_version}" + " doubted" * bool(unconfirmed_since))}


def asked(pages: Pages, slug: str = "acme") -> RenderedPage:
    page = pages.find(slug)
    assert isinstance(page, RenderedPage)
    return page


def version(pages: Pages) -> int:
    return asked(pages).record.page_version


@pytest_asyncio.fixture
async def maker() -> Maker:
    return Maker()


@pytest_asyncio.fixture
async def pages(maker: Maker) -> AsyncIterator[Pages]:
    pages = Pages(None, maker)
    keeping = asyncio.create_task(pages.keep_files())
    yield pages
    maker.may.set()
    keeping.cancel()
    pages.close()


def test_the_codings_say_the_same_each_with_a_validator_of_its_own() -> None:
    content = Content("text/plain", "Größe ✓" * 100)
    unpacked = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
    files = File(content), File(content)
    for coding, unpack_body in unpacked.items():
        first, second = (file.coded(coding) for file in files)
        assert unpack_body(first.body) == content.text.encode()
        assert first == second, "every replica makes the same bytes"
        assert files[0].coded(coding) is first, "made once"
    assert len({files[0].coded(coding).etag for coding in unpacked}) == 3


def test_a_packed_record_is_the_same_and_smaller() -> None:
    record = replace(RECORD, document='{"name":"' + "Größe ✓" * 1000 + '"}')
    assert unpack(pack(record)) == record
    assert len(pack(record)) < len(record.document) / 5


async def test_nothing_is_made_of_a_page_that_nobody_asks_for(pages: Pages, maker: Maker) -> None:
    for number in range(1, 4):
        pages.put(replace(RECORD, page_version=number))
    pages.doubt(now())
    await pages.files_made()
    assert (maker.made, pages.version("acme")) == ([], 3)


async def test_all_who_ask_first_wait_for_the_same_files(pages: Pages, maker: Maker) -> None:
    pages.put(RECORD)
    maker.may.clear()
    asking = [asyncio.create_task(pages.files_of(asked(pages))) for _ in range(50)]
    await eventually(lambda: bool(maker.made), "they are being made")
    asking.pop().cancel()  # who goes away takes them from nobody
    maker.may.set()
    assert {files[""].content.text for files in await asyncio.gather(*asking)} == {"1"}
    assert maker.made == [1]


async def test_what_was_asked_for_is_there_before_it_is_asked_for_again(pages: Pages) -> None:
    pages.put(RECORD)
    (await pages.files_of(asked(pages)))[""].coded("br")
    pages.put(replace(RECORD, page_version=2))
    await eventually(lambda: asked(pages).files[""].content.text == "2", "it is made again")
    assert asked(pages).files[""]._made.keys() == {"br"}, "in the coding in which it was taken"
    pages.doubt(now())
    await eventually(lambda: asked(pages).files[""].content.text == "2 doubted", "it says that it is in doubt")


async def test_a_change_while_the_first_files_are_made_is_not_lost(pages: Pages, maker: Maker) -> None:
    pages.put(RECORD)
    maker.may.clear()
    first = asyncio.create_task(pages.files_of(asked(pages)))
    await eventually(lambda: maker.made == [1], "they are being made")
    pages.put(replace(RECORD, page_version=2))
    maker.may.set()
    await first
    await eventually(lambda: asked(pages).files[""].content.text == "2", "the change is made as well")


async def test_files_that_cannot_be_made_are_asked_for_again(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    pages.put(RECORD)
    broken = True

    def make(record: PageRecord, unconfirmed_since: datetime | None) -> Mapping[str, Content]:
        if broken:
            raise ValueError("a bug")
        return {"": Content("text/plain", "here")}

    pages._make_files = make
    assert await pages.files_of(asked(pages)) == {}
    assert "files cannot be made" in caplog.text
    broken = False
    assert (await pages.files_of(asked(pages)))[""].content.text == "here"


async def test_the_pages_longest_unasked_are_forgotten_when_there_is_no_room_and_still_answer(maker: Maker) -> None:
    large = replace(RECORD, document='"' + "x" * 1000 + '"', domains=(), retired_slugs=())
    pages = Pages(None, maker, rendered_max_bytes=2500)
    for slug in ("a", "b", "c"):
        pages.put(replace(large, organization_id=slug, slug=slug))
    first, second = asked(pages, "a"), asked(pages, "b")
    assert asked(pages, "a") is first
    asked(pages, "c")
    assert asked(pages, "a") is first
    again = asked(pages, "b")
    assert again is not second, "it was forgotten"
    assert again == second


async def test_the_first_change_shows_at_once_and_what_follows_later(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.pages.RENDER_SECONDS", 3600)
    pages.put(RECORD)
    assert version(pages) == 1
    for number in range(2, 100):
        pages.put(replace(RECORD, page_version=number))
        assert version(pages) == 2


async def test_the_last_of_a_burst_is_shown_in_the_end(pages: Pages) -> None:
    for number in range(1, 100):
        pages.put(replace(RECORD, page_version=number))
        version(pages)
    await eventually(lambda: version(pages) == 99, "the last one is shown")


async def test_nothing_is_rendered_after_the_end(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("public_api.pages.RENDER_SECONDS", 3600)
    pages.put(RECORD)
    assert version(pages) == 1
    for number in (2, 3):
        pages.put(replace(RECORD, page_version=number))
    [scheduled] = pages._scheduled.values()
    pages.close()
    assert scheduled.cancelled()


async def test_the_snapshot_brings_back_the_same_documents(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pages.jsonl"
    pages = Pages(path, Maker())
    writer = asyncio.create_task(pages.keep_snapshot())
    pages.put(RECORD)
    pages.put(replace(RECORD, organization_id="globex", slug="globex", retired_slugs=()))
    await eventually(path.exists, "the snapshot is written")
    writer.cancel()

    restored = Pages(path, Maker())
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
    pages = Pages(path, Maker())
    assert not pages.load_snapshot()
    assert len(pages) == 0


def test_no_snapshot_is_none(tmp_path: Path) -> None:
    assert not Pages(tmp_path / "none", Maker()).load_snapshot()
    assert not Pages(None, Maker()).load_snapshot()


async def test_a_snapshot_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.pages.SNAPSHOT_SECONDS", 0.0)
    path = tmp_path / "pages.jsonl"
    path.mkdir()
    pages = Pages(path, Maker())
    writer = asyncio.create_task(pages.keep_snapshot())
    pages.put(RECORD)
    await eventually(lambda: "snapshot cannot be written" in caplog.text, "the failure is logged")
    path.rmdir()
    pages.put(replace(RECORD, page_version=2))
    await eventually(path.is_file, "the snapshot is written later")
    writer.cancel()
