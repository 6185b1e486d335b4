"""A page has two addresses: `/p/<slug>/` on any host, and `/` on a host of its own, `<slug>.<base domain>`. Pure ASGI middleware.

At a custom domain it is as at `/p/<domain>/`, which the edge makes of such a request (deploy/edge/routes.caddy), and `Pages` knows the domain.
Here the host would not do: programs inside ask for health and metrics at hosts that may look like any domain, and nobody outside may.

A request to a page's own host goes on as one to `/p/<slug>/`, except below `/api/public/`, which is the same everywhere. What is served is
the same bytes at both addresses, so links in it are relative.
"""

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

SAME_EVERYWHERE = "/api/public/"
_PARENT_HOST = "tidings.parent_host"

PathOfHost = Callable[[str, str], tuple[str, str] | None]
"""Of a request's host and path: the path `/p/<slug>/...` that is meant, and the host without the slug. None when the host is no page's own."""


class PageHosts:
    def __init__(self, app: ASGIApp, *, base_domain: str) -> None:
        self._app = app
        self._path_of_host = page_hosts(base_domain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
            if found := self._path_of_host(host, scope["path"]):
                path, parent = found
                inner = {**scope, "path": path, _PARENT_HOST: parent}
                try:
                    await self._app(inner, receive, send)
                finally:
                    scope["route"] = inner.get("route")  # for who counts requests, around this
                return
        await self._app(scope, receive, send)


def page_hosts(base_domain: str) -> PathOfHost:
    """The rule above."""
    page_host = re.compile(rf"([a-z0-9-]+)\.({re.escape(base_domain.lower())}(?::[0-9]+)?)")

    def path_of_host(host: str, path: str) -> tuple[str, str] | None:
        if path.startswith(SAME_EVERYWHERE) or not (found := page_host.fullmatch(host.lower())):
            return None
        slug, parent = found.groups()
        return f"/p/{slug}{path}", parent

    return path_of_host


def address(scope: Scope, slug: str, path: str) -> str:
    """Where `path` below another page is, in the form of address by which this request came."""
    parent = scope.get(_PARENT_HOST)
    return f"//{slug}.{parent}/{path}" if parent else f"/p/{slug}/{path}"
