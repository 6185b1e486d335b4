"""Chromium for tests, and for programs that look at pages: headless, asking nobody for anything, and complaining of what a page does wrong.

One Chromium runs for each test process, on the loop of its session; tests that use it say so by `pytestmark = IN_BROWSER`. Every page that a
test opens is a visitor of its own, and the test fails when one complains: of an error in the console, of what the content security policy
refused, of a request to anybody else.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

from devstack.errors import DevstackError

IN_BROWSER = pytest.mark.asyncio(loop_scope="session")
PHONE = (375, 667)
DESKTOP = (1280, 800)
# As root, and without a network of its own to talk to.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Scheme = Literal["light", "dark"]


def executable() -> str:
    """Where Chromium is."""
    for name in (os.environ.get("TIDINGS_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise DevstackError("There is no Chromium: install it or Google Chrome, or say in TIDINGS_CHROMIUM where it is.")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=_FLAGS)
        yield browser
        await browser.close()


class Visitors:
    """Opens pages, each for a visitor of its own, and keeps what they complain of."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.complaints: list[str] = []

    async def __call__(
        self,
        url: str,
        *,
        size: tuple[int, int] = PHONE,
        scheme: Scheme = "light",
        script: bool = True,
        at: datetime | None = None,
        lost: str | None = None,
        **settings: Any,
    ) -> Page:
        """`at` is what the visitor's clock stands at, `lost` a pattern of addresses that answer nothing.

        `settings` are further ones of Playwright's contexts.
        """
        width, height = size
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=script, **settings
        )
        if at is not None:
            await context.clock.install(time=at)
        if lost is not None:
            await context.route(lost, lambda route: route.fulfill(body=""))
        page = await context.new_page()
        self._listen(page, url)
        await page.goto(url)
        return page

    def _listen(self, page: Page, url: str) -> None:
        host = urlsplit(url).netloc
        visited = {url}

        def on_console(message: ConsoleMessage) -> None:
            is_own_status = message.text.startswith("Failed to load resource") and message.location["url"] in visited
            if message.type in ("error", "warning") and not is_own_status:
                self.complaints.append(f"console: {message.text}")

        def on_request(request: Request) -> None:
            if request.is_navigation_request():
                visited.add(request.url)
            parts = urlsplit(request.url)
            if parts.scheme != "data" and parts.netloc != host:
                self.complaints.append(f"request: {request.url}")

        page.on("console", on_console)
        page.on("request", on_request)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    async def close(self) -> None:
        for context in self._browser.contexts:
            await context.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser) -> AsyncIterator[Visitors]:
    """await visit(url, size=PHONE, scheme="dark", script=False) opens a page. Nothing may complain."""
    visitors = Visitors(browser)
    yield visitors
    await visitors.close()
    assert not visitors.complaints, visitors.complaints
