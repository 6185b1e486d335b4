"""A change in catalog or incidents reaches the aggregate, with nothing between but the stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from devstack.teststack import Api, Service, Stack, eventually

CATALOG = "/api/catalog/v1"
INCIDENTS = "/api/incidents/v1"
PUBLIC = "/api/public/v1"


@dataclass
class Tidings:
    """The services of the core loop in this process, and what an organization does with them."""

    catalog: Service
    incidents: Service
    public_api: Service

    async def aggregate(self, slug: str = "acme") -> dict[str, Any]:
        response = await self.public_api.client.get(f"{PUBLIC}/pages/{slug}")
        document: dict[str, Any] = response.json() if response.status_code == 200 else {}
        return document

    async def organization(self, id: str = "acme") -> "Organization":
        catalog, incidents = self.catalog.as_(id), self.incidents.as_(id)
        assert (await catalog("POST", f"{CATALOG}/page", {"name": id, "slug": id})).status_code == 201

        async def has_page() -> bool:
            return bool(await self.aggregate(id))

        await eventually(has_page, f"{id} has a page")
        return Organization(id, catalog, incidents, self)


@dataclass
class Organization:
    id: str
    catalog: Api
    incidents: Api
    tidings: Tidings

    async def service(self, name: str) -> str:
        response = await self.catalog("POST", f"{CATALOG}/services", {"name": name})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def open_incident(self, **fields: Any) -> str:
        body = {"title": "Database down", "status": "investigating", **fields}
        response = await self.incidents("POST", f"{INCIDENTS}/incidents", body)
        while response.status_code == 409:  # incidents has not heard of the organization yet
            await asyncio.sleep(0.1)
            response = await self.incidents("POST", f"{INCIDENTS}/incidents", body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def update(self, incident: str, **fields: Any) -> None:
        response = await self.incidents("POST", f"{INCIDENTS}/incidents/{incident}/updates", fields)
        assert response.status_code == 201, response.text

    async def eventually(self, condition: Any, what: str) -> dict[str, Any]:
        """Wait until the aggregate is as described; the aggregate then."""
        document: dict[str, Any] = {}

        async def holds() -> bool:
            nonlocal document
            document = await self.tidings.aggregate(self.id)
            return bool(document) and bool(condition(document))

        await eventually(holds, what)
        return document


@pytest_asyncio.fixture
async def tidings(stack: Stack) -> AsyncIterator[Tidings]:
    async with AsyncExitStack() as services:
        yield Tidings(
            catalog=await services.enter_async_context(stack.service("catalog")),
            incidents=await services.enter_async_context(stack.service("incidents")),
            public_api=await services.enter_async_context(stack.service("public-api")),
        )


async def test_an_incident_shows_on_the_page_and_on_the_service_and_goes_again(tidings: Tidings) -> None:
    acme = await tidings.organization("acme")
    website = await acme.service("Website")
    incident = await acme.open_incident(
        impact="critical", services=[{"service_id": website}], message="Looking into it"
    )

    document = await acme.eventually(
        lambda page: page["services"] and page["services"][0]["causes"], "catalog answered"
    )
    assert document["status"] == {"indicator": "major_outage", "description": "Major outage"}
    assert document["services"][0]["status"] == "major_outage"
    assert document["services"][0]["causes"][0]["id"] == incident
    assert document["incidents"][0]["updates"][0]["message"] == "Looking into it"

    await acme.update(incident, status="resolved", message="Fixed")
    document = await acme.eventually(lambda page: not page["services"][0]["causes"], "the impact is lifted")
    assert document["status"]["indicator"] == "operational"
    assert document["services"][0]["status"] == "operational"
    assert [update["message"] for update in document["incidents"][0]["updates"]] == ["Fixed", "Looking into it"]
    history = (await acme.catalog("GET", f"{CATALOG}/services/{website}/history")).json()["items"]
    assert [entry["status"] for entry in history] == ["operational", "major_outage"]
    assert history[0]["cause"] == {"kind": "incident", "id": incident, "title": "Database down"}
    assert history[0]["changed_by"]["name"] == "Dev Admin"


async def test_create_a_service_then_open_an_incident_on_it_200_times(tidings: Tidings) -> None:
    """In twenty organizations: one page of 200 services and incidents would be made anew for each of them."""
    for organization in range(20):
        acme = await tidings.organization(f"acme-{organization}")
        for number in range(10):
            service = await acme.service(f"Service {number}")
            await acme.open_incident(services=[{"service_id": service, "status": "degraded"}])
        document = await acme.eventually(
            lambda page: sum(service["status"] == "degraded" for service in page["services"]) == 10, "all are degraded"
        )
        assert len(document["incidents"]) == 10
