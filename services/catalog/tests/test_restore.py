"""Deleting a service can be undone for 30 days: it comes back to its place, with the status it would have."""

from collections.abc import Awaitable, Callable
from typing import Any

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

SERVICES = "/api/catalog/v1/services"
LAYOUT = "/api/catalog/v1/layout"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]


def service(id: str) -> dict[str, str]:
    return {"type": "service", "id": id}


def group(name: str, *ids: str, **fields: str) -> dict[str, Any]:
    return {"type": "group", "name": name, "entries": [service(id) for id in ids], **fields}


async def test_a_restored_service_is_what_it_was_and_the_public_hears_of_it(
    api: Api, create_service: CreateService, told: Told
) -> None:
    path = f"{SERVICES}/{(await create_service('Website', description='The shop'))['id']}"
    before = (await api("PUT", f"{path}/status", {"status": "degraded"})).json()
    await api("DELETE", path)
    [deleted] = (await api("GET", f"{SERVICES}?deleted=true")).json()["items"]
    assert deleted["deleted_at"] == deleted["updated_at"]
    restored = await api("POST", f"{path}/restore", headers={"If-Match": '"2"'})
    assert (restored.status_code, restored.headers["ETag"]) == (200, '"3"')
    assert restored.json() == {**before, "version": 3, "updated_at": restored.json()["updated_at"]}
    assert (await api("GET", path)).json() == restored.json()
    assert (await api("GET", f"{SERVICES}?deleted=true")).json()["items"] == []
    for audience in ("internal", "public"):
        *_, (type, data), (status_type, status) = await told(audience, "service", "service_status")
        assert (type, data["name"], data["version"]) == ("service.restored", "Website", 3)
        assert (status_type, status["status"], status["version"]) == ("service_status.changed", "degraded", 2)


async def test_what_happened_meanwhile_counts_on_a_restored_service(
    api: Api,
    create_service: CreateService,
    happen: Callable[..., Awaitable[None]],
    new_incident: Callable[..., Any],
    new_window: Callable[..., Any],
) -> None:
    id = (await create_service())["id"]
    over, open = new_incident("over"), new_incident("open")
    await happen(over.event(services={id: "major_outage"}))
    await api("DELETE", f"{SERVICES}/{id}")
    await happen(over.event(status="resolved"), open.event(services={id: "degraded"}), new_window("Upgrade").event(id))
    restored = (await api("POST", f"{SERVICES}/{id}/restore")).json()
    assert (restored["status"], [cause["title"] for cause in restored["causes"]]) == ("degraded", ["open"])
    assert (restored["under_maintenance"], restored["windows"][0]["title"]) == (True, "Upgrade")
    newest = (await api("GET", f"{SERVICES}/{id}/history")).json()["items"][0]
    assert (newest["status"], newest["previous"], newest["cause"]["title"]) == ("degraded", "major_outage", "open")


async def test_a_restored_service_is_back_in_its_place_even_in_a_layout_that_was_replaced_meanwhile(
    api: Api, create_service: CreateService
) -> None:
    a, b, c, d = [(await create_service(name))["id"] for name in "abcd"]
    first = await api("PUT", LAYOUT, {"entries": [service(a), group("Core", b, c, d)]})
    core = first.json()["entries"][1]["id"]
    for id in (a, c):
        await api("DELETE", f"{SERVICES}/{id}")
    now = (await api("GET", LAYOUT)).json()["entries"]
    assert now == [group("Core", b, d, id=core) | {"collapsed": False, "groups": []}]
    turned = {"entries": [group("New"), group("Heart", d, b, id=core)]}
    assert (await api("PUT", LAYOUT, turned)).status_code == 200
    for id in (a, c):
        await api("POST", f"{SERVICES}/{id}/restore")
    entries = (await api("GET", LAYOUT)).json()["entries"]
    assert [entry.get("name", entry["id"]) for entry in entries] == [a, "New", "Heart"]
    assert entries[2]["entries"] == [service(d), service(b), service(c)], "behind what it was behind"


async def test_what_cannot_be_restored_is_refused_and_changes_nothing(
    api: Api, create_service: CreateService, sql: Sql
) -> None:
    alive, gone = (await create_service("Alive"))["id"], (await create_service("Gone"))["id"]
    await api("DELETE", f"{SERVICES}/{gone}")
    events = len(await sql("SELECT 1 FROM catalog.outbox"))
    not_deleted = await api("POST", f"{SERVICES}/{alive}/restore")
    assert (not_deleted.status_code, not_deleted.json()["type"]) == (409, "urn:tidings:problem:service-not-deleted")
    assert (await api("POST", f"{SERVICES}/{gone}/restore", headers={"If-Match": '"1"'})).status_code == 412
    await sql("UPDATE catalog.service SET deleted_at = deleted_at - interval '30 days' WHERE deleted_at IS NOT NULL")
    for id in (gone, str(uuid7())):
        too_late = await api("POST", f"{SERVICES}/{id}/restore")
        assert (too_late.status_code, too_late.json()["type"]) == (404, "urn:tidings:problem:not-found")
    assert (await api("GET", f"{SERVICES}?deleted=true")).json()["items"] == []
    assert len(await sql("SELECT 1 FROM catalog.outbox")) == events


async def test_a_full_page_has_no_room_for_a_restored_service(
    api: Api, create_service: CreateService, sql: Sql
) -> None:
    id = (await create_service("One more"))["id"]
    await api("DELETE", f"{SERVICES}/{id}")
    await create_service("The first")
    await sql(
        "INSERT INTO catalog.service SELECT organization_id, gen_random_uuid(), name, description, created_at, updated_at, NULL, 1 "
        "FROM catalog.service, generate_series(2, 500) WHERE deleted_at IS NULL"
    )
    refused = await api("POST", f"{SERVICES}/{id}/restore")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-services")
