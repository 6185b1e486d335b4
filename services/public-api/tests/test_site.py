"""What is below a page's address: the same files at both forms of it, in every coding."""

import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import brotli
import pytest_asyncio

from common.clock import now, rfc3339
from devstack.teststack import Service, eventually
from public_api.answers import CACHE_CONTROL

Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
OWN_HOST = {"Host": "acme.localhost:8080"}


@pytest_asyncio.fixture
async def page(public_api: Service, publish: Publish, page_at: PageAt) -> AsyncIterator[Service]:
    """A service with the page of Größe, and its files made."""
    await publish("page_settings.provisioned", name="Größe")
    await page_at(public_api, await publish("service.created", "s", name="Shop"))
    await shows(public_api, "Shop")
    yield public_api


async def shows(service: Service, text: str) -> None:
    async def is_there() -> bool:
        return text in (await service.client.get("/p/acme/")).text

    await eventually(is_there, f"the page says {text}")


async def test_both_addresses_answer_the_same(page: Service) -> None:
    for path, media_type in {"": "text/html; charset=utf-8", "maintenance.ics": "text/calendar; charset=utf-8"}.items():
        shared = await page.client.get(f"/p/acme/{path}")
        own = await page.client.get(f"/{path}", headers=OWN_HOST)
        assert (shared.status_code, shared.headers["content-type"]) == (200, media_type)
        assert (own.content, own.headers) == (shared.content, shared.headers)
    assert (await page.client.get("/api/public/v1/pages/acme", headers=OWN_HOST)).json()["page_version"] > 0


async def test_every_coding_says_the_same_and_has_a_validator_of_its_own(page: Service) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
    said, tags = set(), set()
    for coding, unpacked in unpack.items():
        async with page.client.stream("GET", "/p/acme/", headers={"Accept-Encoding": coding}) as response:
            said.add(unpacked(b"".join([part async for part in response.aiter_raw()])))
        assert response.headers.get("content-encoding", "identity") == coding
        assert response.headers["cache-control"] == CACHE_CONTROL
        tags.add(response.headers["etag"])
        asked = {"Accept-Encoding": coding, "If-None-Match": response.headers["etag"]}
        assert (await page.client.get("/p/acme/", headers=asked)).status_code == 304
    assert (len(said), len(tags)) == (1, 3)


async def test_what_is_not_there_is_a_404_for_people(page: Service) -> None:
    elsewhere = {"Host": "nobody.localhost"}
    unknown = [("/p/nobody/", {}), ("/p/acme/none", {}), ("/", elsewhere), ("/health/ready", OWN_HOST)]
    for path, headers in unknown:
        response = await page.client.get(path, headers=headers)
        assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        assert "<h1>" in response.text


async def test_addresses_that_moved_lead_on_in_their_own_form(page: Service, publish: Publish, page_at: PageAt) -> None:
    assert (await page.client.get("/p/acme?a=b")).headers["location"] == "/p/acme/?a=b"
    retired = [{"slug": "acme", "until": rfc3339(now() + timedelta(days=90))}]
    last = await publish("page_settings.updated", version=2, slug="acme-inc", retired_slugs=retired)
    await page_at(page, last, slug="acme-inc")
    for path, headers, target in [
        ("/p/acme/maintenance.ics?a=b", {}, "/p/acme-inc/maintenance.ics?a=b"),
        ("/maintenance.ics?a=b", OWN_HOST, "//acme-inc.localhost:8080/maintenance.ics?a=b"),
    ]:
        moved = await page.client.get(path, headers=headers)
        assert (moved.status_code, moved.headers["location"]) == (308, target)
        assert moved.headers["cache-control"] == "no-cache"


async def test_a_change_is_on_the_page_soon(page: Service, publish: Publish) -> None:
    await publish("service.updated", "s", version=2, name="Bakery")
    await shows(page, "Bakery")
    assert "Shop" not in (await page.client.get("/p/acme/")).text
