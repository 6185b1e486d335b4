"""What the lane reads itself, HTTP's parser reads likewise: whatever bytes come."""

import httptools
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.plain_heads import HEAD_MAX_BYTES, HEADERS_MAX_COUNT
from public_api import plain

from .test_refused import DOUBTFUL

PIECES = [
    b"GET", b"HEAD", b"POST", b" ", b"/", b"/p/acme/", b"HTTP/1.1", b"HTTP/1.0", b"\r\n", b"\r", b"\n", b"\r\n\r\n", b"\t", b":", b": ",
    b"Host: any\r\n", b"host: acme.localhost\r\n", b"Content-Length: 4\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n",
    b"Connection: upgrade\r\n", b"Upgrade: websocket\r\n", b"Proxy-Connection: close\r\n", b"Accept-Encoding: br\r\n", b"\0", b"\xe9", b"%2e", b"?", b"..",
    b"CONTENT-LENGTH", b"transfer-encoding", b",", b"0",
]  # fmt: skip
HEADERS = [
    b"Host: any", b"Host: acme.localhost:8080 ", b"Accept-Encoding: gzip, br", b"accept-encoding: ", b"If-None-Match: \"a\", W/\"b\"", b"Connection: close",
    b"connection: Keep-Alive", b"Connection: upgrade", b"Content-Length: 0", b"Transfer-Encoding: chunked", b"Upgrade: h2c", b"User-Agent: one (two; three)",
    b"Upgrade-Insecure-Requests: 1", b"Cookie: a=b; c=d", b" folded", b"X : y", b"X:y", b"Proxy-Connection: close", b"Content-Length-Not: 5", b"X: \xff",
]  # fmt: skip
heads = st.builds(
    lambda method, path, headers, end: method + b" " + path + b" HTTP/1.1\r\n" + b"\r\n".join(headers) + end,
    st.sampled_from([b"GET", b"HEAD"]),
    st.sampled_from([b"/", b"/p/acme/", b"//x", b"/a/../b"]),
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=5),
    st.sampled_from([b"\r\n\r\n", b"\r\n", b"\n\n", b"\r\n\r\n\r\n"]),
)
strange = st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join)


class Parsed:
    """What the parser that uvicorn uses makes of it."""

    def __init__(self, data: bytes) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.begun = self.complete = 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.begun += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.complete += 1
        self.keeps = self.parser.should_keep_alive()
        self.upgrades = self.parser.should_upgrade()

    def values(self, name: bytes) -> list[str]:
        return [value.decode() for said, value in self.headers if said == name]


@settings(max_examples=2000, deadline=None)
@given(st.one_of(heads, strange, st.builds(lambda head, at, piece: head[:at] + piece + head[at:], heads, st.integers(0, 200), strange)))  # fmt: skip
@example(b"GET / HTTP/1.1\r\nHost: any\r\n\r\n")
def test_what_is_plain_the_parser_reads_in_the_same_way(data: bytes) -> None:
    read = plain.read(data)
    if read is None:
        return
    parsed = Parsed(data)
    assert (parsed.begun, parsed.complete, parsed.upgrades) == (1, 1, False)
    assert parsed.parser.get_http_version() == "1.1"
    assert (parsed.parser.get_method().decode(), parsed.url.decode()) == ("HEAD" if read.is_head else "GET", read.path)
    assert httptools.parse_url(parsed.url).path in (parsed.url, b"/") or read.path.startswith("//")
    assert parsed.keeps is not read.closes
    assert [value.lower() for value in parsed.values(b"host")] == [read.host]
    accepted = [value.lower() for value in parsed.values(b"accept-encoding")]
    assert accepted == ([read.accept_encoding] if read.accept_encoding else [])
    assert parsed.values(b"if-none-match") == ([] if read.if_none_match is None else [read.if_none_match])
    for of_a_body in (b"content-length", b"transfer-encoding", b"expect"):
        assert parsed.values(of_a_body) == []


def test_nothing_doubtful_is_plain() -> None:
    for name, doubtful in DOUBTFUL.items():
        if name not in ("dots", "target of two slashes"):  # which are only names of files that are not there
            assert plain.read(doubtful) is None, name


def test_what_browsers_and_proxies_send_is_plain() -> None:
    head = (
        b"GET /p/acme/ HTTP/1.1\r\nHost: acme.localhost:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0\r\n"
        b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
        b'If-None-Match: "a-br"\r\nUpgrade-Insecure-Requests: 1\r\nCookie: a=b; c="d"\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\n'
    )
    assert plain.read(head) == plain.Plain(
        "/p/acme/", "acme.localhost:8080", "gzip, deflate, br, zstd", '"a-br"', is_head=False, closes=False
    )
    lines = head.split(b"\r\n")
    for cut in range(len(head)):
        assert plain.read(head[:cut]) is None
    assert plain.read(b"\r\n".join(lines[:2] + [b"X: y"] * HEADERS_MAX_COUNT) + b"\r\n\r\n") is None
    assert plain.read(b"\r\n".join([*lines[:2], b"X: " + b"y" * HEAD_MAX_BYTES]) + b"\r\n\r\n") is None
