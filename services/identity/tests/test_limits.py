"""How often one may try: 429 with Retry-After, counted together by all replicas, and never so that the owner cannot get in."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from devstack.fixtures import Sql
from devstack.teststack import Service
from identity.domain.limits import (
    INVITATIONS_TO_ADDRESS,
    RESET_MAILS,
    SIGN_IN_AT_PLACE,
    SIGN_IN_FROM_ADDRESS,
    SIGN_IN_TO_ACCOUNT,
    SIGN_UP_FROM_ADDRESS,
    Limit,
    network_of,
)
from identity.store import attempts

V1 = "/api/identity/v1"
PASSWORD = "seven green lamps"
OTHER = "nine purple chairs"
Join = Callable[..., Awaitable[Any]]
From = Callable[[str], Any]
Mailbox = Any


@pytest_asyncio.fixture
async def used_up(sql: Sql) -> Callable[..., Awaitable[None]]:
    """used_up(limit, "…", left=1) is what somebody tried before."""

    async def used_up(limit: Limit, of: str, *, left: int) -> None:
        full_at = (limit.each * (limit.burst - left)).total_seconds()
        await sql(
            "INSERT INTO identity.attempts VALUES (:key, now() + make_interval(secs => :seconds)) "
            "ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at",
            key=attempts.key_of(limit.name, of),
            seconds=full_at - 5,  # what is tried in the next seconds counts all the same
        )

    return used_up


@asynccontextmanager
async def at(identity: Service, address: str) -> Any:
    """A client somewhere."""
    transport = httpx.ASGITransport(identity.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        yield client


async def sign_in(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    client.cookies.clear()
    return await client.post(f"{V1}/session", json={"email": email, "password": password})


async def test_wrong_passwords_from_one_place_end_in_429_and_a_right_one_starts_anew(
    identity: Service, join: Join, used_up: Any
) -> None:
    await join("ada@example.org")
    async with at(identity, "192.0.2.1") as thief:
        await used_up(SIGN_IN_AT_PLACE, "ada@example.org 192.0.2.1", left=2)
        answers = await asyncio.gather(*(sign_in(thief, "ada@example.org", OTHER) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [401, 401, 429, 429]
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert 1 <= int(refused.headers["retry-after"]) <= SIGN_IN_AT_PLACE.each.total_seconds()
        assert refused.json()["type"] == "urn:tidings:problem:too-many-attempts"
        assert (await sign_in(thief, "ada@example.org", PASSWORD)).status_code == 429, "the right one is not told apart"
        assert (await sign_in(thief, "nobody@example.org", OTHER)).status_code == 401, "others are not concerned"
    async with at(identity, "192.0.2.2") as owner:
        await used_up(SIGN_IN_AT_PLACE, "ada@example.org 192.0.2.2", left=2)
        assert (await sign_in(owner, "ada@example.org", PASSWORD)).status_code == 200
        for _ in range(3):
            assert (await sign_in(owner, "ada@example.org", OTHER)).status_code == 401


async def test_who_tries_from_many_places_does_not_lock_the_owner_out(
    identity: Service, join: Join, used_up: Any, mailbox: Mailbox
) -> None:
    await join("ada@example.org")
    async with at(identity, "192.0.2.1") as home, at(identity, "2001:db8::1") as elsewhere:
        assert (await sign_in(home, "ada@example.org", PASSWORD)).status_code == 200
        await used_up(SIGN_IN_TO_ACCOUNT, "ada@example.org", left=0)
        assert (await sign_in(elsewhere, "ada@example.org", PASSWORD)).status_code == 429
        assert (await sign_in(home, "ada@example.org", PASSWORD)).status_code == 200, "where she signed in before"
        # Many asked for new passwords, so no more mails are sent, and the code of the last one is good.
        for _ in range(RESET_MAILS.burst + 2):
            asked = await elsewhere.post(f"{V1}/password/forgotten", json={"email": "ada@example.org"})
            assert asked.status_code == 202
        codes = [await mailbox.code("ada@example.org") for _ in range(RESET_MAILS.burst)]
        answers = [
            await elsewhere.post(f"{V1}/password/reset", json={"token": code, "password": OTHER}) for code in codes
        ]
        assert [answer.status_code for answer in answers] == [422] * (len(codes) - 1) + [204]


async def test_an_address_signs_in_and_up_so_often_whoever_it_says_it_is(identity: Service, used_up: Any) -> None:
    async with at(identity, "2001:db8:1:2::1") as one, at(identity, "2001:db8:1:2:ffff::2") as same_network:
        await used_up(SIGN_IN_FROM_ADDRESS, "2001:db8:1:2::", left=1)
        assert (await sign_in(one, "a@example.org", OTHER)).status_code == 401
        assert (await sign_in(same_network, "b@example.org", OTHER)).status_code == 429
        await used_up(SIGN_UP_FROM_ADDRESS, "2001:db8:1:2::", left=0)
        account = {"email": "c@example.org", "password": PASSWORD, "name": "C"}
        assert (await one.post(f"{V1}/accounts", json=account)).status_code == 429
        forwarded = await one.post(f"{V1}/accounts", json=account, headers={"X-Forwarded-For": "192.0.2.9"})
        assert forwarded.status_code == 429


async def test_somebody_is_invited_so_often_in_a_day(join: Join) -> None:
    ada = await join("ada@example.org", organization="acme")
    body = {"email": "grace@example.org", "role": "viewer"}
    statuses = [(await ada("POST", "/invitations", body)).status_code for _ in range(INVITATIONS_TO_ADDRESS.burst + 1)]
    assert statuses == [201] * INVITATIONS_TO_ADDRESS.burst + [429]
    other = await ada("POST", "/invitations", {"email": "eve@example.org", "role": "viewer"})
    assert other.status_code == 201


async def test_what_was_tried_long_ago_is_swept(identity: Service, sql: Sql) -> None:
    await sql("INSERT INTO identity.attempts SELECT decode(md5(n::text), 'hex'), now() FROM generate_series(1, 8) n")
    for number in range(2):
        assert (await sign_in(identity.client, f"{number}@example.org", OTHER)).status_code == 401
    assert (await sql("SELECT count(*) FROM identity.attempts WHERE full_at < now()"))[0][0] == 0
    kept = await sql("SELECT encode(key, 'escape') FROM identity.attempts")
    assert not any("example.org" in row[0] for row in kept)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"), ("testclient", "testclient"),
    ],
)  # fmt: skip
def test_a_place_is_an_address_or_the_network_of_one_subscriber(host: str, network: str) -> None:
    assert network_of(host) == network
