"""What is read as a plain request for a socket, uvicorn and its parser read likewise: whatever bytes come."""

import asyncio
from typing import Any, cast
from unittest.mock import Mock

import uvicorn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from uvicorn.server import ServerState

from common.plain_heads import HEAD_MAX_BYTES, HEADERS_MAX_COUNT
from common.server import GuardedProtocol
from realtime_gateway.upgrade import Upgrade, read, read_plain

from .conftest import KEY
from .heads import DOUBTFUL, EDGE, PLAIN, head, with_

NEEDED = ["Host: any", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}"]
OTHERS = [
    "Origin: null", "X-Forwarded-For: 203.0.113.7, ::1", "X-Forwarded-For:  203.0.113.7", "Connection: close", "Upgrade: h2c", "Sec-WebSocket-Version: 8",
    "Sec-WebSocket-Key: QUFBQUFBQUFBQUFBQUFBQR==", "Content-Length: 0", "Transfer-Encoding: chunked", "Cookie: a=b", " folded", "X : y", "X:y", "X: y ",
    "Proxy-Connection: close", "X: \xff", "Sec-WebSocket-Protocol: x", "Sec-WebSocket-Key-Not: x", "TE: trailers", "Host: other", "Origin: https://x ",
]  # fmt: skip
PIECES = [
    b"GET", b"POST", b" ", b"/", b"?", b"HTTP/1.1", b"HTTP/1.0", b"\r\n", b"\r", b"\n", b"\r\n\r\n", b"\t", b":", b": ", b"\0", b"\xe9", b"%2e", b"+", b"&", b"=",
    b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n", b"Host: other\r\n", b",", b"0", b"==",
]  # fmt: skip
CONNECTIONS = ["Connection: Upgrade", "connection: keep-alive, Upgrade", "Connection: keep-alive,upgrade", "Connection: close, upgrade"]  # fmt: skip
heads = st.builds(
    lambda path, needed, others, end: head(path, "\r\n".join((*needed, *others)) + end),
    st.sampled_from(["/acme", "/acme?a=b", "/acme?types=a&since=&&x=y=z", "/acme?", "/a/b", "/"]),
    st.sampled_from(CONNECTIONS).flatmap(lambda connection: st.permutations([*NEEDED, connection])),
    st.lists(st.sampled_from(OTHERS), max_size=2),
    st.sampled_from(["", "", "\r\n", "\n"]),
)
strange = st.lists(st.sampled_from(PIECES), max_size=3).map(b"".join)
changed = st.builds(lambda head, at, piece: head[:at] + piece + head[at:], heads, st.integers(0, 300), strange)


def ordinarily(data: bytes) -> Upgrade:
    """What is read of a request for a socket that is the first on its connection, if uvicorn reads it and nothing else."""
    socket = Mock()
    config = uvicorn.Config(Starlette(), ws=cast(Any, lambda **_: socket), log_config=None)
    connection = GuardedProtocol(config, ServerState(), {}, Mock())
    connection.connection_made(Mock(asyncio.Transport))
    connection.data_received(data)
    ((given,),) = [call.args for call in socket.data_received.call_args_list]
    return read(given)


@settings(max_examples=1500, deadline=None)
@given(heads | changed)
@example(head())
def test_what_is_plain_uvicorn_reads_in_the_same_way(data: bytes) -> None:
    plain = read_plain(data)
    if plain is not None:
        assert plain == ordinarily(data)


def test_what_browsers_and_proxies_send_is_plain() -> None:
    for plain in PLAIN:
        assert read_plain(plain) == ordinarily(plain), plain
    by_edge = read_plain(head("/acme?types=a&since=b", EDGE))
    assert by_edge is not None
    assert by_edge[:5] == ("acme", {"types": "a", "since": "b"}, "acme.test", (), ("2001:db8::7, 203.0.113.7",))


def test_nothing_doubtful_is_plain() -> None:
    for name, doubtful in DOUBTFUL.items():
        assert read_plain(doubtful) is None, name
    for cut in range(len(head())):
        assert read_plain(head()[:cut]) is None
    assert read_plain(with_(*["X: y"] * HEADERS_MAX_COUNT)) is None
    assert read_plain(with_("X: " + "y" * HEAD_MAX_BYTES)) is None
