"""Everything that is served below an organization's page, by its path there: the one list of it. Pure."""

import json
from typing import Any

from public_api.pages import Content
from public_api.site import page
from public_api.store import PageRecord


def make_files(record: PageRecord) -> dict[str, Content]:
    """What a record's document is shown as."""
    document: dict[str, Any] = json.loads(record.document)
    return {
        **page.make(document),
        "maintenance.ics": Content("text/calendar; charset=utf-8", record.calendar),
    }
