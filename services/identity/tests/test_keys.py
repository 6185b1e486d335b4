"""The key set: what services find there, and that keys change without anybody being signed out."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.fixtures import Sql
from devstack.teststack import Service, Stack, eventually
from identity.publishing import KeySetFile

V1 = "/api/identity/v1"
Join = Callable[..., Awaitable[Any]]


async def key_ids(identity: Service) -> list[str]:
    answer = await identity.client.get(f"{V1}/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = answer.json()["keys"]
    assert all(key.keys() == {"crv", "kty", "x", "y", "kid", "alg", "use"} for key in keys), "no private part"
    return [key["kid"] for key in keys]


async def test_the_discovery_document_names_the_issuer_and_its_keys(identity: Service) -> None:
    found = await identity.client.get("/api/identity/.well-known/openid-configuration")
    document = found.json()
    assert document["issuer"] == "http://identity.test/api/identity"
    assert document["jwks_uri"] == "http://identity.test/api/identity/v1/jwks.json"
    assert len(await key_ids(identity)) == 1


async def test_keys_change_and_nobody_is_signed_out(join: Join, identity: Service, sql: Sql) -> None:
    ada = await join("ada@example.org", organization="acme")
    first = await key_ids(identity)
    await sql("UPDATE identity.signing_key SET signs_from = signs_from - interval '29 days 23 hours 30 minutes'")
    ids = await asyncio.gather(*(key_ids(identity) for _ in range(5)))
    assert [sorted(found) for found in ids] == [sorted(ids[0])] * 5, "one new key, whoever asks"
    assert first[0] in ids[0]
    assert len(ids[0]) == 2
    assert _key_of(await _refreshed(ada)) == first[0], "shown and not used yet"
    assert (await ada("GET", "/organization")).status_code == 200
    await sql("UPDATE identity.signing_key SET signs_from = now() WHERE signs_from > now()")
    assert _key_of(await _refreshed(ada)) != first[0]
    assert set(await key_ids(identity)) == set(ids[0]), "tokens of the old one still live"


async def test_keys_that_somebody_read_are_thrown_away_and_nobody_is_signed_out(
    join: Join, identity: Service, sql: Sql
) -> None:
    ada = await join("ada@example.org", organization="acme")
    read = await key_ids(identity)
    await sql("DELETE FROM identity.signing_key")  # as docs/operations.md says
    fresh = _key_of(await _refreshed(ada))
    assert fresh not in read
    assert await key_ids(identity) == [fresh]


async def _refreshed(browser: Any) -> str:
    return str((await browser("POST", "/session/refresh", {})).json()["access_token"])


def _key_of(token: str) -> str:
    header = token.partition(".")[0]
    return str(json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


async def test_the_key_set_is_kept_in_a_file_for_services_on_the_same_machine(stack: Stack, sql: Sql) -> None:
    path = stack.state / "keys" / "identity.json"
    stack.extra["TIDINGS_IDENTITY_KEY_SET"] = str(path)
    async with stack.service("identity") as identity:
        await eventually(path.exists, "the file is there")
        publishing = next(worker for worker in identity.app.state.workers if isinstance(worker, KeySetFile))
        written = path.read_text()
        assert [key["kid"] for key in json.loads(written)["keys"]] == await key_ids(identity)
        await sql("UPDATE identity.signing_key SET signs_from = signs_from - interval '30 days'")
        await publishing.write()
        assert len(json.loads(path.read_text())["keys"]) == 2, "nobody asked for a token"
        assert await publishing.note() is None
    assert [file.name for file in path.parent.iterdir()] == ["identity.json"]
