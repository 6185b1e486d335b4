"""What incidents put on services: folded by version, worst wins, and without it a service falls back to what people set."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest_asyncio

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
Happen = Callable[..., Awaitable[None]]
NewIncident = Callable[..., Any]
TABLES = (
    *("service", "service_status", "status_history", "known_incident", "incident_impact", "past_impact"),
    *("known_maintenance", "open_window", "outbox"),
)


@pytest_asyncio.fixture
async def id(create_service: CreateService) -> str:
    return str((await create_service())["id"])


async def seen(api: Api, id: str) -> tuple[str, str, list[str]]:
    """What a service shows: status, base status and the titles of its causes."""
    service = (await api("GET", f"{SERVICES}/{id}")).json()
    return service["status"], service["base_status"], [cause["title"] for cause in service["causes"]]


async def contents(sql: Sql) -> dict[str, list[Any]]:
    # Where in the stream an event is says nothing about the state.
    ignored = "- 'published_at' - 'epoch' - 'stream_offset'"
    return {
        table: sorted(str(row) for row in await sql(f"SELECT to_jsonb(t) {ignored} FROM catalog.{table} t"))
        for table in TABLES
    }


async def test_an_incident_shows_as_the_cause_and_lifts_when_it_is_resolved(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident()
    await happen(incident.event(services={id: "major_outage"}))
    service = (await api("GET", f"{SERVICES}/{id}")).json()
    assert (service["status"], service["base_status"]) == ("major_outage", "operational")
    [cause] = service["causes"]
    assert (cause["kind"], cause["id"], cause["title"], cause["status"]) == (
        "incident", incident.id, "Database down", "major_outage",
    )  # fmt: skip
    await happen(incident.event(status="resolved", services={id: "major_outage"}))
    assert await seen(api, id) == ("operational", "operational", [])


async def test_history_names_the_incident_and_who_reported_it(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident()
    await happen(incident.event(services={id: "degraded"}), incident.event(status="resolved"))
    entries = (await api("GET", f"{SERVICES}/{id}/history")).json()["items"]
    assert [(entry["status"], entry["previous"]) for entry in entries] == [
        ("operational", "degraded"),
        ("degraded", "operational"),
    ]
    for entry in entries:
        assert entry["cause"] == {"kind": "incident", "id": incident.id, "title": "Database down"}
        assert entry["changed_by"] == {"id": "user_7", "name": "Grace"}


async def test_of_two_incidents_the_worse_wins_and_without_it_the_other_stays(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    mild, bad = new_incident("mild"), new_incident("bad")
    await happen(mild.event(services={id: "degraded"}), bad.event(services={id: "major_outage"}))
    assert await seen(api, id) == ("major_outage", "operational", ["bad", "mild"])
    await happen(bad.event(status="resolved"))
    assert await seen(api, id) == ("degraded", "operational", ["mild"])
    await happen(mild.deletion())
    assert await seen(api, id) == ("operational", "operational", [])


async def test_what_people_set_meanwhile_is_what_it_falls_back_to(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident()
    await happen(incident.event(services={id: "partial_outage"}))
    await api("PUT", f"{SERVICES}/{id}/status", {"status": "degraded"})
    assert await seen(api, id) == ("partial_outage", "degraded", ["Database down"])
    await api("PUT", f"{SERVICES}/{id}/status", {"status": "major_outage"})
    assert await seen(api, id) == ("major_outage", "major_outage", ["Database down"])
    await api("PUT", f"{SERVICES}/{id}/status", {"status": "degraded"})
    await happen(incident.event(status="resolved"))
    assert await seen(api, id) == ("degraded", "degraded", [])


async def test_an_incident_may_leave_one_service_and_come_to_another(
    api: Api, happen: Happen, new_incident: NewIncident, id: str, create_service: CreateService
) -> None:
    other = (await create_service("Other"))["id"]
    incident = new_incident()
    await happen(incident.event(services={id: "degraded"}), incident.event(services={other: "degraded"}))
    assert (await seen(api, id))[0] == "operational"
    assert (await seen(api, other))[0] == "degraded"


async def test_reopening_puts_the_statuses_back(api: Api, happen: Happen, new_incident: NewIncident, id: str) -> None:
    incident = new_incident()
    put = {id: "degraded"}
    await happen(incident.event(services=put), incident.event(status="resolved", services=put))
    await happen(incident.event(status="identified", services=put))
    assert (await seen(api, id))[0] == "degraded"


async def test_an_old_version_after_a_newer_one_changes_nothing(
    api: Api, happen: Happen, new_incident: NewIncident, id: str, sql: Sql
) -> None:
    incident = new_incident()
    await happen(incident.event(version=5, services={id: "degraded"}))
    before = await contents(sql)
    await happen(
        incident.event(version=4, services={id: "major_outage"}),
        incident.event(version=5, status="resolved"),
        incident.deletion(version=3),
    )
    assert await contents(sql) == before


async def test_a_gap_in_the_versions_is_not_waited_for(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident()
    await happen(incident.event(version=1), incident.event(version=9, services={id: "degraded"}))
    assert (await seen(api, id))[0] == "degraded"


async def test_nothing_brings_a_deleted_incident_back(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident()
    await happen(incident.event(version=1, services={id: "degraded"}), incident.deletion(version=3))
    await happen(incident.event(version=2, services={id: "major_outage"}))
    assert await seen(api, id) == ("operational", "operational", [])


async def test_an_impact_on_an_unknown_service_is_kept_and_does_nothing(
    api: Api, happen: Happen, new_incident: NewIncident, id: str, sql: Sql
) -> None:
    unknown = str(uuid7())
    await happen(new_incident().event(services={unknown: "major_outage", id: "degraded"}))
    assert (await seen(api, id))[0] == "degraded"
    [kept] = await sql("SELECT status FROM catalog.incident_impact WHERE service_id = :id", id=UUID(unknown))
    assert kept.status == "major_outage"
    assert await sql("SELECT 1 FROM catalog.dead_letter") == []


async def test_an_impact_on_a_deleted_service_does_nothing(
    api: Api, happen: Happen, new_incident: NewIncident, id: str, create_service: CreateService, sql: Sql
) -> None:
    alive = (await create_service("Alive"))["id"]
    await api("DELETE", f"{SERVICES}/{id}")
    await happen(new_incident().event(services={id: "major_outage", alive: "degraded"}))
    assert (await seen(api, alive))[0] == "degraded"
    assert await sql("SELECT 1 FROM catalog.status_history WHERE service_id = :id", id=UUID(id)) == []


async def test_a_service_that_an_incident_leaves_operational_has_no_cause(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    await happen(new_incident().event(services={id: "operational"}))
    assert await seen(api, id) == ("operational", "operational", [])


async def test_a_new_title_shows_without_a_new_entry_in_the_history(
    api: Api, happen: Happen, new_incident: NewIncident, id: str
) -> None:
    incident = new_incident("first")
    await happen(incident.event(services={id: "degraded"}))
    incident.title = "second"
    await happen(incident.event(services={id: "degraded"}))
    assert await seen(api, id) == ("degraded", "operational", ["second"])
    assert len((await api("GET", f"{SERVICES}/{id}/history")).json()["items"]) == 1


async def test_the_whole_stream_a_second_time_changes_nothing(
    happen: Happen, new_incident: NewIncident, id: str, sql: Sql
) -> None:
    first, second = new_incident("first"), new_incident("second")
    events = [
        first.event(services={id: "degraded"}),
        second.event(services={id: "major_outage"}),
        first.event(status="resolved"),
        second.event(services={id: "partial_outage"}),
        first.deletion(),
    ]
    await happen(*events)
    before = await contents(sql)
    await happen(*(replace(event, id=uuid7(), republished=True) for event in events))
    assert await contents(sql) == before
