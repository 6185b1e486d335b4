"""What real processes write into their logs while they are used, well and badly: no secret, and one JSON line an event, whatever was sent."""

import asyncio
import email
import json
import re
from collections.abc import AsyncIterator
from email import policy
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets

from devstack.stack import AUDIENCE
from devstack.teststack import Process, Stack, eventually

IDENTITY = "/api/identity/v1"
PASSWORD = "seven green lamps"
FORGED = '\n{"level": "info", "message": "all is well"}\r\n\x1b[2K\x1b[1A\u2028\x00'
Processes = dict[str, Process]


@pytest_asyncio.fixture
async def processes(stack: Stack) -> AsyncIterator[Processes]:
    key_set = stack.state / "identity-jwks.json"
    issuer = {"issuer": "http://identity.test/api/identity", "audience": AUDIENCE, "jwks": str(key_set)}
    stack.extra |= {"TIDINGS_TOKEN_FURTHER": json.dumps([issuer]), "TIDINGS_IDENTITY_KEY_SET": str(key_set)}
    stack.extra["TIDINGS_LOG_LEVEL"] = "debug"
    started = {name: stack.process(name) for name in ("identity", "catalog", "realtime-gateway")}
    try:
        for process in started.values():
            process.start()
        await asyncio.gather(*(process.wait_until_ready() for process in started.values()))
        yield started
    finally:
        for process in started.values():
            process.kill()


async def logged(processes: Processes) -> list[dict[str, Any]]:
    """Every line of every log, once the processes have ended."""
    await asyncio.gather(*(asyncio.to_thread(process.stop) for process in processes.values()))
    lines = []
    for process in processes.values():
        # At a line feed alone, as whoever reads them does.
        lines += process.log_path.read_text().removesuffix("\n").split("\n")
    return [json.loads(line) for line in lines]


async def mailed_code(stack: Stack) -> str:
    mails = stack.state / "mail"
    await eventually(lambda: any(mails.glob("*.eml")), "the mail is there")
    message = email.message_from_bytes(next(mails.glob("*.eml")).read_bytes(), policy=policy.default)
    found = re.search(r"[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]+)?", message.get_content())
    assert found is not None
    return found[0]


async def test_no_secret_of_whoever_used_them_is_in_a_log(processes: Processes, stack: Stack) -> None:
    secrets = {PASSWORD}
    async with httpx.AsyncClient(base_url=processes["identity"].url + IDENTITY, timeout=20) as ada:
        await ada.post("/accounts", json={"email": "ada@example.org", "password": PASSWORD, "name": "Ada"})
        secrets.add(code := await mailed_code(stack))
        confirmed = await ada.post("/accounts/confirm", json={"token": code, "password": PASSWORD})
        assert confirmed.status_code == 201, confirmed.text
        wrong = {"email": "ada@example.org", "password": f"{PASSWORD} or not"}
        assert (await ada.post("/session", json=wrong)).status_code == 401
        organization = (await ada.post("/organizations", json={"name": "Acme", "slug": "acme"})).json()["id"]
        secrets.add(ada.cookies["tidings_session"])
        token = (await ada.post("/session/refresh", json={"organization_id": organization})).json()["access_token"]
        secrets |= {ada.cookies["tidings_session"], token, token.rpartition(".")[2]}
        bearer = {"Authorization": f"Bearer {token}"}
        made = await ada.post("/api-keys", json={"name": "CI", "role": "admin"}, headers=bearer)
        secrets.add(key := made.json()["key"])
    gateway, catalog = processes["realtime-gateway"].url, processes["catalog"].url
    async with httpx.AsyncClient(timeout=20) as client:
        for credential in (token, key, token[:-6], key[:-6]):
            secrets.add(credential)
            await client.get(f"{catalog}/api/catalog/v1/services", headers={"Authorization": f"Bearer {credential}"})
            # Where no credential belongs.
            await client.get(f"{catalog}/api/catalog/v1/services", headers={"Authorization": credential})
        ticket = (await client.post(f"{gateway}/realtime/v1/tickets", headers=bearer)).json()["ticket"]
        secrets.add(ticket)
        for _ in range(2):  # good once
            with_ticket = f"{gateway.replace('http', 'ws', 1)}/realtime/v1/acme?ticket={ticket}"
            try:
                async with websockets.connect(with_ticket) as socket:
                    await socket.send(json.dumps({"type": "renew", "token": token}))
                    await asyncio.wait_for(socket.recv(), 5)
            except websockets.WebSocketException:
                pass
    lines = [json.dumps(line, ensure_ascii=False) for line in await logged(processes)]
    assert len(lines) > 10, "what was asked is logged"
    assert [line for line in lines if any(secret in line for secret in secrets)] == []


async def test_nobody_writes_a_line_or_a_colour_into_a_log(processes: Processes, stack: Stack) -> None:
    async with httpx.AsyncClient(timeout=20) as client:
        for process in processes.values():
            for header in ("User-Agent", "Authorization", "Host", "X-Forwarded-For", "traceparent", "Idempotency-Key"):
                plain = FORGED.replace("\n", "").replace("\r", "").replace("\x00", "").encode()
                await client.get(f"{process.url}/{header}", headers={header.encode(): plain})
            encoded = "".join(f"%{byte:02x}" for byte in FORGED.encode())
            await client.get(f"{process.url}/{encoded}?{encoded}={encoded}")
        body = {"email": f"ada{FORGED}@example.org", "password": PASSWORD, "name": FORGED}
        await client.post(f"{processes['identity'].url}{IDENTITY}/session", json={**body, "surprise": FORGED})
        await client.post(f"{processes['identity'].url}{IDENTITY}/accounts", json=body)
    for line in await logged(processes):
        assert {"time", "level", "service", "logger", "message"} <= line.keys()
        assert line["message"] != "all is well"
    for process in processes.values():
        raw = process.log_path.read_bytes()
        assert not {*range(0x20), 0x7F}.difference({0x0A}) & {*raw}, "nothing that moves a terminal's cursor"


@pytest.fixture(autouse=True)
def nothing_leaks() -> None:
    """These processes have one organization."""
