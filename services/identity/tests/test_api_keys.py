"""API keys over HTTP: shown once, told by their hash, and only ever an admin's business."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from common.clock import now
from devstack.fixtures import Sql

Join = Callable[..., Awaitable[Any]]
Invite = Callable[..., Awaitable[str]]


async def test_a_key_is_shown_once_and_told_by_its_hash(join: Join, sql: Sql) -> None:
    ada = await join("ada@example.org", organization="acme")
    expires = (now() + timedelta(days=1)).isoformat()
    made = await ada("POST", "/api-keys", {"name": "CI", "role": "responder", "expires_at": expires})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    key = made.json()["key"]
    assert key.startswith(made.json()["hint"])
    assert key.startswith("tdk_")
    listed = (await ada("GET", "/api-keys")).json()["items"]
    assert [(item["name"], item["role"], item["last_used_at"]) for item in listed] == [("CI", "responder", None)]
    told = await sql("SELECT audience, data FROM identity.outbox WHERE type = 'api_key.created'")
    assert [row.audience for row in told] == ["internal"]
    assert hashlib.sha256(key.encode()).hexdigest() in told[0].data
    kept = await sql(
        "SELECT k::text FROM identity.api_key k UNION ALL SELECT o::text FROM identity.outbox o "
        "UNION ALL SELECT i::text FROM identity.idempotency i"
    )
    assert not any(key in row[0] for row in kept)
    repeatable = await ada("POST", "/api-keys", {"name": "CI", "role": "viewer"}, headers={"Idempotency-Key": "1"})
    assert repeatable.status_code == 422, "its answer would be kept"


async def test_a_key_is_revoked_once_and_expires_by_itself(join: Join, sql: Sql) -> None:
    ada = await join("ada@example.org", organization="acme")
    ids = [(await ada("POST", "/api-keys", {"name": name, "role": "viewer"})).json()["id"] for name in ("one", "two")]
    for _ in range(2):
        assert (await ada("DELETE", f"/api-keys/{ids[0]}")).status_code == 204
    assert [item["name"] for item in (await ada("GET", "/api-keys")).json()["items"]] == ["two"]
    await sql("UPDATE identity.api_key SET expires_at = now()")
    assert (await ada("GET", "/api-keys")).json()["items"] == []
    told = await sql("SELECT sequence FROM identity.outbox WHERE type = 'api_key.revoked'")
    assert [row.sequence for row in told] == [2]


async def test_keys_are_for_admins_and_for_their_own_organization(join: Join, invite: Invite) -> None:
    ada, eve = await join("ada@example.org", organization="acme"), await join("eve@example.org", organization="globex")
    id = (await ada("POST", "/api-keys", {"name": "CI", "role": "viewer"})).json()["id"]
    assert (await eve("DELETE", f"/api-keys/{id}")).status_code == 404
    assert (await eve("GET", "/api-keys")).json()["items"] == []
    grace = await join("grace@example.org")
    await grace("POST", "/invitations/accept", {"token": await invite(ada, "grace@example.org", "responder")})
    await grace("POST", "/session/refresh", {})
    for method, path, body in (
        ("POST", "/api-keys", {"name": "x", "role": "viewer"}),
        ("GET", "/api-keys", None),
        ("DELETE", f"/api-keys/{id}", None),
    ):
        assert (await grace(method, path, body)).status_code == 403, method
