"""Signing up, proving an address, and passwords, over HTTP. What nobody may learn or take over is tried here."""

import asyncio
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

from devstack.fixtures import Sql
from devstack.teststack import Service, Stack, eventually
from identity import admin_link, password_link
from identity.settings import IdentitySettings

V1 = "/api/identity/v1"
PASSWORD = "seven green lamps"
OTHER = "nine purple chairs"

# The classes of this directory's conftest, which cannot be imported.
Browser = Any
BrowserOf = Callable[[], Browser]
Join = Callable[..., Any]
Mailbox = Any


async def test_signing_up_answers_the_same_whether_there_is_an_account_and_the_mail_says_it(
    join: Join, browser_of: BrowserOf, mailbox: Mailbox, sql: Sql
) -> None:
    ada = await join("ada@example.org")
    answers = [
        await browser_of()("POST", "/accounts", {"email": address, "password": OTHER, "name": "Mallory"})
        for address in ("Ada@Example.org", "new@example.org")
    ]
    assert [(answer.status_code, answer.json()["email"]) for answer in answers] == [
        (202, "ada@example.org"),
        (202, "new@example.org"),
    ]
    assert "You have an account already" in await mailbox.next("ada@example.org")
    assert (await browser_of().sign_in("ada@example.org", OTHER)).status_code == 401
    assert (await ada("GET", "/account")).json()["account"]["name"] == "Ada"
    kept = await sql("SELECT email || password_hash FROM identity.account")
    assert not any(PASSWORD in row[0] or OTHER in row[0] for row in kept)


async def test_who_signed_up_with_anothers_address_never_gets_their_account(
    browser_of: BrowserOf, mailbox: Mailbox
) -> None:
    mallory, ada = browser_of(), browser_of()
    address = "ada@example.org"
    await mallory("POST", "/accounts", {"email": address, "password": OTHER, "name": "Mallory"})
    code = await mailbox.code(address)
    # Ada gets the mail and does not know the password, so she cannot confirm it for Mallory.
    refused = await ada("POST", "/accounts/confirm", {"token": code, "password": PASSWORD})
    assert refused.status_code == 401
    await ada("POST", "/accounts", {"email": address, "password": PASSWORD, "name": "Ada"})
    newer = await mailbox.code(address)
    assert (await mallory("POST", "/accounts/confirm", {"token": code, "password": OTHER})).status_code == 422
    assert (await ada("POST", "/accounts/confirm", {"token": newer, "password": PASSWORD})).status_code == 201
    assert (await ada("POST", "/accounts/confirm", {"token": newer, "password": PASSWORD})).status_code == 422
    assert (await mallory.sign_in(address, OTHER)).status_code == 401


async def test_a_forgotten_password_is_chosen_anew_and_ends_what_is_signed_in(
    join: Join, browser_of: BrowserOf, mailbox: Mailbox, sql: Sql
) -> None:
    ada = await join("ada@example.org", organization="acme")
    for address in ("ada@example.org", "nobody@example.org"):
        answer = await browser_of()("POST", "/password/forgotten", {"email": address})
        assert (answer.status_code, answer.json()) == (202, {"email": address})
    code = await mailbox.code("ada@example.org")
    short = await browser_of()("POST", "/password/reset", {"token": code, "password": "short"})
    assert short.json()["type"] == "urn:tidings:problem:password-length"
    both = [browser_of()("POST", "/password/reset", {"token": code, "password": OTHER}) for _ in range(2)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [204, 422]
    assert (await ada("POST", "/session/refresh", {})).status_code == 401
    assert "Your password was changed" in await mailbox.next("ada@example.org")
    assert (await browser_of().sign_in("ada@example.org", PASSWORD)).status_code == 401
    assert (await browser_of().sign_in("ada@example.org", OTHER)).status_code == 200
    assert [row[0] for row in await sql("SELECT type FROM identity.outbox WHERE type LIKE 'access%'")] == [
        "access.revoked"
    ]


async def test_who_runs_the_installation_hands_out_a_link_to_a_new_password(
    stack: Stack, join: Join, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await join("ada@example.org", organization="acme")
    for name, value in stack.environment("identity").items():
        monkeypatch.setenv(name, value)

    def typed(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["password_link", *arguments])
        password_link.main()
        return capsys.readouterr().out

    for wrong in ((), ("nobody@example.org",), ("ada",), ("ada@example.org", "eve@example.org")):
        with pytest.raises(SystemExit, match="address"):
            await asyncio.to_thread(typed, *wrong)
    said = await asyncio.to_thread(typed, " Ada@Example.org")
    [code] = re.findall(r"/reset#code=([\w-]{43})\n", said)
    for status in (204, 422):
        reset = await browser_of()("POST", "/password/reset", {"token": code, "password": OTHER})
        assert reset.status_code == status, reset.text
    assert (await browser_of().sign_in("ada@example.org", OTHER)).status_code == 200


async def test_a_changed_password_leaves_only_who_changed_it_signed_in(join: Join, browser_of: BrowserOf) -> None:
    ada = await join("ada@example.org", organization="acme")
    other = browser_of()
    await other.sign_in("ada@example.org")
    wrong = await ada("PUT", "/account/password", {"current": OTHER, "password": OTHER})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:tidings:problem:wrong-password")
    common = await ada("PUT", "/account/password", {"current": PASSWORD, "password": "ada@example.org"})
    assert common.json()["type"] == "urn:tidings:problem:password-too-common"
    changed = await ada("PUT", "/account/password", {"current": PASSWORD, "password": OTHER})
    assert changed.status_code == 200, changed.text
    assert (await ada("GET", "/organization")).status_code == 200, "the token of the answer is believed"
    assert (await ada("POST", "/session/refresh", {})).status_code == 200
    assert (await other("POST", "/session/refresh", {})).status_code == 401
    assert (await browser_of().sign_in("ada@example.org", OTHER)).status_code == 200


async def test_where_people_join_by_invitation_the_printed_code_makes_the_first_admin(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.extra["TIDINGS_SIGN_UP"] = "invited"
    for name, value in stack.environment("identity").items():
        monkeypatch.setenv(name, value)
    settings = IdentitySettings()
    older = await admin_link.make(settings)
    printed: list[str] = []

    def has_printed() -> bool:
        printed.extend(re.findall(r'"token": "([\w-]{43})"', capsys.readouterr().out))
        return bool(printed)

    organization = {"name": "Acme", "slug": "acme"}
    first = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD, "organization": organization}
    async with stack.service("identity") as identity:
        await eventually(has_printed, "a code is printed")
        signed_up = await identity.client.post(
            f"{V1}/accounts", json={"email": "ada@example.org", "password": PASSWORD, "name": "Ada"}
        )
        assert (signed_up.status_code, signed_up.json()["type"]) == (403, "urn:tidings:problem:by-invitation-only")
        for token, status in ((older, 422), ("x", 422), (printed[0], 201), (printed[0], 422)):
            made = await identity.client.post(f"{V1}/first-admin", json={**first, "token": token})
            assert made.status_code == status, made.text
        another = await admin_link.make(settings)
        taken = await identity.client.post(f"{V1}/first-admin", json={**first, "token": another})
        assert (taken.status_code, taken.json()["type"]) == (409, "urn:tidings:problem:email-taken")
        signed_in = await identity.client.post(f"{V1}/session", json={"email": "ada@example.org", "password": PASSWORD})
        assert [(known["name"], known["role"]) for known in signed_in.json()["organizations"]] == [("Acme", "admin")]
    async with stack.service("identity") as identity:
        again = identity.app.state.workers[-1]
        await again.run()
        assert not re.search("token", capsys.readouterr().out), "there is an account"


async def test_codes_are_refused_once_they_are_too_old(
    identity: Service, browser_of: BrowserOf, mailbox: Mailbox, sql: Sql
) -> None:
    await browser_of()("POST", "/accounts", {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"})
    code = await mailbox.code("ada@example.org")
    await sql("UPDATE identity.link SET expires_at = now()")
    refused = await browser_of()("POST", "/accounts/confirm", {"token": code, "password": PASSWORD})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:link-not-valid")
    for wrong in ("", "x", "\u00e9" * 43, "x" * 201):
        answer = await identity.client.post(f"{V1}/password/reset", json={"token": wrong, "password": PASSWORD})
        assert answer.status_code == 422, answer.text
