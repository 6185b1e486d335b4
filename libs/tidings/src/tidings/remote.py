"""The public API of an installation, as a program with an API key sees it: any installation, from anywhere.

It obeys what it is told: it waits where there were too many requests, and tries again what failed on the way. So whatever is sent must be
harmless when it is sent twice.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.setting_types import WebAddress
from common.settings import load
from tidings.access import OperatorError

TRIES = 6
WAIT_MAX_SECONDS = 60.0
TIMEOUT_SECONDS = 30.0
PAGE_SIZE = 100

Json = dict[str, Any]


class RemoteSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TIDINGS_", env_ignore_empty=True, extra="ignore", frozen=True)

    api_key: SecretStr = Field(
        description="an admin's API key of the organization that `export` and `import` are about; made in the console"
    )
    address: WebAddress = Field(default="http://localhost:8080", description="where people and programs reach Tidings")


class Remote:
    """Requests in the name of the API key's organization. `waits` is told how long is waited, and why."""

    def __init__(self, client: httpx.AsyncClient, waits: Callable[[float, str], None]) -> None:
        self._client = client
        self._waits = waits
        self._has_answered = False

    async def get(self, path: str, **query: str | int | None) -> Json:
        return await self._send("GET", path, params={name: value for name, value in query.items() if value is not None})

    async def items(self, path: str, **query: str | int) -> AsyncIterator[Json]:
        """All of a list, page by page."""
        cursor: str | None = None
        while True:
            page = await self.get(path, limit=PAGE_SIZE, cursor=cursor, **query)
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def send(self, method: str, path: str, body: Json) -> Json:
        return await self._send(method, path, json=body)

    async def _send(self, method: str, path: str, **request: Any) -> Json:
        failures = 0
        while True:
            try:
                response = await self._client.request(method, path, **request)
            except httpx.TransportError as error:
                failures += 1
                if failures == TRIES or not self._has_answered:
                    raise OperatorError(
                        f"{self._client.base_url} does not answer: {error or type(error).__name__}."
                    ) from error
                await self._wait(2.0**failures, "it does not answer")
                continue
            self._has_answered = True
            if response.is_success:
                return self._json(response)
            if response.status_code == 429:
                await self._wait(_retry_after(response, 1.0), "it takes no more for now")
                continue
            failures += 1
            if failures == TRIES or not _may_pass(response):
                raise OperatorError(_refusal(method, path, response))
            await self._wait(_retry_after(response, 2.0**failures), f"it answered {response.status_code}")

    async def _wait(self, seconds: float, why: str) -> None:
        seconds = min(seconds, WAIT_MAX_SECONDS)
        self._waits(seconds, why)
        await asyncio.sleep(seconds)

    def _json(self, response: httpx.Response) -> Json:
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise OperatorError(f"{response.url} is no address of Tidings' API: it answers something else than JSON.")
        return found


@asynccontextmanager
async def remote(url: str | None, waits: Callable[[float, str], None]) -> AsyncIterator[Remote]:
    settings = load(RemoteSettings)
    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}", "User-Agent": "tidings"}
    async with httpx.AsyncClient(base_url=url or settings.address, headers=headers, timeout=TIMEOUT_SECONDS) as client:
        yield Remote(client, waits)


def _may_pass(response: httpx.Response) -> bool:
    """Whether the same may be answered otherwise in a moment."""
    return response.status_code >= 500 or (response.status_code == 409 and "retry-after" in response.headers)


def _retry_after(response: httpx.Response, otherwise: float) -> float:
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else otherwise


def _refusal(method: str, path: str, response: httpx.Response) -> str:
    if response.status_code == 401:
        return f"{response.url.host} does not know the API key in TIDINGS_API_KEY, or not any more."
    if response.status_code == 403:
        return "The API key in TIDINGS_API_KEY is not an admin's: only those may export and import."
    try:
        problem = response.json()
        said = problem.get("detail") or problem.get("title") or ""
        places = [f"{error.get('where')}: {error.get('message')}" for error in problem.get("errors", ())]
        why = "; ".join([said, *places])
    except (ValueError, AttributeError):
        why = "no problem document; is this the address of Tidings?"
    return f"{method} {path} was answered {response.status_code}: {why}"
