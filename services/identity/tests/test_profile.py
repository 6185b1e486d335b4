"""A person's own name, over HTTP: changed in every organization of theirs at once, told to each, and in no former one."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.fixtures import Sql
from devstack.teststack import eventually
from identity.domain.limits import NAME_OF_ACCOUNT

# The classes of this directory's conftest, which cannot be imported.
Browser = Any
Join = Callable[..., Awaitable[Any]]
Invite = Callable[..., Awaitable[str]]


def claims(token: str) -> Any:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


async def make(browser: Browser, organization: str) -> str:
    made = await browser("POST", "/organizations", {"name": organization, "slug": organization})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def names_in(browser: Browser, organization: str) -> list[str]:
    assert (await browser("POST", "/session/refresh", {"organization_id": organization})).status_code == 200
    return [member["name"] for member in (await browser("GET", "/members")).json()["items"]]


async def renamed(sql: Sql) -> list[tuple[Any, ...]]:
    told = await sql(
        "SELECT organization_id, sequence, audience, actor ->> 'name', data::json ->> 'name' "
        "FROM identity.outbox WHERE type = 'member.renamed' ORDER BY position"
    )
    return [tuple(row) for row in told]


async def test_a_new_name_is_told_in_every_organization_and_in_no_former_one(
    join: Join, invite: Invite, sql: Sql
) -> None:
    ada = await join("ada@example.org", organization="acme")
    acme, globex = claims(ada.token)["o"]["id"], await make(ada, "globex")
    grace = await join("grace@example.org", name="Grace", organization="initech")
    initech = claims(grace.token)["o"]["id"]
    assert (
        await ada("POST", "/invitations/accept", {"token": await invite(grace, "ada@example.org")})
    ).status_code == 204
    assert await names_in(ada, initech) == ["Grace", "Ada"]
    assert (await ada("DELETE", "/members/me")).status_code == 204

    answer = await ada("PATCH", "/account", {"name": " Ada Lovelace "})
    assert (answer.status_code, answer.json()["account"]["name"]) == (200, "Ada Lovelace"), answer.text
    assert claims(ada.token)["name"] == "Ada Lovelace"
    assert (await ada("GET", "/account")).json()["account"]["name"] == "Ada Lovelace"
    assert [await names_in(ada, organization) for organization in (acme, globex)] == [["Ada Lovelace"]] * 2
    told = [(id, 2, "internal", "Ada", "Ada Lovelace") for id in (acme, globex)]
    assert await renamed(sql) == told
    [former] = await sql("SELECT name FROM identity.member WHERE removed_at IS NOT NULL")
    assert former[0] == "Ada", "what she is called now is not theirs to know"

    assert (await ada("PATCH", "/account", {"name": "Ada Lovelace"})).status_code == 200
    assert await renamed(sql) == told, "nothing changed, so nothing is told"


async def test_the_audit_says_what_somebody_was_called_before(join: Join) -> None:
    ada = await join("ada@example.org", organization="acme")
    assert (await ada("PATCH", "/account", {"name": "Ada Lovelace"})).status_code == 200
    found: list[Any] = []

    async def kept() -> bool:
        items = (await ada("GET", "/audit?aggregate=member")).json()["items"]
        found[:] = [item for item in items if item["action"] == "member.renamed"]
        return bool(found)

    await eventually(kept, "the new name is in the audit")
    [entry] = found
    assert [entry["actor"]["name"], entry["before"]["name"], entry["after"]["name"]] == ["Ada", "Ada", "Ada Lovelace"]


async def test_an_organization_that_is_made_meanwhile_has_the_new_name_too(join: Join) -> None:
    ada = await join("ada@example.org")
    renaming = ada("PATCH", "/account", {"name": "Ada Lovelace"})
    _, *organizations = await asyncio.gather(renaming, *(make(ada, f"acme-{number}") for number in range(3)))
    for organization in organizations:
        assert await names_in(ada, organization) == ["Ada Lovelace"]


async def test_only_who_is_signed_in_changes_their_name_to_one_and_so_often(join: Join, browser_of: Any) -> None:
    ada = await join("ada@example.org")
    for wrong in ("", "  ", "Ada\nLovelace", "\x00", "x" * 201, 1, None):
        refused = await ada("PATCH", "/account", {"name": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.name"), wrong
    assert (await ada("PATCH", "/account", {"name": "Ada", "email": "eve@example.org"})).status_code == 422
    assert (await browser_of()("PATCH", "/account", {"name": "Mallory"})).status_code == 401
    elsewhere = await ada("PATCH", "/account", {"name": "Mallory"}, headers={"Origin": "https://example.com"})
    assert elsewhere.status_code == 403
    statuses = [(await ada("PATCH", "/account", {"name": f"Ada {n}"})).status_code for n in range(21)]
    assert statuses == [200] * NAME_OF_ACCOUNT.burst + [429]
