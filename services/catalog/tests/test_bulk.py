"""One call that puts several services into a status: all or none, with one cause."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api, Service

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]


@pytest_asyncio.fixture
async def ids(create_service: CreateService) -> list[str]:
    return [(await create_service(name))["id"] for name in ("Website", "API", "Search")]


async def test_every_service_changes_with_the_same_cause_and_one_event_each(
    api: Api, catalog: Service, ids: list[str], sql: Sql
) -> None:
    await api("PUT", f"{SERVICES}/{ids[2]}/status", {"status": "degraded"})
    body = {"service_ids": [*ids, ids[0]], "status": "degraded", "reason": "Data centre lost power"}
    answer = await catalog.as_("acme", "responder")("POST", f"{SERVICES}/status", body)
    assert answer.status_code == 200
    assert {(service["id"], service["status"]) for service in answer.json()["items"]} == {
        (id, "degraded") for id in ids
    }
    entries = [(await api("GET", f"{SERVICES}/{id}/history")).json()["items"] for id in ids]
    assert [len(of_one) for of_one in entries] == [1, 1, 1], "one was there already"
    assert entries[2][0]["cause"] is None
    causes = [of_one[0]["cause"] for of_one in entries[:2]]
    assert causes[0] == causes[1] == {"kind": "manual", "id": causes[0]["id"], "title": "Data centre lost power"}
    assert entries[0][0]["changed_by"]["id"] == "dev-responder"
    rows = await sql("SELECT data FROM catalog.outbox WHERE type = 'service_status.changed'")
    assert len(rows) == 3 * 2, "one for each audience"
    assert "power" not in str(rows), "the reason is for members"


async def test_an_unknown_service_among_them_changes_nothing(api: Api, ids: list[str], sql: Sql) -> None:
    await api("DELETE", f"{SERVICES}/{ids[1]}")
    for unknown in (ids[1], str(uuid7())):
        body = {"service_ids": [ids[0], unknown], "status": "degraded"}
        refused = await api("POST", f"{SERVICES}/status", body)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:unknown-service")
        assert (refused.json()["errors"][0]["where"], unknown in refused.text) == ("body.service_ids", True)
    assert await sql("SELECT 1 FROM catalog.outbox WHERE type = 'service_status.changed'") == []


@pytest.mark.parametrize("count", [0, 501])
async def test_it_takes_1_to_500_services(api: Api, count: int) -> None:
    body = {"service_ids": [str(uuid7()) for _ in range(count)], "status": "degraded"}
    refused = await api("POST", f"{SERVICES}/status", body)
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.service_ids")


async def test_calls_that_name_the_same_services_in_other_orders_wait_for_each_other(api: Api, ids: list[str]) -> None:
    answers = await asyncio.gather(
        *(
            api("POST", f"{SERVICES}/status", {"service_ids": ids[:: 1 - 2 * (number % 2)], "status": status})
            for number, status in enumerate(["degraded", "major_outage", "partial_outage", "operational"] * 3)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    seen = {(await api("GET", f"{SERVICES}/{id}")).json()["status"] for id in ids}
    assert len(seen) == 1, "each call is applied as a whole"
