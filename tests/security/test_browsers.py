"""What answers let browsers do: pages of other sites read what is public and nothing else; nothing is framed, guessed at, or kept without being said to be.

Every route of every service is asked as a page of another site would, first whether it may, then without a credential and with one.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio

from devstack.snapshots import OPENAPI
from devstack.stack import SERVICES
from devstack.teststack import Service, Stack

MANAGEMENT = {"catalog", "identity", "incidents", "maintenance"}
OTHER_SITE = {"Origin": "https://other.example"}


@pytest_asyncio.fixture
async def services(stack: Stack) -> AsyncIterator[dict[str, Service]]:
    async with AsyncExitStack() as stop:
        yield {name: await stop.enter_async_context(stack.service(name)) for name in SERVICES}


def operations(service: str) -> list[tuple[str, str, bool]]:
    """Method, path and whether it needs a token, of every route that ends: streams of events do not."""
    document = json.loads((OPENAPI / f"{service}.json").read_text())
    return [
        (method.upper(), re.sub("{[^}]*}", "unknown", path), "security" in said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if not path.endswith("/events")
    ]


def assert_closed(answer: httpx.Response) -> None:
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def assert_safe(answer: httpx.Response) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in answer.headers
    if answer.headers.get("content-type", "").startswith(("text/html", "application/json", "application/problem+json")):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_other_sites_read_what_is_public_and_every_answer_is_safe(
    services: dict[str, Service], stack: Stack, subtests: pytest.Subtests
) -> None:
    bearer = {"Authorization": f"Bearer {stack.token()}"}
    for name, service in services.items():
        for method, path, needs_token in operations(name):
            with subtests.test(f"{method} {path}"):
                asking = {**OTHER_SITE, "Access-Control-Request-Method": method}
                wanted = {**asking, "Access-Control-Request-Headers": "authorization"}
                asked = [await service.client.options(path, headers=headers) for headers in (asking, wanted)]
                answers = [
                    await service.client.request(method, path, headers={**OTHER_SITE, **h}) for h in ({}, bearer)
                ]
                for answer in (*asked, *answers):
                    assert_safe(answer)
                    assert "access-control-allow-credentials" not in answer.headers
                    assert answer.headers.get("access-control-allow-origin", "*") == "*"
                    assert "authorization" not in answer.headers.get("access-control-allow-headers", "").lower()
                    if name in MANAGEMENT or needs_token:
                        assert_closed(answer)
                if name in MANAGEMENT or needs_token:
                    assert [answer.is_success for answer in asked] == [False, False], "refused before it is sent"
                if name in MANAGEMENT and answers[1].headers.get("content-type") == "application/json":
                    is_a_key_set = path.endswith(("/jwks.json", "/openid-configuration"))
                    assert is_a_key_set or answers[1].headers["cache-control"] == "no-store"


@pytest.fixture(autouse=True)
def nothing_leaks() -> None:
    """There is no organization."""
