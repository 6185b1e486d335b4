"""Services and their status, through catalog's API."""

from collections.abc import AsyncIterator

import pytest_asyncio

from devstack.fixtures import Api, Service, Stack

V1 = "/api/catalog/v1"


@pytest_asyncio.fixture
async def catalog(stack: Stack) -> AsyncIterator[Service]:
    async with stack.service("catalog") as service:
        yield service


@pytest_asyncio.fixture
async def api(catalog: Service) -> Api:
    api = catalog.as_("acme", "admin")
    assert (await api("POST", f"{V1}/page", {"name": "Acme", "slug": "acme"})).status_code == 201
    return api


async def create(api: Api, name: str = "Website") -> dict[str, str]:
    response = await api("POST", f"{V1}/services", {"name": name})
    assert response.status_code == 201, response.text
    created: dict[str, str] = response.json()
    return created


async def test_a_new_service_is_operational(api: Api) -> None:
    service = await create(api)
    assert (service["status"], service["base_status"], service["causes"]) == ("operational", "operational", [])
    assert service["version"] == 1


async def test_setting_the_status_shows_and_is_remembered_with_who_did_it(api: Api) -> None:
    service = await create(api)
    answer = await api("PUT", f"{V1}/services/{service['id']}/status", {"status": "partial_outage"})
    assert answer.json()["status"] == "partial_outage"
    history = (await api("GET", f"{V1}/services/{service['id']}/history")).json()
    assert [(entry["status"], entry["previous"]) for entry in history["items"]] == [("partial_outage", "operational")]
    assert history["items"][0]["changed_by"] == {"id": "dev-admin", "name": "Dev Admin"}


async def test_a_stale_editor_is_refused(api: Api) -> None:
    service = await create(api)
    path = f"{V1}/services/{service['id']}"
    assert (await api("PATCH", path, {"name": "Shop"}, headers={"If-Match": '"1"'})).status_code == 200
    stale = await api("PATCH", path, {"name": "Store"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["type"] == "urn:tidings:problem:stale"
