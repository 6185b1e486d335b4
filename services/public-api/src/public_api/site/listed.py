"""An incident or a window where it is listed among others: its title, how it stands, and when it was. Pure."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from public_api import caches
from public_api.site.outline import path_of
from public_api.site.rendering import as_json, html_of
from public_api.site.times import Times

Row = Mapping[str, Any]

_TOLD_ALWAYS = (
    "id", "title", "status", "impact",
    "started_at", "resolved_at", "scheduled_start", "scheduled_end", "completed_at", "cancelled_at",
)  # fmt: skip


def listed(row: Row, times: Times, home: str) -> Markup:
    """`home` leads to the page's own address."""
    return _listed(as_json(_told(row)), times, home)


def listed_at_length(row: Row, times: Times, home: str) -> Markup:
    """With what it was, and what was said last."""
    return _listed(as_json({**_told(row), "services": row["services"], "updates": row["updates"][:1]}), times, home)


def _told(row: Row) -> dict[str, Any]:
    return {**{name: row[name] for name in _TOLD_ALWAYS if name in row}, "path": path_of(row)}


@lru_cache(maxsize=caches.PARTS)
def _listed(row_json: str, times: Times, home: str) -> Markup:
    """Kept, because of all that are listed only few change at a time."""
    return Markup(html_of("listed.html", row=json.loads(row_json), times=times, home=home).strip())
