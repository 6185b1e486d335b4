"""Templates: written by admins, filled in when responders use them."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from common.clock import now, rfc3339, uuid7
from common.contracts.catalog import PageSettings
from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api, Service
from incidents.api import template as routes
from incidents.domain.template import fill, in_words

INCIDENTS = "/api/incidents/v1/incidents"
TEMPLATES = "/api/incidents/v1/templates"
Nameless = Callable[[dict[str, Any]], dict[str, Any]]
Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]
CONTENT = {
    "name": "Database",
    "title": "Problems with {services}",
    "message": "Since {time}, {services} may fail. {unknown} {services!r} {0} {",
    "impact": "major",
    "status": "identified",
}


@pytest_asyncio.fixture
async def admin(api: Api, incidents: Service) -> Api:
    """An admin of `acme`."""
    return incidents.as_("acme", "admin")


async def write(admin: Api, *services: str, **fields: object) -> dict[str, Any]:
    named = [{"service_id": id} for id in services]
    response = await admin("POST", TEMPLATES, {**CONTENT, "services": named, **fields})
    assert response.status_code == 201, response.text
    written: dict[str, Any] = response.json()
    return written


async def render(api: Api, template: dict[str, Any], **fields: object) -> dict[str, Any]:
    response = await api("POST", f"{TEMPLATES}/{template['id']}/render", fields)
    assert response.status_code == 200, response.text
    proposed: dict[str, Any] = response.json()
    return proposed


def test_words_are_put_in_once_and_nothing_else_is_a_format() -> None:
    values = {"services": "{time}", "time": "now"}
    text = "{services} {time} {services} {SERVICES} {{time}} {time.__class__} {services:>9} {"
    assert fill(text, values) == "{time} now {time} {SERVICES} {now} {time.__class__} {services:>9} {"


@pytest.mark.parametrize(("names", "words"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")])
def test_names_are_joined_as_people_do(names: list[str], words: str) -> None:
    assert in_words(names) == words


async def test_a_template_is_written_read_replaced_and_deleted(api: Api, admin: Api, service: str, sql: Sql) -> None:
    created = await admin("POST", TEMPLATES, {**CONTENT, "services": [{"service_id": service, "status": "degraded"}]})
    template = created.json()
    path = f"{TEMPLATES}/{template['id']}"
    assert (created.headers["Location"], created.headers["ETag"]) == (path, '"1"')
    assert {name: template[name] for name in CONTENT} == CONTENT
    assert template["visibility"] == "public"
    assert template["services"] == [
        {"service_id": service, "status": "degraded", "name": "Website", "is_deleted": False}
    ]
    assert (await api("GET", path)).json() == template
    assert (await api("GET", TEMPLATES)).json() == {"items": [template], "next_cursor": None}

    same = {**CONTENT, "services": [{"service_id": service, "status": "degraded"}]}
    assert (await admin("PUT", path, same)).json() == template, "that changes nothing"
    shorter = {"name": "Database", "title": "Down"}
    replaced = await admin("PUT", path, shorter, headers={"If-Match": '"1"'})
    assert (replaced.status_code, replaced.headers["ETag"]) == (200, '"2"')
    expected: dict[str, Any] = {
        "message": "",
        "impact": None,
        "status": "investigating",
        "visibility": "public",
        "services": [],
    }
    assert {name: replaced.json()[name] for name in (*shorter, *expected)} == {**shorter, **expected}
    assert (await admin("PUT", path, shorter, headers={"If-Match": '"1"'})).status_code == 412

    assert (await admin("DELETE", path, headers={"If-Match": '"1"'})).status_code == 412
    assert (await admin("DELETE", path)).status_code == 204
    for method, body in (("GET", None), ("PUT", shorter), ("DELETE", None)):
        assert (await admin(method, path, body)).status_code == 404
    assert await sql("SELECT 1 FROM incidents.outbox") == [], "templates are nobody else's business"


async def test_templates_are_listed_as_they_were_made_and_are_not_without_end(
    admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "TEMPLATES_MAX", 3)
    made = [(await write(admin, name=name))["id"] for name in ("C", "A", "B")]
    first = (await admin("GET", f"{TEMPLATES}?limit=2")).json()
    rest = (await admin("GET", f"{TEMPLATES}?limit=2&cursor={first['next_cursor']}")).json()
    assert [template["id"] for template in first["items"] + rest["items"]] == made
    refused = await admin("POST", TEMPLATES, CONTENT)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-templates")


async def test_a_template_proposes_an_incident_that_can_be_opened_as_it_is(
    api: Api, admin: Api, catalog: Catalog, service: str, sql: Sql
) -> None:
    search = await catalog.service(name="Search")
    page = PageSettings(
        organization_id="acme", slug="acme", name="acme", description="", time_zone="Asia/Tokyo", version=2,
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    await catalog.publish("acme", "page_settings.updated", "acme", 2, page)
    await catalog.caught_up()
    before = now().replace(second=0, microsecond=0)
    proposed = await render(api, await write(admin, service, search))
    words = "Website and Search"
    assert proposed["title"] == f"Problems with {words}"
    start, time, rest = proposed["message"].partition(proposed["message"][6:26])
    assert (start, rest) == ("Since ", f", {words} may fail. {{unknown}} {{services!r}} {{0}} {{")
    assert time.endswith(" JST")
    told = datetime.strptime(time, "%Y-%m-%d %H:%M JST").replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert before <= told <= now()
    assert await sql("SELECT 1 FROM incidents.incident") == []
    opened = await api("POST", INCIDENTS, proposed)
    assert opened.status_code == 201, opened.text
    incident = opened.json()
    assert {name: incident[name] for name in ("title", "status", "impact")} == {
        "title": f"Problems with {words}", "status": "identified", "impact": "major",
    }  # fmt: skip
    assert [named["status"] for named in incident["services"]] == ["partial_outage"] * 2
    assert incident["updates"][0]["message"] == proposed["message"]


async def test_one_call_opens_an_incident_by_a_template(
    api: Api, admin: Api, service: str, told: Told, nameless: Nameless
) -> None:
    template = await write(admin, service, message="{services} may fail.")
    incident = (await api("POST", INCIDENTS, {"template_id": template["id"]})).json()
    assert (incident["title"], incident["status"], incident["impact"]) == (
        "Problems with Website", "identified", "major",
    )  # fmt: skip
    assert incident["updates"][0]["message"] == "Website may fail."
    assert [named["name"] for named in incident["services"]] == ["Website"]
    assert (await told())["public"] == ("incident.opened", nameless(incident))
    said = {
        "title": "Other", "status": "monitoring", "impact": "minor", "message": "", "visibility": "internal", "services": [],
    }  # fmt: skip
    other = (await api("POST", INCIDENTS, {"template_id": template["id"], **said})).json()
    assert {name: other[name] for name in ("title", "status", "impact", "visibility", "services")} == {
        name: value for name, value in said.items() if name != "message"
    }
    assert other["updates"][0]["message"] == "", "what is said counts"


async def test_a_past_incident_may_be_written_by_a_template(api: Api, admin: Api) -> None:
    template = await write(admin, message="Since {time}")
    started_at, resolved_at = (now() - timedelta(hours=hours) for hours in (30, 29))
    times = {"started_at": rfc3339(started_at), "resolved_at": rfc3339(resolved_at)}
    incident = (await api("POST", INCIDENTS, {"template_id": template["id"], **times})).json()
    assert (incident["status"], incident["title"]) == ("resolved", "Problems with our services")
    assert incident["updates"][0]["message"] == f"Since {started_at:%Y-%m-%d %H:%M} UTC"


async def test_what_everybody_reads_names_no_internal_service(
    api: Api, admin: Api, catalog: Catalog, service: str
) -> None:
    secret = await catalog.service(name="Secret", visibility="internal")
    await catalog.caught_up()
    template = await write(admin, service, secret)
    public, internal = await render(api, template), await render(api, template, visibility="internal")
    assert public["title"] == "Problems with Website"
    assert "Secret" not in public["message"]
    assert {named["service_id"] for named in public["services"]} == {service, secret}
    assert (internal["title"], internal["visibility"]) == ("Problems with Website and Secret", "internal")
    alone = await render(api, template, services=[{"service_id": secret}])
    assert alone["title"] == "Problems with our services"


async def test_a_service_that_was_deleted_since_is_left_out(
    api: Api, admin: Api, catalog: Catalog, service: str
) -> None:
    search = await catalog.service(name="Search")
    await catalog.caught_up()
    template = await write(admin, service, search)
    await catalog.delete_service(service)
    await catalog.caught_up()
    proposed = await render(api, template)
    assert (proposed["title"], proposed["services"]) == (
        "Problems with Search", [{"service_id": search, "status": None}],
    )  # fmt: skip
    opened = (await api("POST", INCIDENTS, {"template_id": template["id"]})).json()
    assert [named["name"] for named in opened["services"]] == ["Search"]
    kept = (await api("GET", f"{TEMPLATES}/{template['id']}")).json()
    assert {named["name"]: named["is_deleted"] for named in kept["services"]} == {"Website": True, "Search": False}
    named = [{"service_id": service}, {"service_id": search}]
    assert (await admin("PUT", f"{TEMPLATES}/{template['id']}", {**CONTENT, "services": named})).status_code == 200


async def test_what_cannot_be_used_is_refused_and_named(
    admin: Api, incidents: Service, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.known_services.SERVICE_WAIT_SECONDS", 0)
    service = await catalog.service(name="Warehouse management")
    await catalog.caught_up()
    too_long = (await write(admin, service, title="{services}" * 20))["id"]
    unknown = str(uuid7())
    for path, body, where, type in (
        (INCIDENTS, {"template_id": unknown}, "template_id", "unknown-template"),
        (INCIDENTS, {"message": "x"}, "title", "invalid-input"),
        (INCIDENTS, {"template_id": too_long}, "services", "filled-too-long"),
        (f"{TEMPLATES}/{too_long}/render", {}, "services", "filled-too-long"),
        (TEMPLATES, {**CONTENT, "services": [{"service_id": unknown}]}, "services", "unknown-service"),
    ):
        refused = await admin("POST", path, body)
        assert (refused.status_code, refused.json()["type"]) == (422, f"urn:tidings:problem:{type}")
        assert refused.json()["errors"][0]["where"] == f"body.{where}"
    assert (await admin("GET", INCIDENTS)).json()["items"] == []
    assert (await incidents.as_("newcomer")("POST", TEMPLATES, CONTENT)).status_code == 409
