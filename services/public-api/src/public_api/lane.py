"""The fast lane: a plain GET or HEAD of what is finished in memory is answered where its bytes arrive, before HTTP is parsed.

During an outage everybody asks for the same few files. Through parser, task, middleware and route such an answer costs several times what the
system needs to send it; here it costs about that. The answer is the ordinary one byte for byte, made of the same parts (`answers`, `PageHosts`,
`SafeHeaders`), and counted alike. It is given only where there can be no doubt (decision 0036): the request is plain (`plain.py`), nothing else
is under way on the connection, the client reads what it is sent, and the file is there in the coding that is wanted. All else takes the
ordinary way, with the bytes as they came; so does who asks for something first, and that makes it.
"""

from collections.abc import Iterable
from time import perf_counter
from typing import NamedTuple

from prometheus_client.metrics import Histogram
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from common import loud
from common.metrics import HTTP_REQUEST_SECONDS
from common.safe_headers import completed
from common.server import GuardedProtocol
from public_api import plain
from public_api.answers import best_coding, matches, respond
from public_api.api import PREFIX
from public_api.codings import Content, File, Representation
from public_api.pages import Pages, RenderedPage
from public_api.plain import Plain
from public_api.site.finished import ROUTE, file_at, page_at
from public_api.site.hosts import page_hosts

_PAGES = f"{PREFIX}/pages/"
_ROUTES = {below: f"{_PAGES}{{slug}}{below}" for below in ("", "/maintenance.ics")}
_SLUG_MAX_LENGTH = 63  # of the routes below PREFIX


class Found(NamedTuple):
    organization_id: str
    file: File
    route: str
    """Under which it is counted."""


class Lane:
    """Where what is asked for is."""

    def __init__(self, pages: Pages, base_domain: str) -> None:
        self._pages = pages
        self._path_of_host = page_hosts(base_domain)

    def find(self, host: str, path: str) -> Found | None:
        if at_host := self._path_of_host(host, path):
            path = at_host[0]
        if at_page := page_at(self._pages, path):
            page, below = at_page
            file = file_at(page.files, below)
            return Found(page.record.organization_id, file, ROUTE.path_format) if file is not None else None
        return self._document(path.removeprefix(_PAGES)) if path.startswith(_PAGES) else None

    def _document(self, path: str) -> Found | None:
        slug, slash, below = path.partition("/")
        route = _ROUTES.get(slash + below)
        page = self._pages.find(slug) if route and len(slug) <= _SLUG_MAX_LENGTH else None
        if route is None or not isinstance(page, RenderedPage):
            return None
        return Found(page.record.organization_id, page.calendar if below else page.document, route)


class LaneProtocol(GuardedProtocol):
    """One connection. Between two requests it looks whether the next one is for the lane."""

    lane: Lane
    _is_between = True
    """Whether the parser has seen whole requests only: what comes now begins the next."""
    _rests_since = float("-inf")
    """When the lane answered last."""
    _bytes_before = b""
    _before: Plain | None = None
    """What it answered then, read from these bytes."""

    def data_received(self, data: bytes) -> None:
        if not (self._is_between and self.is_at_rest and self._answer(data)):
            super().data_received(data)

    def on_message_begin(self) -> None:
        self._is_between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        # After one that asks for another protocol, what comes is for the parser to judge.
        self._is_between = not self.parser.should_upgrade()
        super().on_message_complete()

    def _answer(self, data: bytes) -> bool:
        """Answer the one request that this is, if it is for the lane."""
        if self.flow.write_paused or self.access_log or self.transport.is_closing():
            return False
        began_at = perf_counter()
        request = self._before if data == self._bytes_before else plain.read(data)
        found = self.lane.find(request.host, request.path) if request else None
        if (
            request is None
            or found is None
            or (chosen := found.file.made(best_coding(request.accept_encoding))) is None
        ):
            return False
        # Who asks again on a kept connection says the same again.
        self._bytes_before, self._before = data, request
        status = 304 if matches(request.if_none_match, chosen.etag) else 200
        loud.REQUESTS.count(found.organization_id)
        self._disarm()
        self._say(request, status, found.file.content, chosen)
        _count("HEAD" if request.is_head else "GET", found.route, status, perf_counter() - began_at)
        return True

    def _say(self, request: Plain, status: int, content: Content, chosen: Representation) -> None:
        head = chosen.heads.get(status)
        if head is None:
            head = chosen.heads[status] = _head(status, content, chosen)
        closes = request.closes or self._is_last
        said = [STATUS_LINE[status], _lines(self.server_state.default_headers), head]
        said.append(b"connection: close\r\n\r\n" if closes else b"\r\n")
        if status == 200 and not request.is_head:
            said.append(chosen.body)
        self.transport.write(b"".join(said))
        if closes:
            self.transport.close()
        self._rest()

    def _rest(self) -> None:
        """As `on_response_complete`, but that a timer which runs already is let run, because a new one costs as much as all of `_say`."""
        self.server_state.total_requests += 1
        self._rests_since = self.loop.time()
        if self.timeout_keep_alive_task is None and not self.transport.is_closing():
            self._be_patient(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        patience = self._rests_since + self.timeout_keep_alive - self.loop.time()
        if patience > 0:
            self._be_patient(patience)
        else:
            super().timeout_keep_alive_handler()

    def _be_patient(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def _head(status: int, content: Content, chosen: Representation) -> bytes:
    """The headers as the ordinary way has them."""
    return _lines(completed(status, respond(status, content, chosen).raw_headers))


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


_histograms: dict[tuple[str, str, int], Histogram] = {}


def _count(method: str, route: str, status: int, seconds: float) -> None:
    """As common.measuring does."""
    key = (method, route, status)
    histogram = _histograms.get(key)
    if histogram is None:
        histogram = _histograms[key] = HTTP_REQUEST_SECONDS.labels(method, route, f"{status // 100}xx")
    histogram.observe(seconds)


def lane_for(pages: Pages, base_domain: str) -> type[LaneProtocol]:
    """The class for uvicorn, which makes one of it for each connection."""

    class Connection(LaneProtocol):
        lane = Lane(pages, base_domain)

    return Connection
