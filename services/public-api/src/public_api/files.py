"""Everything that is served below an organization's page, by its path there: the one list of it. Pure."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from public_api import machines
from public_api.archive import Archive
from public_api.codings import Content
from public_api.site import months, page, services
from public_api.site.rendering import doubted
from public_api.store.page import PageRecord


def make_files(record: PageRecord, unconfirmed_since: datetime | None, *, page_address: str) -> dict[str, Content]:
    """What a record's document is shown as, `unconfirmed_since` being since when it is not known to be the latest.

    `page_address` is where pages are, with a `*` for the slug: feeds need whole addresses. A page with a custom domain is there in the first
    place, and its other addresses say so to search engines.
    """
    address = address_of(record, page_address)
    document: dict[str, Any] = json.loads(record.document)
    others = {"maintenance.ics": Content("text/calendar; charset=utf-8", record.calendar)}
    # A snapshot that an older release wrote has no archive, or another one.
    archive = Archive.read(record.archive)
    if archive is not None:
        others |= machines.make_files(document, archive, address)
    pages = page.make(document, record.archive) | services.make(document, archive) | months.make(document, archive)
    if archive is not None:
        # What has left the page is still linked to from feeds.
        pages |= {path: page.item(document, row) for path, row in archive.by_path().items() if path not in pages}
    if unconfirmed_since is not None:
        time_zone = document["organization"]["time_zone"]
        pages = {path: doubted(each, unconfirmed_since, time_zone) for path, each in pages.items()}
    if record.domains:
        pages = {path: _canonical(each, f"{address}/{path}") for path, each in pages.items()}
    return pages | others


def address_of(record: PageRecord, page_address: str) -> str:
    """Where the page is, without a slash at its end: at the custom domain it has had longest, else where pages are."""
    if not record.domains:
        return page_address.replace("*", record.slug)
    parts = urlsplit(page_address.replace("*", record.slug))
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{record.domains[0].name}{port}"


def _canonical(page: Content, address: str) -> Content:
    return replace(page, headers={**page.headers, "Link": f'<{address}>; rel="canonical"'})
