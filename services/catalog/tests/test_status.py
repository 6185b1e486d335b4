"""A service's base status, which people set, and the history of what visitors saw."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

from devstack.fixtures import Sql
from devstack.teststack import Api, Service

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
STATUSES = ["operational", "degraded", "partial_outage", "major_outage"]


@pytest_asyncio.fixture
async def path(create_service: CreateService) -> str:
    return f"{SERVICES}/{(await create_service())['id']}"


async def test_the_status_that_is_set_is_what_visitors_see(api: Api, path: str) -> None:
    for status in STATUSES:
        answer = await api("PUT", f"{path}/status", {"status": status})
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["base_status"], answer.json()["causes"]) == (status, status, [])
        assert (await api("GET", path)).json() == answer.json()


async def test_history_says_what_changed_when_and_who_did_it(api: Api, catalog: Service, path: str) -> None:
    await api("PUT", f"{path}/status", {"status": "partial_outage"})
    changed = (await catalog.as_("acme", "responder")("PUT", f"{path}/status", {"status": "operational"})).json()
    newest, oldest = (await api("GET", f"{path}/history")).json()["items"]
    assert (oldest["status"], oldest["previous"]) == ("partial_outage", "operational")
    assert oldest["changed_by"] == {"id": "dev-admin", "name": "Dev Admin"}
    assert newest == {
        "status": "operational",
        "previous": "partial_outage",
        "changed_at": changed["status_changed_at"],
        "changed_by": {"id": "dev-responder", "name": "Dev Responder"},
        "cause": None,
        "backfilled": False,
    }


async def test_who_did_it_is_never_published(api: Api, path: str, sql: Sql) -> None:
    await api("PUT", f"{path}/status", {"status": "degraded"})
    rows = await sql("SELECT audience, data FROM catalog.outbox WHERE type = 'service_status.changed'")
    assert {row.audience for row in rows} == {"internal", "public"}
    assert not any("dev-admin" in row.data or "Dev Admin" in row.data for row in rows)


async def test_setting_the_same_status_again_is_no_change(api: Api, path: str, sql: Sql) -> None:
    for _ in range(3):
        assert (await api("PUT", f"{path}/status", {"status": "degraded"})).status_code == 200
    assert len((await api("GET", f"{path}/history")).json()["items"]) == 1
    assert len(await sql("SELECT 1 FROM catalog.outbox WHERE type = 'service_status.changed'")) == 2


async def test_pages_of_the_history_hold_every_change_once_newest_first(api: Api, path: str) -> None:
    wanted: list[str] = []
    for number in range(7):
        status = STATUSES[1 + number % 3]
        await api("PUT", f"{path}/status", {"status": status})
        wanted.insert(0, status)
    seen: list[str] = []
    cursor = ""
    for _ in range(4):
        page = (await api("GET", f"{path}/history?limit=2{cursor}")).json()
        seen += [entry["status"] for entry in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert seen == wanted


async def test_a_cursor_that_no_answer_gave_is_refused(api: Api, path: str) -> None:
    for cursor in ("x", "WyJ4Il0", "WyItMSJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OSJd", "W10", "WzFd"):
        refused = await api("GET", f"{path}/history?cursor={cursor}")
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:invalid-cursor"), cursor


async def test_what_is_no_status_is_refused(api: Api, path: str) -> None:
    odd: list[object] = [{"status": "on_fire"}, {"status": None}, {}, {"status": "degraded", "note": "x"}, []]
    for body in odd:
        assert (await api("PUT", f"{path}/status", body)).status_code == 422, body
    assert (await api("GET", path)).json()["status"] == "operational"
