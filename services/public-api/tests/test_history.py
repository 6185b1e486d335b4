"""The history: every incident there was, page by page, from PostgreSQL within a second or not at all."""

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.clock import now, rfc3339
from common.database import create_engine
from devstack.teststack import Service

PAGE = "/api/public/v1/pages/acme"
HISTORY = f"{PAGE}/incidents"
COUNT = 7
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]


def incident_id(number: int) -> str:
    return f"018f3e5c-7c1d-7000-8000-{number:012}"


@pytest_asyncio.fixture
async def history(public_api: Service, publish: Publish, page_at: PageAt) -> Service:
    """Incidents that were resolved 0, 10, 20 … days ago, two of them started at the same moment, and a deleted one."""
    await publish("page_settings.provisioned")
    await publish("service.created", "s", name="Shop")
    for number in range(COUNT):
        moment = rfc3339(now() - timedelta(days=10 * min(number, COUNT - 2)))
        fields = {"status": "resolved", "resolved_at": moment, "started_at": moment, "services": named_services()}
        await publish("incident.resolved", incident_id(number), **fields)
    await publish("incident.opened", incident_id(99))
    await page_at(public_api, await publish("incident.deleted", incident_id(99), version=2))
    return public_api


async def test_old_incidents_are_in_the_history_when_they_have_left_the_page(history: Service) -> None:
    shown = (await history.client.get(PAGE)).json()["incidents"]
    assert [incident["id"] for incident in shown] == [incident_id(0), incident_id(1)]
    answer = (await history.client.get(HISTORY)).json()
    assert len(answer["items"]) == COUNT
    assert answer["next_cursor"] is None
    assert answer["items"][0] == shown[0]
    assert answer["items"][-1]["services"] == [{"id": "s", "name": "Shop", "status": "degraded"}]


@pytest.mark.parametrize("limit", [1, 2, 3, COUNT, 100])
async def test_pages_of_any_size_give_each_incident_once_newest_first(history: Service, limit: int) -> None:
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        answer = (await history.client.get(HISTORY, params=query)).json()
        assert len(answer["items"]) <= limit
        found += answer["items"]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    keys = [(incident["started_at"], incident["id"]) for incident in found]
    assert keys == sorted(keys, reverse=True)
    assert {incident["id"] for incident in found} == {incident_id(number) for number in range(COUNT)}
    assert len(found) == COUNT


async def test_every_window_is_in_the_list_the_latest_first_whatever_became_of_it(
    history: Service, publish: Publish, page_at: PageAt
) -> None:
    ends = {"completed_at": "scheduled_end", "cancelled_at": "scheduled_start", "": ""}
    for number, (name, ended) in enumerate(ends.items()):
        start = rfc3339(now() - timedelta(days=30 * number))
        fields = {"scheduled_start": start, "scheduled_end": start, "services": named_services()}
        if name:
            fields |= {"status": name.removesuffix("_at"), name: fields[ended]}
        last = await publish("maintenance.updated", incident_id(number), **fields)
    await page_at(history, last)
    first = (await history.client.get(f"{PAGE}/maintenance", params={"limit": 2})).json()
    rest = (await history.client.get(f"{PAGE}/maintenance", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    found = [(window["id"], window["status"]) for window in first["items"] + rest["items"]]
    assert found == [
        (incident_id(0), "completed"),
        (incident_id(1), "cancelled"),
        (incident_id(2), "scheduled"),
    ]
    assert rest["next_cursor"] is None
    assert first["items"][0]["services"] == [{"id": "s", "name": "Shop"}]


def named_services() -> list[dict[str, str]]:
    """One there is, and one that nobody has heard of."""
    return [{"service_id": id, "status": "degraded", "name": f"was {id}"} for id in ("s", "gone")]


async def test_another_organization_has_a_history_of_its_own(
    history: Service, publish: Publish, page_at: PageAt
) -> None:
    last = await publish("page_settings.provisioned", "globex", organization="globex", slug="globex")
    await page_at(history, last, slug="globex")
    assert (await history.client.get("/api/public/v1/pages/globex/incidents")).json()["items"] == []


def crafted(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


async def test_odd_cursors_and_limits_are_refused_politely(history: Service) -> None:
    moment, id = "2026-11-22T12:00:00+00:00", incident_id(1)
    cursors = [
        *["", "x", "é", "%00", "=" * 50, "A" * 501],
        *[crafted(), crafted(moment), crafted(moment, id, id), crafted(1, 2), crafted(None, id)],
        *[crafted(moment, "no id"), crafted(moment, "\0"), crafted(moment, "\ud800"), crafted("\ud800", id)],
        *[
            crafted("yesterday", id),
            crafted("2026-11-22T12:00:00", id),
            crafted("0001-01-01T00:00:00+14:00", id),
            crafted("9999-12-31T23:59:59-14:00", id),
        ],
    ]
    for query in [{"cursor": cursor} for cursor in cursors] + [{"limit": n} for n in ("0", "101", "-1", "9" * 40, "x")]:
        response = await history.client.get(HISTORY, params=query)
        assert response.status_code == 422, query
        assert response.json()["errors"][0]["where"].startswith("query."), query


@pytest.mark.parametrize("fault", ["away", "slow"])
async def test_without_the_database_the_history_says_when_to_come_back_and_the_page_still_answers(
    history: Service, admin: AsyncEngine, fault: str
) -> None:
    page = (await history.client.get(PAGE)).content
    async with admin.connect() as connection:
        if fault == "slow":
            await connection.execute(text("LOCK TABLE public_api.entity IN ACCESS EXCLUSIVE MODE"))
        else:
            await history.app.state.history_engine.dispose()
            nobody = SecretStr("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere")
            history.app.state.history_engine = create_engine(nobody, application_name="test")
        response = await history.client.get(HISTORY)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "5"
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["access-control-allow-origin"] == "*"
        assert (await history.client.get(PAGE)).content == page
