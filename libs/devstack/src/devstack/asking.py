"""Requests through the edge, as programs outside send them, repeated for a while where the answer is "not yet"."""

import asyncio
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from devstack.errors import DevstackError

STARTING = frozenset({502, 503})
"""A service or the edge starts again, or its database does."""


def client(url: str) -> httpx.AsyncClient:
    """Keeps no cookies, because several people use it at once."""
    nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(base_url=url, cookies=nobodys, trust_env=False, timeout=10)


class Edge:
    """`what` is what cannot be had if requests fail for good."""

    def __init__(self, http: httpx.AsyncClient, what: str, patience: float) -> None:
        self._http = http
        self._what = what
        self._deadline = time.monotonic() + patience

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        not_yet: frozenset[int] = STARTING,
    ) -> httpx.Response:
        """The first answer that is not one of these."""
        while True:
            try:
                answer = await self._http.request(method, path, json=body, headers=headers)
            except httpx.TransportError as error:
                answer = httpx.Response(httpx.codes.BAD_GATEWAY, text=str(error), request=error.request)
            if answer.status_code not in not_yet:
                return answer
            await self.pause(answer)

    async def pause(self, answer: httpx.Response) -> None:
        """Wait a little because of this answer; give up when that was often enough."""
        if time.monotonic() > self._deadline:
            raise self.failed(answer)
        await asyncio.sleep(0.1)

    def expect(self, answer: httpx.Response) -> Any:
        """What a good answer holds."""
        if not answer.is_success:
            raise self.failed(answer)
        return answer.json() if answer.content else None

    def failed(self, answer: httpx.Response) -> DevstackError:
        request = answer.request
        return DevstackError(
            f"{self._what} cannot be had: {request.method} {request.url.path} answered {answer.status_code} "
            f"{answer.text[:500]}"
        )
