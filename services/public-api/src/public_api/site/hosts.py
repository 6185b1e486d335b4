"""A page has two addresses: `/p/<slug>/` on any host, and `/` on a host of its own, `<slug>.<base domain>`. Pure ASGI middleware.

At a custom domain it is as at `/p/<domain>/`, which the edge makes of such a request (deploy/edge/routes.caddy), and `Pages` knows the domain.
Here the host would not do: programs inside ask for health and metrics at hosts that may look like any domain, and nobody outside may.

A request to a page's own host goes on as one to `/p/<slug>/`, except below `/api/public/`, which is the same everywhere. What is served is
the same bytes at both addresses, so links in it are relative.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

SAME_EVERYWHERE = "/api/public/"
_PARENT_HOST = "tidings.parent_host"


class PageHosts:
    def __init__(self, app: ASGIApp, *, base_domain: str) -> None:
        self._app = app
        self._page_host = re.compile(rf"([a-z0-9-]+)\.({re.escape(base_domain.lower())}(?::[0-9]+)?)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(SAME_EVERYWHERE):
            host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
            if found := self._page_host.fullmatch(host):
                slug, parent = found.groups()
                inner = {**scope, "path": f"/p/{slug}{scope['path']}", _PARENT_HOST: parent}
                try:
                    await self._app(inner, receive, send)
                finally:
                    scope["route"] = inner.get("route")  # for who counts requests, around this
                return
        await self._app(scope, receive, send)


def address(scope: Scope, slug: str, path: str) -> str:
    """Where `path` below another page is, in the form of address by which this request came."""
    parent = scope.get(_PARENT_HOST)
    return f"//{slug}.{parent}/{path}" if parent else f"/p/{slug}/{path}"
