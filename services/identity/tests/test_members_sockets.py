"""What identity takes back ends sockets, within a second: of somebody who was removed, and of a machine whose key was revoked."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from devstack.teststack import Process, Service, Stack, eventually

Join = Callable[..., Awaitable[Any]]
REVOKED = 4401


@pytest_asyncio.fixture
async def gateway(stack: Stack, identity: Service) -> AsyncIterator[Process]:
    gateway = stack.process("realtime-gateway")
    gateway.start()
    # By which the organization's page has its address.
    async with stack.service("catalog"):
        await gateway.wait_until_ready()
        yield gateway
    gateway.kill()


async def listen(gateway: Process, token: str) -> ClientConnection:
    """A member's socket that has said hello, as soon as the gateway knows the page."""
    found: list[ClientConnection] = []
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:

        async def is_heard() -> bool:
            answer = (await http.post(f"{gateway.url}/realtime/v1/tickets")).raise_for_status()
            query = f"?ticket={answer.json()['ticket']}"
            client = await connect(f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme{query}", compression=None)
            with contextlib.suppress(ConnectionClosed):
                assert json.loads(await client.recv())["audience"] == "internal"
                found.append(client)
            return bool(found)

        await eventually(is_heard, "the member hears the organization's page")
    return found[0]


async def closed_after(client: ClientConnection, started: float) -> tuple[int | None, float]:
    """The code, and the seconds since."""
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionClosed):
            async for _ in client:
                pass
        await client.wait_closed()
    return client.close_code, time.monotonic() - started


async def test_what_identity_takes_back_ends_sockets_within_a_second(
    gateway: Process, join: Join, invite: Callable[..., Awaitable[str]]
) -> None:
    ada = await join("ada@example.org", organization="acme")
    eve = await join("eve@example.org", name="Eve")
    code = await invite(ada, "eve@example.org")
    assert (await eve("POST", "/invitations/accept", {"token": code})).is_success
    key = (await ada("POST", "/api-keys", {"name": "CI", "role": "viewer"})).json()
    organization = (await ada("GET", "/account")).json()["organizations"][0]["id"]
    await eve("POST", "/session/refresh", {"organization_id": organization})
    members = {member["email"]: member["id"] for member in (await ada("GET", "/members")).json()["items"]}
    admins, eves, machines = [await listen(gateway, token) for token in (ada.token, eve.token, key["key"])]

    started = time.monotonic()
    assert (await ada("DELETE", f"/api-keys/{key['id']}")).status_code == 204
    code_of_key, after_key = await closed_after(machines, started)
    started = time.monotonic()
    assert (await ada("DELETE", f"/members/{members['eve@example.org']}")).status_code == 204
    code_of_member, after_member = await closed_after(eves, started)
    assert (code_of_key, code_of_member) == (REVOKED, REVOKED)
    assert min(after_key, after_member) < 1, "both: a busy machine may hold up one"
    async with asyncio.timeout(10):
        heard = [json.loads(await admins.recv())["type"]]
        while heard[-1] != "member.removed":
            heard.append(json.loads(await admins.recv())["type"])
    assert not any(type.startswith(("api_key.", "access.")) for type in heard)
    await admins.close()
