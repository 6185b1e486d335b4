"""Signing in, staying signed in through lost answers and parallel requests, and signing out, over HTTP."""

import asyncio
from collections.abc import Callable
from typing import Any

from devstack.fixtures import Sql
from devstack.teststack import Service, Stack

# The classes of this directory's conftest, which cannot be imported.
Browser = Any
Join = Callable[..., Any]


async def test_a_session_is_a_cookie_for_identity_alone_and_a_token_for_every_service(
    identity: Service, join: Join, stack: Stack
) -> None:
    ada = await join("ada@example.org", organization="acme")
    response = await ada("POST", "/session/refresh", {})
    assert response.headers["cache-control"] == "no-store"
    cookie = response.headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "path=/api/identity;", "max-age=2592000"):
        assert attribute in cookie, attribute
    answer = response.json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 600)
    assert [(known["name"], known["role"]) for known in answer["organizations"]] == [("acme", "admin")]
    async with stack.service("catalog") as catalog:
        page = await catalog.client.post(
            "/api/catalog/v1/page",
            json={"name": "Acme", "slug": "acme"},
            headers={"Authorization": f"Bearer {answer['access_token']}"},
        )
    assert page.is_success, "made here, or by catalog for the new organization"
    assert page.json()["organization_id"] == answer["organization_id"]


async def test_twenty_parallel_refreshes_and_a_lost_answer_leave_the_browser_signed_in(join: Join) -> None:
    ada = await join("ada@example.org")
    before = ada.cookie
    answers = await asyncio.gather(*(ada("POST", "/session/refresh", {}) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    after = {answer.cookies["tidings_session"] for answer in answers}
    assert len(after) == 1
    ada.cookie = before  # the answers are lost
    repeated = await ada("POST", "/session/refresh", {})
    assert {repeated.cookies["tidings_session"]} == after
    assert (await ada("POST", "/session/refresh", {})).status_code == 200


async def test_an_old_cookie_ends_the_session_whatever_it_asks(join: Join, sql: Sql) -> None:
    for method, path, body in (("POST", "/session/refresh", {}), ("GET", "/account", None)):
        ada = await join(f"ada{len(path)}@example.org")
        stolen = ada.cookie
        for _ in range(2):
            assert (await ada("POST", "/session/refresh", {})).status_code == 200
        kept, ada.cookie = ada.cookie, stolen
        assert (await ada(method, path, body)).status_code == 401
        ada.cookie = kept
        assert (await ada("POST", "/session/refresh", {})).status_code == 401
    ended = await sql("SELECT count(*) FROM identity.session WHERE ended_at IS NOT NULL")
    assert ended[0][0] == 2


async def test_without_a_session_there_is_one_answer(join: Join, browser_of: Callable[[], Browser], sql: Sql) -> None:
    ada = await join("ada@example.org")
    await sql("UPDATE identity.session SET last_used_at = last_used_at - interval '30 days 1 minute'")
    answers = [await ada("POST", "/session/refresh", {})]
    for cookie in (None, "x", f"tdr_{'a' * 43}.{'b' * 43}", "\x7f"):
        nobody = browser_of()
        nobody.cookie = cookie
        answers.append(await nobody("POST", "/session/refresh", {}))
    assert {(answer.status_code, answer.json()["type"]) for answer in answers} == {
        (401, "urn:tidings:problem:signed-out")
    }


async def test_who_cannot_sign_in_learns_nothing_of_the_account(join: Join, browser_of: Callable[[], Browser]) -> None:
    await join("ada@example.org")
    unproven = {"email": "grace@example.org", "password": "seven green lamps", "name": "Grace"}
    assert (await browser_of()("POST", "/accounts", unproven)).status_code == 202
    answers = [
        await browser_of().sign_in(address, password)
        for address, password in (
            ("ada@example.org", "another password"),
            ("nobody@example.org", "seven green lamps"),
            ("grace@example.org", "seven green lamps"),
            ("no address", "seven green lamps"),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert (await browser_of().sign_in("ADA@example.org")).status_code == 200


async def test_a_session_goes_on_in_another_organization_of_the_person(join: Join) -> None:
    ada = await join("ada@example.org", organization="acme")
    acme = (await ada("GET", "/organization")).json()["id"]
    globex = (await ada("POST", "/organizations", {"name": "Globex", "slug": "globex"})).json()["id"]
    switched = await ada("POST", "/session/refresh", {"organization_id": globex})
    assert switched.json()["organization_id"] == globex
    assert (await ada("GET", "/organization")).json()["name"] == "Globex"
    assert (await ada("POST", "/session/refresh", {})).json()["organization_id"] == globex
    assert (await ada("POST", "/session/refresh", {"organization_id": acme})).json()["organization_id"] == acme
    stranger = await join("grace@example.org")
    for unknown in (acme, "nowhere"):
        refused = await stranger("POST", "/session/refresh", {"organization_id": unknown})
        assert (refused.status_code, refused.json()["detail"]) == (404, "There is no such organization.")


async def test_signing_out_ends_one_session_or_all_of_them(
    join: Join, browser_of: Callable[[], Browser], sql: Sql
) -> None:
    first = await join("ada@example.org", organization="acme")
    second, third = browser_of(), browser_of()
    for browser in (second, third):
        assert (await browser.sign_in("ada@example.org")).status_code == 200
    left = second.cookie
    assert (await second("DELETE", "/session")).status_code == 204
    assert second.cookie is None
    second.cookie = left
    assert (await second("GET", "/account")).status_code == 401
    assert (await third("GET", "/account")).status_code == 200
    assert (await third("DELETE", "/sessions")).status_code == 204
    assert (await first("GET", "/account")).status_code == 401
    told = await sql("SELECT audience, data::jsonb ->> 'subject' FROM identity.outbox WHERE type = 'access.revoked'")
    accounts = await sql("SELECT id::text FROM identity.account")
    assert [tuple(row) for row in told] == [("internal", accounts[0][0])]


async def test_two_who_end_each_others_sessions_do_not_wait_for_one_another(
    join: Join, browser_of: Callable[[], Browser]
) -> None:
    browsers = [await join("ada@example.org", organization="acme"), *(browser_of() for _ in range(3))]
    for browser in browsers[1:]:
        await browser.sign_in("ada@example.org")
    answers = await asyncio.gather(*(browser("DELETE", "/sessions") for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [204, 401, 401, 401]


async def test_another_site_cannot_ask_in_the_name_of_who_is_signed_in(join: Join) -> None:
    ada = await join("ada@example.org")
    for origin in ("https://evil.test", "null", "http://service.evil.test"):
        refused = await ada("DELETE", "/session", headers={"Origin": origin})
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:tidings:problem:foreign-origin")
    assert (await ada("GET", "/account", headers={"Origin": "http://service"})).status_code == 200
