"""Custom domains through the API and the scheduler, with a name server of the test's own: who holds a name, and until when."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from devstack.fixtures import Sql
from devstack.name_server import NameServer, name_server
from devstack.teststack import Api, Service, Stack, eventually

DOMAINS = "/api/catalog/v1/page/domains"
NAME = "status.acme.test"
Told = Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]


@pytest_asyncio.fixture
async def names(stack: Stack) -> AsyncIterator[NameServer]:
    """To be asked for before `catalog`, which is told of it."""
    async with name_server() as server:
        stack.extra["TIDINGS_DNS_SERVERS"] = server.address
        yield server


@pytest_asyncio.fixture
async def catalog(names: NameServer, stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("catalog") as service:
        for organization in ("acme", "globex"):
            page = {"name": organization, "slug": organization}
            assert (await service.as_(organization)("POST", "/api/catalog/v1/page", page)).status_code == 201
        yield service


@pytest_asyncio.fixture
async def api(catalog: Service) -> Api:
    return catalog.as_("acme")


async def add(api: Api, name: str = NAME) -> dict[str, Any]:
    """Add it while its record is not there, and let the scheduler's first look be over: none comes by itself for minutes then."""
    response = await api("POST", DOMAINS, {"name": name})
    assert response.status_code == 201, response.text
    added: dict[str, Any] = response.json()

    async def looked_for() -> bool:
        domains = {domain["id"]: domain for domain in (await api("GET", DOMAINS)).json()["items"]}
        domain = domains[added["id"]]
        return (domain["status"], domain["finding"]) == ("pending", "missing")

    await eventually(looked_for, "the record is looked for at once")
    return added


async def check(api: Api, sql: Sql, id: str) -> dict[str, Any]:
    """Have it checked, as if the last time was a while ago."""
    await sql("UPDATE catalog.custom_domain SET checked_at = checked_at - interval '1 minute' WHERE id = :id", id=id)
    response = await api("POST", f"{DOMAINS}/{id}/check")
    assert response.status_code == 200, response.text
    checked: dict[str, Any] = response.json()
    return checked


def put_record(names: NameServer, domain: dict[str, Any]) -> None:
    """As the organization does with what it was told."""
    proof = domain["proof"]
    assert proof["type"] == "TXT"
    names.texts[proof["name"]] = [*names.texts.get(proof["name"], ()), "v=spf1 -all", proof["value"]]


async def test_a_domain_goes_live_by_itself_once_its_record_is_there(
    api: Api, names: NameServer, sql: Sql, told: Told
) -> None:
    added = await add(api, "Status.ACME.test.")
    assert (added["name"], added["status"], added["proof"]["name"]) == (NAME, "pending", f"_tidings.{NAME}")
    assert added["address"] == {"type": "CNAME", "name": NAME, "value": "localhost"}
    put_record(names, added)
    await sql("UPDATE catalog.due SET due_at = now()")

    async def is_live() -> bool:
        [domain] = (await api("GET", DOMAINS)).json()["items"]
        return bool(domain["status"] == "proved")

    await eventually(is_live, "the scheduler finds it")
    assert [kind for kind, _ in await told("internal", "custom_domain")] == [
        "custom_domain.requested",
        "custom_domain.proved",
    ]
    [(kind, data)] = await told("public", "custom_domain")
    assert (kind, data["name"], data["status"]) == ("custom_domain.proved", NAME, "proved")
    assert added["proof"]["value"].partition("=")[2] not in str(data)
    [row] = await sql("SELECT due_at - now() > interval '23 hours' AS tomorrow FROM catalog.due")
    assert row.tomorrow


async def test_only_what_makes_a_look_due_wakes_the_scheduler(
    catalog: Service, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(catalog.app.state.workers[0], "wake", lambda: woken.append("woken"))
    assert (await api("POST", "/api/catalog/v1/services", {"name": "Website"})).status_code == 201
    assert woken == []
    assert (await api("POST", DOMAINS, {"name": NAME})).status_code == 201
    assert woken == ["woken"]


async def test_a_look_says_what_it_found(api: Api, names: NameServer, sql: Sql) -> None:
    added = await add(api)
    record = added["proof"]["name"]
    for texts, broken, finding, status in [
        ([], set(), "missing", "pending"),
        (["v=spf1 -all"], set(), "missing", "pending"),
        (["tidings-domain=other"], set(), "different", "pending"),
        ([], {record}, "unreachable", "pending"),
        ([added["proof"]["value"]], set(), "found", "proved"),
        ([added["proof"]["value"]], {record}, "unreachable", "failing"),
    ]:
        names.texts, names.broken = {record: texts}, broken
        checked = await check(api, sql, added["id"])
        assert (checked["finding"], checked["status"]) == (finding, status)
    again = await api("POST", f"{DOMAINS}/{added['id']}/check")
    assert (again.status_code, 0 < int(again.headers["retry-after"]) <= 10) == (429, True)


async def test_one_organization_at_a_time_holds_a_name(catalog: Service, api: Api, names: NameServer, sql: Sql) -> None:
    other = catalog.as_("globex")
    ours, theirs = await add(api), await add(other)
    put_record(names, ours)
    put_record(names, theirs)
    assert ours["proof"]["value"] != theirs["proof"]["value"]
    assert (await check(api, sql, ours["id"]))["status"] == "proved"
    refused = await check(other, sql, theirs["id"])
    assert (refused["status"], refused["finding"]) == ("pending", "taken")
    assert "acme" not in str({**refused, "name": "", "proof": "", "address": ""}), "it does not tell who"
    assert (await api("DELETE", f"{DOMAINS}/{ours['id']}")).status_code == 204
    assert (await check(other, sql, theirs["id"]))["status"] == "proved"


async def test_a_domain_whose_record_is_gone_is_released_by_the_scheduler(
    api: Api, names: NameServer, sql: Sql, told: Told
) -> None:
    added = await add(api)
    put_record(names, added)
    assert (await check(api, sql, added["id"]))["status"] == "proved"
    names.texts.clear()
    await sql(
        "UPDATE catalog.custom_domain SET status = 'failing', failing_since = now() - interval '7 days', failed_checks = 6"
    )
    await sql("UPDATE catalog.due SET due_at = now()")

    async def is_released() -> bool:
        [domain] = (await api("GET", DOMAINS)).json()["items"]
        return bool(domain["status"] == "released")

    await eventually(is_released, "its seventh day is over")
    types = [kind.removeprefix("custom_domain.") for kind, _ in await told("public", "custom_domain")]
    assert types == ["proved", "released"]
    assert await sql("SELECT 1 FROM catalog.due") == [], "it is not looked for any more"
    put_record(names, added)
    assert (await check(api, sql, added["id"]))["status"] == "proved", "until a person asks again"


async def test_what_cannot_be_added_is_refused(catalog: Service, api: Api) -> None:
    for name in ("localhost", "acme.localhost", "192.0.2.1", "https://acme.test"):
        refused = await api("POST", DOMAINS, {"name": name})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.name"), name
    await add(api)
    assert (await api("POST", DOMAINS, {"name": NAME.upper()})).status_code == 409
    for number in range(4):
        await add(api, f"{number}.acme.test")
    too_many = await api("POST", DOMAINS, {"name": "6.acme.test"})
    assert (too_many.status_code, too_many.json()["type"]) == (409, "urn:tidings:problem:too-many-domains")
    for role in ("viewer", "responder"):
        assert (await catalog.as_("acme", role)("GET", DOMAINS)).status_code == 403
