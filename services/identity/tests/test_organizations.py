"""Organizations, members and invitations, over HTTP: who may do what, and that the last admin stays."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.fixtures import Sql
from devstack.teststack import Service

PASSWORD = "seven green lamps"

# The classes of this directory's conftest, which cannot be imported.
Browser = Any
BrowserOf = Callable[[], Browser]
Join = Callable[..., Awaitable[Any]]
Invite = Callable[..., Awaitable[str]]
Mailbox = Any


async def accept(browser: Browser, code: str, **fields: str) -> int:
    return int((await browser("POST", "/invitations/accept", {"token": code, **fields})).status_code)


async def id_of(browser: Browser) -> str:
    return str((await browser("GET", "/account")).json()["account"]["id"])


async def test_an_organization_is_made_renamed_and_told_to_its_members_alone(join: Join, sql: Sql) -> None:
    ada = await join("ada@example.org", organization="acme")
    read = await ada("GET", "/organization")
    assert (read.json()["name"], read.json()["proposed_slug"], read.headers["etag"]) == ("acme", "acme", '"1"')
    renamed = await ada("PATCH", "/organization", {"name": "Acme Ltd"}, headers={"If-Match": '"1"'})
    assert (renamed.status_code, renamed.json()["version"]) == (200, 2)
    stale = await ada("PATCH", "/organization", {"name": "Other"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    told = await sql("SELECT type, audience, actor ->> 'name' FROM identity.outbox ORDER BY position")
    assert [tuple(row) for row in told] == [
        ("organization.created", "internal", "Ada"),
        ("member.joined", "internal", "Ada"),
        ("organization.updated", "internal", "Ada"),
    ]


async def test_who_is_invited_joins_with_the_role_that_was_offered(
    join: Join, invite: Invite, browser_of: BrowserOf
) -> None:
    ada = await join("ada@example.org", organization="acme")
    code = await invite(ada, "grace@example.org", "responder")
    listed = (await ada("GET", "/invitations")).json()["items"]
    assert [(item["email"], item["role"]) for item in listed] == [("grace@example.org", "responder")]
    assert code not in str(listed)
    grace = browser_of()
    assert await accept(grace, code) == 422, "there is no account yet, so a name and a password are needed"
    assert await accept(grace, code, name="Grace", password=PASSWORD) == 201
    assert await accept(browser_of(), code, name="Grace", password=PASSWORD) == 409
    members = (await grace("GET", "/members")).json()["items"]
    assert [(member["name"], member["role"]) for member in members] == [("Ada", "admin"), ("Grace", "responder")]
    assert (await ada("GET", "/invitations")).json()["items"] == []
    again = await ada("POST", "/invitations", {"email": "grace@example.org", "role": "admin"})
    assert again.json()["type"] == "urn:tidings:problem:already-member"


async def test_an_account_joins_by_the_code_alone(join: Join, invite: Invite, browser_of: BrowserOf) -> None:
    ada, grace = await join("ada@example.org", organization="acme"), await join("grace@example.org")
    assert await accept(browser_of(), await invite(ada, "grace@example.org")) == 204
    answer = (await grace("POST", "/session/refresh", {})).json()
    assert [(known["name"], known["role"]) for known in answer["organizations"]] == [("acme", "viewer")]


async def test_an_invitation_takes_an_account_from_who_never_proved_the_address(
    join: Join, invite: Invite, browser_of: BrowserOf, mailbox: Mailbox
) -> None:
    ada, mallory = await join("ada@example.org", organization="acme"), browser_of()
    await mallory("POST", "/accounts", {"email": "grace@example.org", "password": "mallorys own words", "name": "M"})
    await mailbox.code("grace@example.org")
    code = await invite(ada, "grace@example.org")
    assert await accept(browser_of(), code) == 422
    assert await accept(browser_of(), code, name="Grace", password=PASSWORD) == 201
    assert (await mallory.sign_in("grace@example.org", "mallorys own words")).status_code == 401


async def test_an_invitation_that_was_withdrawn_replaced_or_made_up_is_refused(
    join: Join, invite: Invite, browser_of: BrowserOf
) -> None:
    ada = await join("ada@example.org", organization="acme")
    replaced = await invite(ada, "grace@example.org")
    withdrawn = await invite(ada, "grace@example.org", "admin")
    listed = (await ada("GET", "/invitations")).json()["items"]
    assert len(listed) == 1
    assert (await ada("DELETE", f"/invitations/{listed[0]['id']}")).status_code == 204
    other = await join("eve@example.org", organization="globex")
    elsewhere = (await other("GET", "/organization")).json()["id"] + "." + withdrawn.partition(".")[2]
    for code in (replaced, withdrawn, elsewhere, "x", f"nowhere.{'a' * 43}"):
        assert await accept(browser_of(), code, name="Grace", password=PASSWORD) in (409, 422), code
    assert (await ada("DELETE", f"/invitations/{listed[0]['id']}")).status_code == 204
    assert (await other("DELETE", f"/invitations/{listed[0]['id']}")).status_code == 404


async def test_two_admins_who_leave_at_once_leave_one_behind(join: Join, invite: Invite, browser_of: BrowserOf) -> None:
    ada, grace = await join("ada@example.org", organization="acme"), browser_of()
    code = await invite(ada, "grace@example.org", "admin")
    assert await accept(grace, code, name="Grace", password=PASSWORD) == 201
    left = await asyncio.gather(ada("DELETE", "/members/me"), grace("DELETE", "/members/me"))
    assert sorted(answer.status_code for answer in left) == [204, 409]
    stays, leaves = (ada, grace) if left[1].status_code == 204 else (grace, ada)
    assert [member["role"] for member in (await stays("GET", "/members")).json()["items"]] == ["admin"]
    assert (await leaves("GET", "/members")).status_code in (401, 404), "although the token has not expired"
    assert (await leaves("POST", "/session/refresh", {})).json()["access_token"] is None


async def test_roles_count_as_they_are_now_whatever_the_token_says(
    join: Join, invite: Invite, browser_of: BrowserOf, sql: Sql
) -> None:
    ada, grace = await join("ada@example.org", organization="acme"), browser_of()
    assert await accept(grace, await invite(ada, "grace@example.org", "admin"), name="Grace", password=PASSWORD) == 201
    graces = await id_of(grace)
    assert (await ada("PATCH", f"/members/{graces}", {"role": "viewer"})).json()["role"] == "viewer"
    for method, path, body in (
        ("PATCH", "/organization", {"name": "Mine"}),
        ("POST", "/invitations", {"email": "eve@example.org", "role": "admin"}),
        ("GET", "/invitations", None),
        ("PATCH", f"/members/{graces}", {"role": "admin"}),
        ("DELETE", f"/members/{await id_of(ada)}", None),
    ):
        refused = await grace(method, path, body)
        # The membership says no at once; a moment later the token is not believed at all.
        assert refused.json()["type"].rpartition(":")[2] in ("role-too-low", "invalid-token"), path
    last = await ada("PATCH", f"/members/{await id_of(ada)}", {"role": "viewer"})
    assert (last.status_code, last.json()["type"]) == (409, "urn:tidings:problem:last-admin")
    assert (await ada("DELETE", f"/members/{graces}")).status_code == 204
    assert (await ada("DELETE", f"/members/{graces}")).status_code == 404
    told = [row[0] for row in await sql("SELECT type FROM identity.outbox ORDER BY position OFFSET 3")]
    assert told == ["member.role_changed", "access.revoked", "member.removed", "access.revoked"]
    assert await accept(browser_of(), await invite(ada, "grace@example.org")) == 204, "and may join again"


async def test_another_organizations_members_and_organizations_of_others_do_not_exist(
    join: Join, identity: Service
) -> None:
    ada, eve = await join("ada@example.org", organization="acme"), await join("eve@example.org", organization="globex")
    adas = await id_of(ada)
    for method, body in (("PATCH", {"role": "viewer"}), ("DELETE", None)):
        answer = await eve(method, f"/members/{adas}", body)
        unknown = await eve(method, f"/members/{adas[:-1]}{'0' if adas[-1] != '0' else '1'}", body)
        assert (answer.status_code, answer.text) == (404, unknown.text)
    # A token of another issuer, for an organization that is not kept here.
    foreign = identity.as_("initech", "admin")
    for method, path in (("GET", "/organization"), ("GET", "/members"), ("DELETE", "/members/me")):
        assert (await foreign(method, f"/api/identity/v1{path}")).status_code == 404, path
