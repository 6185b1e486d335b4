"""Series through the API: their windows are ordinary ones, planned ahead, that follow until a person touches them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from common.clock import now, rfc3339, uuid7
from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api, eventually

MAINTENANCES = "/api/maintenance/v1/maintenances"
SERIES = "/api/maintenance/v1/series"
BERLIN = ZoneInfo("Europe/Berlin")
Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]
Backdate = Callable[[str, timedelta], Awaitable[datetime]]

TOMORROW = (
    (now() + timedelta(days=1)).astimezone(BERLIN).replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
)


def local(days: int, hour: int = 12) -> str:
    """A time of day, as requests name it, so many days after tomorrow."""
    return (TOMORROW.replace(hour=hour) + timedelta(days=days)).isoformat(timespec="minutes")


def moment(days: int, hour: int = 12, zone: ZoneInfo = BERLIN) -> str:
    return rfc3339(datetime.fromisoformat(local(days, hour)).replace(tzinfo=zone).astimezone(UTC))


@pytest_asyncio.fixture
async def berlin(api: Api, catalog: Catalog) -> Api:
    await catalog.page(time_zone="Europe/Berlin", version=2)
    await catalog.caught_up()
    return api


@pytest.fixture
def begin(berlin: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """begin(rule=…) begins a series of four windows, one a day from tomorrow at noon in Berlin, and gives what was answered."""

    async def begin(**fields: object) -> dict[str, Any]:
        body = {
            "title": "Backup",
            "rule": "FREQ=DAILY;COUNT=4",
            "first_start": local(0),
            "duration_minutes": 60,
            **fields,
        }
        response = await berlin("POST", SERIES, body)
        assert response.status_code == 201, response.text
        begun: dict[str, Any] = response.json()
        return begun

    return begin


Begin = Callable[..., Awaitable[dict[str, Any]]]


async def windows(api: Api, series: dict[str, Any]) -> list[dict[str, Any]]:
    page = await api("GET", f"{MAINTENANCES}?series_id={series['id']}&limit=100")
    found: list[dict[str, Any]] = page.json()["items"]
    return found


async def test_a_series_reads_back_and_plans_windows_like_any_other(
    berlin: Api, begin: Begin, service: str, told: Told, sql: Sql
) -> None:
    series = await begin(rule="rrule:freq=daily", services=[{"service_id": service}], reminder_minutes=[30])
    assert {
        name: series[name] for name in ("title", "rule", "first_start", "duration_minutes", "services", "version")
    } == {
        "title": "Backup",
        "rule": "FREQ=DAILY",
        "first_start": local(0),
        "duration_minutes": 60,
        "services": [{"service_id": service, "name": "Website"}],
        "version": 1,
    }
    read = await berlin("GET", f"{SERIES}/{series['id']}")
    assert (read.json(), read.headers["ETag"]) == (series, '"1"')
    assert (await berlin("GET", SERIES)).json()["items"] == [series]
    planned = await windows(berlin, series)
    assert [window["scheduled_start"] for window in planned[:100]] == [moment(day) for day in range(100)]
    [(count,)] = await sql("SELECT count(*) FROM maintenance.maintenance")
    assert count in (179, 180), "as far ahead, by the time of day"
    first = planned[0]
    assert (first["scheduled_end"], first["series_id"]) == (moment(0, 13), series["id"])
    assert await told(first["id"]) == [(1, "maintenance.scheduled", first)]
    kinds = await sql("SELECT kind, count(*) FROM maintenance.due GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("plan", 1), ("reminder_30", count), ("start", count)]


async def test_the_scheduler_plans_further_ahead_as_time_passes(berlin: Api, begin: Begin, sql: Sql) -> None:
    await begin(rule="FREQ=DAILY")
    await sql("DELETE FROM maintenance.maintenance WHERE scheduled_start > now() + interval '100 days'")
    await sql("UPDATE maintenance.due SET due_at = now() WHERE kind = 'plan'")

    async def planned() -> bool:
        [(count,)] = await sql("SELECT count(*) FROM maintenance.maintenance")
        return bool(count >= 179)

    await eventually(planned, "180 days are planned")
    [row] = await sql("SELECT due_at - now() AS ahead FROM maintenance.due WHERE kind = 'plan'")
    assert timedelta(hours=23) < row.ahead <= timedelta(days=1), "and it looks again tomorrow"


async def test_a_first_start_may_be_a_moment(berlin: Api, begin: Begin) -> None:
    assert (await begin(first_start=moment(0)))["first_start"] == local(0)


async def test_an_edit_leaves_windows_alone_that_a_person_has_touched(berlin: Api, begin: Begin, told: Told) -> None:
    series = await begin()
    moved, cancelled, deleted, own = await windows(berlin, series)
    await berlin("PATCH", f"{MAINTENANCES}/{moved['id']}", {"title": "Moved"})
    await berlin("POST", f"{MAINTENANCES}/{cancelled['id']}/cancel")
    await berlin("DELETE", f"{MAINTENANCES}/{deleted['id']}")
    changed = await berlin("PATCH", f"{SERIES}/{series['id']}", {"first_start": local(0, 14), "title": "Later"})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert [(window["id"], window["title"], window["scheduled_start"]) for window in await windows(berlin, series)] == [
        (moved["id"], "Moved", moment(0)),
        (cancelled["id"], "Backup", moment(1)),
        (own["id"], "Later", moment(3, 14)),
    ]
    assert [(version, type) for version, type, _ in await told(own["id"])] == [
        (1, "maintenance.scheduled"),
        (2, "maintenance.updated"),
    ]
    same = await berlin("PATCH", f"{SERIES}/{series['id']}", {"title": "Later"})
    assert (same.headers["ETag"], len(await told(own["id"]))) == ('"2"', 2), "nothing changed"


async def test_a_deleted_series_takes_its_windows_along(berlin: Api, begin: Begin, told: Told, sql: Sql) -> None:
    series = await begin()
    [own, extended, *_] = await windows(berlin, series)
    await berlin("POST", f"{MAINTENANCES}/{extended['id']}/extend", {"scheduled_end": moment(1, 15)})
    stale = await berlin("DELETE", f"{SERIES}/{series['id']}", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"1"')
    assert (await berlin("DELETE", f"{SERIES}/{series['id']}")).status_code == 204
    assert [window["id"] for window in await windows(berlin, series)] == [extended["id"]]
    assert (await told(own["id"]))[-1][1] == "maintenance.deleted"
    for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
        assert (await berlin(method, f"{SERIES}/{series['id']}", body)).status_code == 404
    assert {row.kind for row in await sql("SELECT kind FROM maintenance.due")} == {"reminder_60", "start"}


async def test_windows_keep_their_wall_time_when_the_organization_moves(
    berlin: Api, begin: Begin, catalog: Catalog
) -> None:
    series = await begin()
    await catalog.page(time_zone="America/New_York", version=3)
    await catalog.caught_up()
    there = [moment(day, zone=ZoneInfo("America/New_York")) for day in range(4)]

    async def moved() -> bool:
        return [window["scheduled_start"] for window in await windows(berlin, series)] == there

    await eventually(moved, "noon is noon there")
    assert {window["version"] for window in await windows(berlin, series)} == {2}


async def test_an_occurrence_moves_by_itself(berlin: Api, begin: Begin, backdate: Backdate) -> None:
    series = await begin(rule="FREQ=DAILY;COUNT=1", reminder_minutes=[])
    [window] = await windows(berlin, series)
    await backdate(window["id"], timedelta(days=3))

    async def is_over() -> bool:
        [seen] = await windows(berlin, series)
        return bool(seen["status"] == "completed")

    await eventually(is_over, "it has taken place")
    await berlin("PATCH", f"{SERIES}/{series['id']}", {"title": "New"})
    assert [window["title"] for window in await windows(berlin, series) if window["status"] == "completed"] == [
        "Backup"
    ]


async def test_what_a_series_cannot_be_is_refused_and_named(
    berlin: Api, begin: Begin, sql: Sql, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr("common.known_services.SERVICE_WAIT_SECONDS", 0)
    series = await begin(rule="FREQ=DAILY;COUNT=1")
    before = await sql("SELECT count(*) FROM maintenance.outbox")
    wrong: list[tuple[str, object]] = [
        ("rule", "FREQ=MINUTELY"),
        ("rule", "FREQ=HOURLY"),
        ("rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ("rule", "FREQ=DAILY;" + "COUNT=1;" * 100),
        ("first_start", "2019-01-01T12:00"),
        ("first_start", "2026-02-30T12:00"),
        ("first_start", local(0) + ":30"),
        ("first_start", "9999-12-31T23:59-14:00"),
        ("duration_minutes", 30 * 24 * 60 + 1),
        ("services", [{"service_id": str(uuid7())}]),
    ]
    for field, value in wrong:
        body = {"title": "x", "rule": "FREQ=DAILY", "first_start": local(0), "duration_minutes": 60, field: value}
        for method, path in (("POST", SERIES), ("PATCH", f"{SERIES}/{series['id']}")):
            with subtests.test(f"{method} {field} = {value!s:.40}"):
                refused = await berlin(method, path, body)
                assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, f"body.{field}")
    assert await sql("SELECT count(*) FROM maintenance.outbox") == before


async def test_an_organization_has_a_bounded_number_of_series(berlin: Api, begin: Begin, sql: Sql) -> None:
    await begin(rule="FREQ=DAILY;COUNT=1")
    await sql(
        "INSERT INTO maintenance.series SELECT (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).* "
        "FROM maintenance.series s, generate_series(1, 99)"
    )
    body = {"title": "x", "rule": "FREQ=DAILY", "first_start": local(0), "duration_minutes": 60}
    refused = await berlin("POST", SERIES, body)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-series")
    assert len((await berlin("GET", f"{SERIES}?limit=100")).json()["items"]) == 100
