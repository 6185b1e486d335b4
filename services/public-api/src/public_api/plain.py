"""Which requests are so plain that the fast lane reads them itself: one GET or HEAD of a path, as `common.plain_heads` has it. A target with a host, a
query or an escape is not plain.
"""

from typing import NamedTuple

from common.plain_heads import TEXT, PlainHeads

_HEADS = PlainHeads(
    (b"GET ", b"HEAD "),
    r"(/[a-z0-9/._~-]*+)",
    {
        "host": r"([!-~]++)",
        "accept-encoding": TEXT,
        "if-none-match": TEXT,
        "connection": r"(keep-alive|close)",
    },
)


class Plain(NamedTuple):
    path: str
    host: str
    """In small letters, as what is accepted."""
    accept_encoding: str
    if_none_match: str | None
    is_head: bool
    closes: bool
    """Whether nothing more will be asked on this connection."""


def read(data: bytes) -> Plain | None:
    """The request that these bytes are. None: they are more or less than one, or not a plain one."""
    head = _HEADS.read(data)
    if head is None:
        return None
    _, host, accepted, tags, connection = head.groups(b"")
    if not host:
        return None
    # Names of files and validators are as they are written.
    return Plain(
        data[slice(*head.span(1))].decode(),
        host.decode(),
        accepted.decode(),
        data[slice(*head.span(4))].decode() if tags else None,
        data.startswith(b"HEAD"),
        connection == b"close",
    )
