"""A page at a host of the organization's own: from when it is proved until it is not, and what the edge may get certificates for."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from common.contracts.catalog import CustomDomain, DomainStatus
from common.position import Position
from devstack.teststack import Service, eventually
from public_api.files import address_of
from public_api.pages import Pages, RenderedPage
from public_api.store.page import PageRecord

Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
NAME = "status.acme.test"
RECORD = PageRecord("acme", "acme", (), 1, "{}", Position("abcdefghijkl", 7), None)


def domain(id: str, name: str = NAME, *, day: int) -> CustomDomain:
    proved_at = datetime(2026, 11, day, tzinfo=UTC)
    times = {"proved_at": proved_at, "failing_since": None, "created_at": proved_at, "updated_at": proved_at}
    return CustomDomain(id=id, name=name, status=DomainStatus.PROVED, version=2, **times)


def holder(pages: Pages, name: str = NAME) -> str | None:
    page = pages.find(name)
    return page.record.organization_id if isinstance(page, RenderedPage) else None


async def certificate(service: Service, host: str) -> int:
    return (await service.client.get("/edge/certificate", params={"domain": host})).status_code


async def test_a_page_is_at_a_domain_while_it_is_proved(
    replica: Callable[[], AbstractAsyncContextManager[Service]], publish: Publish, page_at: PageAt
) -> None:
    async with replica() as first, replica() as second:
        await publish("page_settings.provisioned", name="Acme")
        last = await publish("custom_domain.proved", "d", version=2)
        for service in (first, second):
            await page_at(service, last)
            await eventually(lambda service=service: says_where_it_is(service), "its files are made")
            at_domain = await service.client.get(f"/p/{NAME.upper()}./")
            at_slug = await service.client.get("/p/acme/")
            assert (at_domain.status_code, at_domain.content, at_domain.headers) == (
                200,
                at_slug.content,
                at_slug.headers,
            )
            assert f"http://{NAME}:8080/feed.json" in (await service.client.get(f"/p/{NAME}/feed.json")).text
            hosts = {NAME: 200, "acme.localhost": 200, "globex.localhost": 404, "acme.test": 404, "acme": 404}
            assert {host: await certificate(service, host) for host in hosts} == hosts
        await page_at(first, await publish("custom_domain.released", "d", version=5, status="released"))
        assert ((await first.client.get(f"/p/{NAME}/")).status_code, await certificate(first, NAME)) == (404, 404)
        assert (await first.client.get("/p/acme/")).status_code == 200
        await page_at(first, await publish("custom_domain.proved", "d", version=4))
        assert await certificate(first, NAME) == 404, "an older event brings nothing back"


async def says_where_it_is(service: Service) -> bool:
    page = await service.client.get("/p/acme/")
    return bool(page.headers.get("link") == f'<http://{NAME}:8080/>; rel="canonical"')


async def test_of_two_organizations_the_one_that_proved_a_name_last_has_it() -> None:
    """Their events may come in either order."""
    pages = Pages(None, lambda record, since: {})
    had_it = replace(RECORD, domains=(domain("a", day=1),))
    has_it = replace(RECORD, organization_id="globex", slug="globex", domains=(domain("b", day=2),))
    for records in ([had_it, has_it], [has_it, had_it]):
        pages = Pages(None, lambda record, since: {})
        for record in records:
            pages.put(record)
        assert holder(pages) == "globex"
    pages.put(replace(RECORD, organization_id="initech", slug="initech"))
    assert holder(pages, "other.acme.test") is None


async def test_a_name_that_was_given_up_leads_nowhere() -> None:
    pages = Pages(None, lambda record, since: {})
    pages.put(replace(RECORD, domains=(domain("a", day=1),)))
    await eventually(lambda: holder(pages) == "acme", "it is there")
    pages.put(replace(RECORD, page_version=2, domains=(domain("b", "new.acme.test", day=2),)))
    await eventually(lambda: holder(pages, "new.acme.test") == "acme", "so is the new one")
    assert holder(pages) is None


def test_whole_addresses_name_the_domain_that_a_page_has_had_longest() -> None:
    both = replace(RECORD, domains=(domain("a", day=1), domain("b", "new.acme.test", day=2)))
    for page_address, slug_address, domain_address in [
        ("http://*.localhost:8080", "http://acme.localhost:8080", f"http://{NAME}:8080"),
        ("https://*.pages.test", "https://acme.pages.test", f"https://{NAME}"),
        ("https://pages.test/p/*", "https://pages.test/p/acme", f"https://{NAME}"),
    ]:
        assert address_of(RECORD, page_address) == slug_address
        assert address_of(both, page_address) == domain_address
