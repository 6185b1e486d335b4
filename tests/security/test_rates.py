"""Who calls management APIs too often is told when to come back; nobody else notices, and what is public has no such limit."""

import pytest

from common.clock import uuid7
from devstack.teststack import Stack

CATALOG, PUBLIC = "/api/catalog/v1", "/api/public/v1"


async def test_a_principal_writes_as_often_as_is_allowed(stack: Stack) -> None:
    stack.extra = {"TIDINGS_WRITES_PER_MINUTE": "3", "TIDINGS_READS_PER_MINUTE": "5"}
    async with stack.service("catalog") as catalog:
        admin, viewer = catalog.as_("acme"), catalog.as_("acme", "viewer")
        page = {"name": "Acme", "slug": "acme"}
        assert (await admin("POST", f"{CATALOG}/page", page)).status_code == 201
        for _ in range(2):
            assert (await admin("POST", f"{CATALOG}/services", {"name": "Website"})).status_code == 201
        refused = await admin("POST", f"{CATALOG}/services", {"name": "One too many"})
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        assert refused.json()["type"] == "urn:tidings:problem:too-many-requests"
        assert 0 < int(refused.headers["Retry-After"]) <= 20

        names = [service["name"] for service in (await admin("GET", f"{CATALOG}/services")).json()["items"]]
        assert names == ["Website", "Website"], "what was refused is not done, and reads are counted apart"
        for _ in range(4):
            assert (await admin("GET", f"{CATALOG}/page")).status_code == 200
        assert (await admin("GET", f"{CATALOG}/page")).status_code == 429

        assert (await viewer("GET", f"{CATALOG}/page")).status_code == 200
        page = {"name": "Globex", "slug": "globex"}
        assert (await catalog.as_("globex")("POST", f"{CATALOG}/page", page)).status_code == 201


async def test_what_is_refused_for_its_role_or_token_counts_or_costs_nothing(stack: Stack) -> None:
    stack.extra = {"TIDINGS_WRITES_PER_MINUTE": "2"}
    async with stack.service("catalog") as catalog:
        answers = [await catalog.as_("acme", "viewer")("POST", f"{CATALOG}/services", {"name": "x"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [403, 403, 429]
        strangers = [await catalog.client.post(f"{CATALOG}/services", json={"name": "x"}) for _ in range(5)]
        assert {answer.status_code for answer in strangers} == {401}


async def test_health_and_what_is_public_know_no_limit(stack: Stack, subtests: pytest.Subtests) -> None:
    stack.extra = {"TIDINGS_WRITES_PER_MINUTE": "1", "TIDINGS_READS_PER_MINUTE": "1"}
    async with stack.service("public-api") as public_api:
        for path in ("/health/live", "/health/ready", f"{PUBLIC}/pages/acme"):
            with subtests.test(path):
                answers = {(await public_api.as_("acme")("GET", path)).status_code for _ in range(20)}
                assert 429 not in answers

        typed = {"kind": "incident", "title": str(uuid7())}
        previews = [await public_api.as_("acme")("POST", f"{PUBLIC}/pages/acme/preview", typed) for _ in range(2)]
        assert [answer.status_code for answer in previews] == [404, 429], (
            "a preview keeps nothing, and counts as a read"
        )
