"""Incidents: opened, read, listed, changed and deleted through the API."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]


async def test_an_opened_incident_reads_back_with_its_first_update(api: Api, service: str) -> None:
    fields = {"title": "Database down", "description": "Details", "status": "identified", "impact": "major"}
    response = await api(
        "POST",
        INCIDENTS,
        {**fields, "message": "Looking into it", "services": [{"service_id": service, "status": "degraded"}]},
    )
    assert response.status_code == 201
    incident = response.json()
    assert response.headers["Location"] == f"{INCIDENTS}/{incident['id']}"
    assert response.headers["ETag"] == '"1"'
    assert {name: incident[name] for name in fields} == fields
    assert incident["services"] == [{"service_id": service, "status": "degraded", "name": "Website"}]
    [update] = incident["updates"]
    assert (update["message"], update["status"], update["edited_at"]) == ("Looking into it", "identified", None)
    assert incident["started_at"] == incident["created_at"] == update["created_at"]
    assert (incident["resolved_at"], incident["version"]) == (None, 1)
    assert (await api("GET", f"{INCIDENTS}/{incident['id']}")).json() == incident


async def test_an_incident_may_name_no_service_and_say_nothing(open_incident: OpenIncident) -> None:
    incident = await open_incident()
    assert (incident["services"], incident["impact"], incident["updates"][0]["message"]) == ([], "none", "")


@pytest.mark.parametrize(
    ("impact", "given", "weighed", "status"),
    [
        ("none", None, "none", "operational"),
        ("minor", None, "minor", "degraded"),
        ("major", None, "major", "partial_outage"),
        ("critical", None, "critical", "major_outage"),
        (None, "operational", "none", "operational"),
        (None, "degraded", "minor", "degraded"),
        (None, "partial_outage", "major", "partial_outage"),
        (None, "major_outage", "critical", "major_outage"),
        (None, None, "none", "operational"),
        ("critical", "degraded", "critical", "degraded"),
        ("none", "major_outage", "none", "major_outage"),
    ],
)
async def test_impact_and_statuses_follow_each_other(
    open_incident: OpenIncident, service: str, impact: str | None, given: str | None, weighed: str, status: str
) -> None:
    incident = await open_incident(impact=impact, services=[{"service_id": service, "status": given}])
    assert (incident["impact"], incident["services"][0]["status"]) == (weighed, status)


async def test_the_public_gets_the_incident_and_never_who_did_it(open_incident: OpenIncident, sql: Sql) -> None:
    incident = await open_incident(message="Looking into it")
    rows = {row.audience: row for row in await sql("SELECT * FROM incidents.outbox")}
    assert set(rows) == {"internal", "public"}
    for row in rows.values():
        assert (row.type, row.aggregate_id, row.sequence) == ("incident.opened", incident["id"], 1)
    assert rows["internal"].actor == {"id": "dev-responder", "name": "Dev Responder", "address": "127.0.0.1"}
    assert rows["public"].actor is None
    assert "dev-responder" not in rows["public"].data


async def test_a_change_keeps_what_is_not_given(api: Api, open_incident: OpenIncident, service: str) -> None:
    incident = await open_incident(impact="minor", services=[{"service_id": service}], description="Details")
    changed = (await api("PATCH", f"{INCIDENTS}/{incident['id']}", {"title": "Search down"})).json()
    assert changed["title"] == "Search down"
    same = ("description", "status", "impact", "services", "updates", "started_at")
    assert {name: changed[name] for name in same} == {name: incident[name] for name in same}
    assert changed["version"] == 2


async def test_a_new_impact_takes_the_services_along(api: Api, open_incident: OpenIncident, service: str) -> None:
    incident = await open_incident(impact="minor", services=[{"service_id": service}])
    changed = (await api("PATCH", f"{INCIDENTS}/{incident['id']}", {"impact": "critical"})).json()
    assert changed["services"] == [{"service_id": service, "status": "major_outage", "name": "Website"}]


async def test_services_are_replaced_as_a_whole(api: Api, open_incident: OpenIncident, service: str) -> None:
    incident = await open_incident(impact="minor", services=[{"service_id": service}])
    changed = (await api("PATCH", f"{INCIDENTS}/{incident['id']}", {"services": []})).json()
    assert (changed["services"], changed["impact"]) == ([], "minor")


async def test_a_change_that_changes_nothing_makes_no_version(
    api: Api, open_incident: OpenIncident, service: str, sql: Sql
) -> None:
    incident = await open_incident(impact="minor", services=[{"service_id": service}])
    for body in ({}, {"title": "Database down"}, {"impact": "minor"}, {"services": [{"service_id": service}]}):
        unchanged = await api("PATCH", f"{INCIDENTS}/{incident['id']}", body)
        assert (unchanged.status_code, unchanged.headers["ETag"]) == (200, '"1"'), body
        assert unchanged.json() == incident
    assert len(await sql("SELECT 1 FROM incidents.outbox")) == 2


async def test_a_deleted_incident_is_gone_and_leaves_a_tombstone(
    api: Api, open_incident: OpenIncident, sql: Sql
) -> None:
    incident = await open_incident()
    path = f"{INCIDENTS}/{incident['id']}"
    update = f"{path}/updates/{incident['updates'][0]['id']}"
    assert (await api("DELETE", path)).status_code == 204
    for method, target, body in (
        ("GET", path, None),
        ("PATCH", path, {"title": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/updates", {"message": "x"}),
        ("PATCH", update, {"message": "x"}),
        ("DELETE", update, None),
    ):
        assert (await api(method, target, body)).status_code == 404
    assert (await api("GET", INCIDENTS)).json()["items"] == []
    rows = await sql(
        "SELECT audience, sequence, data::jsonb ->> 'id' FROM incidents.outbox WHERE type = 'incident.deleted'"
    )
    assert sorted(tuple(row) for row in rows) == [("internal", 2, incident["id"]), ("public", 2, incident["id"])]
    assert len(await sql("SELECT 1 FROM incidents.incident WHERE deleted_at IS NOT NULL")) == 1, "soft"


async def test_every_stale_change_is_refused(api: Api, open_incident: OpenIncident) -> None:
    incident = await open_incident()
    path = f"{INCIDENTS}/{incident['id']}"
    update = f"{path}/updates/{incident['updates'][0]['id']}"
    for method, target, body in (
        ("PATCH", path, {"title": "x"}),
        ("DELETE", path, None),
        ("POST", f"{path}/updates", {"message": "x"}),
        ("PATCH", update, {"message": "x"}),
        ("DELETE", update, None),
    ):
        refused = await api(method, target, body, headers={"If-Match": '"7"'})
        assert (refused.status_code, refused.headers["ETag"]) == (412, '"1"'), method
    assert (await api("PATCH", path, {"title": "x"}, headers={"If-Match": '"1"'})).status_code == 200


async def test_the_list_is_newest_first_and_pages_hold_every_incident_once(
    api: Api, open_incident: OpenIncident
) -> None:
    opened = [(await open_incident(title=f"Incident {number}"))["id"] for number in range(7)]
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = (await api("GET", f"{INCIDENTS}?limit=2{cursor}")).json()
        seen += [incident["id"] for incident in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == opened[::-1]


async def titles(api: Api, query: str) -> list[str]:
    response = await api("GET", f"{INCIDENTS}?{query}")
    assert response.status_code == 200, response.text
    return [incident["title"] for incident in response.json()["items"]]


async def test_the_list_is_filtered_by_state_service_and_time(
    api: Api, open_incident: OpenIncident, service: str
) -> None:
    first = await open_incident(title="open", services=[{"service_id": service}])
    await open_incident(title="resolved", status="resolved")
    assert await titles(api, "state=open") == ["open"]
    assert await titles(api, "state=resolved") == ["resolved"]
    assert await titles(api, f"service_id={service}") == ["open"]
    assert await titles(api, f"service_id={uuid7()}") == []
    started = datetime.fromisoformat(first["started_at"])
    after = quote((started + timedelta(microseconds=1)).isoformat())
    assert await titles(api, f"started_from={quote(started.isoformat())}") == ["resolved", "open"]
    assert await titles(api, f"started_from={after}") == ["resolved"]
    assert await titles(api, f"started_until={after}") == ["open"]
    assert await titles(api, f"started_until={quote(started.isoformat())}") == []
    assert await titles(api, f"state=resolved&service_id={service}") == []


async def test_an_odd_query_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    times = ("started_from=yesterday", "started_from=2026-01-01T00:00:00", "started_until=0001-01-01T00:00:00%2B14:00")
    for query in ("state=closed", "service_id=7", *times, "limit=0", "limit=" + "9" * 4000, "cursor=x"):
        with subtests.test(query[:50]):
            refused = await api("GET", f"{INCIDENTS}?{query}")
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["where"].startswith("query.")


async def test_an_unknown_incident_is_not_found(api: Api) -> None:
    response = await api("GET", f"{INCIDENTS}/{uuid7()}")
    assert (response.status_code, response.json()["type"]) == (404, "urn:tidings:problem:not-found")
