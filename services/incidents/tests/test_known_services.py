"""Which services and organizations exist is catalog's to say: what it said last counts, what it has not said yet is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from common import known_services
from common.clock import uuid7
from common.envelope import STREAM
from devstack.catalog_double import Catalog
from devstack.teststack import Api, Service, Stack

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]


def naming(*ids: object) -> dict[str, Any]:
    return {"title": "x", "status": "investigating", "services": [{"service_id": str(id)} for id in ids]}


@pytest.fixture(autouse=True)
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_services, "SERVICE_WAIT_SECONDS", 0.2)


async def test_an_organization_without_a_page_opens_no_incident(incidents: Service) -> None:
    refused = await incidents.as_("newcomer")("POST", INCIDENTS, naming())
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:organization-not-provisioned")
    assert refused.headers["Retry-After"] == "1"


async def test_an_unknown_service_is_refused_and_named(api: Api, service: str) -> None:
    unknown = uuid7()
    refused = await api("POST", INCIDENTS, naming(service, unknown))
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:unknown-service")
    assert refused.json()["errors"] == [{"where": "body.services", "message": f"Unknown service: {unknown}"}]
    assert (await api("GET", INCIDENTS)).json()["items"] == []


async def test_another_organizations_service_is_as_unknown(api: Api, catalog: Catalog) -> None:
    foreign = await catalog.service("globex")
    await catalog.caught_up()
    assert (await api("POST", INCIDENTS, naming(foreign))).status_code == 422


@pytest.mark.parametrize("route", ["change", "update"])
async def test_a_change_cannot_name_an_unknown_service_either(
    api: Api, open_incident: OpenIncident, route: str
) -> None:
    path = f"{INCIDENTS}/{(await open_incident())['id']}"
    services = {"services": [{"service_id": str(uuid7())}]}
    method, path = ("PATCH", path) if route == "change" else ("POST", f"{path}/updates")
    assert (await api(method, path, services)).status_code == 422


async def test_a_service_that_is_created_this_moment_is_waited_for(
    api: Api, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_services, "SERVICE_WAIT_SECONDS", 10)
    id = str(uuid7())
    opening = asyncio.create_task(api("POST", INCIDENTS, naming(id)))
    await asyncio.sleep(0.05)  # so that it asks before the service exists; if it does not, it must succeed all the same
    await catalog.service(id=id)
    assert (await opening).status_code == 201


async def test_while_this_replica_is_behind_it_does_not_claim_that_a_service_is_unknown(api: Api, stack: Stack) -> None:
    topology = await stack.connect("topology")
    await topology.jetstream().delete_consumer(STREAM, "incidents")  # nobody can say how far behind it is
    answer = await api("POST", INCIDENTS, naming(uuid7()))
    await topology.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_deleted_service_cannot_be_named_anew(api: Api, catalog: Catalog, service: str) -> None:
    await catalog.delete_service(service)
    await catalog.caught_up()
    assert (await api("POST", INCIDENTS, naming(service))).status_code == 422


async def test_an_incident_keeps_a_service_that_was_deleted_since(
    api: Api, catalog: Catalog, service: str, open_incident: OpenIncident
) -> None:
    incident = await open_incident(services=[{"service_id": service}])
    await catalog.delete_service(service)
    await catalog.caught_up()
    body = {"title": "Renamed", "services": [{"service_id": service, "status": "degraded"}]}
    assert (await api("PATCH", f"{INCIDENTS}/{incident['id']}", body)).status_code == 200


async def test_what_catalog_said_before_brings_no_deleted_service_back(
    api: Api, catalog: Catalog, service: str
) -> None:
    await catalog.delete_service(service, version=3)
    await catalog.service(id=service, version=2)
    await catalog.service(id=service, version=1)
    await catalog.caught_up()
    assert (await api("POST", INCIDENTS, naming(service))).status_code == 422


async def test_a_service_is_named_once(api: Api, service: str) -> None:
    refused = await api("POST", INCIDENTS, naming(service, service))
    assert refused.status_code == 422
    assert "named twice" in refused.json()["errors"][0]["message"]
