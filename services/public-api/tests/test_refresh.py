"""A document that changes by the passing of time is refreshed when it is due, once, whoever of the replicas does it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest

from common.clock import now, rfc3339
from common.contracts.public_api import PageChanged
from devstack.teststack import Service, eventually
from public_api.view import INCIDENT_SHOWN

PAGE = "/api/public/v1/pages/acme"
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[list[Any]]]
Replica = Callable[[], AbstractAsyncContextManager[Service]]
NOON = now().replace(hour=12, minute=1, second=0, microsecond=0) - timedelta(days=1)
"""Of yesterday, for the clock that these tests move: far from midnight, and a minute after a tick of the pages that are not well."""


async def test_a_resolved_incident_leaves_every_replicas_page_once_when_it_is_due(
    replica: Replica, publish: Publish, page_at: PageAt, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = NOON
    monkeypatch.setattr("public_api.fold.REFRESH_POLL_SECONDS", 0.05)
    monkeypatch.setattr("public_api.fold.now", lambda: clock)
    async with replica() as one, replica() as other:
        await publish("page_settings.provisioned")
        leaving = rfc3339(clock - INCIDENT_SHOWN + timedelta(minutes=1))
        staying = rfc3339(clock - timedelta(days=1))
        await publish("incident.resolved", "leaving", status="resolved", resolved_at=leaving, started_at=leaving)
        last = await publish("incident.resolved", "staying", status="resolved", resolved_at=staying, started_at=staying)
        before, _ = await asyncio.gather(page_at(one, last), page_at(other, last))
        assert [incident["id"] for incident in before["incidents"]] == ["staying", "leaving"]
        clock += timedelta(minutes=2)

        async def have_forgotten() -> bool:
            pages = [(await service.client.get(PAGE)).json() for service in (one, other)]
            return all([incident["id"] for incident in page["incidents"]] == ["staying"] for page in pages)

        await eventually(have_forgotten, "the incident left both")
        after = [(await service.client.get(PAGE)).json() for service in (one, other)]

    assert after[0] == after[1]
    assert after[0]["page_version"] == before["page_version"] + 1
    assert after[0]["position"] == before["position"], "no event of the organization is behind it"
    changes = await rows("SELECT data FROM public_api.outbox WHERE type = 'page.changed' ORDER BY position")
    last_change = PageChanged.model_validate_json(changes[-1].data)
    assert len(changes) == after[0]["page_version"]
    assert list(last_change.sections) == ["incidents"]
    midnight = (clock + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert (await rows("SELECT refresh_at FROM public_api.page"))[0].refresh_at == midnight


async def test_a_page_that_is_not_due_is_left_alone(
    public_api: Service, publish: Publish, page_at: PageAt, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = NOON
    monkeypatch.setattr("public_api.fold.REFRESH_POLL_SECONDS", 0.05)
    monkeypatch.setattr("public_api.fold.now", lambda: clock)
    soon = rfc3339(clock - INCIDENT_SHOWN + timedelta(minutes=1))
    for id in ("globex", "acme"):
        await publish("page_settings.provisioned", id, organization=id, slug=id)
    await publish("incident.resolved", "i", organization="globex", status="resolved", resolved_at=soon)
    await page_at(public_api, await publish("incident.opened", "i"))
    # A document that is made anew shows what is written into the tables behind the fold's back.
    await rows("UPDATE public_api.entity SET data = replace(data, 'Acme', 'Changed') WHERE aggregate = 'page_settings'")
    clock += timedelta(minutes=2)

    async def name(slug: str) -> str:
        response = await public_api.client.get(f"/api/public/v1/pages/{slug}")
        return str(response.json()["organization"]["name"])

    async def globex_is_refreshed() -> bool:
        return await name("globex") == "Changed"

    await eventually(globex_is_refreshed, "the page that is due is refreshed")
    assert await name("acme") == "Acme"


async def test_days_that_go_badly_are_counted_on_when_they_are_due(
    public_api: Service, publish: Publish, page_at: PageAt, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is moved: first over a five minutes' tick, then over two midnights of which nobody took notice."""
    clock = began = NOON
    monkeypatch.setattr("public_api.fold.REFRESH_POLL_SECONDS", 0.02)
    monkeypatch.setattr("public_api.fold.now", lambda: clock)
    start = (began - timedelta(days=9)).date().isoformat()
    await publish("page_settings.provisioned")
    for id in ("well", "down"):
        await publish("service.created", id, start_date=start)
    broken = {"status": "major_outage", "changed_at": rfc3339(began)}
    before = await page_at(public_api, await publish("service_status.changed", "down", **broken))
    assert {row["id"]: row["days"][-10:] for row in before["uptime"]["services"]} == {
        "well": "0" * 10,
        "down": "0" * 9 + "3",
    }, "it shows at once, although not a second of it has passed"
    assert [row["percentage"] for row in before["uptime"]["services"]] == [100.0, 100.0]

    async def uptime() -> dict[str, Any]:
        section: dict[str, Any] = (await public_api.client.get(PAGE)).json()["uptime"]
        return section

    async def row(id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in (await uptime())["services"] if row["id"] == id)
        return found

    clock = began + timedelta(minutes=4)

    async def is_counted() -> bool:
        return bool((await row("down"))["to"] == rfc3339(clock))

    await eventually(is_counted, "the outage is counted")
    assert (await row("down"))["percentage"] < 100
    assert (await row("well"))["to"] == rfc3339(began), "who is well costs nothing"
    version = (await public_api.client.get(PAGE)).json()["page_version"]
    assert version == before["page_version"] + 1

    clock = began + timedelta(days=2)
    await eventually(lambda: _reads(row("down"), days="." * 78 + "0" * 9 + "333"), "the days have moved on")
    assert (await row("well"))["days"] == "." * 78 + "0" * 12
    lost = await rows("SELECT sum(major_outage) AS seconds FROM public_api.service_day WHERE service_id = 'down'")
    assert lost[0].seconds == 2 * 86_400
    assert (await uptime())["last_day"] == clock.date().isoformat()


async def _reads(row: Awaitable[dict[str, Any]], *, days: str) -> bool:
    found: str = (await row)["days"]
    return found == days
