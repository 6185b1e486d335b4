"""The archive: incidents and windows that are recent, not over, or only lately so; how services changed; present names, and nothing hidden."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from common.clock import now, rfc3339
from common.contracts.values import ServiceStatus
from devstack.teststack import Service
from public_api.archive import CHANGES_TOLD, RECENT, Archive, tell_changes
from public_api.days import Change

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[list[Any]]]


async def test_it_holds_what_is_recent_or_not_over_and_follows_what_happens_to_it(
    public_api: Service, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    async def archive_at(offset: int) -> Archive:
        await page_at(public_api, offset)
        ((archive,),) = await rows("SELECT archive FROM public_api.page")
        found = Archive.read(archive)
        assert found is not None
        return found

    async def incident(type: str, number: int, **fields: Any) -> int:
        start = BEGIN + timedelta(hours=number)
        over = {"status": "resolved", "resolved_at": rfc3339(start + timedelta(minutes=5))} if number else {}
        return await publish(f"incident.{type}", f"i{number}", started_at=rfc3339(start), **over, **fields)

    named = {"services": [{"service_id": "s", "status": "degraded", "name": "former name"}]}
    await publish("page_settings.provisioned")
    await publish("service.created", "s", name="Checkout", created_at="2026-01-01T00:00:00Z")
    lately = rfc3339(now() - timedelta(days=80))
    long_ago = rfc3339(now() - timedelta(days=100))
    for id, ended in {"lately": lately, "long ago": long_ago}.items():
        await publish("incident.resolved", id, started_at="2025-01-01T00:00:00Z", status="resolved", resolved_at=ended)
    for number in range(RECENT + 2):
        await incident("opened", number, **(named if number == RECENT else {}))
    soon = {"scheduled_start": "2099-01-01T00:00:00Z", "scheduled_end": "2099-01-01T01:00:00Z"}
    archive = await archive_at(await publish("maintenance.scheduled", "w", **soon))

    recent = [f"i{number}" for number in range(RECENT + 1, 1, -1)]
    assert [item["id"] for item in archive.incidents] == [*recent, "i0", "lately"], "the open one, however old it is"
    assert archive.incidents[1]["services"] == [{"id": "s", "name": "Checkout", "status": "degraded"}]
    assert archive.dates["services"]["s"]["created_at"] == "2026-01-01T00:00:00Z"
    assert [item["id"] for item in archive.windows] == ["w"]

    gone = await publish("incident.deleted", f"i{RECENT + 1}", version=2)
    archive = await archive_at(gone)
    assert [item["id"] for item in archive.incidents] == [*recent[1:], "i1", "i0", "lately"], (
        "the next one takes its place"
    )
    archive = await archive_at(await incident("resolved", 3, version=2, title="Resolved again"))
    assert next(item for item in archive.incidents if item["id"] == "i3")["title"] == "Resolved again"
    moved = await publish("service_status.changed", "s", status="degraded", changed_at="2026-11-21T00:00:00Z")
    archive = await archive_at(moved)
    assert archive.dates["services"]["s"]["updated_at"] == "2026-11-21T00:00:00Z"
    assert archive.changes == {"s": [{"at": "2026-11-21T00:00:00Z", "status": "degraded"}]}
    archive = await archive_at(await publish("service.hidden", "s", version=2))
    assert archive.incidents[0]["services"] == []
    assert archive.dates["services"] == archive.changes == {}
    archive = await archive_at(await publish("maintenance.deleted", "w", version=2))
    assert archive.windows == []


def test_a_change_is_told_where_the_status_became_another_one_the_latest_first() -> None:
    moments = [BEGIN + timedelta(hours=hour) for hour in range(40)]
    well, degraded, _, major = ServiceStatus
    known = [
        Change(1, moments[0], degraded),
        Change(2, moments[2], degraded),
        Change(4, moments[3], major),
        Change(3, moments[4], well),
        Change(5, moments[5], well),
    ]
    told = [{"at": rfc3339(moments[5]), "status": "operational"}, {"at": rfc3339(moments[3]), "status": "major_outage"}]
    assert tell_changes(known[::-1], moments[1]) == told, "what held before is no change, nor what was overtaken"
    assert tell_changes(known[:1], moments[0]) == [{"at": rfc3339(moments[0]), "status": "degraded"}]
    assert tell_changes([Change(1, moments[0], well)], moments[0]) == [], "that it began well is none"
    flapping = [Change(number, moment, (well, major)[number % 2]) for number, moment in enumerate(moments)]
    latest = tell_changes(flapping, moments[0])
    assert [change["at"] for change in latest] == [rfc3339(moment) for moment in moments[: -CHANGES_TOLD - 1 : -1]]


async def test_an_archive_of_an_older_release_is_made_anew(
    public_api: Service, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    await publish("page_settings.provisioned")
    await publish("service.created", "s")
    broken = {"status": "degraded", "changed_at": "2026-11-21T00:00:00Z"}
    await page_at(public_api, await publish("service_status.changed", "s", **broken))
    ((whole,),) = await rows("SELECT archive FROM public_api.page")
    await rows(r"UPDATE public_api.page SET archive = regexp_replace(archive, '\n[^\n]*$', '')")
    ((former,),) = await rows("SELECT archive FROM public_api.page")
    assert Archive.read(former) is None
    await page_at(public_api, await publish("layout.changed"))
    ((anew,),) = await rows("SELECT archive FROM public_api.page")
    assert anew == whole
