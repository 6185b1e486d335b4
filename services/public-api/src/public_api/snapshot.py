"""Documents as they are kept beside what is served: compressed in memory, and in a local file over a restart with everything else down."""

import logging
import os
import socket
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from public_api.store.page import PageRecord

log = logging.getLogger(__name__)

_RECORD = TypeAdapter(PageRecord)
_FASTEST = 1  # A fifth of the size already; the best takes ten times as long and saves little more.


def pack(record: PageRecord) -> bytes:
    """A record in about a fifth of its size."""
    return zlib.compress(_RECORD.dump_json(record), _FASTEST)


def unpack(packed: bytes) -> PageRecord:
    return _RECORD.validate_json(zlib.decompress(packed))


def read_snapshot(path: Path) -> tuple[datetime, list[PageRecord]] | None:
    """When a snapshot was written, and its records; None when there is no usable one."""
    try:
        with path.open("rb") as file:
            written_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            return written_at, [_RECORD.validate_json(line) for line in file]
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("snapshot cannot be used", extra={"path": str(path), "reason": repr(error)})
        return None


def write_snapshot(path: Path, packed: Iterable[bytes]) -> None:
    """Replace the file in one step. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In containers all processes have the same id.
    temporary = path.with_name(f"{path.name}.{socket.gethostname()}.{os.getpid()}")
    with temporary.open("wb") as file:
        for record in packed:
            file.write(zlib.decompress(record) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
