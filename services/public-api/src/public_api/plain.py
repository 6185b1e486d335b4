"""Which requests are so plain that the fast lane reads them itself. What is not is no error: HTTP's own parser has the last word.

A plain request is one GET or HEAD of HTTP/1.1 and nothing else, whole, without a body, in the form in which browsers and proxies write it. Of
everything about which programs that read HTTP have disagreed, so that one saw another request than the next, nothing is plain: a length or
encoding of a body, ends of lines other than CRLF, spaces around names, lines that go on, names of importance that come twice, targets
with a host, a query, an escape, and any byte but printable ASCII.
"""

import re
from typing import NamedTuple

HEAD_MAX_BYTES = 4096
HEADERS_MAX_COUNT = 50

# The whole of it, in small letters. Possessive, so it takes time in proportion to the head, whatever is in it. Each name of importance is taken
# once (`(?(2)(?!)|...)` is nothing where group 2 was found before), and what is not named here must not be one of them.
_HEAD = re.compile(
    rb"""
    (?:get|head)\ (/[a-z0-9/._~-]*+)\ http/1\.1
    (?:\r\n(?:
        (?!host:|accept-encoding:|if-none-match:|connection:|proxy-connection:|upgrade:|http2-settings:
          |content-length:|transfer-encoding:|te:|trailer:|expect:)[a-z0-9-]++:\ [^\r]*+
        |(?(2)(?!)|host:\ ([!-~]++))
        |(?(3)(?!)|accept-encoding:\ (?!\ )([^\r]*+)(?<!\ ))
        |(?(4)(?!)|if-none-match:\ (?!\ )([^\r]*+)(?<!\ ))
        |(?(5)(?!)|connection:\ (keep-alive|close))
    ))++\r\n\r\n
    """,
    re.VERBOSE,
)
_METHODS = (b"GET ", b"HEAD ")
_VERSION = b" HTTP/1.1\r\n"
_PRINTABLE = bytes(range(0x20, 0x7F))


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
    if len(data) > HEAD_MAX_BYTES or not data.startswith(_METHODS) or (head := _HEAD.fullmatch(data.lower())) is None:
        return None
    ends = data.translate(None, _PRINTABLE)
    lines = len(ends) // 2
    begin, end = head.span(1)
    if lines > HEADERS_MAX_COUNT + 2 or ends != b"\r\n" * lines or not data.startswith(_VERSION, end):
        return None
    _, host, accepted, tags, connection = head.groups(b"")
    if not host:
        return None
    # Names of files and validators are as they are written.
    return Plain(
        data[begin:end].decode(),
        host.decode(),
        accepted.decode(),
        data[slice(*head.span(4))].decode() if tags else None,
        data.startswith(b"HEAD"),
        connection == b"close",
    )
