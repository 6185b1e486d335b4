"""Heads that are a plain request for a socket, and heads about which there is some doubt."""

from .conftest import KEY, frame

TICKET = "0123456789abcdef." + "-_Zh1DXw5CkX5zOQFRXL5mFV0XK1q8mI1dC9wS4kTn3"
BROWSER = "\r\n".join((
    "Host: acme.test:8080", "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept: */*",
    "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br, zstd", "Sec-WebSocket-Version: 13",
    "Origin: https://acme.test", "Sec-WebSocket-Extensions: permessage-deflate", f"Sec-WebSocket-Key: {KEY}", "Connection: keep-alive, Upgrade",
    "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: websocket", "Pragma: no-cache", "Cache-Control: no-cache", "Upgrade: websocket",
))  # fmt: skip
EDGE = "\r\n".join((
    "Host: acme.test", "User-Agent: curl", "Connection: Upgrade", f"Sec-Websocket-Key: {KEY}", "Sec-Websocket-Version: 13", "Upgrade: websocket",
    "Via: 1.1 Caddy", "X-Forwarded-For: 2001:db8::7, 203.0.113.7", "X-Forwarded-Host: acme.test", "X-Forwarded-Proto: https",
))  # fmt: skip
SHORT = f"Host: x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}"
PATHS = (
    "/acme", "/other", "/ACME", "/tickets", "/acme?", "/acme?since=abcdefghijkl-0", "/acme?since=abcdefghijkl-9", "/acme?since=nonsense", "/acme?since",
    "/acme?types=incident.opened,maintenance&since=zzzzzzzzzzzz-1", "/acme?types=", "/acme?a=b=c&&types=a&types=b", f"/acme?ticket={TICKET}", "/acme?ticket=",
)  # fmt: skip


def head(path: str = "/acme", headers: str = SHORT) -> bytes:
    return f"GET /realtime/v1{path} HTTP/1.1\r\n{headers}\r\n\r\n".encode("latin-1")


def with_(*lines: str) -> bytes:
    return head(headers="\r\n".join((SHORT, *lines)))


def without(line: str, *instead: str) -> bytes:
    lines = [each for each in SHORT.split("\r\n") if not each.startswith(line)]
    return head(headers="\r\n".join((*lines, *instead)))


PLAIN = [head(path, headers) for path in PATHS for headers in (BROWSER, EDGE, SHORT)]
DOUBTFUL = {
    # Each attempt to smuggle is one that some server or proxy has once read in another way than its neighbour.
    # What has a body, or might have, or waits for something.
    "length": with_("Content-Length: 5"),
    "length of nothing": with_("Content-Length: 0"),
    "chunked": with_("Transfer-Encoding: chunked"),
    "chunked in capitals": with_("TRANSFER-ENCODING: CHUNKED"),
    "chunked behind a space": with_("Transfer-Encoding : chunked"),
    "chunked behind a tab": with_("Transfer-Encoding:\tchunked"),
    "chunked behind a bare line feed": with_("X: y\nTransfer-Encoding: chunked"),
    "chunked behind a bare carriage return": with_("X: y\rTransfer-Encoding: chunked"),
    "length on a line that goes on": with_("X: y", " Content-Length: 5"),
    "trailers": with_("TE: trailers"),
    "expects": with_("Expect: 100-continue"),
    # What becomes something else, or does not say what.
    "another protocol": without("Upgrade", "Upgrade: h2c"),
    "protocols": without("Upgrade", "Upgrade: h2c, websocket"),
    "upgrades": with_("Upgrade: websocket"),
    "settings of HTTP/2": with_("HTTP2-Settings: AAMAAABkAAQAAP__"),
    "no upgrade": without("Upgrade"),
    "no connection": without("Connection"),
    "another connection": without("Connection", "Connection: close"),
    "connections": with_("Connection: close"),
    "connection of several": without("Connection", "Connection: close, upgrade"),
    "connection of proxies": with_("Proxy-Connection: close"),
    "no key": without("Sec-WebSocket-Key"),
    "a short key": without("Sec-WebSocket-Key", "Sec-WebSocket-Key: dG9vIHNob3J0"),
    "keys": with_(f"Sec-WebSocket-Key: {KEY}"),
    "no version": without("Sec-WebSocket-Version"),
    "another version": without("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8"),
    "versions": with_("Sec-WebSocket-Version: 13"),
    # For whom, from where, and what.
    "no host": without("Host"),
    "hosts": with_("Host: y"),
    "origins": with_("Origin: https://a", "Origin: https://b"),
    "forwarded twice": with_("X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: 203.0.113.8"),
    "forwarded for nobody": with_("X-Forwarded-For: "),
    "a method with a body": head().replace(b"GET", b"POST"),
    "a method in small letters": head().replace(b"GET", b"get"),
    "elsewhere": head("/acme/events"),
    "below nothing": head("/"),
    "HTTP/1.0": head().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "escaped": head("/%61cme"),
    "a query that is escaped": head("/acme?types=a%2Cb"),
    "a query with a plus": head("/acme?since=a+b"),
    "a fragment": head("/acme#x"),
    "an absolute target": head().replace(b"/realtime", b"http://x/realtime"),
    # What is no head, or too much of it.
    "NUL": with_("X: \0"),
    "other bytes": with_("X: \xff"),
    "bare line feeds": head().replace(b"\r\n", b"\n"),
    "an empty line before": b"\r\n" + head(),
    "a frame behind": head() + frame(0x89, b"early"),
    "a request behind": head() + head(),
    "too many": with_(*["X: y"] * 60),
    "too much": with_("X: " + "y" * 5000),
}  # fmt: skip
