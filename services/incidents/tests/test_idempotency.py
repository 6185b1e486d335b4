"""`Idempotency-Key`: a POST that is sent again has its effect once and gets the same answer."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from devstack.fixtures import Sql
from devstack.teststack import Api, Service, Stack
from devstack.tokens import ISSUER

INCIDENTS = "/api/incidents/v1/incidents"
BODY = {"title": "Database down", "status": "investigating", "message": "Looking into it"}
KEY = {"Idempotency-Key": "a-key"}
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]


def answer(response: httpx.Response) -> tuple[int, bytes, str, str]:
    return response.status_code, response.content, response.headers["ETag"], response.headers["Location"]


async def count(sql: Sql) -> dict[str, int]:
    tables = ("incident", "incident_update", "outbox", "idempotency")
    return {table: len(await sql(f"SELECT 1 FROM incidents.{table}")) for table in tables}


@pytest_asyncio.fixture
async def other_connection(stack: Stack) -> AsyncIterator[AsyncConnection]:
    """A transaction on the database that the service knows nothing of."""
    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)
    async with engine.begin() as connection:
        yield connection


async def test_a_repetition_gets_the_same_answer_and_has_no_effect(api: Api, sql: Sql) -> None:
    first = await api("POST", INCIDENTS, BODY, headers=KEY)
    again = await api("POST", INCIDENTS, BODY, headers=KEY)
    assert first.status_code == 201
    assert answer(again) == answer(first)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await count(sql) == {"incident": 1, "incident_update": 1, "outbox": 2, "idempotency": 1}


async def test_an_update_is_not_posted_twice_either(api: Api, open_incident: OpenIncident) -> None:
    path = f"{INCIDENTS}/{(await open_incident())['id']}/updates"
    for _ in range(3):
        posted = await api("POST", path, {"message": "Fixed"}, headers=KEY)
    assert len(posted.json()["updates"]) == 2


async def test_the_key_of_another_body_is_refused(api: Api, sql: Sql) -> None:
    await api("POST", INCIDENTS, BODY, headers=KEY)
    refused = await api("POST", INCIDENTS, {**BODY, "title": "Other"}, headers=KEY)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:idempotency-key-reused")
    assert (await count(sql))["incident"] == 1


async def test_a_repetition_while_the_first_is_under_way_is_told_to_come_back(
    api: Api, other_connection: AsyncConnection, sql: Sql
) -> None:
    name = "\n".join(("acme", f"{ISSUER} dev-responder", "POST", INCIDENTS, "a-key"))
    await other_connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    refused = await api("POST", INCIDENTS, BODY, headers=KEY)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:request-in-flight")
    assert refused.headers["Retry-After"] == "1"
    assert (await count(sql))["incident"] == 0
    await other_connection.rollback()
    assert (await api("POST", INCIDENTS, BODY, headers=KEY)).status_code == 201


async def test_fifty_at_once_make_one_incident(api: Api, sql: Sql) -> None:
    answers = await asyncio.gather(*(api("POST", INCIDENTS, BODY, headers=KEY) for _ in range(50)))
    statuses = Counter(response.status_code for response in answers)
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert len({answer(response) for response in answers if response.status_code == 201}) == 1
    assert await count(sql) == {"incident": 1, "incident_update": 1, "outbox": 2, "idempotency": 1}
    audiences = await sql("SELECT audience FROM incidents.outbox ORDER BY 1")
    assert [row.audience for row in audiences] == ["internal", "public"]


async def test_a_refusal_is_not_kept(api: Api, sql: Sql) -> None:
    assert (await api("POST", INCIDENTS, {**BODY, "status": "closed"}, headers=KEY)).status_code == 422
    path = f"{INCIDENTS}/0189aaaa-0000-7000-8000-000000000000/updates"
    assert (await api("POST", path, {"message": "x"}, headers=KEY)).status_code == 404
    assert (await count(sql))["idempotency"] == 0
    assert (await api("POST", INCIDENTS, BODY, headers=KEY)).status_code == 201


async def test_a_key_belongs_to_one_person_one_organization_and_one_path(
    api: Api, incidents: Service, open_incident: OpenIncident, sql: Sql
) -> None:
    one, other = [(await open_incident())["id"] for _ in range(2)]
    for id in (one, other):
        posted = await api("POST", f"{INCIDENTS}/{id}/updates", {"message": "x"}, headers=KEY)
        assert "Idempotent-Replayed" not in posted.headers
    await api("POST", INCIDENTS, BODY, headers=KEY)
    admins = await incidents.as_("acme", "admin")("POST", INCIDENTS, BODY, headers=KEY)
    assert "Idempotent-Replayed" not in admins.headers
    foreign = await incidents.as_("globex", "responder")("POST", INCIDENTS, BODY, headers=KEY)
    assert foreign.status_code == 409, "globex has no page, and gets no answer of acme's"
    assert (await count(sql))["idempotency"] == 4


async def test_a_key_is_forgotten_after_48_hours(api: Api, sql: Sql) -> None:
    await api("POST", INCIDENTS, BODY, headers=KEY)
    await sql("UPDATE incidents.idempotency SET created_at = now() - interval '47 hours 59 minutes'")
    assert "Idempotent-Replayed" in (await api("POST", INCIDENTS, BODY, headers=KEY)).headers
    await sql("UPDATE incidents.idempotency SET created_at = now() - interval '48 hours'")
    assert "Idempotent-Replayed" not in (await api("POST", INCIDENTS, BODY, headers=KEY)).headers
    assert (await count(sql))["idempotency"] == 1, "the expired one made room"
    assert (await count(sql))["incident"] == 2


async def test_a_role_that_is_too_low_gets_no_stored_answer(api: Api, incidents: Service) -> None:
    await api("POST", INCIDENTS, BODY, headers=KEY)
    assert (await incidents.as_("acme", "viewer")("POST", INCIDENTS, BODY, headers=KEY)).status_code == 403


async def test_an_odd_key_is_refused(api: Api, sql: Sql) -> None:
    for key in ("", " ", "a b", "x" * 256, "a\x7fb", "a\tb"):
        refused = await api("POST", INCIDENTS, BODY, headers={"Idempotency-Key": key})
        problem = (refused.status_code, refused.json()["type"])
        assert problem == (422, "urn:tidings:problem:invalid-idempotency-key"), repr(key)
    assert (await count(sql))["incident"] == 0


async def test_a_key_on_anything_but_a_post_is_ignored(api: Api, open_incident: OpenIncident, sql: Sql) -> None:
    path = f"{INCIDENTS}/{(await open_incident())['id']}"
    for title in ("one", "two"):
        assert (await api("PATCH", path, {"title": title}, headers=KEY)).json()["title"] == title
    assert (await count(sql))["idempotency"] == 0
