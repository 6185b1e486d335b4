"""What OpenAPI tells of the answers that several routes give; `answers` and the routes give them."""

from typing import Any

from common.openapi import Answers, refuses, tells
from public_api.answers import CORS

_OPEN = ("Cache-Control", *CORS)
_RESTRICTED = ("Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options")
_HTML = {"text/html": {"schema": {"type": "string"}}}

NO_PAGE = (
    refuses(308, "The page has another address now", "Location", *_OPEN)
    | refuses(404, "There is no such page", *CORS)
    | refuses(503, "It cannot be read yet, or now", "Retry-After", *CORS)
)
"""Instead of what is asked of a page, to programs."""

NO_FILE = (
    tells(308, "Location", *_OPEN, description="The page has another address now")
    | tells(404, *CORS, *_RESTRICTED, description="No such page, or nothing of that kind on it", content=_HTML)
    | tells(503, "Retry-After", *CORS, *_RESTRICTED, description="It cannot be read yet", content=_HTML)
)
"""Instead of what is below a page's address, to people too."""

HISTORY = tells(200, *_OPEN)

CARD = tells(200, *_RESTRICTED, description="A document that holds what was asked for, without a script")


def finished(**said: Any) -> Answers:
    """Bytes that are made already; `said` as common.openapi.tells takes it."""
    return tells(200, "ETag", *_OPEN, **said) | tells(304, "ETag", *_OPEN, description="It has not changed")
