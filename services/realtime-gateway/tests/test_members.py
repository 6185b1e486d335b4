"""Members' sockets at a real gateway: what they hear, who may open one, when they end, and how they go on."""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from common import tokens
from common.clock import now, rfc3339
from common.contracts.values import Audience
from common.signing_keys import new_private_key, public_jwk
from devstack.teststack import Process

Publish = Callable[..., Awaitable[int]]
Frame = dict[str, Any]
CONSOLE = "http://app.localhost:8080"


class Gateway:
    """A gateway and the issuer that it believes."""

    def __init__(self, process: Process, keys: Path) -> None:
        self.process = process
        self.url = f"{process.url}/realtime/v1"
        self._pem = new_private_key()
        key_set = keys / "issuer.json"
        key_set.write_text(json.dumps({"keys": [public_jwk(self._pem)]}))
        process.variables |= {
            "TIDINGS_TOKEN_ISSUER": "issuer",
            "TIDINGS_TOKEN_AUDIENCE": "tidings",
            "TIDINGS_TOKEN_JWKS": str(key_set),
            "TIDINGS_CONSOLE_ORIGINS": f"https://app.example.com, {CONSOLE}",
        }

    def token(self, user: str = "ann", organization: str = "acme", *, seconds: float = 600) -> str:
        issued = int(time.time())
        claims = {
            "iss": "issuer",
            "aud": "tidings",
            "sub": user,
            "iat": issued,
            "exp": issued + seconds,
            "o": {"id": organization, "rol": "viewer"},
        }
        return tokens.sign(claims, key_pem=self._pem, key_id=public_jwk(self._pem)["kid"])

    async def ticket(self, token: str | None = None) -> str:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token or self.token()}"}) as http:
            return str((await http.post(f"{self.url}/tickets")).raise_for_status().json()["ticket"])

    def socket(self, query: str = "", origin: str | None = None) -> connect:
        headers = {"Origin": origin} if origin else None
        url = f"{self.url.replace('http', 'ws', 1)}/acme{query}"
        return connect(url, additional_headers=headers, compression=None, open_timeout=30)

    async def member(self, token: str | None = None, since: str | None = None) -> connect:
        return self.socket(f"?ticket={await self.ticket(token)}" + (f"&since={since}" if since else ""))


@pytest_asyncio.fixture
async def gateway(make_gateway: Callable[..., Process], publish: Publish, tmp_path: Path) -> Gateway:
    await publish("acme", "page_settings.provisioned")
    made = Gateway(make_gateway(), tmp_path)
    made.process.start()
    await made.process.wait_until_ready()
    return made


async def read(client: ClientConnection) -> Frame:
    async with asyncio.timeout(15):
        frame: Frame = json.loads(await client.recv())
        return frame


async def close_code(client: ClientConnection) -> int | None:
    async with asyncio.timeout(15):
        with contextlib.suppress(ConnectionClosed):
            async for _ in client:
                pass
        await client.wait_closed()
    return client.close_code


async def renew(client: ClientConnection, token: object) -> Frame:
    await client.send(json.dumps({"type": "renew", "token": token}))
    return await read(client)


async def test_members_hear_what_is_internal_and_visitors_what_is_public(gateway: Gateway, publish: Publish) -> None:
    async with await gateway.member() as member, gateway.socket() as visitor:
        hello, visitors_hello = await read(member), await read(visitor)
        assert (hello["audience"], visitors_hello["audience"]) == ("internal", "public")
        for audience in (Audience.INTERNAL, Audience.PUBLIC):
            await publish("acme", "incident.opened", audience=audience, said_to=audience)
        await publish("other", "incident.opened", audience=Audience.INTERNAL)
        await publish("acme", "page.changed")
        heard, page = await read(member), await read(member)
        assert (heard["data"]["said_to"], page["type"]) == ("internal", "page.changed")
        assert heard.keys() == {"type", "id", "time", "position", "data"}
        assert (await read(visitor))["data"]["said_to"] == "public"
        assert await read(visitor) == page
    # Nobody remembers it now: it is read from the stream.
    async with await gateway.member(since=hello["position"]) as member:
        assert (await read(member))["recovered"]
        assert [await read(member), await read(member)] == [heard, page]


async def test_a_ticket_opens_one_socket_to_its_organizations_page_for_the_console(
    gateway: Gateway, publish: Publish
) -> None:
    await publish("other", "page_settings.provisioned")
    ticket = await gateway.ticket()
    for origin in ("https://evil.test", "http://app.localhost:8081", "null", "http://[", f"{CONSOLE}, {CONSOLE}"):
        async with gateway.socket(f"?ticket={ticket}", origin) as client:
            assert await close_code(client) == 4403
        async with gateway.socket(origin=origin) as visitor:
            assert (await read(visitor))["audience"] == "public"
    async with gateway.socket(f"?ticket={ticket}", CONSOLE) as client:
        assert (await read(client))["audience"] == "internal"
        for spent in (ticket, "", "x"):
            async with gateway.socket(f"?ticket={spent}", CONSOLE) as second:
                assert await close_code(second) == 3401
    async with await gateway.member(gateway.token(organization="other")) as client:
        assert await close_code(client) == 4403
    log = gateway.process.log_path.read_text()
    assert "following the stream" in log
    assert "ticket" not in log
    assert ticket.partition(".")[2] not in log


async def test_tickets_are_for_who_has_a_token_and_for_pages_of_no_other_origin(gateway: Gateway) -> None:
    asked = {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization"
    async with httpx.AsyncClient(base_url=gateway.url) as http:
        assert (await http.post("/tickets")).status_code == 401
        made = await http.post(
            "/tickets", headers={"Authorization": f"Bearer {gateway.token()}", "Origin": "https://evil.test"}
        )
        assert (made.status_code, made.json()["expires_in"], made.headers["cache-control"]) == (200, 30, "no-store")
        preflight = await http.options("/tickets", headers=asked)
        for answer in (made, preflight):
            assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_a_socket_ends_with_its_token_unless_it_was_renewed(gateway: Gateway, publish: Publish) -> None:
    short = gateway.token(seconds=3)
    async with await gateway.member(short) as ending, await gateway.member(short) as renewed:
        for client in (ending, renewed):
            await read(client)
        for token in (gateway.token("bob"), gateway.token(organization="other"), f"{short}x", "", 7):
            assert (await renew(ending, token))["type"] == "refused"
        longer_from = int(time.time())
        answer = await renew(renewed, gateway.token(seconds=500))
        assert answer["type"] == "renewed"
        assert longer_from <= datetime.fromisoformat(answer["expires_at"]).timestamp() - 500 <= time.time()
        assert await close_code(ending) == 3402
        await publish("acme", "incident.opened", audience=Audience.INTERNAL)
        heard = await read(renewed)
    assert heard["type"] == "incident.opened"


async def test_who_is_revoked_is_closed_and_nobody_else(gateway: Gateway, publish: Publish) -> None:
    token = gateway.token()
    async with (
        await gateway.member(token) as revoked,
        await gateway.member(gateway.token("bob")) as other,
        gateway.socket() as visitor,
    ):
        for client in (revoked, other, visitor):
            await read(client)
        left = await gateway.ticket(token)
        await publish("acme", "access.revoked", audience=Audience.INTERNAL, subject="ann", not_before=rfc3339(now()))
        assert await close_code(revoked) == 4401
        async with gateway.socket(f"?ticket={left}") as client:
            assert await close_code(client) == 3401
        assert (await renew(other, gateway.token("bob")))["type"] == "renewed"
        await publish("acme", "incident.opened")
        assert (await read(visitor))["type"] == "incident.opened"


async def test_members_say_little_and_seldom(gateway: Gateway) -> None:
    for messages, code in ((["x" * (20 * 1024 + 1)], 1009), (["x"] * 6, 4429)):
        async with await gateway.member() as client:
            await read(client)
            for message in messages:
                await client.send(message)
            assert await close_code(client) == code
