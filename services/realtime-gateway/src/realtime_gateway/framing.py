"""WebSocket frames (RFC 6455) of a server: its own are built, and what a client sends is taken apart. Pure: bytes in, what was said out.

Invariants
- However the same bytes are cut into chunks, the same comes out of them.
- No more is kept than one message of `max_bytes` and the part of a frame that came: one that would be too large fails when its head is read.
- After a close or a failure nothing is read any more.
- No extension is ever agreed upon, so every reserved bit is a failure.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
CONTROL_MAX_BYTES = 125
_OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_PROTOCOL_ERROR, _NOT_UTF_8, _TOO_LARGE = 1002, 1007, 1009


class Message(NamedTuple):
    content: str | bytes


class Ping(NamedTuple):
    payload: bytes


class Pong(NamedTuple):
    payload: bytes


class Closing(NamedTuple):
    """The client ends the connection. `payload` (a code and a reason, or nothing) is to be sent back."""

    payload: bytes


class Failure(NamedTuple):
    """The client does what it may not; the connection is to end with this code."""

    code: int
    reason: str


Heard = Message | Ping | Pong | Closing | Failure


def head(opcode: int, size: int) -> bytes:
    """What stands before the payload of a whole message of a server."""
    first = 0x80 | opcode
    if size < 126:
        return bytes((first, size))
    return struct.pack("!BBH", first, 126, size) if size < 1 << 16 else struct.pack("!BBQ", first, 127, size)


def text(content: bytes) -> bytes:
    """A text message."""
    return head(TEXT, len(content)) + content


def texts(contents: Iterable[bytes]) -> bytes:
    """Text messages, one behind the other."""
    return b"".join(part for content in contents for part in (head(TEXT, len(content)), content))


def control(opcode: int, payload: bytes = b"") -> bytes:
    return head(opcode, len(payload)) + payload


def close(code: int, reason: str) -> bytes:
    return control(CLOSE, struct.pack("!H", code) + reason.encode())


class Parser:
    """Takes in what a client sends, in whatever chunks it comes."""

    __slots__ = ("_is_over", "_max_bytes", "_message", "_opcode", "_unread")

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._unread = bytearray()
        self._message = bytearray()
        # Of the message whose fragments are coming.
        self._opcode: int | None = None
        self._is_over = False

    @property
    def is_between_messages(self) -> bool:
        """Whether nothing is kept, and more may come: a new parser would be the same."""
        return not (self._unread or self._is_over or self._opcode is not None)

    def feed(self, chunk: bytes) -> list[Heard]:
        """What was said with this chunk."""
        heard: list[Heard] = []
        if self._is_over:
            return heard
        self._unread += chunk
        begin = 0
        try:
            while (frame := self._frame(begin)) is not None:
                is_last, opcode, payload, begin = frame
                if (said := self._take(opcode, payload, is_last=is_last)) is not None:
                    heard.append(said)
                if isinstance(said, Closing):
                    self._end()
                    return heard
        except _Failed as failed:
            heard.append(Failure(failed.code, failed.reason))
            self._end()
            return heard
        if begin:
            # Not cut off in place: a large buffer would be kept for as long as the connection.
            self._unread = self._unread[begin:]
        return heard

    def _frame(self, begin: int) -> tuple[bool, int, bytes, int] | None:
        """The frame there: whether it ends its message, its opcode, its payload, and where it ends. None while it is not complete."""
        unread = self._unread
        if len(unread) < begin + 2:
            return None
        first, second = unread[begin], unread[begin + 1]
        is_last, opcode, size, at = bool(first & 0x80), first & 0x0F, second & 0x7F, begin + 2
        self._check(first, opcode, size, is_last=is_last)
        if not second & 0x80:
            raise _Failed(_PROTOCOL_ERROR, "A client's frames must be masked.")
        if size >= 126:
            extended = 2 if size == 126 else 8
            if len(unread) < at + extended:
                return None
            size = int.from_bytes(unread[at : at + extended])
            at += extended
        if opcode < CLOSE and len(self._message) + size > self._max_bytes:
            raise _Failed(_TOO_LARGE, "The message is too large.")
        end = at + 4 + size
        if len(unread) < end:
            return None
        return is_last, opcode, _unmasked(unread[at + 4 : end], unread[at : at + 4]), end

    def _check(self, first: int, opcode: int, size: int, *, is_last: bool) -> None:
        """What is wrong about a frame by its first two bytes. Raises _Failed."""
        if first & 0x70:
            raise _Failed(_PROTOCOL_ERROR, "A reserved bit is set.")
        if opcode not in _OPCODES:
            raise _Failed(_PROTOCOL_ERROR, "The opcode is reserved.")
        if opcode >= CLOSE and not is_last:
            raise _Failed(_PROTOCOL_ERROR, "A control frame is fragmented.")
        if opcode >= CLOSE and size > CONTROL_MAX_BYTES:
            raise _Failed(_PROTOCOL_ERROR, "A control frame is too long.")
        if opcode == CONTINUATION and self._opcode is None:
            raise _Failed(_PROTOCOL_ERROR, "There is no message to continue.")
        if opcode in (TEXT, BINARY) and self._opcode is not None:
            raise _Failed(_PROTOCOL_ERROR, "The message before is not complete.")

    def _take(self, opcode: int, payload: bytes, *, is_last: bool) -> Heard | None:
        if opcode == PING:
            return Ping(payload)
        if opcode == PONG:
            return Pong(payload)
        if opcode == CLOSE:
            return _closing(payload)
        if opcode != CONTINUATION:
            self._opcode = opcode
        if not is_last:
            self._message += payload
            return None
        content = bytes(self._message) + payload if self._message else payload
        kind, self._opcode = self._opcode, None
        self._message = bytearray()
        return Message(_utf_8(content) if kind == TEXT else content)

    def _end(self) -> None:
        self._is_over = True
        self._unread, self._message = bytearray(), bytearray()


class _Failed(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def _closing(payload: bytes) -> Closing:
    if len(payload) == 1:
        raise _Failed(_PROTOCOL_ERROR, "A close code has two bytes.")
    if payload:
        code = int.from_bytes(payload[:2])
        # 1004 to 1006 and 1015 stand for what happened, and are never sent.
        if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
            raise _Failed(_PROTOCOL_ERROR, "There is no such close code.")
        _utf_8(payload[2:])
    return Closing(payload)


def _utf_8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _Failed(_NOT_UTF_8, "A text is not UTF-8.") from None


def _unmasked(payload: bytearray, mask: bytearray) -> bytes:
    # As one large number: byte by byte would take a hundred times as long.
    size = len(payload)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(repeated)).to_bytes(size)
