"""A running identity, people who sign up and sign in as browsers do, and the mails that they get."""

import asyncio
import email
import json
import re
from collections.abc import AsyncIterator, Callable
from email import policy
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from devstack.stack import AUDIENCE
from devstack.teststack import Service, Stack, eventually

V1 = "/api/identity/v1"
ISSUER = "http://identity.test/api/identity"
PASSWORD = "seven green lamps"


@pytest_asyncio.fixture
async def identity(stack: Stack, quick_passwords: None) -> AsyncIterator[Service]:
    """Believes its own tokens, as every service does: by its key set."""
    key_set = stack.state / "identity-jwks.json"
    stack.extra["TIDINGS_TOKEN_FURTHER"] = json.dumps([{"issuer": ISSUER, "audience": AUDIENCE, "jwks": str(key_set)}])
    async with stack.service("identity") as service:
        key_set.write_text((await service.client.get(f"{V1}/jwks.json")).text)
        yield service


class Mailbox:
    """The folder that mails are put into."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[Path] = set()

    async def next(self, to: str) -> str:
        """Subject and text of the next mail to this address."""
        found: list[tuple[Path, str]] = []

        async def arrived() -> bool:
            for path in sorted(self._folder.glob("*.eml")):
                message = email.message_from_bytes(await asyncio.to_thread(path.read_bytes), policy=policy.default)
                if path not in self._read and message["To"] == to:
                    found.append((path, f"{message['Subject']}\n{message.get_content()}"))
                    return True
            return False

        await eventually(arrived, f"there is a mail to {to}")
        self._read.add(found[0][0])
        return found[0][1]

    async def code(self, to: str) -> str:
        """The code in the next mail to this address."""
        code = re.search(r"^[A-Za-z0-9_.-]{43,}$", await self.next(to), re.MULTILINE)
        assert code is not None
        return code[0]


@pytest.fixture
def mailbox(stack: Stack) -> Mailbox:
    return Mailbox(stack.state / "mail")


class Browser:
    """One browser: a cookie, and the access token it got last."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.cookie: str | None = None
        self.token: str | None = None

    async def __call__(
        self, method: str, path: str, json: object = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """A request as the browser makes it; what it gets it keeps."""
        all_headers = {**({"Cookie": f"tidings_session={self.cookie}"} if self.cookie else {}), **(headers or {})}
        if self.token is not None:
            all_headers.setdefault("Authorization", f"Bearer {self.token}")
        response = await self.service.client.request(method, f"{V1}{path}", json=json, headers=all_headers)
        self.service.client.cookies.clear()
        if "tidings_session" in response.cookies:
            self.cookie = response.cookies["tidings_session"]
        elif "set-cookie" in response.headers:
            self.cookie = None
        if response.headers.get("content-type") == "application/json" and "access_token" in response.json():
            self.token = response.json()["access_token"]
        return response

    async def sign_in(self, address: str, password: str = PASSWORD, **fields: Any) -> httpx.Response:
        return await self("POST", "/session", {"email": address, "password": password, **fields})


@pytest.fixture
def browser_of(identity: Service) -> Callable[[], Browser]:
    """browser_of() is another browser, in which nobody is signed in."""
    return lambda: Browser(identity)


@pytest.fixture
def join(browser_of: Callable[[], Browser], mailbox: Mailbox) -> Callable[..., Any]:
    """join("ada@example.org") signs somebody up and gives the browser in which they are signed in; organization="acme" makes one too."""

    async def join(address: str, *, name: str = "Ada", organization: str | None = None) -> Browser:
        browser = browser_of()
        body = {"email": address, "password": PASSWORD, "name": name}
        assert (await browser("POST", "/accounts", body)).status_code == 202
        code = await mailbox.code(address)
        confirmed = await browser("POST", "/accounts/confirm", {"token": code, "password": PASSWORD})
        assert confirmed.status_code == 201, confirmed.text
        if organization is not None:
            made = await browser("POST", "/organizations", {"name": organization, "slug": organization})
            assert made.status_code == 201, made.text
            refreshed = await browser("POST", "/session/refresh", {"organization_id": made.json()["id"]})
            assert refreshed.status_code == 200, refreshed.text
        return browser

    return join


@pytest.fixture
def invite(mailbox: Mailbox) -> Callable[..., Any]:
    """invite(admin, "grace@example.org", "viewer") gives the code that the mail has."""

    async def invite(admin: Browser, address: str, role: str = "viewer") -> str:
        response = await admin("POST", "/invitations", {"email": address, "role": role})
        assert response.status_code == 201, response.text
        return await mailbox.code(address)

    return invite
