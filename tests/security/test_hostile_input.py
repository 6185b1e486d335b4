"""Hostile input on every writing route: always refused with the place named, never a 500, never half applied."""

from itertools import product
from typing import Any

import pytest

from common.limits import BODY_MAX_BYTES

# The classes of this directory's conftest, which cannot be imported.
World = Any
Route = Any
Contents = Any

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "broken": b'{"name": ',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "deep arrays": b"[" * 40_000,
    "deep objects": b'{"name":' * 20_000,
    "endless integer": b'{"name": ' + b"9" * 10_000 + b"}",
    "too large": b'{"name": "' + b"x" * BODY_MAX_BYTES + b'"}',
    "quotes": b'"' + b'\\"' * 100_000,
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "null": b"null",
    "an unknown field": b'{"surprise": 1}',
    "another organization": b'{"organization_id": "globex"}',
    "an id of one's own": b'{"id": "01890a5d-ac96-774b-bcce-b302099a8057"}',
    "a field that is a lone surrogate": b'{"\\ud800": 1}',
    "a field that is NUL": b'{"\\u0000": 1}',
}

VALUES = [
    "\x00",
    "a\x00b",
    "\ud800",
    "\x1b[31m",
    "\x7f",
    "a\u0085b",
    1,
    -1,
    10**400,
    1.5,
    True,
    {},
    {"x": 1},
    [1],
    [[]],
    "x" * 20_000,
]
"""What no field of any route accepts, each tried in every field."""

HEADERS = [
    {"Idempotency-Key": "x" * 5000},
    {"Idempotency-Key": "a b"},
    {"Idempotency-Key": ""},
    {"If-Match": "x" * 5000},
    {"If-Match": '"' * 100},
    {"If-Match": '"-1", "0", "99999999999999999999"'},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
]

IDS = [
    "x",
    "0",
    "%00",
    "%ff",
    "..%2f..",
    "'",
    "%F0%9F%9A%92",
    "x" * 3000,
    "01890a5d-ac96-774b-bcce-b302099a805",
    "null",
]


def assert_refused(response: Any, what: str) -> None:
    assert 400 <= response.status_code < 500, f"{what}: {response.status_code} {response.text[:300]}"
    assert response.headers["content-type"] == "application/problem+json", what
    assert response.json()["status"] == response.status_code


async def test_a_hostile_body_is_refused_and_changes_nothing(
    world: World, writing_routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    sent = {"token": world.token("acme"), "ids": world.ids["acme"]}
    before = await contents.read()
    for route in (route for route in writing_routes if world.valid_body(route, "acme")):
        for what, content in BODIES.items():
            with subtests.test(f"{route}, {what}"):
                response = await world.send(route, content=content, **sent)
                assert_refused(response, what)
                assert response.status_code == 413 or response.json()["errors"][0]["where"].startswith("body")
    assert await contents.read() == before


async def test_a_hostile_value_in_any_field_is_refused_and_changes_nothing(
    world: World, writing_routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    sent = {"token": world.token("acme"), "ids": world.ids["acme"]}
    before = await contents.read()
    for route in writing_routes:
        valid = world.valid_body(route, "acme") or {}
        for field, value in product(valid, VALUES):
            with subtests.test(f"{route}, {field} = {value!r:.40}"):
                response = await world.send(route, body={**valid, field: value}, **sent)
                assert_refused(response, field)
                assert response.json()["errors"][0]["where"].startswith(f"body.{field}")
    assert await contents.read() == before


async def test_odd_headers_never_fail_a_route(
    world: World, writing_routes: list[Route], subtests: pytest.Subtests
) -> None:
    sent = {"token": world.token("acme"), "ids": world.ids["acme"]}
    for route, headers in product(writing_routes, HEADERS):
        with subtests.test(f"{route}, {headers!s:.60}"):
            response = await world.send(route, body=world.valid_body(route, "acme"), headers=headers, **sent)
            assert response.status_code < 500


async def test_an_odd_id_is_refused_and_changes_nothing(
    world: World, routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    before = await contents.read()
    for route, odd in product([route for route in routes if route.has_id], IDS):
        with subtests.test(f"{route}, {odd:.20}"):
            ids = dict.fromkeys(world.ids["acme"], odd)
            body = world.valid_body(route, "acme")
            assert_refused(await world.send(route, token=world.token("acme"), ids=ids, body=body), odd)
    assert await contents.read() == before
