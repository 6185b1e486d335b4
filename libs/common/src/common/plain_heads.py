"""Heads of requests that are so plain that a service reads them itself, before HTTP's parser does. What is not plain is no error: the parser
has the last word on it, and gets the bytes as they came.

A plain head is that of one request of HTTP/1.1 and nothing else, whole, without a body, in the form in which browsers and proxies write it. Of
everything about which programs that read HTTP have disagreed, so that one saw another request than the next, nothing is plain: a length or
encoding of a body, ends of lines other than CRLF, spaces around names, lines that go on, names of importance that come twice, and any byte but
printable ASCII. Nor is what becomes another protocol, unless who reads it says in which form it may.
"""

import re
from collections.abc import Mapping

HEAD_MAX_BYTES = 4096
HEADERS_MAX_COUNT = 50

_DOUBTFUL = (
    "connection",
    "proxy-connection",
    "upgrade",
    "http2-settings",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "expect",
)
_VERSION = b" HTTP/1.1\r\n"
_PRINTABLE = bytes(range(0x20, 0x7F))
TEXT = r"(?!\ )([^\r]*+)(?<!\ )"
"""A value of which only the spaces around it are doubtful."""


class PlainHeads:
    """Those of one kind. `methods` are written with the space behind them. `target` and the values of `important`, the headers that are read,
    are expressions for small letters with one group, about themselves; `target` may have more groups inside."""

    def __init__(self, methods: tuple[bytes, ...], target: str, important: Mapping[str, str]) -> None:
        self._methods = methods
        names = "|".join(dict.fromkeys((*important, *_DOUBTFUL)))
        first = 1 + re.compile(target).groups
        # Each name of importance is taken once: `(?(2)(?!)|...)` is nothing where group 2 was found before.
        once = "".join(
            f"|(?({first + at})(?!)|{name}:\\ {value})" for at, (name, value) in enumerate(important.items())
        )
        method = b"|".join(methods).decode().lower().replace(" ", r"\ ")
        # The whole of it. Possessive, so it takes time in proportion to the head, whatever is in it.
        self._form = re.compile(
            rf"(?:{method}){target}\ http/1\.1(?:\r\n(?:(?!(?:{names}):)[a-z0-9-]++:\ [^\r]*+{once}))++\r\n\r\n".encode()
        )

    def read(self, data: bytes) -> re.Match[bytes] | None:
        """What these bytes say, in small letters: the target and the headers by their groups. None: they are more or less than one head, or
        not a plain one."""
        if (
            len(data) > HEAD_MAX_BYTES
            or not data.startswith(self._methods)
            or (head := self._form.fullmatch(data.lower())) is None
        ):
            return None
        ends = data.translate(None, _PRINTABLE)
        lines = len(ends) // 2
        is_plain = lines <= HEADERS_MAX_COUNT + 2 and ends == b"\r\n" * lines and data.startswith(_VERSION, head.end(1))
        return head if is_plain else None
