"""Who hears of an incident, and of which of its services: members of all, everybody of what is public."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api, Stack, eventually

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Coroutine[Any, Any, dict[str, Any]]]
Nameless = Callable[[dict[str, Any]], dict[str, Any]]
Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]


@pytest_asyncio.fixture
async def secret(api: Api, catalog: Catalog) -> str:
    """The id of an internal service of `acme`."""
    id: str = await catalog.service(name="Secret", visibility="internal")
    await catalog.caught_up()
    return id


@pytest_asyncio.fixture
async def other_connection(stack: Stack) -> AsyncIterator[AsyncConnection]:
    """A transaction on the database that the service knows nothing of."""
    async with create_async_engine(stack.admin_url(), poolclass=NullPool).begin() as connection:
        yield connection


def naming(*ids: str) -> dict[str, Any]:
    return {"impact": "minor", "services": [{"service_id": id} for id in ids]}


def names(event: tuple[str, dict[str, Any]]) -> list[str]:
    return [service["name"] for service in event[1]["services"]]


async def test_an_internal_incident_is_told_to_members_alone(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    incident = await open_incident(visibility="internal", message="x")
    assert incident["visibility"] == "internal"
    path = f"{INCIDENTS}/{incident['id']}"
    update = f"{path}/updates/{incident['updates'][0]['id']}"
    for method, target, body in (
        ("PATCH", path, {"title": "y"}),
        ("POST", f"{path}/updates", {"status": "resolved"}),
        ("PATCH", update, {"message": "y"}),
        ("DELETE", update, None),
        ("PUT", f"{path}/postmortem", {"body": "x", "publish": True}),
        ("DELETE", path, None),
    ):
        assert (await api(method, target, body)).is_success
    audiences = [row.audience for row in await sql("SELECT audience FROM incidents.outbox")]
    assert audiences == ["internal"] * 7


async def test_an_incident_that_becomes_internal_is_hidden_and_one_that_returns_is_shown(
    api: Api, open_incident: OpenIncident, told: Told, nameless: Nameless
) -> None:
    incident = await open_incident()
    path = f"{INCIDENTS}/{incident['id']}"
    hidden = (await api("PATCH", path, {"visibility": "internal", "title": "Secret"})).json()
    assert await told() == {
        "internal": ("incident.updated", hidden),
        "public": ("incident.hidden", {"id": incident["id"], "deleted_at": hidden["updated_at"]}),
    }
    shown = (await api("PATCH", path, {"visibility": "public"})).json()
    assert await told() == {"internal": ("incident.updated", shown), "public": ("incident.shown", nameless(shown))}
    assert (await api("PATCH", path, {"visibility": "public"})).json() == shown, "that changes nothing"


async def test_everybody_reads_an_incident_without_its_internal_services(
    open_incident: OpenIncident, service: str, secret: str, told: Told
) -> None:
    incident = await open_incident(**naming(service, secret))
    assert {named["name"] for named in incident["services"]} == {"Website", "Secret"}
    events = await told()
    assert events["internal"] == ("incident.opened", incident)
    assert names(events["public"]) == ["Website"]
    assert secret not in str(events["public"])


async def test_a_service_keeps_the_name_that_was_known_last(
    api: Api, catalog: Catalog, open_incident: OpenIncident, service: str, told: Told
) -> None:
    incident = await open_incident(**naming(service))
    await catalog.service(id=service, version=2, name="Shop")
    await catalog.delete_service(service, version=3)
    await catalog.caught_up()
    path = f"{INCIDENTS}/{incident['id']}"
    assert (await api("GET", path)).json()["services"][0]["name"] == "Shop"
    assert (await api("GET", INCIDENTS)).json()["items"][0]["services"][0]["name"] == "Shop"
    await api("PATCH", path, {"title": "Gone"})
    events = await told()
    assert names(events["internal"]) == names(events["public"]) == ["Shop"]


async def test_open_incidents_are_told_anew_when_a_service_they_name_is_hidden_or_shown(
    api: Api, catalog: Catalog, open_incident: OpenIncident, service: str, secret: str, sql: Sql
) -> None:
    incident = await open_incident(**naming(service, secret))
    for others in (
        naming(service) | {"status": "resolved"},
        naming(service) | {"visibility": "internal"},
        naming(secret),
    ):
        await open_incident(**others)
    path = f"{INCIDENTS}/{incident['id']}"
    for version, visibility, seen in ((2, "internal", []), (3, "internal", []), (4, "public", ["Website"])):
        await catalog.service(id=service, version=version, visibility=visibility)
        await catalog.caught_up()
        [event] = await sql(
            "SELECT type, sequence, data::jsonb AS data FROM incidents.outbox "
            "WHERE audience = 'public' ORDER BY position DESC LIMIT 1"
        )
        now = (await api("GET", path)).json()
        assert (event.type, event.data["id"], event.sequence) == ("incident.updated", incident["id"], now["version"])
        assert [named["name"] for named in event.data["services"]] == seen
        assert {named["name"] for named in now["services"]} == {"Website", "Secret"}
    assert now["version"] == 3, "what changed nothing made no version"
    versions = [row.version for row in await sql("SELECT version FROM incidents.incident ORDER BY 1")]
    assert versions == [1, 1, 1, 3], "resolved, internal or without the service: not told anew"


async def test_who_may_see_a_service_is_settled_before_an_incident_names_it(
    open_incident: OpenIncident, service: str, other_connection: AsyncConnection, sql: Sql, told: Told
) -> None:
    # As incidents does when catalog hides the service; had it seen the incident, it would have told it anew.
    await other_connection.execute(text("UPDATE incidents.known_service SET visibility = 'internal', version = 2"))
    opening = asyncio.create_task(open_incident(**naming(service)))

    async def waits() -> bool:
        return bool(
            await sql("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        )

    await eventually(waits, "the request waits for the other transaction", timeout=2)
    await other_connection.commit()
    await opening
    assert names((await told())["public"]) == []


async def test_an_incident_that_grew_too_large_to_be_told_does_not_hold_up_the_service(
    api: Api, catalog: Catalog, open_incident: OpenIncident, service: str, sql: Sql
) -> None:
    too_large, other = await open_incident(**naming(service)), await open_incident(**naming(service))
    await sql("UPDATE incidents.incident SET description = repeat('x', 200000) WHERE id = :id", id=too_large["id"])
    await catalog.service(id=service, version=2, visibility="internal")
    await catalog.caught_up()
    assert await sql("SELECT 1 FROM incidents.dead_letter") == []
    assert (await api("GET", f"{INCIDENTS}/{too_large['id']}")).json()["version"] == 1
    assert (await api("GET", f"{INCIDENTS}/{other['id']}")).json()["version"] == 2
