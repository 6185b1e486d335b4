"""Who learns what of a window: members everything, everybody nothing that is internal."""

from collections.abc import Awaitable, Callable
from typing import Any

from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api, Service, eventually

MAINTENANCES = "/api/maintenance/v1/maintenances"
Plan = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]


async def test_an_internal_service_is_named_to_members_alone(
    plan: Plan, catalog: Catalog, told: Told, service: str
) -> None:
    secret = await catalog.service(name="Secret", visibility="internal")
    await catalog.caught_up()
    window = await plan(services=[{"service_id": service}, {"service_id": secret}])
    assert [named["name"] for named in window["services"]] == ["Website", "Secret"]
    [(_, _, internal)] = await told(window["id"], "internal")
    [(_, _, public)] = await told(window["id"])
    assert [named["service_id"] for named in internal["services"]] == [service, secret]
    assert [named["service_id"] for named in public["services"]] == [service]
    assert secret not in str(public)


async def test_an_internal_window_is_hidden_and_shown(api: Api, plan: Plan, told: Told) -> None:
    window = await plan(visibility="internal", title="Secret")
    path = f"{MAINTENANCES}/{window['id']}"
    for visibility in ("public", "internal"):
        assert (await api("PATCH", path, {"visibility": visibility})).json()["visibility"] == visibility
    await api("POST", f"{path}/updates", {"message": "Among us"})
    await api("DELETE", path)
    assert [(version, type.partition(".")[2]) for version, type, _ in await told(window["id"], "internal")] == [
        (1, "scheduled"),
        (2, "updated"),
        (3, "updated"),
        (4, "update_posted"),
        (5, "deleted"),
    ]
    shown, hidden = await told(window["id"])
    assert [(version, type.partition(".")[2]) for version, type, _ in (shown, hidden)] == [(2, "shown"), (3, "hidden")]
    assert set(hidden[2]) == {"id", "deleted_at"}


async def test_windows_ahead_are_published_again_when_a_service_becomes_internal_or_public(
    api: Api, plan: Plan, catalog: Catalog, told: Told, service: str
) -> None:
    window = await plan(services=[{"service_id": service}])
    running = await plan(services=[{"service_id": service}], scheduled_start=None)
    unconcerned = await plan()
    unseen = await plan(services=[{"service_id": service}], visibility="internal")
    over = await plan(services=[{"service_id": service}])
    await api("POST", f"{MAINTENANCES}/{over['id']}/cancel")

    async def seen(id: str) -> tuple[int, str, list[str]]:
        version, type, data = (await told(id))[-1]
        return version, type.partition(".")[2], [named["service_id"] for named in data["services"]]

    for version, visibility, named in ((2, "internal", []), (3, "public", [service])):
        await catalog.service(id=service, version=version, visibility=visibility)
        for id in (window["id"], running["id"]):

            async def published(id: str = id, now: object = (version, "updated", named)) -> bool:
                return await seen(id) == now

            await eventually(published, f"everybody knows of {named}")
    assert (await seen(unconcerned["id"]))[0] == 1
    assert await seen(over["id"]) == (2, "cancelled", [service])
    assert [version for version, _, _ in await told(unseen["id"], "internal")] == [1]
    assert (await api("GET", f"{MAINTENANCES}/{window['id']}")).json()["version"] == 3


async def test_members_read_who_wrote_an_update_and_everybody_does_not(
    api: Api, maintenance: Service, plan: Plan, told: Told, sql: Sql
) -> None:
    window = await plan(message="Planned")
    path = f"{MAINTENANCES}/{window['id']}"
    [_, second] = (await api("POST", f"{path}/start", {"message": "Begun"})).json()["updates"]
    admin = maintenance.as_("acme", "admin")
    edited = (await admin("PATCH", f"{path}/updates/{second['id']}", {"message": "Begun early"})).json()["updates"]
    ada, ben = {"id": "dev-responder", "name": "Dev Responder"}, {"id": "dev-admin", "name": "Dev Admin"}
    assert [(update["posted_by"], update["edited_by"]) for update in edited] == [(ada, None), (ada, ben)]
    assert (await api("GET", path)).json()["updates"] == edited
    assert (await told(window["id"], "internal"))[-1][2]["updates"] == edited
    assert not [name for name in ("dev-", "Dev ") if name in str(await told(window["id"]))]
    without = (
        "UPDATE maintenance.maintenance SET updates = jsonb_build_array((updates -> 0) - 'posted_by' - 'edited_by')"
    )
    await sql(without)
    [older] = (await api("GET", path)).json()["updates"]
    assert (older["message"], older["posted_by"], older["edited_by"]) == ("Planned", None, None), "of an older release"
