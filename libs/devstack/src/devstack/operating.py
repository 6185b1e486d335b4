"""What tests of the operator's commands share: the services that they look after, in one process, and how a command ended."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from devstack.teststack import Service, Stack, eventually

CATALOG = "/api/catalog/v1"
INCIDENTS = "/api/incidents/v1"
PAGE = "/api/public/v1/pages"


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and everything it said."""

    code: int
    output: str

    @property
    def problems(self) -> list[str]:
        """What doctor says is wrong."""
        return [line for line in self.output.splitlines() if line.startswith("PROBLEM")]


Tidings = Callable[..., Awaitable[Outcome]]
Settled = Callable[[], Awaitable[None]]


@dataclass
class Running:
    """catalog, incidents and two replicas of public-api in this process."""

    catalog: Service
    incidents: Service
    replicas: list[Service]

    async def organization(self, id: str = "acme") -> str:
        """An organization with a service, and an incident on it. Returns the service's id."""
        catalog, incidents = self.catalog.as_(id), self.incidents.as_(id)
        assert (await catalog("POST", f"{CATALOG}/page", {"name": id, "slug": id})).status_code == 201
        service: str = (await catalog("POST", f"{CATALOG}/services", {"name": "Website"})).json()["id"]
        body = {"title": "Down", "status": "investigating", "impact": "major", "services": [{"service_id": service}]}

        async def opened() -> bool:
            return (await incidents("POST", f"{INCIDENTS}/incidents", body)).status_code == 201

        async def shown() -> bool:
            pages = [await self.page(replica, id) for replica in self.replicas]
            return all(page.get("services") and page["services"][0]["causes"] and page["incidents"] for page in pages)

        await eventually(opened, f"{id} is known to incidents")
        await eventually(shown, f"both replicas show the incident of {id}")
        return service

    async def page(self, replica: Service, id: str = "acme") -> dict[str, Any]:
        response = await replica.client.get(f"{PAGE}/{id}")
        document: dict[str, Any] = response.json() if response.status_code == 200 else {}
        return document

    async def shown_by_all(self, id: str = "acme") -> dict[str, Any]:
        """The page, once both replicas answer it."""
        pages: list[dict[str, Any]] = []

        async def same() -> bool:
            pages[:] = [await self.page(replica, id) for replica in self.replicas]
            return pages[0] == pages[1]

        await eventually(same, "both replicas answer alike")
        return pages[0]


@asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[Running]:
    async with AsyncExitStack() as services:
        catalog = await services.enter_async_context(stack.service("catalog"))
        incidents = await services.enter_async_context(stack.service("incidents"))
        replicas = []
        for number in range(2):
            stack.extra["TIDINGS_SNAPSHOT_PATH"] = str(stack.state / f"pages-{number}.jsonl")
            replicas.append(await services.enter_async_context(stack.service("public-api")))
        yield Running(catalog, incidents, replicas)
