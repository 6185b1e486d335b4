"""The archive: the most recent incidents and windows and all that are not over, by the names that services have now, and nothing hidden."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from common.clock import rfc3339
from devstack.teststack import Service
from public_api.archive import RECENT, Archive

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
        return Archive.read(archive)

    async def incident(type: str, number: int, **fields: Any) -> int:
        start = BEGIN + timedelta(hours=number)
        over = {"status": "resolved", "resolved_at": rfc3339(start + timedelta(minutes=5))} if number else {}
        return await publish(f"incident.{type}", f"i{number}", started_at=rfc3339(start), **over, **fields)

    named = {"services": [{"service_id": "s", "status": "degraded", "name": "former name"}]}
    await publish("page_settings.provisioned")
    await publish("service.created", "s", name="Checkout", created_at="2026-01-01T00:00:00Z")
    for number in range(RECENT + 2):
        await incident("opened", number, **(named if number == RECENT else {}))
    soon = {"scheduled_start": "2099-01-01T00:00:00Z", "scheduled_end": "2099-01-01T01:00:00Z"}
    archive = await archive_at(await publish("maintenance.scheduled", "w", **soon))

    recent = [f"i{number}" for number in range(RECENT + 1, 1, -1)]
    assert [item["id"] for item in archive.incidents] == [*recent, "i0"], "the open one, however old it is"
    assert archive.incidents[1]["services"] == [{"id": "s", "name": "Checkout", "status": "degraded"}]
    assert archive.dates["services"]["s"]["created_at"] == "2026-01-01T00:00:00Z"
    assert [item["id"] for item in archive.windows] == ["w"]

    gone = await publish("incident.deleted", f"i{RECENT + 1}", version=2)
    archive = await archive_at(gone)
    assert [item["id"] for item in archive.incidents] == [*recent[1:], "i1", "i0"], "the next one takes its place"
    archive = await archive_at(await incident("resolved", 3, version=2, title="Resolved again"))
    assert next(item for item in archive.incidents if item["id"] == "i3")["title"] == "Resolved again"
    moved = await publish("service_status.changed", "s", status="degraded", changed_at="2026-11-21T00:00:00Z")
    archive = await archive_at(moved)
    assert archive.dates["services"]["s"]["updated_at"] == "2026-11-21T00:00:00Z"
    archive = await archive_at(await publish("service.hidden", "s", version=2))
    assert archive.incidents[0]["services"] == []
    assert archive.dates["services"] == {}
    archive = await archive_at(await publish("maintenance.deleted", "w", version=2))
    assert archive.windows == []
