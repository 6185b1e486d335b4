"""The writing services with two organizations in them, and every route they have for members, read from their committed OpenAPI documents.

A new route is attacked without anybody remembering to: tests go through `routes`, each in a subtest.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from catalog.domain.custom_domain import CustomDomain, Finding
from catalog.store import custom_domain as custom_domains
from common.clock import now, rfc3339, uuid7
from devstack.fixtures import Sql
from devstack.name_server import name_server
from devstack.snapshots import OPENAPI
from devstack.teststack import Service, Stack, eventually

from .members import Members, populate, token_of

SERVICES = ("catalog", "identity", "incidents", "maintenance")
MOVED_WINDOWS = {
    "POST /maintenances/{maintenance_id}/start": "window_to_start_id",
    "POST /maintenances/{maintenance_id}/complete": "window_to_complete_id",
    "POST /maintenances/{maintenance_id}/cancel": "window_to_cancel_id",
}
"""The windows that routes after which others are refused have for themselves."""


@dataclass(frozen=True)
class Route:
    service: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def has_id(self) -> bool:
        return "{" in self.path

    @property
    def named_path(self) -> str:
        """The path, with ids called as in World.ids."""
        moved = MOVED_WINDOWS.get(f"{self.method} {self.path.partition('/v1')[2]}", "maintenance_id")
        path = self.path.replace("{maintenance_id}", f"{{{moved}}}")
        return path.replace("{update_id}", "{window_update_id}") if self.service == "maintenance" else path

    def path_for(self, ids: dict[str, str]) -> str:
        return self.named_path.format(**ids)


@pytest.fixture
def routes() -> list[Route]:
    """Every route, in an order in which each finds what it needs: deletions last, the innermost first."""
    found = [
        Route(service, method.upper(), path)
        for service in SERVICES
        for path, methods in json.loads((OPENAPI / f"{service}.json").read_text())["paths"].items()
        for method, operation in methods.items()
        if "security" in operation
    ]
    return sorted(found, key=lambda route: (route.method == "DELETE", -len(route.path)))


@pytest.fixture
def writing_routes(routes: list[Route]) -> list[Route]:
    return [route for route in routes if route.method != "GET"]


def days_ahead(days: int) -> str:
    """A whole minute, so many days from now."""
    return rfc3339((now() + timedelta(days=days)).replace(second=0, microsecond=0))


class World:
    """Organizations `acme` and `globex`, each with members, a page, a custom domain, a service, an incident with one update that names it, a template that does, windows and a series."""

    def __init__(self, stack: Stack, services: dict[str, Service]) -> None:
        self.stack = stack
        self.services = services
        self.ids: dict[str, dict[str, str]] = {}
        self._members: dict[str, Members] = {}

    def token(self, organization: str, role: str = "admin") -> str:
        """An access token of the organization's member with that role."""
        return token_of(self.stack, organization, role, self._members[organization].accounts[role])

    async def populate(self, organization: str) -> None:
        catalog, incidents = self.services["catalog"].as_(organization), self.services["incidents"].as_(organization)
        page = {"name": organization, "slug": organization}
        assert (await catalog("POST", "/api/catalog/v1/page", page)).status_code == 201
        service = (await catalog("POST", "/api/catalog/v1/services", {"name": "Website"})).json()["id"]
        deleted = (await catalog("POST", "/api/catalog/v1/services", {"name": "Gone"})).json()["id"]
        assert (await catalog("DELETE", f"/api/catalog/v1/services/{deleted}")).status_code == 204
        await catalog("PUT", f"/api/catalog/v1/services/{service}/status", {"status": "degraded"})
        await catalog("PUT", "/api/catalog/v1/layout", {"entries": [{"type": "service", "id": service}]})
        opened: dict[str, Any] = {}

        async def opens() -> bool:
            body = {
                "title": "x",
                "status": "investigating",
                "services": [{"service_id": service, "status": "major_outage"}],
            }
            response = await incidents(
                "POST", "/api/incidents/v1/incidents", body, headers={"Idempotency-Key": "first"}
            )
            opened.update(response.json())
            return response.status_code == 201

        await eventually(opens, "incidents knows the organization")

        async def folded() -> bool:
            shown = (await catalog("GET", f"/api/catalog/v1/services/{service}")).json()
            return bool(shown["status"] == "major_outage")

        await eventually(folded, "catalog knows the incident")
        update = f"/api/incidents/v1/incidents/{opened['id']}/updates/{opened['updates'][0]['id']}"
        assert (await incidents("PATCH", update, {"message": "Said before"})).status_code == 200
        template = {"name": "x", "title": "x", "services": [{"service_id": service}]}
        written = (await incidents("POST", "/api/incidents/v1/templates", template)).json()
        self._members[organization] = await populate(self.services["identity"].app.state.database, organization)
        self.ids[organization] = {
            **self._members[organization].ids,
            "service_id": service,
            "deleted_service_id": deleted,
            "incident_id": opened["id"],
            "update_id": opened["updates"][0]["id"],
            "template_id": written["id"],
            "domain_id": await self._add_domain(organization),
            **await self._populate_maintenance(organization, service),
        }

    async def _add_domain(self, organization: str) -> str:
        """A custom domain that was proved a while ago, and is not looked for until tomorrow. Nobody is told of it."""
        earlier = now() - timedelta(hours=1)
        domain, _ = CustomDomain.request(organization, uuid7(), name=f"status.{organization}.test", now=earlier)
        domain.checked(Finding.FOUND, earlier)
        async with self.services["catalog"].app.state.database.transaction(organization) as transaction:
            await custom_domains.save(transaction, domain)
        return str(domain.id)

    async def _populate_maintenance(self, organization: str, service: str) -> dict[str, str]:
        maintenance = self.services["maintenance"].as_(organization)
        planned: dict[str, Any] = {}

        async def plan(**fields: str) -> bool:
            body = {
                "title": "x",
                "message": "x",
                "scheduled_end": days_ahead(2),
                "services": [{"service_id": service}],
                **fields,
            }
            # A key for each, as the first is repeated until maintenance knows the organization.
            key = {"Idempotency-Key": json.dumps(fields, separators=(",", ":"))}
            response = await maintenance("POST", "/api/maintenance/v1/maintenances", body, headers=key)
            planned.update(response.json())
            return response.status_code == 201

        async def planned_window() -> bool:
            return await plan(scheduled_start=days_ahead(1))

        await eventually(planned_window, "maintenance knows the organization")
        ids = {"maintenance_id": planned["id"], "window_update_id": planned["updates"][0]["id"]}
        for name, fields in (
            ("window_to_start_id", {"scheduled_start": days_ahead(1), "title": "y"}),
            ("window_to_complete_id", {}),
            ("window_to_cancel_id", {"scheduled_start": days_ahead(1), "title": "z"}),
        ):
            assert await plan(**fields)
            ids[name] = planned["id"]
        series = {
            "title": "x",
            "rule": "FREQ=WEEKLY;COUNT=3",
            "first_start": days_ahead(1)[:16],
            "duration_minutes": 60,
        }
        begun = await maintenance(
            "POST", "/api/maintenance/v1/series", {**series, "services": [{"service_id": service}]}
        )
        return {**ids, "series_id": begun.json()["id"]}

    def valid_body(self, route: Route, organization: str) -> Any:
        """A body that the route accepts, None where it takes none."""
        service = self.ids[organization]["service_id"]
        settings = {
            "description": "Text", "time_zone": "UTC", "logo_url": "https://acme.test/logo.png", "accent_color": "#AABBCC", "theme": "dark",
            "support_url": "mailto:help@acme.test", "links": [{"label": "Home", "url": "https://acme.test"}], "history_days": 30,
        }  # fmt: skip
        described = {"name": "New", "description": "Text", "visibility": "internal", "start_date": "2026-01-01"}
        template = {
            "name": "New", "title": "New", "message": "Text", "impact": "minor", "status": "identified",
            "visibility": "public", "services": [{"service_id": service, "status": "degraded"}],
        }  # fmt: skip
        said = {
            "title": "New", "description": "Text", "visibility": "public", "services": [{"service_id": service}],
        }  # fmt: skip
        window = {**said, "scheduled_start": days_ahead(2), "scheduled_end": days_ahead(3)}
        series = {**said, "rule": "FREQ=DAILY;COUNT=3", "first_start": days_ahead(2)[:16], "duration_minutes": 90}
        elsewhere = {"external_id": "of-elsewhere", "created_at": "2026-01-01T00:00:00Z"}
        change = {"service_id": service, "old_status": "operational", "new_status": "degraded"}
        bodies: dict[str, Any] = {
            "POST /imports/services": {
                **elsewhere, "name": "New", "history": [{"status": "degraded", "changed_at": "2026-01-02T00:00:00Z"}],
            },
            "POST /imports/incidents": {
                **elsewhere, "title": "New", "status": "resolved", "impact": "minor", "services": [{"service_id": service}],
                "started_at": "2026-01-01T00:00:00Z", "resolved_at": "2026-01-02T00:00:00Z",
                "updates": [{
                    "status": "resolved", "message": "Text", "created_at": "2026-01-02T00:00:00Z", "services": [change],
                }],
            },
            "POST /imports/maintenances": {**window, **elsewhere, "status": "scheduled"},
            "POST /imports/series": {**series, **elsewhere},
            "POST /page": {"name": "New", "slug": "new", **settings},
            "POST /page/domains": {"name": f"new.{organization}.test"},
            "PATCH /page": {"name": "New", "slug": "new", **settings},
            "PUT /layout": {"entries": [{"type": "group", "name": "Group", "entries": [{"type": "service", "id": service}]}]},
            "POST /services": described,
            "PATCH /services/{service_id}": described,
            "PUT /services/{service_id}/status": {"status": "partial_outage"},
            "POST /services/status": {"service_ids": [service], "status": "degraded", "reason": "Text"},
            "POST /incidents": {
                "title": "New", "description": "Text", "status": "identified", "impact": "minor", "message": "Text",
                "visibility": "public", "services": [{"service_id": service, "status": "degraded"}],
                "template_id": self.ids[organization]["template_id"],
            },
            "PATCH /incidents/{incident_id}": {
                "title": "New", "description": "Text", "impact": "major", "services": [{"service_id": service}],
                "visibility": "public",
            },
            "POST /incidents/{incident_id}/updates": {
                "status": "identified", "message": "Text", "impact": "major", "services": [{"service_id": service}],
            },
            "PATCH /incidents/{incident_id}/updates/{update_id}": {"message": "Text"},
            "PUT /incidents/{incident_id}/postmortem": {"body": "Text"},
            "POST /maintenances": {**window, "message": "Text"},
            "PATCH /maintenances/{maintenance_id}": window,
            "POST /maintenances/{maintenance_id}/extend": {"scheduled_end": days_ahead(4), "message": "Text"},
            "POST /maintenances/{maintenance_id}/updates": {"message": "Text"},
            "PATCH /maintenances/{maintenance_id}/updates/{update_id}": {"message": "Text"},
            "POST /series": series,
            "PATCH /series/{series_id}": series,
            "POST /templates": template,
            "PUT /templates/{template_id}": template,
            "PATCH /organization": {"name": "New"},
            "PATCH /members/{account_id}": {"role": "viewer"},
            "POST /invitations": {"email": "new@example.org", "role": "viewer"},
            "POST /api-keys": {"name": "New", "role": "viewer", "expires_at": days_ahead(1)},
            "POST /templates/{template_id}/render": {"visibility": "public", "services": [{"service_id": service}]},
        }  # fmt: skip
        return bodies.get(f"{route.method} {route.path.partition('/v1')[2]}")

    async def send(
        self,
        route: Route,
        *,
        token: str | None,
        ids: dict[str, str],
        body: object = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send the route a body, or content that is none, with the ids in its path."""
        all_headers = {"Content-Type": "application/json", **(headers or {})}
        if token is not None:
            all_headers["Authorization"] = f"Bearer {token}"
        path = route.path_for(ids)
        if body is not None:
            content = json.dumps(body).encode()
        return await self.services[route.service].client.request(
            route.method, path, content=content, headers=all_headers, params=query
        )


@pytest_asyncio.fixture
async def world(stack: Stack) -> AsyncIterator[World]:
    async with AsyncExitStack() as exits:
        stack.extra["TIDINGS_DNS_SERVERS"] = (await exits.enter_async_context(name_server())).address
        services = {name: await exits.enter_async_context(stack.service(name)) for name in SERVICES}
        world = World(stack, services)
        for organization in ("acme", "globex"):
            await world.populate(organization)
        yield world


class Contents:
    """What the tables of the services hold, to see that nothing changed. Of the outbox it is how many events there are."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def read(self) -> list[str]:
        await eventually(self._is_settled, "the services have dealt with each other's events")
        tables = await self._sql(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname = ANY(:schemas) "
            "AND tablename NOT IN ('outbox', 'checkpoint', 'alembic_version')",
            schemas=list(SERVICES),
        )
        parts = [f"SELECT '{table.name} ' || t FROM {table.name} t" for table in tables]
        parts += [f"SELECT '{service}.outbox ' || count(*) FROM {service}.outbox" for service in SERVICES]
        return sorted(row[0] for row in await self._sql(" UNION ALL ".join(parts)))

    async def _is_settled(self) -> bool:
        """Nothing waits in an outbox, what was published to another service was consumed there, and nothing is due of windows."""
        waiting = [f"SELECT 1 FROM {service}.outbox WHERE published_at IS NULL" for service in SERVICES]
        unread = [
            f"SELECT 1 FROM {writer}.outbox WHERE audience = 'internal' AND split_part(type, '.', 1) = ANY(:read) "
            f"AND stream_offset > (SELECT coalesce(max(stream_offset), 0) FROM {reader}.checkpoint)"
            for reader, writer in (
                ("catalog", "incidents"), ("catalog", "maintenance"), ("incidents", "catalog"), ("maintenance", "catalog"),
            )
        ]  # fmt: skip
        read = ["service", "page_settings", "incident", "maintenance"]
        unaudited = [
            f"SELECT 1 FROM {writer}.outbox WHERE audience = 'internal' "
            "AND stream_offset > (SELECT coalesce(max(stream_offset), 0) FROM identity.checkpoint)"
            for writer in SERVICES
        ]
        due = "SELECT 1 FROM maintenance.due WHERE due_at <= clock_timestamp()"
        behind = await self._sql(" UNION ALL ".join([*waiting, *unread, *unaudited, due]), read=read)
        return not behind


@pytest.fixture
def contents(sql: Sql) -> Contents:
    return Contents(sql)
