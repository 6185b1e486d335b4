"""The layout: groups and the order of services, replaced as a whole."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

LAYOUT = "/api/catalog/v1/layout"
CreateService = Callable[..., Awaitable[dict[str, Any]]]


def service(id: str) -> dict[str, str]:
    return {"type": "service", "id": id}


def group(name: str, *ids: str, **fields: object) -> dict[str, Any]:
    return {"type": "group", "name": name, "entries": [service(id) for id in ids], **fields}


def nested(*names: str) -> dict[str, Any]:
    """Groups, each in the one before."""
    name, *inner = names
    return group(name, groups=[nested(*inner)] if inner else [])


@pytest_asyncio.fixture
async def ids(create_service: CreateService) -> list[str]:
    return [(await create_service(name))["id"] for name in ("Website", "API", "Search")]


async def test_services_that_were_never_placed_come_in_the_order_of_their_creation(api: Api, ids: list[str]) -> None:
    layout = (await api("GET", LAYOUT)).json()
    assert layout["entries"] == [service(id) for id in ids]
    assert layout["version"] == 0


async def test_a_layout_reads_back_as_it_was_put_with_ids_for_new_groups(api: Api, ids: list[str]) -> None:
    put = await api("PUT", LAYOUT, {"entries": [service(ids[2]), group("Core", ids[1], ids[0]), group("Empty")]})
    assert put.status_code == 200
    search, core, empty = put.json()["entries"]
    assert (search, core["name"], core["entries"]) == (service(ids[2]), "Core", [service(ids[1]), service(ids[0])])
    assert core["id"] != empty["id"]
    assert (await api("GET", LAYOUT)).json() == put.json()


async def test_a_group_keeps_its_id_through_changes(api: Api, ids: list[str]) -> None:
    [made, *_] = (await api("PUT", LAYOUT, {"entries": [group("Core", ids[0])]})).json()["entries"]
    [renamed, *_] = (await api("PUT", LAYOUT, {"entries": [group("Heart", ids[0], id=made["id"])]})).json()["entries"]
    assert (renamed["id"], renamed["name"]) == (made["id"], "Heart")


async def test_groups_nest_and_a_group_may_be_collapsed(api: Api, ids: list[str]) -> None:
    rack = group("Rack", ids[1], collapsed=True)
    put = await api("PUT", LAYOUT, {"entries": [group("Region", ids[0], groups=[group("Zone", groups=[rack])])]})
    region, unplaced = put.json()["entries"]
    zone = region["groups"][0]
    assert (zone["name"], zone["collapsed"], zone["entries"], unplaced) == ("Zone", False, [], service(ids[2]))
    [inner] = zone["groups"]
    assert (inner["name"], inner["collapsed"], inner["entries"]) == ("Rack", True, [service(ids[1])])
    again = await api("PUT", LAYOUT, {"entries": put.json()["entries"]})
    assert again.json()["version"] == 2, "what was not placed is now"
    assert (await api("GET", LAYOUT)).json()["entries"] == put.json()["entries"]


async def test_groups_nest_five_deep_at_most(api: Api) -> None:
    assert (await api("PUT", LAYOUT, {"entries": [nested(*"abcde")]})).status_code == 200
    refused = await api("PUT", LAYOUT, {"entries": [nested(*"abcdef")]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-deep")


async def test_what_is_not_placed_comes_last(api: Api, ids: list[str], create_service: CreateService) -> None:
    await api("PUT", LAYOUT, {"entries": [service(ids[2])]})
    newest = (await create_service("Newest"))["id"]
    entries = (await api("GET", LAYOUT)).json()["entries"]
    assert entries == [service(id) for id in (ids[2], ids[0], ids[1], newest)]


async def test_a_deleted_service_vanishes_from_the_layout(api: Api, ids: list[str]) -> None:
    await api("PUT", LAYOUT, {"entries": [service(ids[0]), group("Core", ids[1], ids[2])]})
    for id in ids[:2]:
        assert (await api("DELETE", f"/api/catalog/v1/services/{id}")).status_code == 204
    [core] = (await api("GET", LAYOUT)).json()["entries"]
    assert core["entries"] == [service(ids[2])]


async def test_a_layout_that_names_something_wrongly_is_refused(
    api: Api, ids: list[str], subtests: pytest.Subtests
) -> None:
    group_id = str(uuid7())
    wrong = {
        "unknown": [service(str(uuid7()))],
        "twice": [service(ids[0]), service(ids[0])],
        "twice in groups": [service(ids[0]), group("Core", ids[0])],
        "group twice": [group("A", id=group_id), group("B", id=group_id)],
        "twice within": [group("A", ids[0], groups=[group("B", ids[0])])],
        "group within itself": [group("A", id=group_id, groups=[group("B", id=group_id)])],
    }
    for named, entries in wrong.items():
        with subtests.test(named):
            refused = await api("PUT", LAYOUT, {"entries": entries})
            assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.entries")
    assert (await api("GET", LAYOUT)).json()["version"] == 0


async def test_a_deleted_service_cannot_be_placed(api: Api, ids: list[str]) -> None:
    await api("DELETE", f"/api/catalog/v1/services/{ids[0]}")
    assert (await api("PUT", LAYOUT, {"entries": [service(ids[0])]})).status_code == 422


async def test_a_page_has_at_most_200_groups(api: Api) -> None:
    full = [group(f"Group {number}") for number in range(200)]
    refused = await api("PUT", LAYOUT, {"entries": [*full[1:], group("One more", groups=[group("and one in it")])]})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-groups")
    assert (await api("PUT", LAYOUT, {"entries": full})).status_code == 200


async def test_the_event_carries_the_whole_order_and_repeating_it_makes_none(
    api: Api, ids: list[str], sql: Sql
) -> None:
    put = await api("PUT", LAYOUT, {"entries": [service(ids[2]), service(ids[0])]})
    await api("PUT", LAYOUT, {"entries": [service(ids[2]), service(ids[0])]})
    rows = await sql("SELECT sequence, data::jsonb -> 'entries' FROM catalog.outbox WHERE type = 'layout.changed'")
    assert [tuple(row) for row in rows] == [(1, [service(ids[2]), service(ids[0])])] * 2, "one for each audience"
    assert put.json()["version"] == 1


async def test_a_stale_layout_is_refused(api: Api, ids: list[str]) -> None:
    first = await api("PUT", LAYOUT, {"entries": [service(ids[0])]}, headers={"If-Match": '"0"'})
    assert first.headers["ETag"] == '"1"'
    assert (await api("PUT", LAYOUT, {"entries": []}, headers={"If-Match": '"0"'})).status_code == 412
