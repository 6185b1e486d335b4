"""The fast lane: a plain GET or HEAD of what is finished in memory is answered where its bytes arrive, before HTTP is parsed.

During an outage everybody asks for the same few files. Through parser, task, middleware and route such an answer costs several times what the
system needs to send it; here it costs about that. The answer is the ordinary one byte for byte, made of the same parts (`answers`, `PageHosts`,
`SafeHeaders`), and counted alike. It is given only where there can be no doubt (decision 0036): the request is plain (`plain.py`), nothing else
is under way on the connection, the client reads what it is sent, and the file is there in the coding that is wanted. All else takes the
ordinary way, with the bytes as they came; so does who asks for something first, and that makes it.
"""

from time import perf_counter
from typing import Any

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
from public_api.site.finished import ROUTE, page_at
from public_api.site.hosts import page_hosts

_PAGES = f"{PREFIX}/pages/"
_CALENDAR = "/maintenance.ics"
_SLUG_MAX_LENGTH = 63  # of the routes below PREFIX


class Found:
    """What a request is for: whose it is, the file, and the route that is counted."""

    __slots__ = ("file", "organization_id", "route")

    def __init__(self, page: RenderedPage, file: File, route: str) -> None:
        self.organization_id = page.record.organization_id
        self.file = file
        self.route = route


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
            file = page.files.get(below)
            return Found(page, file, ROUTE.path_format) if file is not None else None
        return self._document(path) if path.startswith(_PAGES) else None

    def _document(self, path: str) -> Found | None:
        slug = path.removeprefix(_PAGES).removesuffix(_CALENDAR)
        if "/" in slug or len(slug) > _SLUG_MAX_LENGTH or not isinstance(page := self._pages.find(slug), RenderedPage):
            return None
        if path.endswith(_CALENDAR):
            return Found(page, page.calendar, f"{_PAGES}{{slug}}{_CALENDAR}")
        return Found(page, page.document, f"{_PAGES}{{slug}}")


class LaneProtocol(GuardedProtocol):
    """One connection. Between two requests it looks whether the next one is for the lane."""

    lane: Lane
    _is_between = True
    """Whether the parser has seen whole requests only: what comes now begins the next."""

    def data_received(self, data: bytes) -> None:
        if not (self._is_between and self.is_at_rest and self._answer(data)):
            self._is_between = False
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
        request = plain.read(data)
        found = self.lane.find(request.host, request.path) if request else None
        if request is None or found is None or (chosen := found.file.made(best_coding(request.accept_encoding))) is None:
            return False
        status = 304 if matches(request.if_none_match, chosen.etag) else 200
        loud.REQUESTS.count(found.organization_id)
        self._disarm()
        self._unset_keepalive_if_required()
        self._say(request, status, found.file.content, chosen)
        _count(request.method, found.route, status, perf_counter() - began_at)
        return True

    def _say(self, request: Plain, status: int, content: Content, chosen: Representation) -> None:
        head = chosen.heads.get(status)
        if head is None:
            head = chosen.heads[status] = _head(status, content, chosen)
        closes = request.closes or self._is_last
        said = [STATUS_LINE[status], _lines(self.server_state.default_headers), head]
        said.append(b"connection: close\r\n\r\n" if closes else b"\r\n")
        if status == 200 and request.method == "GET":
            said.append(chosen.body)
        self.transport.write(b"".join(said))
        if closes:
            self.transport.close()
        self.on_response_complete()


def _head(status: int, content: Content, chosen: Representation) -> bytes:
    """The headers as the ordinary way has them."""
    return _lines(completed(status, respond(status, content, chosen).raw_headers))


def _lines(headers: Any) -> bytes:
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
