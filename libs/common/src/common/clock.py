"""Time and ids: the two things a domain never makes for itself."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def now() -> datetime:
    return datetime.now(UTC)


def uuid7() -> UUID:
    """A time ordered id (RFC 9562, version 7). The standard library has it from Python 3.14 on."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def rfc3339(moment: datetime) -> str:
    """UTC with `Z`, as every time of Tidings is written."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
