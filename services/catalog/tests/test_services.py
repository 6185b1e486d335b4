"""Services: created, read, listed, changed and deleted through catalog's API."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]


async def test_a_new_service_is_operational(api: Api) -> None:
    response = await api("POST", SERVICES, {"name": "  Website ", "description": "The shop"})
    service = response.json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{SERVICES}/{service['id']}"
    assert response.headers["ETag"] == '"1"'
    assert (service["name"], service["description"], service["version"]) == ("Website", "The shop", 1)
    assert (service["status"], service["base_status"], service["causes"]) == ("operational", "operational", [])
    assert (await api("GET", response.headers["Location"])).json() == service


async def test_a_change_makes_a_version_and_keeps_what_is_not_given(api: Api, create_service: CreateService) -> None:
    path = f"{SERVICES}/{(await create_service('Website', description='The shop'))['id']}"
    changed = await api("PATCH", path, {"name": "Shop"})
    assert changed.headers["ETag"] == '"2"'
    assert (changed.json()["name"], changed.json()["description"]) == ("Shop", "The shop")
    assert (await api("GET", path)).json() == changed.json()


async def test_a_change_that_changes_nothing_makes_no_version(
    api: Api, create_service: CreateService, sql: Sql
) -> None:
    service = await create_service("Website")
    unchanged = await api("PATCH", f"{SERVICES}/{service['id']}", {"name": "Website"})
    assert unchanged.json() == service
    assert await sql("SELECT 1 FROM catalog.outbox WHERE type = 'service.updated'") == []


async def test_a_change_is_refused_unless_it_names_the_present_version(
    api: Api, create_service: CreateService, subtests: pytest.Subtests
) -> None:
    present = ('"1"', "*", 'W/"1"', '"7", "1"')
    for if_match in (*present, '"2"', "1", '"', "nonsense"):
        with subtests.test(if_match):
            path = f"{SERVICES}/{(await create_service())['id']}"
            answer = await api("PATCH", path, {"name": "Shop"}, headers={"If-Match": if_match})
            expected = (200, '"2"') if if_match in present else (412, '"1"')
            assert (answer.status_code, answer.headers["ETag"]) == expected


async def test_a_stale_deletion_is_refused(api: Api, create_service: CreateService) -> None:
    path = f"{SERVICES}/{(await create_service())['id']}"
    refused = await api("DELETE", path, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["type"]) == (412, "urn:tidings:problem:stale")
    assert (await api("GET", path)).status_code == 200


async def test_setting_the_status_makes_no_editor_stale(api: Api, create_service: CreateService) -> None:
    path = f"{SERVICES}/{(await create_service())['id']}"
    await api("PUT", f"{path}/status", {"status": "degraded"})
    assert (await api("PATCH", path, {"name": "Shop"}, headers={"If-Match": '"1"'})).status_code == 200


async def test_a_deleted_service_is_gone_and_leaves_a_tombstone(
    api: Api, create_service: CreateService, sql: Sql
) -> None:
    id = (await create_service())["id"]
    path = f"{SERVICES}/{id}"
    assert (await api("DELETE", path)).status_code == 204
    for method, suffix, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("PUT", "/status", {"status": "degraded"}),
        ("GET", "/history", None),
    ):
        assert (await api(method, path + suffix, body)).status_code == 404
    assert (await api("GET", SERVICES)).json()["items"] == []
    rows = await sql(
        "SELECT audience, sequence, data::jsonb ->> 'id' FROM catalog.outbox WHERE type = 'service.deleted'"
    )
    assert sorted(tuple(row) for row in rows) == [("internal", 2, id), ("public", 2, id)]
    assert len(await sql("SELECT 1 FROM catalog.service WHERE deleted_at IS NOT NULL")) == 1, "soft"


async def test_a_service_starts_today_in_the_time_zone_of_its_page_or_on_a_former_day(
    api: Api, create_service: CreateService
) -> None:
    # Of these two at least one is at another day than UTC.
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        await api("PATCH", "/api/catalog/v1/page", {"time_zone": zone})
        service = await create_service()
        today = datetime.now(ZoneInfo(zone)).date()
        assert service["start_date"] in (str(today), str(today - timedelta(days=1))), "the day may have changed"
    path = f"{SERVICES}/{service['id']}"
    moved = await api("PATCH", path, {"start_date": "2024-02-29"})
    assert (moved.json()["start_date"], moved.json()["version"]) == ("2024-02-29", 2)
    assert (await create_service("Old", start_date="2020-01-31"))["start_date"] == "2020-01-31"


async def test_a_service_starts_neither_in_the_future_nor_long_ago_nor_at_what_is_no_day(
    api: Api, create_service: CreateService
) -> None:
    path = f"{SERVICES}/{(await create_service())['id']}"
    today = datetime.now(ZoneInfo("UTC")).date()
    for day in (str(today + timedelta(days=2)), str(today - timedelta(days=3700)), "2025-02-29", 0, 86400, "86400"):
        for method, target in (("POST", SERVICES), ("PATCH", path)):
            refused = await api(method, target, {"name": "x", "start_date": day})
            assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.start_date"), day
    assert (await api("GET", path)).json()["version"] == 1


async def test_pages_of_the_list_hold_every_service_once_in_order_of_creation(
    api: Api, create_service: CreateService
) -> None:
    created = [(await create_service(f"Service {number}"))["id"] for number in range(7)]
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = (await api("GET", f"{SERVICES}?limit=2{cursor}")).json()
        seen += [service["id"] for service in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == created


async def test_an_odd_query_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    before_time = "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwiMDE4OTBhNWQtYWM5Ni03NzRiLWJjY2UtYjMwMjA5OWE4MDU3Il0"
    limits = [f"limit={limit}" for limit in ("0", "101", "-1", "x", "9" * 4000)]
    for query in (*limits, *(f"cursor={cursor}" for cursor in ("", "x", "%00", "%ff", before_time))):
        with subtests.test(query[:20]):
            refused = await api("GET", f"{SERVICES}?{query}")
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["where"].startswith("query.")


async def test_an_unknown_service_is_not_found(api: Api) -> None:
    response = await api("GET", f"{SERVICES}/{uuid7()}")
    assert (response.status_code, response.json()["type"]) == (404, "urn:tidings:problem:not-found")


async def test_a_page_has_at_most_500_services(api: Api, create_service: CreateService, sql: Sql) -> None:
    await create_service("The first")
    await sql(
        "INSERT INTO catalog.service SELECT organization_id, gen_random_uuid(), name, description, created_at, updated_at, NULL, 1 "
        "FROM catalog.service, generate_series(2, 500)"
    )
    refused = await api("POST", SERVICES, {"name": "One more"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-services")
