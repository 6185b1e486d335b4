"""What identity gives and takes counts in every other service, a moment later: API keys, and access tokens that were revoked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest_asyncio

from common.clock import now
from devstack.teststack import Service, Stack, eventually

Join = Callable[..., Awaitable[Any]]
READS = {
    "catalog": "/api/catalog/v1/services",
    "incidents": "/api/incidents/v1/incidents",
    "maintenance": "/api/maintenance/v1/maintenances",
}
KEYS = "/api/identity/v1/api-keys"
PREVIEW = "/api/public/v1/pages/acme/preview"


@pytest_asyncio.fixture
async def others(stack: Stack, identity: Service) -> AsyncIterator[dict[str, Service]]:
    """The services beside identity, which believe its tokens."""
    async with AsyncExitStack() as stop:
        yield {name: await stop.enter_async_context(stack.service(name)) for name in (*READS, "public-api")}


async def read_all(others: dict[str, Service], token: str) -> list[int]:
    authorization = {"Authorization": f"Bearer {token}"}
    answers = [others[name].client.get(path, headers=authorization) for name, path in READS.items()]
    preview = others["public-api"].client.post(PREVIEW, json={}, headers=authorization)
    return [answer.status_code for answer in await asyncio.gather(*answers, preview)]


async def become(others: dict[str, Service], token: str, expected: list[int]) -> None:
    async def became() -> bool:
        return await read_all(others, token) == expected

    await eventually(became, f"the answers are {expected}")


async def test_a_key_counts_in_every_service_from_when_it_is_made_until_it_is_revoked(
    join: Join, others: dict[str, Service]
) -> None:
    ada = await join("ada@example.org", organization="acme")
    made = (await ada("POST", "/api-keys", {"name": "CI", "role": "viewer"})).json()
    # A key of a moment ago is waited for, at most a second. The preview is for responders.
    await become(others, made["key"], [200, 200, 200, 403])
    body = {"name": "API"}
    headers = {"Authorization": f"Bearer {made['key']}"}
    refused = await others["catalog"].client.post(READS["catalog"], json=body, headers=headers)
    assert refused.status_code == 403, "a viewer's key reads"
    assert await read_all(others, made["key"][:-1]) == [401, 401, 401, 401]

    async def used() -> bool:
        return bool((await ada("GET", "/api-keys")).json()["items"][0]["last_used_at"])

    await eventually(used, "its last use is known")
    assert (await ada("DELETE", f"/api-keys/{made['id']}")).status_code == 204
    await become(others, made["key"], [401, 401, 401, 401])


async def test_a_key_writes_in_its_own_name_and_its_own_organization(join: Join, others: dict[str, Service]) -> None:
    ada, eve = await join("ada@example.org", organization="acme"), await join("eve@example.org", organization="globex")
    expires = (now() + timedelta(days=1)).isoformat()
    made = (await ada("POST", "/api-keys", {"name": "CI", "role": "admin", "expires_at": expires})).json()
    catalog = others["catalog"].client
    headers = {"Authorization": f"Bearer {made['key']}"}
    page = {"name": "Acme", "slug": "acme", "time_zone": "UTC"}
    await catalog.post("/api/catalog/v1/page", json=page, headers=headers)
    service = await catalog.post(READS["catalog"], json={"name": "API"}, headers=headers)
    assert service.status_code == 201, service.text
    path = f"{READS['catalog']}/{service.json()['id']}"
    assert (await catalog.get(path, headers={"Authorization": f"Bearer {eve.token}"})).status_code == 404

    async def audited() -> bool:
        entries = (await ada("GET", "/audit", None)).json()["items"]
        return any(
            entry["action"] == "service.created"
            and (entry["actor"]["id"], entry["actor"]["name"]) == (made["id"], "CI")
            for entry in entries
        )

    await eventually(audited, "the audit names the key")
    key = {"Authorization": f"Bearer {made['key']}"}
    assert (await ada("GET", "/audit", headers=key)).status_code == 200, "machines may read the audit"
    for method, path, body in (
        ("POST", "/api-keys", {"name": "another", "role": "admin"}),
        ("DELETE", f"/api-keys/{made['id']}", None),
        ("POST", "/invitations", {"email": "x@example.org", "role": "admin"}),
        ("GET", "/members", None),
    ):
        assert (await ada(method, path, body, headers=key)).status_code == 403, "a key lets nobody in"


async def test_access_that_was_revoked_is_refused_by_every_service(join: Join, others: dict[str, Service]) -> None:
    ada = await join("ada@example.org", organization="acme")
    token = ada.token
    assert (await read_all(others, token))[:3] == [200, 200, 200]
    assert (await ada("DELETE", "/sessions")).status_code == 204
    await become(others, token, [401, 401, 401, 401])
    await ada.sign_in("ada@example.org")
    assert ada.token != token
    assert (await read_all(others, ada.token))[:3] == [200, 200, 200], "who signs in again is let in"


async def test_admins_of_another_issuer_make_keys_too(identity: Service, others: dict[str, Service]) -> None:
    outside = identity.as_("org_of_another_issuer")
    made = await outside("POST", KEYS, {"name": "CI", "role": "viewer"})
    assert made.status_code == 201, made.text
    await become(others, made.json()["key"], [200, 200, 200, 403])
    listed = await outside("GET", KEYS)
    assert [key["name"] for key in listed.json()["items"]] == ["CI"]
    assert (await identity.as_("org_of_another_issuer", "responder")("GET", KEYS)).status_code == 403
    path = f"{KEYS}/{made.json()['id']}"
    assert (await identity.as_("elsewhere")("DELETE", path)).status_code == 404
    assert (await outside("DELETE", path)).status_code == 204
    await become(others, made.json()["key"], [401, 401, 401, 401])


async def test_people_are_told_where_the_pages_of_their_organizations_are(
    join: Join, others: dict[str, Service]
) -> None:
    ada, eve = await join("ada@example.org", organization="acme"), await join("eve@example.org", organization="acme")

    async def slugs_of(person: Any) -> list[str | None]:
        return [known["slug"] for known in (await person("GET", "/account")).json()["organizations"]]

    async def told() -> bool:
        return sorted(map(str, await slugs_of(ada) + await slugs_of(eve))) == ["acme", "acme-2"]

    await eventually(told, "both know their page, and only one has the slug that both asked for")
    moved = await others["catalog"].client.patch(
        "/api/catalog/v1/page", json={"slug": "ada-inc"}, headers={"Authorization": f"Bearer {ada.token}"}
    )
    assert moved.status_code == 200, moved.text

    async def told_again() -> bool:
        return await slugs_of(ada) == ["ada-inc"]

    await eventually(told_again, "she knows the new address")
