"""The request by which a connection becomes a WebSocket (RFC 6455, section 4.2), and the answers to it. Pure.

Mostly it comes as one plain head, and is read at once. Any other has been read by an HTTP server before, and is judged here. Of the same
bytes either way says the same.
"""

import binascii
import hashlib
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from common.plain_heads import TEXT, PlainHeads
from realtime_gateway.protocol import PREFIX

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
_REFUSED = (
    "HTTP/1.1 {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}"
)
_PLAIN = PlainHeads(
    (b"GET ",),
    rf"({PREFIX}/([a-z0-9-]++)(?:\?([a-z0-9=&._~,:-]*+))?+)",
    {
        "host": r"([!-~]++)",
        "upgrade": r"(websocket)",
        "connection": r"((?:keep-alive,\ ?+)?+upgrade)",
        "sec-websocket-version": r"(13)",
        "sec-websocket-key": r"([a-z0-9+/]{22}==)",
        "origin": r"([!-~]++)",
        "x-forwarded-for": TEXT,
    },
)
_SLUG, _QUERY, _HOST, _UPGRADE, _CONNECTION, _VERSION, _KEY, _ORIGIN, _FORWARDED = range(2, 11)


class NotUpgraded(Exception):
    """`answer` is what is to be sent instead."""

    def __init__(self, status: str, why: str = "", header: str = "") -> None:
        super().__init__(why)
        self.answer = _REFUSED.format(status, len(why), header, why).encode()


class Upgrade(NamedTuple):
    slug: str
    query: dict[str, str]
    host: str | None
    origins: Sequence[str]
    forwarded: Sequence[str]
    """Values of X-Forwarded-For."""
    answer: bytes
    """With this the connection is a WebSocket."""


def read_plain(data: bytes) -> Upgrade | None:
    """What the first bytes of a connection ask for. None: they are more or less than one request for a socket, or not a plain one."""
    head = _PLAIN.read(data)
    if head is None or not all(head.group(_HOST, _UPGRADE, _CONNECTION, _VERSION, _KEY)):
        return None

    def said(group: int) -> str:
        return data[head.start(group) : head.end(group)].decode()

    return Upgrade(
        said(_SLUG),
        # Nothing in it is escaped.
        {name: value for name, _, value in (part.partition("=") for part in said(_QUERY).split("&") if part)},
        said(_HOST),
        (said(_ORIGIN),) if head[_ORIGIN] else (),
        (said(_FORWARDED),) if head[_FORWARDED] else (),
        _answer(data[head.start(_KEY) : head.end(_KEY)]),
    )


def read(request: bytes) -> Upgrade:
    """A request's whole head, which an HTTP server has read and found well-formed. Raises NotUpgraded."""
    first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method, _, target = first.rpartition(b" ")[0].partition(b" ")
    fields: dict[bytes, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        fields.setdefault(name.lower(), []).append(value.strip().decode("latin-1"))
    if method != b"GET":
        raise NotUpgraded("405 Method Not Allowed", "WebSockets begin with GET.", "Allow: GET\r\n")
    if b"transfer-encoding" in fields or fields.get(b"content-length", ["0"]) != ["0"]:
        raise NotUpgraded("400 Bad Request", "WebSockets begin without a body.")
    if fields.get(b"sec-websocket-version") != ["13"]:
        raise NotUpgraded("426 Upgrade Required", "The version must be 13.", "Sec-WebSocket-Version: 13\r\n")
    keys = fields.get(b"sec-websocket-key", [])
    if len(keys) != 1 or not _is_key(keys[0]):
        raise NotUpgraded("400 Bad Request", "There must be one key of 16 bytes.")
    path, _, query = target.decode("latin-1").partition("?")
    before, _, slug = unquote(path).rpartition("/")
    if before != PREFIX or not slug:
        raise NotUpgraded("403 Forbidden")
    return Upgrade(
        slug,
        dict(parse_qsl(query, keep_blank_values=True)),
        fields.get(b"host", [None])[0],
        tuple(fields.get(b"origin", ())),
        tuple(fields.get(b"x-forwarded-for", ())),
        _answer(keys[0].encode()),
    )


def _answer(key: bytes) -> bytes:
    accept = hashlib.sha1(key + _GUID, usedforsecurity=False).digest()
    return _ACCEPTED + binascii.b2a_base64(accept, newline=False) + b"\r\n\r\n"


def _is_key(key: str) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        return False
