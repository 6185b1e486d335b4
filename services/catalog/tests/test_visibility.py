"""Internal services: the public hears nothing of them, and internal incidents and windows count on nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devstack.fixtures import Sql
from devstack.teststack import Api, Stack, eventually

SERVICES = "/api/catalog/v1/services"
LAYOUT = "/api/catalog/v1/layout"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]
Happen = Callable[..., Awaitable[None]]
NewStory = Callable[..., Any]
ALL = ("service", "service_status", "layout")


def group(name: str, *ids: str) -> dict[str, Any]:
    return {"type": "group", "name": name, "entries": [{"type": "service", "id": id} for id in ids]}


async def test_the_public_hears_nothing_of_an_internal_service(
    api: Api, create_service: CreateService, told: Told
) -> None:
    secret, known = await create_service("Secret", visibility="internal"), await create_service("Website")
    assert secret["visibility"] == "internal"
    path = f"{SERVICES}/{secret['id']}"
    await api("PUT", LAYOUT, {"entries": [group("Secrets", secret["id"]), group("Known", known["id"])]})
    await api("PATCH", path, {"name": "Top secret"})
    await api("PUT", f"{path}/status", {"status": "major_outage"})
    assert (await api("DELETE", path)).status_code == 204
    assert (await api("POST", f"{path}/restore")).status_code == 200
    assert [type for type, _ in await told("internal", "service", "service_status")] == [
        "service.created", "service.created", "service.updated", "service_status.changed", "service.deleted",
        "service.restored", "service_status.changed",
    ]  # fmt: skip
    public = await told("public", *ALL)
    assert [type for type, _ in public] == ["service.created", "layout.changed"]
    assert "ecret" not in str(public)
    assert secret["id"] not in str(public)


async def test_a_service_that_becomes_internal_vanishes_from_the_public_and_returns_whole(
    api: Api, create_service: CreateService, told: Told
) -> None:
    id, other = (await create_service("Website"))["id"], (await create_service("Other"))["id"]
    path = f"{SERVICES}/{id}"
    placed = (await api("PUT", LAYOUT, {"entries": [group("Core", id), group("Rest", other)]})).json()
    await api("PUT", f"{path}/status", {"status": "degraded"})
    before = len(await told("public", *ALL))

    hidden = await api("PATCH", path, {"visibility": "internal", "name": "Project X"})
    assert (hidden.json()["visibility"], hidden.json()["version"]) == ("internal", 2)
    (gone, tombstone), (layout_changed, layout) = (await told("public", *ALL))[before:]
    assert (gone, set(tombstone), tombstone["id"]) == ("service.hidden", {"id", "deleted_at"}, id)
    assert (layout_changed, [entry["name"] for entry in layout["entries"]]) == ("layout.changed", ["Rest"])
    assert (await api("GET", LAYOUT)).json()["entries"] == placed["entries"], "members go on seeing it"
    await api("PUT", f"{path}/status", {"status": "partial_outage"})
    assert len(await told("public", *ALL)) == before + 2

    await api("PATCH", path, {"visibility": "public", "name": "Website"})
    shown, layout_shown, status = (await told("public", *ALL))[before + 2 :]
    assert (shown[0], shown[1]["name"], shown[1]["version"]) == ("service.shown", "Website", 3)
    assert layout_shown[1]["entries"] == placed["entries"]
    assert (layout_shown[1]["version"], status[0], status[1]["status"]) == (
        3,
        "service_status.changed",
        "partial_outage",
    )
    internal = [type for type, _ in await told("internal", "service")]
    assert internal == ["service.created", "service.created", "service.updated", "service.updated"]


async def test_a_service_that_was_never_placed_leaves_the_layout_as_it_is(
    api: Api, create_service: CreateService, told: Told
) -> None:
    id, other = (await create_service("Website"))["id"], (await create_service("Other"))["id"]
    await api("PUT", LAYOUT, {"entries": [group("Rest", other)]})
    await api("PATCH", f"{SERVICES}/{id}", {"visibility": "internal"})
    await api("DELETE", f"{SERVICES}/{id}")
    assert (await api("GET", LAYOUT)).headers["ETag"] == '"1"'


async def test_what_is_internal_counts_on_internal_services_alone(
    api: Api,
    create_service: CreateService,
    told: Told,
    happen: Happen,
    new_incident: NewStory,
    new_window: NewStory,
) -> None:
    known, secret = [
        (await create_service(visibility, visibility=visibility))["id"] for visibility in ("public", "internal")
    ]
    incident, window = new_incident("Audit", visibility="internal"), new_window("Drill", visibility="internal")
    both = {known: "major_outage", secret: "major_outage"}
    await happen(incident.event(services=both), window.event(known, secret))

    async def seen(id: str) -> tuple[str, bool]:
        service = (await api("GET", f"{SERVICES}/{id}")).json()
        return service["status"], service["under_maintenance"]

    assert (await seen(known), await seen(secret)) == (("operational", False), ("major_outage", True))
    assert await told("public", "service_status") == []

    await api("PATCH", f"{SERVICES}/{known}", {"visibility": "internal"})
    assert await seen(known) == ("major_outage", True), "its causes are anew who may be seen beside it"
    await api("PATCH", f"{SERVICES}/{known}", {"visibility": "public"})
    assert await seen(known) == ("operational", False)

    incident.visibility = window.visibility = "public"
    await happen(incident.event(services=both), window.event(known, secret))
    assert await seen(known) == ("major_outage", True)
    incident.visibility = window.visibility = "internal"
    await happen(incident.event(services=both), window.event(known, secret))
    assert (await seen(known), await seen(secret)) == (("operational", False), ("major_outage", True))
    history = (await api("GET", f"{SERVICES}/{known}/history")).json()["items"]
    assert [entry["cause"]["title"] for entry in history] == ["Audit"] * 4, "members may know why"
    assert "Drill" not in str((await told("public", "service_status"))[0])


async def test_an_incident_that_comes_while_the_visibility_changes_waits_and_sees_the_new_one(
    api: Api, create_service: CreateService, happen: Happen, new_incident: NewStory, stack: Stack, sql: Sql
) -> None:
    id = UUID((await create_service())["id"])
    incident = new_incident("Audit", visibility="internal").event(services={str(id): "major_outage"})

    async def waits() -> bool:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(await sql(waiting))

    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)
    async with engine.begin() as change:  # as change_service holds it, and for long
        lock = "SELECT 1 FROM catalog.service_status WHERE service_id = :id FOR UPDATE"
        await change.execute(text(lock), {"id": id})
        await change.execute(text("UPDATE catalog.service SET visibility = 'internal' WHERE id = :id"), {"id": id})
        happening = asyncio.ensure_future(happen(incident))
        await eventually(waits, "the incident waits for the service")
    await happening
    assert (await api("GET", f"{SERVICES}/{id}")).json()["status"] == "major_outage"
