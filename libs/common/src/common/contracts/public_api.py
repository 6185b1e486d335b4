"""What public-api publishes: the new values of the sections of a page that changed."""

from typing import Any

from pydantic import Field

from common.contracts.events import Contract, Payload
from common.contracts.values import Audience


class PageChanged(Payload):
    """Turns the page at `previous_version` into the page at `page_version`.

    `sections` maps a top level key of the aggregate to its new value. `complete` is false when the values were too large for
    an event; a reader then fetches the aggregate. `position` is the page's own: the last event of its organization in it.

    `parts` is for pages for people that are open: finished HTML by element id, to be put in place of the element. An id with a `?` is that of
    an attribute of an element: there unless the value is empty. `parts_complete` is as `complete`: without it there are none.
    """

    page_version: int
    previous_version: int
    position: str
    complete: bool = True
    sections: dict[str, Any]
    parts_complete: bool = False
    parts: dict[str, str] = Field(default_factory=dict)


PUBLIC_API_EVENTS = {
    "page.changed": Contract(
        "public-api", PageChanged, "The aggregated status view of an organization changed.", (Audience.PUBLIC,)
    ),
}
