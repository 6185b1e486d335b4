"""The audit over HTTP: what any service did is in it once, for admins of the organization alone, and for nobody to change."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from common.clock import now, uuid7
from common.contracts.events import Tombstone
from common.contracts.values import Audience
from common.envelope import Envelope
from devstack.audit import stored_messages
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Service, Stack, eventually
from identity.api.audit import written

CATALOG = "/api/catalog/v1"

# The classes of this directory's conftest, which cannot be imported.
Browser = Any
Join = Callable[..., Awaitable[Browser]]
Invite = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture
async def catalog(stack: Stack, identity: Service) -> AsyncIterator[Service]:
    """Another service, which believes identity's tokens."""
    async with stack.service("catalog") as service:
        yield service


@pytest_asyncio.fixture
async def ada(join: Join, catalog: Service) -> Browser:
    """An admin who made a page, and a service that she renamed twice."""
    ada = await join("ada@example.org", organization="acme")
    headers = {"Authorization": f"Bearer {ada.token}"}
    page = await catalog.client.post(f"{CATALOG}/page", json={"name": "acme", "slug": "acme"}, headers=headers)
    assert page.is_success, "made here, or by catalog for the new organization"
    made = await catalog.client.post(f"{CATALOG}/services", json={"name": "One"}, headers=headers)
    for name in ("Two", "=Three"):
        path = f"{CATALOG}/services/{made.json()['id']}"
        assert (await catalog.client.patch(path, json={"name": name}, headers=headers)).status_code == 200
    await kept(ada, 1, "?aggregate=service&id=" + made.json()["id"], "service.updated", version=3)
    return ada


async def kept(admin: Browser, count: int, query: str, action: str, *, version: int | None = None) -> list[Any]:
    """The entries of an action, as soon as there are as many."""
    found: list[Any] = []

    async def arrived() -> bool:
        items = (await admin("GET", f"/audit{query}")).json()["items"]
        found[:] = [item for item in items if item["action"] == action and version in (None, item["version"])]
        return len(found) == count

    await eventually(arrived, f"{count} times {action} in the audit")
    return found


async def test_it_says_who_did_what_to_what_and_what_was_before(ada: Browser) -> None:
    account = (await ada("GET", "/account")).json()["account"]
    first, last = (await kept(ada, 2, "?aggregate=service", "service.updated"))[::-1]
    assert [entry["before"]["name"] for entry in (first, last)] == ["One", "Two"]
    assert [entry["after"]["name"] for entry in (first, last)] == ["Two", "=Three"]
    assert last["actor"] == {"id": account["id"], "name": "Ada", "address": "127.0.0.1"}
    assert (last["service"], last["aggregate_id"], last["version"]) == ("catalog", last["after"]["id"], 3)
    [created] = await kept(ada, 1, "", "organization.created")
    assert (created["service"], created["before"], created["after"]["name"]) == ("identity", None, "acme")
    assert created["actor"]["address"] == "127.0.0.1", "identity itself says where from, as every service does"


async def test_it_is_read_page_by_page_newest_first(ada: Browser) -> None:
    everything = (await ada("GET", "/audit?limit=100")).json()
    assert everything["next_cursor"] is None
    moments = [entry["at"] for entry in everything["items"]]
    assert moments == sorted(moments, reverse=True)
    found, cursor = [], ""
    while cursor is not None:
        page = (await ada("GET", f"/audit?limit=2{cursor and '&cursor='}{cursor}")).json()
        found += page["items"]
        cursor = page["next_cursor"]
    assert found == everything["items"]


async def test_it_is_filtered(ada: Browser) -> None:
    everything = (await ada("GET", "/audit?limit=100")).json()["items"]
    one = everything[len(everything) // 2]
    for query, matches in (
        (f"actor={one['actor']['id']}", lambda entry: entry["actor"] == one["actor"]),
        ("actor=somebody", lambda _: False),
        ("aggregate=member", lambda entry: entry["action"] == "member.joined"),
        (f"id={one['aggregate_id']}", lambda entry: entry["aggregate_id"] == one["aggregate_id"]),
        (f"from={one['at']}", lambda entry: entry["at"] >= one["at"]),
        (f"to={one['at']}", lambda entry: entry["at"] < one["at"]),
    ):
        found = (await ada("GET", f"/audit?limit=100&{query}")).json()["items"]
        assert found == [entry for entry in everything if matches(entry)], query
    for query in ("actor=%00", "aggregate=Member", "id=", "from=yesterday", "cursor=x", "limit=101"):
        assert (await ada("GET", f"/audit?{query}")).status_code == 422, query


async def test_it_is_for_admins_of_the_organization_as_they_are_now(
    ada: Browser, join: Join, invite: Invite, identity: Service
) -> None:
    grace = await join("grace@example.org")
    await grace("POST", "/invitations/accept", {"token": await invite(ada, "grace@example.org", "admin")})
    await grace("POST", "/session/refresh", {})
    eve = await join("eve@example.org", organization="globex")
    await kept(eve, 1, "", "member.joined")
    await kept(grace, 2, "", "member.joined")
    graces = (await grace("GET", "/account")).json()["account"]["id"]
    assert (await ada("PATCH", f"/members/{graces}", {"role": "responder"})).status_code == 200
    acmes = (await ada("GET", "/audit?limit=100")).json()["items"]
    for path in ("/audit", "/audit.csv"):
        assert (await grace("GET", path)).status_code in (401, 403), "although the token says admin"
        foreign = await eve("GET", path)
        assert foreign.status_code == 200
        assert not any(entry["id"] in foreign.text or entry["aggregate_id"] in foreign.text for entry in acmes)
        assert (await identity.as_("initech", "responder")("GET", f"/api/identity/v1{path}")).status_code == 403


async def test_an_organization_of_another_issuer_has_one_too(catalog: Service, identity: Service) -> None:
    page = await catalog.as_("initech")("POST", f"{CATALOG}/page", {"name": "Initech", "slug": "initech"})
    assert page.status_code == 201

    async def arrived() -> bool:
        items = (await identity.as_("initech")("GET", "/api/identity/v1/audit")).json()["items"]
        return "page_settings.provisioned" in [item["action"] for item in items]

    await eventually(arrived, "what its admin did is in the audit")


async def test_the_file_has_all_of_it_and_nothing_that_a_spreadsheet_executes(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.api.audit.EXPORT_BATCH", 2)
    mallory = await join("mallory@example.org", name="=HYPERLINK(1)", organization="acme")
    for number in range(3):
        await mallory("PATCH", "/organization", {"name": f'"{number}",=1+1'})
    await kept(mallory, 3, "", "organization.updated")
    file = await mallory("GET", "/audit.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(file.text, newline="")))
    read = (await mallory("GET", "/audit?limit=100")).json()["items"]
    assert [row["id"] for row in rows] == [entry["id"] for entry in read]
    assert {row["actor_name"] for row in rows} == {"'=HYPERLINK(1)"}
    monkeypatch.setattr("identity.api.audit.EXPORT_MAX", len(rows) - 1)
    refused = await mallory("GET", "/audit.csv")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:export-too-large")
    assert (await mallory("GET", f"/audit.csv?to={read[0]['at']}")).status_code == 200


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_field_that_would_be_executed_is_text(first: str) -> None:
    cells = [f'{first}1"', "x", f"x{first}1"]
    [line] = csv.reader(io.StringIO(written(cells), newline=""))
    assert line == [f"'{first}1\"", "x", f"x{first}1"]


async def test_what_comes_a_second_time_is_kept_once(ada: Browser, stack: Stack, sql: Sql, consumed: Consumed) -> None:
    before = await sql("SELECT event_id FROM identity.audit ORDER BY event_id")
    for message in await stored_messages(stack, "status.*.internal.>"):
        client = await stack.connect(message.subject.split(".")[3])
        headers = {**(message.headers or {}), "Nats-Msg-Id": str(uuid4())}
        stored = await client.jetstream().publish(message.subject, message.data, headers=headers)
        await client.close()
    await consumed("identity", stored.seq)
    assert await sql("SELECT event_id FROM identity.audit ORDER BY event_id") == before
    assert await sql("SELECT 1 FROM identity.dead_letter") == []
    internal = await sql(
        "SELECT id FROM identity.outbox UNION ALL SELECT id FROM catalog.outbox WHERE audience = 'internal' ORDER BY id"
    )
    assert internal == before, "and nothing is missing"


async def test_what_was_before_is_right_also_when_events_come_late(
    identity: Service, stack: Stack, consumed: Consumed
) -> None:
    client = await stack.connect("catalog")
    for version in (1, 3, 2):
        data = Tombstone(id=str(version), deleted_at=now()).model_dump_json().encode()
        event = Envelope(uuid7(), "initech", Audience.INTERNAL, "catalog", "service.deleted", "x", version, now(), data)
        stored = await client.jetstream().publish(event.subject, event.data, headers=event.headers())
    await client.close()
    await consumed("identity", stored.seq)
    items = (await identity.as_("initech")("GET", "/api/identity/v1/audit")).json()["items"]
    former = {item["version"]: item["before"] and item["before"]["id"] for item in items}
    assert former == {1: None, 2: "1", 3: "2"}


async def test_nobody_may_change_or_remove_what_it_has(ada: Browser, stack: Stack, sql: Sql) -> None:
    mighty = await sql(
        "SELECT rolname, privilege FROM pg_roles, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) privilege "
        "WHERE NOT rolsuper AND rolname !~ '^pg_' AND (has_table_privilege(oid, 'identity.audit', privilege) "
        "OR has_any_column_privilege(oid, 'identity.audit', 'UPDATE'))"
    )
    assert mighty == []
    engine = create_async_engine(stack.environment("identity")["TIDINGS_DATABASE_URL"], poolclass=NullPool)
    for statement in ("UPDATE {} SET data = '{{}}'", "DELETE FROM {}", "TRUNCATE {}"):
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="permission denied"):
                await connection.execute(text(statement.format("identity.audit")))


async def test_what_recognises_an_api_key_is_not_in_it(join: Join) -> None:
    ada = await join("ada@example.org", organization="acme")
    made = await ada("POST", "/api-keys", {"name": "CI", "role": "viewer"})
    [entry] = await kept(ada, 1, "?aggregate=api_key", "api_key.created")
    assert (entry["after"]["id"], entry["after"]["name"]) == (made.json()["id"], "CI")
    assert "key_hash" not in entry["after"]
