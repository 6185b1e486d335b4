"""An id of another organization is as good as one that does not exist, wherever it is put: in a path, a query, a cursor or a body.

Where ids can be put is read from OpenAPI, so that a new route or field is tried without anybody remembering to.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from common.clock import now, rfc3339, uuid7
from common.pagination import encode_cursor
from devstack.snapshots import OPENAPI

# The classes of this directory's conftest, which cannot be imported.
World = Any
Route = Any
Contents = Any

Place = tuple[str | int, ...]
IDS_IN_QUERIES = {"service_id", "series_id"}


@pytest.fixture(autouse=True)
def no_waiting_for_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is not known might be announced a moment later; here it never is."""
    monkeypatch.setattr("common.known_services.SERVICE_WAIT_SECONDS", 0)


def operation(route: Route) -> tuple[dict[str, Any], dict[str, Any]]:
    """What OpenAPI says of the route, and the whole document."""
    document = json.loads((OPENAPI / f"{route.service}.json").read_text())
    return document["paths"][route.path][route.method.lower()], document


def acmes_rows(rows: list[str]) -> list[str]:
    return [row for row in rows if "acme" in row]


def assert_the_same(foreign: httpx.Response, unknown: httpx.Response, ids: tuple[str, str]) -> None:
    """Nobody can tell the two answers apart."""
    assert foreign.status_code == unknown.status_code
    if not foreign.is_success or foreign.request.method == "GET":
        assert foreign.text.replace(ids[0], "ID") == unknown.text.replace(ids[1], "ID")


async def test_in_a_path_it_is_not_found(
    world: World, routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    token = world.token("globex", "admin")
    before = await contents.read()
    for route in (route for route in routes if route.has_id):
        body = world.valid_body(route, "globex")
        named = [name for name in world.ids["acme"] if f"{{{name}}}" in route.named_path]
        # All of them another's, and each alone among one's own.
        for names in [named, *([name] for name in named if len(named) > 1)]:
            with subtests.test(f"{route}: {', '.join(names)}"):
                theirs = {name: world.ids["acme"][name] for name in names}
                nobodys = {name: str(uuid7()) for name in names}
                foreign, unknown = [
                    await world.send(route, token=token, ids={**world.ids["globex"], **ids}, body=body)
                    for ids in (theirs, nobodys)
                ]
                assert foreign.status_code == unknown.status_code == 404
                assert foreign.content == unknown.content, "nobody can tell the two apart"
    assert await contents.read() == before


async def test_in_a_query_it_finds_nothing(world: World, routes: list[Route], subtests: pytest.Subtests) -> None:
    token, seen = world.token("globex", "admin"), set()
    moment = rfc3339(now())
    for route in routes:
        said, _ = operation(route)
        for name in (parameter["name"] for parameter in said.get("parameters", []) if parameter["in"] == "query"):
            if name not in IDS_IN_QUERIES | {"cursor"}:
                continue
            seen.add(name)
            with subtests.test(f"{route}: {name}"):
                theirs, nobodys = world.ids["acme"].get(name, world.ids["acme"]["service_id"]), str(uuid7())
                answers = []
                for id in (theirs, nobodys):
                    query = {name: encode_cursor(moment, id) if name == "cursor" else id}
                    ids = world.ids["globex"]
                    answers.append(await world.send(route, token=token, ids=ids, query=query))
                foreign, unknown = answers
                assert_the_same(foreign, unknown, (theirs, nobodys))
    assert seen == IDS_IN_QUERIES | {"cursor"}


def test_every_id_that_a_query_takes_is_tried(routes: list[Route]) -> None:
    uuids = {
        parameter["name"]
        for route in routes
        for parameter in operation(route)[0].get("parameters", [])
        if parameter["in"] == "query" and '"uuid"' in json.dumps(parameter)
    }
    assert uuids == IDS_IN_QUERIES


def bodies_of(world: World, route: Route, own: dict[str, str]) -> list[Any]:
    """Bodies that the route accepts, which together have an id wherever one may be."""
    if not str(route).endswith("/layout"):
        return [world.valid_body(route, "globex")]
    entry = {"type": "service", "id": own["service_id"]}
    inner = {"type": "group", "name": "Inner", "id": own["inner_group_id"], "entries": [entry]}
    group = {"type": "group", "name": "Group", "id": own["group_id"]}
    return [
        {"entries": [{**group, "entries": [entry]}]},
        {"entries": [{**group, "entries": [], "groups": [inner]}]},
    ]


def uuid_fields(schema: dict[str, Any], document: dict[str, Any], at: Place = ()) -> Iterator[Place]:
    """Where a schema has ids; an element of a list is `*`. Groups are in groups once."""
    if at.count("groups") > 1:
        return
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "uuid":
        yield at
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from uuid_fields(choice, document, at)
    if "items" in schema:
        yield from uuid_fields(schema["items"], document, (*at, "*"))
    for name, field in schema.get("properties", {}).items():
        yield from uuid_fields(field, document, (*at, name))


def ids_in(body: Any, ids: set[str], at: Place = ()) -> Iterator[Place]:
    """Where a body has one of these ids."""
    if isinstance(body, str) and body in ids:
        yield at
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield from ids_in(value, ids, (*at, key))


def value_at(body: Any, place: Place) -> Any:
    for key in place:
        body = body[key]
    return body


def with_id(body: Any, place: Place, id: str) -> Any:
    changed = copy.deepcopy(body)
    value_at(changed, place[:-1])[place[-1]] = id
    return changed


async def give_groups(world: World, organization: str) -> dict[str, str]:
    """A group in the layout, and one inside of it. Returns the ids of all that the organization has."""
    groups = [{"type": "group", "name": "Inner", "entries": []}]
    layout = {"entries": [{"type": "group", "name": "Group", "entries": [], "groups": groups}]}
    answer = await world.services["catalog"].as_(organization)("PUT", "/api/catalog/v1/layout", layout)
    group = next(entry for entry in answer.json()["entries"] if entry["type"] == "group")
    return {**world.ids[organization], "group_id": group["id"], "inner_group_id": group["groups"][0]["id"]}


async def test_in_a_body_it_is_not_known(
    world: World, writing_routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    token = world.token("globex", "admin")
    theirs, own = await give_groups(world, "acme"), await give_groups(world, "globex")
    kinds = {id: kind for kind, id in own.items()}
    before = acmes_rows(await contents.read())
    for route in writing_routes:
        said, document = operation(route)
        if "requestBody" not in said:
            continue
        bodies = bodies_of(world, route, own)
        tried = {(body, place) for body in range(len(bodies)) for place in ids_in(bodies[body], set(kinds))}
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        generic = {tuple("*" if isinstance(key, int) else key for key in place) for _, place in tried}
        assert generic == set(uuid_fields(schema, document)), f"{route}: bodies_of has every id that there may be"
        for number, place in sorted(tried, key=str):
            with subtests.test(f"{route}: {place}"):
                kind = kinds[value_at(bodies[number], place)]
                ids = (theirs[kind], str(uuid7()))
                foreign, unknown = [
                    await world.send(route, token=token, ids=own, body=with_id(bodies[number], place, id)) for id in ids
                ]
                assert_the_same(foreign, unknown, ids)
                # Who writes a layout chooses the ids of its groups, which nothing outside of it refers to.
                refused = foreign.status_code in (404, 409, 422)
                assert refused or (foreign.status_code == 200 and kind.endswith("group_id")), foreign.text
    assert acmes_rows(await contents.read()) == before
