"""An incident's timeline: posted, edited and deleted updates; resolving and reopening."""

from collections.abc import Awaitable, Callable
from typing import Any

from common.clock import uuid7
from common.pagination import encode_cursor
from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api, Service

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]


async def post(api: Api, incident: dict[str, Any], **fields: object) -> dict[str, Any]:
    response = await api("POST", f"{INCIDENTS}/{incident['id']}/updates", fields)
    assert response.status_code == 201, response.text
    posted: dict[str, Any] = response.json()
    return posted


async def last_event(sql: Sql) -> str:
    [row] = await sql("SELECT type FROM incidents.outbox WHERE audience = 'public' ORDER BY position DESC LIMIT 1")
    return str(row.type)


async def test_an_update_stands_in_the_timeline_with_the_status_it_set(
    api: Api, open_incident: OpenIncident, sql: Sql
) -> None:
    incident = await open_incident(message="Looking into it")
    updated = await post(api, incident, status="monitoring", message="Fixed, watching")
    assert (updated["status"], updated["version"]) == ("monitoring", 2)
    assert [(update["status"], update["message"]) for update in updated["updates"]] == [
        ("investigating", "Looking into it"),
        ("monitoring", "Fixed, watching"),
    ]
    assert await last_event(sql) == "incident.update_posted"


async def test_the_same_status_with_a_message_is_an_update(api: Api, open_incident: OpenIncident) -> None:
    incident = await open_incident()
    for _ in range(2):
        incident = await post(api, incident, status="investigating", message="Still looking")
    assert len(incident["updates"]) == 3


async def test_an_update_that_says_and_changes_nothing_is_refused(api: Api, open_incident: OpenIncident) -> None:
    incident = await open_incident(impact="minor")
    nothing: list[dict[str, object]] = [
        {},
        {"message": "  "},
        {"status": "investigating"},
        {"impact": "minor"},
        {"services": []},
    ]
    for body in nothing:
        refused = await api("POST", f"{INCIDENTS}/{incident['id']}/updates", body)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:empty-update"), body
    assert (await api("GET", f"{INCIDENTS}/{incident['id']}")).json() == incident


async def test_the_lifecycle_jumps_and_goes_back(api: Api, open_incident: OpenIncident) -> None:
    incident = await open_incident()
    for status in ("monitoring", "investigating", "resolved", "identified", "resolved", "monitoring"):
        incident = await post(api, incident, status=status)
        assert incident["status"] == status
        assert (incident["resolved_at"] is not None) == (status == "resolved")


async def test_an_update_tells_what_the_incident_put_on_services_before_and_after_it(
    api: Api, catalog: Catalog, open_incident: OpenIncident, service: str, told: Told
) -> None:
    dropped, secret = await catalog.service(name="Search"), await catalog.service(name="Secret", visibility="internal")
    await catalog.caught_up()
    named = [{"service_id": id, "status": "partial_outage"} for id in (service, dropped, secret)]
    incident = await open_incident(services=named)
    incident = await post(api, incident, message="Still looking")
    incident = await post(api, incident, services=[{"service_id": service, "status": "degraded"}])
    incident = await post(api, incident, status="resolved")
    incident = await post(api, incident, message="What we did")
    await catalog.service(id=dropped, version=2, name="Find")
    await catalog.caught_up()

    def said(incident: dict[str, Any], name: str) -> list[tuple[str, str]]:
        services = [named for update in incident["updates"] for named in update["services"]]
        return [(each["old_status"], each["new_status"]) for each in services if each["name"] == name]

    incident = (await api("PATCH", f"{INCIDENTS}/{incident['id']}", {"title": "Read back"})).json()
    well, slow, out = "operational", "degraded", "partial_outage"
    assert said(incident, "Website") == [(well, out), (out, out), (out, slow), (slow, well), (well, well)]
    assert said(incident, "Find") == said(incident, "Secret") == [(well, out), (out, out), (out, well)]
    events = await told()
    assert events["internal"] == ("incident.updated", incident)
    public = events["public"][1]
    assert (said(public, "Website"), said(public, "Find")) == (said(incident, "Website"), said(incident, "Find"))
    assert secret not in str(public)


async def test_resolving_and_reopening_keep_the_statuses(
    api: Api, open_incident: OpenIncident, service: str, sql: Sql
) -> None:
    incident = await open_incident(services=[{"service_id": service, "status": "partial_outage"}])
    resolved = await post(api, incident, status="resolved", message="Fixed")
    assert await last_event(sql) == "incident.resolved"
    assert resolved["resolved_at"] == resolved["updated_at"]
    reopened = await post(api, resolved, status="investigating", message="Not fixed")
    assert await last_event(sql) == "incident.reopened"
    assert reopened["resolved_at"] is None
    assert reopened["services"] == incident["services"]
    assert reopened["started_at"] == incident["started_at"]


async def test_a_message_on_a_resolved_incident_leaves_it_resolved(
    api: Api, open_incident: OpenIncident, sql: Sql
) -> None:
    resolved = await post(api, await open_incident(), status="resolved")
    noted = await post(api, resolved, message="Report follows")
    assert (noted["status"], noted["resolved_at"]) == ("resolved", resolved["resolved_at"])
    assert await last_event(sql) == "incident.update_posted"


async def test_an_update_may_change_impact_and_services(api: Api, open_incident: OpenIncident, service: str) -> None:
    updated = await post(api, await open_incident(), impact="critical", services=[{"service_id": service}])
    assert updated["impact"] == "critical"
    assert updated["services"] == [{"service_id": service, "status": "major_outage", "name": "Website"}]


async def test_an_edited_update_says_when_and_keeps_its_place(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    incident = await post(api, await open_incident(message="Frist"), message="Second")
    first = incident["updates"][0]
    edited = (await api("PATCH", f"{INCIDENTS}/{incident['id']}/updates/{first['id']}", {"message": "First"})).json()
    assert [update["message"] for update in edited["updates"]] == ["First", "Second"]
    assert edited["updates"][0]["created_at"] == first["created_at"]
    assert edited["updates"][0]["edited_at"] == edited["updated_at"]
    assert edited["updates"][1]["edited_at"] is None
    assert await last_event(sql) == "incident.update_edited"


async def test_editing_to_the_same_words_changes_nothing(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    incident = await open_incident(message="Same")
    path = f"{INCIDENTS}/{incident['id']}/updates/{incident['updates'][0]['id']}"
    assert (await api("PATCH", path, {"message": "Same"})).json() == incident
    assert await last_event(sql) == "incident.opened"


async def test_deleting_an_update_leaves_the_incident_as_it_is(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    incident = await post(api, await open_incident(message="First"), status="monitoring", message="Second")
    deleted = (await api("DELETE", f"{INCIDENTS}/{incident['id']}/updates/{incident['updates'][1]['id']}")).json()
    assert [update["message"] for update in deleted["updates"]] == ["First"]
    assert (deleted["status"], deleted["version"]) == ("monitoring", 3)
    assert await last_event(sql) == "incident.update_deleted"


async def test_an_update_of_another_incident_is_not_found(api: Api, open_incident: OpenIncident) -> None:
    one, other = await open_incident(), await open_incident()
    for id in (other["updates"][0]["id"], uuid7()):
        path = f"{INCIDENTS}/{one['id']}/updates/{id}"
        assert (await api("PATCH", path, {"message": "x"})).status_code == 404
        assert (await api("DELETE", path)).status_code == 404


async def test_members_read_who_wrote_an_update_and_everybody_does_not(
    api: Api, incidents: Service, open_incident: OpenIncident, told: Told, sql: Sql
) -> None:
    incident = await open_incident(message="Frist")
    path = f"{INCIDENTS}/{incident['id']}"
    admin, update = incidents.as_("acme", "admin"), f"{path}/updates/{incident['updates'][0]['id']}"
    edited = (await admin("PATCH", update, {"message": "First"})).json()
    ada, ben = {"id": "dev-responder", "name": "Dev Responder"}, {"id": "dev-admin", "name": "Dev Admin"}
    assert [(each["posted_by"], each["edited_by"]) for each in edited["updates"]] == [(ada, ben)]
    assert (await api("GET", path)).json() == edited
    events = await told()
    assert events["internal"] == ("incident.update_edited", edited)
    assert [(each["posted_by"], each["edited_by"]) for each in events["public"][1]["updates"]] == [(None, None)]
    await sql("UPDATE incidents.incident_update SET posted_by = NULL, edited_by = NULL")
    older = (await api("GET", path)).json()["updates"]
    assert [(each["posted_by"], each["edited_by"]) for each in older] == [(None, None)], "of an older release"


async def test_members_see_what_updates_said_before(
    api: Api, incidents: Service, open_incident: OpenIncident, sql: Sql
) -> None:
    incident = await post(api, await open_incident(message="Frist"), status="monitoring", message="Secret")
    path = f"{INCIDENTS}/{incident['id']}"
    first, second = (f"{path}/updates/{update['id']}" for update in incident["updates"])
    for message in ("Fisrt", "First"):
        await api("PATCH", first, {"message": message})
    await api("PATCH", first, {"message": "First"})
    changed = (await api("DELETE", second)).json()

    reader = incidents.as_("acme", "viewer")
    page = (await reader("GET", f"{path}/edits?limit=2")).json()
    rest = (await reader("GET", f"{path}/edits?limit=2&cursor={page['next_cursor']}")).json()
    assert rest["next_cursor"] is None
    edits = page["items"] + rest["items"]
    assert [(edit["kind"], edit["status"], edit["message"]) for edit in edits] == [
        ("deleted", "monitoring", "Secret"),
        ("edited", "investigating", "Fisrt"),
        ("edited", "investigating", "Frist"),
    ]
    assert edits[0]["update_id"] == incident["updates"][1]["id"]
    assert edits[0]["replaced_at"] == changed["updated_at"]
    assert edits[0]["replaced_by"] == {"id": "dev-responder", "name": "Dev Responder"}
    last = "SELECT data FROM incidents.outbox WHERE sequence >= 5"
    assert not any("Secret" in row.data or "Fisrt" in row.data for row in await sql(last)), "no event tells it again"

    await api("DELETE", path)
    assert (await reader("GET", f"{path}/edits")).status_code == 404


async def test_an_odd_cursor_of_edits_is_refused(api: Api, open_incident: OpenIncident) -> None:
    path = f"{INCIDENTS}/{(await open_incident())['id']}/edits"
    for key in ("x", "-1", "\u0663", "9" * 10):
        refused = await api("GET", f"{path}?cursor={encode_cursor(key)}")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:invalid-cursor")
