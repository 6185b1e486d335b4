"""The bounds of an incident: what exceeds one is refused, named, and leaves nothing half applied."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from common.clock import uuid7
from common.database import EVENT_MAX_BYTES
from devstack.fixtures import Sql
from devstack.teststack import Api
from incidents.domain import SERVICES_MAX
from incidents.domain.timeline import UPDATES_MAX

INCIDENTS = "/api/incidents/v1/incidents"
KIB_16 = 16 * 1024
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("title", "x" * 200, True),
        ("title", "x" * 201, False),
        ("title", "", False),
        ("description", "x" * KIB_16, True),
        ("description", "x" * (KIB_16 + 1), False),
        ("message", "é" * (KIB_16 // 2), True),
        ("message", "é" * (KIB_16 // 2) + "x", False),
    ],
)
async def test_texts_have_bounds(api: Api, field: str, value: str, accepted: bool) -> None:
    answer = await api("POST", INCIDENTS, {"title": "x", "status": "investigating", field: value})
    assert answer.status_code == (201 if accepted else 422)
    if not accepted:
        assert answer.json()["errors"][0]["where"] == f"body.{field}"


async def test_an_incident_names_at_most_500_services(api: Api) -> None:
    services = [{"service_id": str(uuid7())} for _ in range(SERVICES_MAX + 1)]
    refused = await api("POST", INCIDENTS, {"title": "x", "status": "investigating", "services": services})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.services")


async def test_an_incident_has_at_most_200_updates(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    incident = await open_incident()
    await sql(
        "INSERT INTO incidents.incident_update SELECT organization_id, incident_id, gen_random_uuid(), n, status, 'x', now(), NULL "
        "FROM incidents.incident_update, generate_series(2, :last) n",
        last=UPDATES_MAX,
    )
    refused = await api("POST", f"{INCIDENTS}/{incident['id']}/updates", {"message": "one more"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-updates")


async def test_an_incident_too_large_for_an_event_is_refused_before_anything_is_kept(
    api: Api, open_incident: OpenIncident, sql: Sql
) -> None:
    incident = await open_incident(description="x" * KIB_16)
    path = f"{INCIDENTS}/{incident['id']}/updates"
    answer = await api("POST", path, {"message": "x" * KIB_16})
    while answer.status_code == 201:
        kept = answer.json()
        answer = await api("POST", path, {"message": "x" * KIB_16, "status": "resolved"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tidings:problem:event-too-large")
    assert answer.json()["limit_bytes"] == EVENT_MAX_BYTES == 192 * 1024
    assert len(kept["updates"]) == 11, "16 KiB of description and 11 of 16 KiB fit, a 12th does not"
    assert (await api("GET", f"{INCIDENTS}/{incident['id']}")).json() == kept
    [(size,)] = await sql("SELECT max(octet_length(data)) FROM incidents.outbox")
    assert size <= EVENT_MAX_BYTES
