"""Which requests are so plain that the fast lane reads them itself. What is not is no error: HTTP's own parser has the last word.

A plain request is one GET or HEAD of HTTP/1.1 and nothing else, whole, without a body, in the form in which browsers and proxies write it. Of
everything that HTTP parsers have disagreed about, so that one saw another request than the next, nothing is plain: another length than none,
other ends of lines than CRLF, spaces around names, lines that go on, names that come twice, other bytes than printable ASCII.
"""

import re
from typing import NamedTuple

HEAD_MAX_BYTES = 4096
HEADERS_MAX_COUNT = 50

# Possessive, so it takes time in proportion to the head: each byte is looked at once.
_HEAD = re.compile(rb"(GET|HEAD) (/[A-Za-z0-9/._~-]*+) HTTP/1\.1(?:\r\n[A-Za-z0-9-]++: [^\r]*+)++\r\n\r\n")
_PRINTABLE = bytes(range(0x20, 0x7F))
# Behind every CRLF a header begins, because the head is as above.
_SAYS = re.compile(
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
    if len(data) > HEAD_MAX_BYTES or (head := _HEAD.fullmatch(data)) is None:
        return None
    ends = data.translate(None, _PRINTABLE)
    lines = len(ends) // 2
    if lines > HEADERS_MAX_COUNT + 2 or ends != b"\r\n" * lines:
        return None
    found = _SAYS.findall(data)
    says = {name.lower(): value.strip(b" ") for name, value in found}
    if len(says) != len(found) or b"host" not in says or not says.keys() <= _READ:
        return None
    connection = says.get(b"connection", b"keep-alive").lower()
    if connection not in (b"keep-alive", b"close"):
        return None
    method, path = head.groups()
    has = says.get(b"if-none-match")
    return Plain(
        method.decode(),
        path.decode(),
        says[b"host"].decode(),
        says.get(b"accept-encoding", b"").decode(),
        None if has is None else has.decode(),
        connection == b"close",
    )
