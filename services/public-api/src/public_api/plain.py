"""Which requests are so plain that the fast lane reads them itself. What is not is no error: HTTP's own parser has the last word.

A plain request is one GET or HEAD of HTTP/1.1 and nothing else, whole, without a body, in the form in which browsers and proxies write it. Of
everything about which programs that read HTTP have disagreed, so that one saw another request than the next, nothing is plain: a length or
encoding of a body, ends of lines other than CRLF, spaces around names, lines that go on, names of importance that come twice, targets
with a host, a query, an escape, and any byte but printable ASCII.
"""

import re
from functools import lru_cache
from typing import NamedTuple

HEAD_MAX_BYTES = 4096
HEADERS_MAX_COUNT = 50

# Possessive: every byte is looked at once, whatever it is.
_HEAD = re.compile(rb"(GET|HEAD) (/[A-Za-z0-9/._~-]*+) HTTP/1\.1(?:\r\n[A-Za-z0-9-]++: [^\r]*+)++\r\n\r\n")
_PRINTABLE = bytes(range(0x20, 0x7F))
# Behind each CRLF a name begins, because the head is as above.
_OF_IMPORTANCE = re.compile(
    rb"\r\n(host|accept-encoding|if-none-match|connection"
    rb"|content-length|transfer-encoding|te|trailer|expect|upgrade|http2-settings|proxy-connection): ([^\r]*+)",
    re.IGNORECASE,
)
_READ = {b"host", b"accept-encoding", b"if-none-match", b"connection"}


class Plain(NamedTuple):
    method: str
    path: str
    host: str
    accept_encoding: str
    if_none_match: str | None
    closes: bool
    """Whether nothing more will be asked on this connection."""


def read(data: bytes) -> Plain | None:
    """The request that these bytes are. None: they are more or less than one, or not a plain one."""
    return _read(data) if len(data) <= HEAD_MAX_BYTES and data.startswith((b"GET ", b"HEAD ")) else None


# Who asks again on a connection that is kept says the same again. At most 1 MB, and nothing that has a body.
@lru_cache(maxsize=256)
def _read(data: bytes) -> Plain | None:
    head = _HEAD.fullmatch(data)
    ends = data.translate(None, _PRINTABLE)
    lines = len(ends) // 2
    if head is None or lines > HEADERS_MAX_COUNT + 2 or ends != b"\r\n" * lines:
        return None
    found = _OF_IMPORTANCE.findall(data)
    says = {name.lower(): value.decode() for name, value in found}
    if len(says) < len(found) or b"host" not in says or not says.keys() <= _READ:
        return None
    connection = says.get(b"connection", "keep-alive").lower()
    if connection not in ("keep-alive", "close") or any(value != value.strip() for value in says.values()):
        return None
    return Plain(
        method=head[1].decode(),
        path=head[2].decode(),
        host=says[b"host"],
        accept_encoding=says.get(b"accept-encoding", ""),
        if_none_match=says.get(b"if-none-match"),
        closes=connection == "close",
    )
