"""Public events as catalog, incidents and maintenance publish them, and a look into public-api's tables."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.clock import now, uuid7
from common.contracts.registry import EVENTS
from common.contracts.values import Audience
from common.database import create_engine
from common.envelope import Envelope
from devstack.teststack import Service, Stack, eventually
from public_api.archive import Archive, write_changes, write_dates, write_items
from public_api.view import Known, build

MOMENT = "2026-11-20T12:00:00Z"
STAMPS = {"created_at": MOMENT, "updated_at": MOMENT}
DEFAULTS: dict[str, dict[str, Any]] = {
    "page_settings": {"slug": "acme", "name": "Acme", "description": "", "time_zone": "UTC", **STAMPS},
    "custom_domain": {
        "name": "status.acme.test",
        "status": "proved",
        "proved_at": MOMENT,
        "failing_since": None,
        **STAMPS,
    },
    "layout": {"entries": [], "updated_at": MOMENT},
    "service": {"name": "Website", "description": "", **STAMPS},
    "service_status": {
        "status": "operational",
        "previous": "operational",
        "base_status": "operational",
        "changed_at": MOMENT,
    },
    "incident": {
        "title": "Trouble",
        "description": "",
        "status": "investigating",
        "impact": "none",
        "started_at": MOMENT,
        "resolved_at": None,
        "services": [],
        "updates": [],
        **STAMPS,
    },
    "maintenance": {
        "title": "Upgrade",
        "description": "",
        "status": "scheduled",
        "visibility": "public",
        "scheduled_start": "2026-11-21T12:00:00Z",
        "scheduled_end": "2026-11-21T13:00:00Z",
        "started_at": None,
        "completed_at": None,
        "cancelled_at": None,
        "starts_by_itself": True,
        "completes_by_itself": True,
        "reminder_minutes": [],
        "series_id": None,
        "services": [],
        "updates": [],
        **STAMPS,
    },
}


@pytest.fixture
def event() -> Callable[..., Envelope]:
    """event(type, id, version=…, **data) makes a public event; what `data` does not say has a default."""

    def make(
        type: str,
        id: str = "acme",
        *,
        version: int = 1,
        organization: str = "acme",
        data: bytes | None = None,
        **fields: Any,
    ) -> Envelope:
        named = {"id": id, "organization_id": organization, "service_id": id, "version": version, "deleted_at": MOMENT}
        whole = {**named, **DEFAULTS[type.partition(".")[0]], **fields}
        return Envelope(
            id=uuid7(),
            organization_id=organization,
            audience=Audience.PUBLIC,
            service=EVENTS[type].service,
            type=type,
            aggregate_id=id,
            sequence=version,
            time=now(),
            data=json.dumps(whole).encode() if data is None else data,
        )

    return make


@pytest_asyncio.fixture
async def publish(stack: Stack, event: Callable[..., Envelope]) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """publish(…) makes an event like `event` does, or takes one, and returns the offset that the stream gave it."""
    clients = {service: await stack.connect(service) for service in ("catalog", "incidents", "maintenance")}

    async def publish(made: Envelope | str, *arguments: Any, **fields: Any) -> int:
        sent = made if isinstance(made, Envelope) else event(made, *arguments, **fields)
        js = clients[sent.service].jetstream()
        return (await js.publish(sent.subject, sent.data, headers=sent.headers())).seq

    yield publish
    for client in clients.values():
        await client.close()


@pytest_asyncio.fixture
async def admin(stack: Stack) -> AsyncIterator[AsyncEngine]:
    """Sees and changes every table of public-api."""
    engine = create_engine(SecretStr(stack.admin_url()), application_name="test")
    yield engine
    await engine.dispose()


@pytest.fixture
def rows(admin: AsyncEngine) -> Callable[[str], Awaitable[list[Any]]]:
    """rows(sql) runs a statement and returns its rows."""

    async def rows(statement: str) -> list[Any]:
        async with admin.begin() as connection:
            result = await connection.execute(text(statement))
            return list(result) if result.returns_rows else []

    return rows


@pytest.fixture
def replica(stack: Stack) -> Callable[[], AbstractAsyncContextManager[Service]]:
    """replica() runs one more public-api in this process, with a snapshot file of its own."""

    @asynccontextmanager
    async def replica() -> AsyncIterator[Service]:
        stack.extra["TIDINGS_SNAPSHOT_PATH"] = str(stack.state / f"{uuid7()}.jsonl")
        async with stack.service("public-api") as service:
            yield service

    return replica


@pytest_asyncio.fixture
async def public_api(replica: Callable[[], AbstractAsyncContextManager[Service]]) -> AsyncIterator[Service]:
    async with replica() as service:
        yield service


@pytest.fixture
def page_at() -> Callable[..., Awaitable[dict[str, Any]]]:
    """page_at(service, offset, slug=…) waits until the aggregate stands at this offset of the stream."""

    async def page_at(service: Service, offset: int, slug: str = "acme") -> dict[str, Any]:
        document: dict[str, Any] = {}

        async def is_there() -> bool:
            nonlocal document
            response = await service.client.get(f"/api/public/v1/pages/{slug}")
            document = response.json()
            return response.status_code == 200 and document["position"].endswith(f"-{offset}")

        await eventually(is_there, f"the page is at offset {offset}")
        return document

    return page_at


@pytest.fixture
def told() -> Callable[..., tuple[dict[str, Any], Archive]]:
    """told(event, …, at=…) is what a page that saw these events is made of: its document (but the days), and its archive. No server."""

    def told(*events: Envelope, at: datetime) -> tuple[dict[str, Any], Archive]:
        found: dict[str, list[Any]] = {}
        data: dict[str, list[str]] = {}
        for event in events:
            found.setdefault(event.aggregate, []).append(event.payload())
            data.setdefault(event.aggregate, []).append(event.data.decode())
        known = Known(
            page=found["page_settings"][0],
            layout=next(iter(found.get("layout", ())), None),
            services=found.get("service", ()),
            states=found.get("service_status", ()),
            incidents=found.get("incident", ()),
            windows=found.get("maintenance", ()),
        )
        items = [write_items(kind, data.get(kind, ()), known.names) for kind in ("incident", "maintenance")]
        changes = write_changes({service.id: [] for service in known.services})
        archive = Archive.read("\n".join([write_dates("acme", known), *items, changes]))
        assert archive is not None
        return build(known, at).sections, archive

    return told
