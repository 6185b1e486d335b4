"""Keyset pagination: a page is `items` and the `next_cursor` that continues after its last one (null at the end)."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, TypeAdapter

from common.contracts.values import UtcDatetime
from common.errors import Problem, invalid

Item = TypeVar("Item")
Row = TypeVar("Row")

_MOMENT: TypeAdapter[datetime] = TypeAdapter(UtcDatetime)

Limit = Annotated[int, Query(ge=1, le=100, description="items in the answer")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the answer before")]


class Page(BaseModel, Generic[Item]):
    items: list[Item]
    next_cursor: str | None


def encode_cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, parts: int) -> tuple[str, ...] | None:
    """The key that the cursor stands for, None without one. Raises a 422 for one that was not made here."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise invalid_cursor()
    return tuple(key)


def decode_time_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The key of a list in order of (time, id)."""
    key = decode_cursor(cursor, 2)
    if key is None:
        return None
    try:
        return _MOMENT.validate_python(key[0]), UUID(key[1])
    except ValueError:
        raise invalid_cursor() from None


def invalid_cursor() -> Problem:
    return invalid("query.cursor", "The cursor is not one that an answer gave.", type="invalid-cursor")


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[str, ...]]) -> tuple[Sequence[Row], str | None]:
    """From limit + 1 rows (one more than asked tells whether there are more), the page's rows and its next cursor."""
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, encode_cursor(*key(rows[-1]))
