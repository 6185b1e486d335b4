"""Everything that a page offers to machines, by its path below the page's address. Pure: every replica makes the same bytes."""

from collections.abc import Mapping
from typing import Any

from public_api import badges, feeds, statuspage
from public_api.archive import Archive
from public_api.codings import Content

FEED_TYPES = {
    feeds.ATOM: "application/atom+xml; charset=utf-8",
    feeds.RSS: "application/rss+xml; charset=utf-8",
    feeds.JSON_FEED: "application/feed+json; charset=utf-8",
}


def make_files(document: Mapping[str, Any], archive: Archive, address: str) -> dict[str, Content]:
    """`address` is where the page is, without a slash at its end."""
    files = {path: Content("image/svg+xml; charset=utf-8", svg) for path, svg in badges.render(document).items()}
    for path, text in statuspage.render(document, archive, address).items():
        files[path] = Content("application/json; charset=utf-8", text)
    for path, text in feeds.render(document, archive, address).items():
        files[path] = Content(FEED_TYPES[path], text)
    return files
