"""Where there is any doubt, the lane lets HTTP's parser have the bytes as they came: what is answered is what uvicorn without the lane answers.

Each attempt to smuggle is one that some server or proxy has once read in another way than its neighbour.
"""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Say, Way

PLAIN = b"GET /p/acme/ HTTP/1.1\r\nHost: any\r\n\r\n"
HEAD = b"HEAD /p/acme/badge.svg HTTP/1.1\r\nHost: any\r\nAccept-Encoding: br\r\n\r\n"
HAS_IT = b"GET / HTTP/1.1\r\nHost: acme.localhost\r\nIf-None-Match: *\r\n\r\n"
LAST = b"GET /api/public/v1/pages/acme HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"
ORDINARY = b"GET /p/acme/?service=s HTTP/1.1\r\nHost: any\r\n\r\n"
WITH_BODY = b"POST /p/acme/ HTTP/1.1\r\nHost: any\r\nContent-Length: 36\r\n\r\n" + PLAIN
CHUNKED = b"POST /p/acme/ HTTP/1.1\r\nHost: any\r\nTransfer-Encoding: chunked\r\n\r\n24\r\n" + PLAIN + b"\r\n0\r\n\r\n"
REQUESTS = [PLAIN, HEAD, HAS_IT, LAST, ORDINARY, WITH_BODY, CHUNKED]


def with_(*lines: bytes, first: bytes = b"GET /p/acme/ HTTP/1.1") -> bytes:
    return b"\r\n".join([first, b"Host: any", *lines]) + b"\r\n\r\n"


DOUBTFUL = {
    # What has a body, or might have.
    "length": with_(b"Content-Length: 36"),
    "length of nothing": with_(b"Content-Length: 0"),
    "lengths": with_(b"Content-Length: 0", b"content-length: 36"),
    "length with a sign": with_(b"Content-Length: +36"),
    "chunked": with_(b"Transfer-Encoding: chunked"),
    "chunked and length": with_(b"Content-Length: 36", b"Transfer-Encoding: chunked"),
    "length and chunked": with_(b"Transfer-Encoding: chunked", b"Content-Length: 36"),
    "chunked by another name": with_(b"Transfer-Encoding: xchunked"),
    "chunked in capitals": with_(b"TRANSFER-ENCODING: CHUNKED"),
    "chunked behind a space": with_(b"Transfer-Encoding : chunked"),
    "chunked behind a tab": with_(b"Transfer-Encoding:\tchunked"),
    "chunked at once": with_(b"Transfer-Encoding:chunked"),
    "chunked behind a bare line feed": with_(b"X: y\nTransfer-Encoding: chunked"),
    "chunked behind a bare carriage return": with_(b"X: y\rTransfer-Encoding: chunked"),
    "chunked on a line that goes on": with_(b"Transfer-Encoding:\r\n chunked"),
    "length on a line that goes on": with_(b"X: y\r\n Content-Length: 36"),
    "a first header that goes on": b"GET /p/acme/ HTTP/1.1\r\n Content-Length: 36\r\nHost: any\r\n\r\n",
    "trailers that may come": with_(b"TE: trailers"),
    "trailers that will come": with_(b"Trailer: X"),
    "expects": with_(b"Expect: 100-continue"),
    # What becomes another protocol.
    "websocket": with_(
        b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: " + b"A" * 22 + b"=="
    ),
    "HTTP/2": with_(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    "upgrade alone": with_(b"Upgrade: h2c"),
    "preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "connection of several": with_(b"Connection: keep-alive, close"),
    "connections": with_(b"Connection: keep-alive", b"Connection: close"),
    "connection of proxies": with_(b"Proxy-Connection: close"),
    # Which host, which target, which version.
    "hosts": with_(b"Host: acme.localhost"),
    "no host": b"GET /p/acme/ HTTP/1.1\r\nAccept: */*\r\n\r\n",
    "no header": b"GET /p/acme/ HTTP/1.1\r\n\r\n",
    "host behind a space": b"GET / HTTP/1.1\r\nHost : acme.localhost\r\n\r\n",
    "host before spaces": b"GET / HTTP/1.1\r\nHost: acme.localhost \r\n\r\n",
    "host after spaces": b"GET / HTTP/1.1\r\nHost:  acme.localhost\r\n\r\n",
    "host of no ASCII": b"GET / HTTP/1.1\r\nHost: acme.localho\xc5\xbft\r\n\r\n",
    "absolute target": with_(first=b"GET http://acme.localhost/p/acme/ HTTP/1.1"),
    "target of two slashes": with_(first=b"GET //acme.localhost/p/acme/ HTTP/1.1"),
    "target with a fragment": with_(first=b"GET /p/acme/#x HTTP/1.1"),
    "target with a space": with_(first=b"GET /p/acme/ x HTTP/1.1"),
    "target of no ASCII": with_(first="GET /p/acme/é HTTP/1.1".encode()),
    "target with parameters": with_(first=b"GET /p/acme/;x HTTP/1.1"),
    "escaped": with_(first=b"GET /p/%61cme/ HTTP/1.1"),
    "dots": with_(first=b"GET /p/acme/../acme/ HTTP/1.1"),
    "a query": with_(first=b"GET /p/acme/? HTTP/1.1"),
    "no version": b"GET /p/acme/\r\n\r\n",
    "HTTP/1.0": with_(b"Connection: keep-alive", first=b"GET /p/acme/ HTTP/1.0"),
    "HTTP/1.2": with_(first=b"GET /p/acme/ HTTP/1.2"),
    "spaces": with_(first=b"GET  /p/acme/  HTTP/1.1"),
    "a method in small letters": with_(first=b"get /p/acme/ HTTP/1.1"),
    "a version in small letters": with_(first=b"GET /p/acme/ http/1.1"),
    "another method": with_(first=b"OPTIONS /p/acme/ HTTP/1.1"),
    # What is no header, or too much of it.
    "NUL": with_(b"X: \0"),
    "a control character": with_(b"X: \x7f"),
    "other bytes": with_(b"X: \xff"),
    "a name with other bytes": with_(b"X\xff: y"),
    "an empty name": with_(b": y"),
    "no colon": with_(b"X"),
    "tags twice": with_(b"If-None-Match: x", b"If-None-Match: *"),
    "codings twice": with_(b"Accept-Encoding: identity", b"Accept-Encoding: br"),
    "codings after spaces": with_(b"Accept-Encoding:  br"),
    "tags after spaces": with_(b"If-None-Match:  *"),
    "tags before spaces": with_(b"If-None-Match: * "),
    "codings of nothing": with_(b"Accept-Encoding: "),
    "tags of nothing": with_(b"If-None-Match: "),
    "bare line feeds": PLAIN.replace(b"\r\n", b"\n"),
    "an empty line before": b"\r\n" + PLAIN,
    "an empty line behind": PLAIN + b"\r\n",
    "too many": with_(*[b"X: y"] * 101),
    "too much": with_(b"X: " + b"y" * 33_000),
}  # fmt: skip


async def test_what_is_doubtful_is_answered_as_without_the_lane(say: Say, lane: Way, ordinary: Way) -> None:
    for name, doubtful in DOUBTFUL.items():
        for chunks in ([doubtful], [doubtful, PLAIN], [doubtful + PLAIN], [PLAIN, doubtful, PLAIN, LAST]):
            parsed = len(lane.parsed), len(ordinary.parsed)
            # Else uvicorn forgets who asked before, where it cannot read what comes behind.
            by_lane, by_route = await say(lane, chunks, patient=True), await say(ordinary, chunks, patient=True)
            assert (by_lane.said, by_lane.ended) == (by_route.said, by_route.ended), (name, chunks)
            taken = len(ordinary.parsed) - parsed[1] - (len(lane.parsed) - parsed[0])
            # The lane may only have had what is plain and came by itself.
            assert taken <= chunks.count(PLAIN) + chunks.count(LAST), (name, chunks)
            assert taken >= (chunks[0] == PLAIN), (name, chunks)


@pytest.mark.parametrize("request_", [PLAIN, HEAD, HAS_IT, LAST, WITH_BODY, CHUNKED])
async def test_a_request_in_two_pieces_is_answered_as_in_one(
    say: Say, lane: Way, ordinary: Way, request_: bytes
) -> None:
    whole = (await say(ordinary, [request_, PLAIN])).said
    for cut in range(1, len(request_)):
        pieces = [request_[:cut], request_[cut:], PLAIN]
        assert (await say(lane, pieces)).said == whole, cut


async def test_what_comes_in_one_piece_is_left_to_the_parser_whole(say: Say, lane: Way, ordinary: Way) -> None:
    for mixed in (PLAIN + PLAIN, PLAIN + ORDINARY + HEAD, ORDINARY + PLAIN, HAS_IT + LAST, LAST + PLAIN, PLAIN + b"GE"):
        parsed = len(lane.parsed)
        assert (await say(lane, [mixed])).said == (await say(ordinary, [mixed])).said, mixed
        assert len(lane.parsed) > parsed


async def test_after_what_the_parser_had_the_lane_goes_on(say: Say, lane: Way, ordinary: Way) -> None:
    for before in (ORDINARY, WITH_BODY, CHUNKED):
        wire = await say(ordinary, [before, PLAIN, HEAD, LAST])
        assert (await say(lane, [before, b"", PLAIN, HEAD, LAST])).said == wire.said


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    requests=st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=5),
    cuts=st.sets(st.integers(1, 800), max_size=6),
    edges=st.booleans(),
)
async def test_however_it_comes_in_pieces_the_answers_are_the_same(
    say: Say, lane: Way, ordinary: Way, requests: list[bytes], cuts: set[int], edges: bool
) -> None:
    sent, ends = b"".join(requests), [sum(map(len, requests[:count])) for count in range(len(requests) + 1)]
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent)), *(ends if edges else ())})
    pieces = [sent[begin:end] for begin, end in pairwise(places)]
    by_lane, by_route = await say(lane, pieces), await say(ordinary, [sent])
    assert (by_lane.said, by_lane.ended) == (by_route.said, by_route.ended)
