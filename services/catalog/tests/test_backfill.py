"""Incidents that are written down when they are over: part of the history at their time, and of no present status."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.clock import rfc3339
from devstack.fixtures import Sql
from devstack.teststack import Api

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
Happen = Callable[..., Awaitable[None]]
NewIncident = Callable[..., Any]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Line = tuple[str, str, str, bool]


@pytest_asyncio.fixture
async def id(create_service: CreateService) -> str:
    return str((await create_service())["id"])


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def past(incident: Any, start: float, end: float, services: dict[str, str], **fields: object) -> Any:
    """The next version of an incident that was over long before it was written down."""
    times = {"started_at": at(start), "resolved_at": at(end)}
    return incident.event(status="resolved", services=services, **times, **fields)


async def lines(api: Api, id: str, *, limit: int = 50) -> list[Line]:
    """The history, oldest first, read in pages: when (hours after noon, or the title of what is present), from, to, backfilled."""
    found: list[Line] = []
    cursor = ""
    while True:
        page = (await api("GET", f"{SERVICES}/{id}/history?limit={limit}{cursor}")).json()
        for entry in page["items"]:
            hours = (datetime.fromisoformat(entry["changed_at"]) - NOON) / timedelta(hours=1)
            when = f"{hours:g}" if abs(hours) < 1000 else "now"
            found.insert(0, (when, entry["previous"], entry["status"], entry["backfilled"]))
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def test_it_shows_in_the_history_at_its_time_and_changes_nothing_now(
    api: Api, id: str, happen: Happen, new_incident: NewIncident, sql: Sql
) -> None:
    await api("PUT", f"{SERVICES}/{id}/status", {"status": "degraded"})
    await happen(past(new_incident("Fire"), 0, 2, {id: "major_outage"}))
    service = (await api("GET", f"{SERVICES}/{id}")).json()
    assert (service["status"], service["causes"]) == ("degraded", [])
    live, end, start = (await api("GET", f"{SERVICES}/{id}/history")).json()["items"]
    assert (start["status"], start["previous"], start["changed_at"]) == ("major_outage", "operational", rfc3339(at(0)))
    assert (end["status"], end["previous"], end["changed_at"]) == ("operational", "major_outage", rfc3339(at(2)))
    assert (start["cause"]["title"], start["changed_by"]["name"], start["backfilled"]) == ("Fire", "Grace", True)
    assert (live["status"], live["previous"], live["backfilled"]) == ("degraded", "operational", False)
    assert len(await sql("SELECT 1 FROM catalog.outbox WHERE type = 'service_status.changed'")) == 2, "the person's"


async def test_an_edit_rewrites_it_and_a_deletion_takes_it_back(
    api: Api, id: str, create_service: CreateService, happen: Happen, new_incident: NewIncident
) -> None:
    other = (await create_service("Other"))["id"]
    incident = new_incident("Fire")
    await happen(past(incident, 0, 2, {id: "major_outage"}))
    incident.title = "Flood"
    await happen(past(incident, 1, 5, {id: "degraded", other: "partial_outage"}))
    assert await lines(api, id) == [("1", "operational", "degraded", True), ("5", "degraded", "operational", True)]
    assert len(await lines(api, other)) == 2
    [entry, _] = (await api("GET", f"{SERVICES}/{other}/history")).json()["items"]
    assert entry["cause"]["title"] == "Flood"
    await happen(past(incident, 1, 5, {id: "operational"}))
    assert (await lines(api, id), await lines(api, other)) == ([], [])
    await happen(past(incident, 0, 1, {id: "degraded"}), incident.deletion())
    assert await lines(api, id) == []
    await happen(past(incident, 0, 1, {id: "degraded"}, version=1))
    assert await lines(api, id) == [], "no older version brings it back"


async def test_an_internal_one_is_history_of_internal_services_alone(
    api: Api, id: str, happen: Happen, new_incident: NewIncident
) -> None:
    incident = new_incident("Audit", visibility="internal")
    await happen(past(incident, 0, 2, {id: "major_outage"}))
    assert await lines(api, id) == []
    await api("PATCH", f"{SERVICES}/{id}", {"visibility": "internal"})
    assert len(await lines(api, id)) == 2
    await happen(incident.deletion())
    assert await lines(api, id) == []


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_together_with_what_was_seen_the_worst_holds_on_every_page(
    api: Api, id: str, happen: Happen, new_incident: NewIncident, sql: Sql, limit: int
) -> None:
    for status in ("partial_outage", "operational", "degraded"):
        await api("PUT", f"{SERVICES}/{id}/status", {"status": status})
    # As if two of them had been seen at one and three.
    for number, hours in ((1, 1), (2, 3)):
        await sql("UPDATE catalog.status_history SET changed_at = :at WHERE id = :id", at=at(hours), id=number)
    await happen(
        past(new_incident(), 0, 2, {id: "degraded"}),
        past(new_incident(), 3, 4, {id: "major_outage"}),
        past(new_incident(), 3.5, 5, {id: "degraded"}),
    )
    assert await lines(api, id, limit=limit) == [
        ("0", "operational", "degraded", True),
        ("1", "degraded", "partial_outage", False),
        ("2", "partial_outage", "partial_outage", True),
        ("3", "partial_outage", "major_outage", True),
        ("3", "major_outage", "major_outage", False),
        ("3.5", "major_outage", "major_outage", True),
        ("4", "major_outage", "degraded", True),
        ("5", "degraded", "operational", True),
        ("now", "operational", "degraded", False),
    ]
