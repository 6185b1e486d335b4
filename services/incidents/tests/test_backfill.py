"""Incidents that were over before they were written down: told with their times, and never open."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.clock import now, rfc3339
from devstack.teststack import Api

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]
Nameless = Callable[[dict[str, Any]], dict[str, Any]]
Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]


NOW = now()


def ago(hours: int) -> str:
    return rfc3339(NOW - timedelta(hours=hours))


@pytest.fixture
def backfill(api: Api) -> OpenIncident:
    """backfill(…) writes down an incident that began five hours ago and ended three hours ago, unless other times are given."""

    async def backfill(**fields: object) -> dict[str, Any]:
        body = {"title": "Database down", "started_at": ago(5), "resolved_at": ago(3), **fields}
        response = await api("POST", INCIDENTS, body)
        assert response.status_code == 201, response.text
        written: dict[str, Any] = response.json()
        return written

    return backfill


async def test_a_past_incident_is_written_down_with_its_times(
    api: Api, backfill: OpenIncident, service: str, told: Told, nameless: Nameless
) -> None:
    services = [{"service_id": service, "status": "major_outage"}]
    started_at, resolved_at = ago(5), ago(3)
    incident = await backfill(
        started_at=started_at, resolved_at=resolved_at, services=services, message="Power was out"
    )
    assert (incident["started_at"], incident["resolved_at"]) == (started_at, resolved_at)
    assert (incident["status"], incident["impact"], incident["version"]) == ("resolved", "critical", 1)
    [update] = incident["updates"]
    assert (update["status"], update["message"], update["created_at"]) == ("resolved", "Power was out", resolved_at)
    assert await told() == {
        "internal": ("incident.backfilled", incident),
        "public": ("incident.backfilled", nameless(incident)),
    }
    assert (await api("GET", f"{INCIDENTS}/{incident['id']}")).json() == incident


async def test_a_past_incident_brings_its_timeline(backfill: OpenIncident) -> None:
    said = [
        {"status": "investigating", "message": "What is it?", "created_at": ago(5)},
        {"status": "identified", "message": "Power", "created_at": ago(4)},
        {"status": "resolved", "message": "Power is back", "created_at": ago(3)},
    ]
    incident = await backfill(started_at=ago(5), resolved_at=ago(3), updates=said)
    assert [{name: update[name] for name in said[0]} for update in incident["updates"]] == said


async def test_past_incidents_stand_in_the_list_where_they_began(
    api: Api, backfill: OpenIncident, open_incident: OpenIncident
) -> None:
    opened = await open_incident()
    later = await backfill(started_at=ago(48), resolved_at=ago(47))
    earlier = await backfill(started_at=ago(72), resolved_at=ago(71))
    listed = (await api("GET", INCIDENTS)).json()["items"]
    assert [incident["id"] for incident in listed] == [opened["id"], later["id"], earlier["id"]]


async def test_what_does_not_fit_a_past_incident_is_refused(api: Api) -> None:
    early = {"status": "monitoring", "message": "x", "created_at": ago(6)}
    fields: dict[str, Any]
    for fields, where, type in (
        ({"resolved_at": None}, "resolved_at", "invalid-input"),
        ({"started_at": None}, "started_at", "invalid-input"),
        ({"status": "identified"}, "status", "invalid-input"),
        ({"message": "x", "updates": []}, "message", "invalid-input"),
        ({"started_at": None, "resolved_at": None, "updates": []}, "updates", "invalid-input"),
        ({"started_at": "2026-01-01T00:00:00"}, "started_at", "invalid-input"),
        ({"resolved_at": ago(-24)}, "resolved_at", "not-over"),
        ({"started_at": ago(3)}, "resolved_at", "end-not-after-start"),
        ({"started_at": ago(401 * 24)}, "started_at", "too-long-ago"),
        ({"updates": [early]}, "updates.0.created_at", "update-out-of-order"),
        ({"updates": [early] * 201}, "updates", "invalid-input"),
    ):
        refused = await api("POST", INCIDENTS, {"title": "x", "started_at": ago(5), "resolved_at": ago(3), **fields})
        assert (refused.status_code, refused.json()["type"]) == (422, f"urn:tidings:problem:{type}"), fields
        assert refused.json()["errors"][0]["where"] == f"body.{where}"
    assert (await api("GET", INCIDENTS)).json()["items"] == []


async def test_a_past_incident_is_given_other_times(
    api: Api, backfill: OpenIncident, told: Told, nameless: Nameless
) -> None:
    incident = await backfill()
    path = f"{INCIDENTS}/{incident['id']}"
    started_at = ago(10)
    moved = (await api("PATCH", path, {"started_at": started_at})).json()
    assert (moved["started_at"], moved["resolved_at"]) == (started_at, incident["resolved_at"])
    assert (await told())["public"] == ("incident.updated", nameless(moved))
    assert (await api("GET", path)).json() == moved
    for body, type in (
        ({"started_at": ago(1)}, "end-not-after-start"),
        (
            {"resolved_at": rfc3339(now())},
            "not-over",
        ),  # later than it was written down: that would make it one that was open
        ({"started_at": rfc3339(datetime(2020, 1, 1, tzinfo=UTC))}, "too-long-ago"),
    ):
        refused = await api("PATCH", path, body)
        assert (refused.status_code, refused.json()["type"]) == (422, f"urn:tidings:problem:{type}")
    assert (await api("GET", path)).json() == moved


async def test_other_incidents_keep_their_times(api: Api, open_incident: OpenIncident) -> None:
    incident = await open_incident(status="resolved")
    path = f"{INCIDENTS}/{incident['id']}"
    for name in ("started_at", "resolved_at"):
        refused = await api("PATCH", path, {name: ago(1)})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:not-backfilled")
        assert refused.json()["errors"][0]["where"] == f"body.{name}"
        assert (await api("PATCH", path, {name: incident[name]})).json() == incident, "that is what it is"


async def test_a_past_incident_is_not_reopened_but_told_on(api: Api, backfill: OpenIncident) -> None:
    path = f"{INCIDENTS}/{(await backfill())['id']}/updates"
    refused = await api("POST", path, {"status": "investigating", "message": "Again"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:backfilled")
    told = (await api("POST", path, {"message": "What we learned"})).json()
    assert (told["status"], len(told["updates"])) == ("resolved", 2)
