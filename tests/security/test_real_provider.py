"""Tokens of an OpenID Connect provider that others wrote (npm: oidc-provider), at a real service: those for us are accepted, others refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from devstack.processes import free_port
from devstack.teststack import Api, Stack

ROOT = Path(__file__).parents[2]
PAGE = "/api/catalog/v1/page"
OURS = "urn:tidings"


class Provider:
    def __init__(self, url: str) -> None:
        self.url = url

    def settings(self) -> dict[str, str]:
        """What an operator sets to have its tokens believed, from what the provider says of itself."""
        document = httpx.get(f"{self.url}/.well-known/openid-configuration").json()
        return {
            "TIDINGS_TOKEN_PRESET": "oidc",
            "TIDINGS_TOKEN_ISSUER": document["issuer"],
            "TIDINGS_TOKEN_JWKS": document["jwks_uri"],
            "TIDINGS_TOKEN_AUDIENCE": OURS,
            "TIDINGS_TOKEN_ORGANIZATION_CLAIM": "https://tidings.test/organization",
            "TIDINGS_TOKEN_ROLE_CLAIM": "/access/roles",
        }

    def token(self, client: str, api: str = OURS) -> str:
        """A token for one of the provider's clients, for use at an API."""
        form = {"grant_type": "client_credentials", "resource": api}
        answer = httpx.post(f"{self.url}/token", data=form, auth=(client, "for-tests-only"))
        return str(answer.raise_for_status().json()["access_token"])


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[Provider]:
    port = free_port()
    command = [str(ROOT / ".venv/bin/node"), str(Path(__file__).with_name("provider.mjs")), str(port)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        await process.stdout.readuntil(b"listening")
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        await process.wait()


async def test_a_real_providers_tokens_are_accepted_and_refused(
    provider: Provider, stack: Stack, subtests: pytest.Subtests
) -> None:
    stack.extra = provider.settings()
    async with stack.service("catalog") as catalog:

        async def read(token: str) -> int:
            return (await Api(catalog.client, token)("GET", PAGE)).status_code

        admin = Api(catalog.client, provider.token("acme.admin"))
        made = await admin("POST", PAGE, {"name": "Acme", "slug": "acme"})
        assert made.status_code == 201, made.text
        assert await read(provider.token("acme.viewer")) == 200
        caller = (await Api(catalog.client, provider.token("acme.viewer"))("GET", "/api/catalog/v1/caller")).json()
        assert caller == {"id": "acme.viewer", "name": "acme.viewer", "organization_id": "acme", "role": "viewer"}

        too_low = await Api(catalog.client, provider.token("acme.viewer"))("PATCH", PAGE, {"name": "X"})
        assert too_low.status_code == 403
        assert await read(provider.token("globex.admin")) in (404, 409), "it has no page, and acme's is not shown"

        good = provider.token("acme.admin")
        for why, token in {
            "for another API": provider.token("acme.admin", "urn:other"),
            "opaque": provider.token("acme.admin", "urn:opaque"),
            "with no role of ours": provider.token("acme.cleaner"),
            "of no organization": provider.token("nowhere"),
            "with another's signature": good.rpartition(".")[0]
            + "."
            + provider.token("acme.viewer").rpartition(".")[2],
            "of the development issuer": stack.token("acme"),
        }.items():
            with subtests.test(why):
                assert await read(token) == 401


async def test_a_second_issuer_is_believed_beside_the_provider(provider: Provider, stack: Stack) -> None:
    development = stack.environment("catalog")
    second = {name: development[f"TIDINGS_TOKEN_{name.upper()}"] for name in ("issuer", "audience", "jwks")}
    stack.extra = {**provider.settings(), "TIDINGS_TOKEN_FURTHER": json.dumps([second])}
    async with stack.service("catalog") as catalog:
        made = await catalog.as_("acme")("POST", PAGE, {"name": "Acme", "slug": "acme"})
        assert made.status_code == 201
        read = await Api(catalog.client, provider.token("acme.viewer"))("GET", PAGE)
        assert read.json()["name"] == "Acme"
