"""What tests of the operator's commands share: how they are configured, how one ended, and the services that they look after, in one process."""

import asyncio
import os
import shlex
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from devstack.teststack import PASSWORD, SCHEMAS, Service, Stack, eventually

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


def operator_environment(stack: Stack) -> dict[str, str]:
    """The variables that the operator's commands are configured by."""
    roles = [(schema, role) for schema in SCHEMAS.values() for role in ("APP", "RELAY")]
    return {
        "TIDINGS_ADMIN_DATABASE_URL": stack.admin_url(),
        "TIDINGS_NATS_URL": stack.nats.url,
        "TIDINGS_NATS_PASSWORD": PASSWORD,
        "TIDINGS_NATS_ACCESS": str(stack.nats.access),
        "TIDINGS_NATS_RELOAD_PASSWORD": PASSWORD,
        **{f"TIDINGS_{schema}_{role}_PASSWORD".upper(): PASSWORD for schema, role in roles},
    }


async def tidings_process(stack: Stack, *arguments: str, **variables: str) -> Outcome:
    """A command of the operator as a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tidings", *arguments),
        env={**os.environ, **operator_environment(stack), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return Outcome(process.returncode or 0, said.decode())


def exported(outcome: Outcome) -> dict[str, str]:
    """The variables that `tidings nats-access` says to export."""
    assert outcome.code == 0, outcome.output
    lines = [line.removeprefix("export ") for line in outcome.output.splitlines() if line.startswith("export ")]
    return dict(shlex.split(line)[0].split("=", 1) for line in lines)


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
        """The page, once both replicas answer what has been folded by now, or later: each renders at its own pace."""
        stack = self.catalog.stack
        version = f"SELECT page_version FROM public_api.page WHERE organization_id = '{id}'"  # noqa: S608 - a test's own
        folded = int(await asyncio.to_thread(stack.postgres.sql, version, stack.database) or 0)
        pages: list[dict[str, Any]] = []

        async def same() -> bool:
            pages[:] = [await self.page(replica, id) for replica in self.replicas]
            return pages[0] == pages[1] and pages[0].get("page_version", 0) >= folded

        await eventually(same, "both replicas answer what was folded last")
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
