"""The request by which a connection becomes a WebSocket (RFC 6455, section 4.2), and the answers to it. Pure."""

import binascii
import hashlib
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
_REFUSED = (
    "HTTP/1.1 {}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}"
)

Headers = list[tuple[bytes, bytes]]
Fields = dict[bytes, list[str]]


class NotUpgraded(Exception):
    """`answer` is what is to be sent instead."""

    def __init__(self, status: str, why: str = "", header: str = "") -> None:
        super().__init__(why)
        self.answer = _REFUSED.format(status, len(why), header, why).encode()


class Upgrade(NamedTuple):
    path: str
    query: dict[str, str]
    headers: Headers
    """Names in lower case."""
    fields: Fields
    """The same by name."""
    answer: bytes
    """With this the connection is a WebSocket."""


def read(request: bytes) -> Upgrade:
    """A request's whole head, which an HTTP server has read and found well-formed. Raises NotUpgraded."""
    first, *lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")
    method, _, target = first.rpartition(b" ")[0].partition(b" ")
    headers: Headers = []
    fields: Fields = {}
    for line in lines:
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        headers.append((name, value))
        fields.setdefault(name, []).append(value.decode("latin-1"))
    if method != b"GET":
        raise NotUpgraded("405 Method Not Allowed", "WebSockets begin with GET.", "Allow: GET\r\n")
    if b"transfer-encoding" in fields or fields.get(b"content-length", ["0"]) != ["0"]:
        raise NotUpgraded("400 Bad Request", "WebSockets begin without a body.")
    if fields.get(b"sec-websocket-version") != ["13"]:
        raise NotUpgraded("426 Upgrade Required", "The version must be 13.", "Sec-WebSocket-Version: 13\r\n")
    keys = fields.get(b"sec-websocket-key", [])
    if len(keys) != 1 or not _is_key(keys[0]):
        raise NotUpgraded("400 Bad Request", "There must be one key of 16 bytes.")
    accept = binascii.b2a_base64(hashlib.sha1(keys[0].encode() + _GUID, usedforsecurity=False).digest(), newline=False)
    return Upgrade(*_split(target), headers, fields, _ACCEPTED + accept + b"\r\n\r\n")


def _split(target: bytes) -> tuple[str, dict[str, str]]:
    path, _, query = target.decode("latin-1").partition("?")
    return unquote(path), dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def _is_key(key: str) -> bool:
    try:
        return len(binascii.a2b_base64(key, strict_mode=True)) == 16
    except ValueError:
        return False
