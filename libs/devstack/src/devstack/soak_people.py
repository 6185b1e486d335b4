"""Somebody who stays signed in while identity's replicas die, and changes their organization without pause.

What was acknowledged of it is in the organization's audit exactly once. A command is repeated until it is acknowledged, under the same
Idempotency-Key; an API key, which has none, may have been made without an answer.
"""

import asyncio
import email
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from devstack.audit import Findings
from devstack.clients import new_client
from devstack.scenario import Cluster
from devstack.stack import AUDIENCE
from devstack.teststack import Stack, eventually

IDENTITY = "/api/identity/v1"
_ACCOUNT = {"email": "ada@example.org", "password": "seven green lamps", "name": "Ada"}
_ATTEMPT_SECONDS = 6.0
# A few changes while a fault is on are enough, and what they cost is taken from the others.
_PAUSE_SECONDS = 0.3
Change = tuple[str, str]
"""What happened, and to what: the new name of an organization, or the id of a key."""


def believe_identity(stack: Stack) -> None:
    """Have services that start from now on believe the tokens of the identity that runs beside them."""
    key_set = str(stack.state / "identity-jwks.json")
    issuer = {"issuer": "http://identity.test/api/identity", "audience": AUDIENCE, "jwks": key_set}
    stack.extra |= {"TIDINGS_TOKEN_FURTHER": json.dumps([issuer]), "TIDINGS_IDENTITY_KEY_SET": key_set}


class Admin:
    """Of an organization of their own."""

    def __init__(self, cluster: Cluster) -> None:
        self.acknowledged: Counter[Change] = Counter()
        self.retries = 0
        self._cluster = cluster
        self._mails = cluster.stack.state / "mail"
        self._cookie: str | None = None
        self._organization_id = ""
        self._token: str | None = None

    async def join(self) -> None:
        await self._ask("POST", "/accounts", _ACCOUNT)
        await eventually(lambda: any(self._mails.glob("*.eml")), "identity sends a mail")
        code = await asyncio.to_thread(_code, self._mails)
        await self._ask("POST", "/accounts/confirm", {"token": code, "password": _ACCOUNT["password"]})
        organization = await self._ask("POST", "/organizations", {"name": "People", "slug": "people"})
        self._organization_id = organization["id"]
        await self._go_on()

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Change the organization while the block runs; then let what is under way be acknowledged."""
        stop = asyncio.Event()

        async def change() -> None:
            while not stop.is_set():
                await self._go_on()
                await self._change()
                await asyncio.sleep(_PAUSE_SECONDS)

        task = asyncio.create_task(change())
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(60):
                await task

    async def audit(self, timeout: float) -> Findings:
        """Wait until what was acknowledged is in the audit, at most so many seconds, then compare."""
        await self._go_on()
        found: Counter[Change] = Counter()

        async def arrived() -> bool:
            found.clear()
            found.update([*await self._audited("organization"), *await self._audited("api_key")])
            if self.acknowledged - found:
                await asyncio.sleep(_PAUSE_SECONDS)
            return not self.acknowledged - found

        findings = Findings()
        try:
            await eventually(arrived, "the audit has every change that was acknowledged", timeout=timeout)
        except AssertionError:
            findings.lost += [f"{change} in the audit" for change in self.acknowledged - found]
        findings.doubled += [f"{change} in the audit" for change, times in found.items() if times > 1]
        return findings

    async def _go_on(self) -> None:
        """A new token, with the cookie of the one session that there is."""
        refreshed = await self._ask("POST", "/session/refresh", {"organization_id": self._organization_id})
        self._token = f"Bearer {refreshed['access_token']}"

    async def _change(self) -> None:
        name = f"People {uuid4()}"
        await self._ask("PATCH", "/organization", {"name": name}, key=str(uuid4()))
        self.acknowledged["organization.updated", name] += 1
        made = await self._ask("POST", "/api-keys", {"name": "CI", "role": "viewer"})
        self.acknowledged["api_key.created", made["id"]] += 1
        await self._ask("DELETE", f"/api-keys/{made['id']}", key=str(uuid4()))
        self.acknowledged["api_key.revoked", made["id"]] += 1

    async def _audited(self, aggregate: str) -> list[Change]:
        changes: list[Change] = []
        cursor = ""
        while True:
            page = await self._ask("GET", f"/audit?limit=100&aggregate={aggregate}{cursor}")
            changes += [_change_of(entry) for entry in page["items"]]
            if page["next_cursor"] is None:
                return changes
            cursor = f"&cursor={page['next_cursor']}"

    async def _ask(self, method: str, path: str, body: object = None, key: str | None = None) -> Any:
        """Repeat a request until it is answered by any replica. An answer that it was wrong, or that nobody is signed in, fails the soak."""
        # The cookie by hand, as the replicas are other hosts to a cookie jar.
        said = {"Authorization": self._token, "Idempotency-Key": key, "Cookie": self._cookie}
        headers = {name: value for name, value in said.items() if value}
        while True:
            url = self._cluster.url("identity") + IDENTITY
            try:
                async with new_client(url, _ATTEMPT_SECONDS) as client:
                    response = await client.request(method, path, json=body, headers=headers)
            except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError):
                self.retries += 1
                await asyncio.sleep(0.05)
                continue
            if "tidings_session" in response.cookies:
                self._cookie = f"tidings_session={response.cookies['tidings_session']}"
            if response.is_success:
                return response.json() if response.content else None
            retry = response.status_code in (409, 503) and "retry-after" in response.headers
            assert retry, f"{method} {path}: {response.status_code} {response.text}"
            self.retries += 1
            await asyncio.sleep(0.05)


def _code(mails: Path) -> str:
    mail = email.message_from_bytes(next(mails.glob("*.eml")).read_bytes(), policy=policy.default)
    code = re.search(r"[A-Za-z0-9_-]{43}", mail.get_content())
    assert code is not None
    return code[0]


def _change_of(entry: dict[str, Any]) -> Change:
    is_organization = entry["action"].startswith("organization.")
    return entry["action"], entry["after"]["name"] if is_organization else entry["aggregate_id"]
