"""The scheduler makes each move of a window once, in order, at its time by the database's clock, whatever happened meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from common.clock import now, rfc3339
from devstack.fixtures import Sql
from devstack.teststack import Api, Service, Stack, eventually

MAINTENANCES = "/api/maintenance/v1/maintenances"
Plan = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]
Backdate = Callable[[str, timedelta], Awaitable[datetime]]
At = Callable[..., str]

LONG_AGO = timedelta(hours=13)
"""Planned windows last from here in 10 to 12 hours; this much earlier they are over."""


@pytest.fixture
def happened(told: Told) -> Callable[..., Awaitable[None]]:
    """happened(id, "started", …) waits until these are a window's events after it was planned."""

    async def happened(id: str, *types: str) -> None:
        wanted = ["maintenance.scheduled", *(f"maintenance.{type}" for type in types)]

        async def all_told() -> bool:
            return [type for _, type, _ in await told(id)] == wanted

        await eventually(all_told, f"{id}: {', '.join(types)}", timeout=10)

    return happened


Happened = Callable[..., Awaitable[None]]


async def test_a_window_starts_and_completes_at_its_times_and_not_when_the_scheduler_looks_anyway(
    api: Api, plan: Plan, at: At, happened: Happened, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.scheduler.POLL_SECONDS", 3600)
    window = await plan(scheduled_start=at(seconds=1.5), scheduled_end=at(seconds=2), reminder_minutes=[])
    await happened(window["id"], "started", "completed")
    seen = (await api("GET", f"{MAINTENANCES}/{window['id']}")).json()
    assert (seen["status"], seen["version"]) == ("completed", 3)
    assert (seen["started_at"], seen["completed_at"]) == (window["scheduled_start"], window["scheduled_end"])
    rows = await sql(
        "SELECT type, occurred_at, actor FROM maintenance.outbox WHERE audience = 'internal' ORDER BY position"
    )
    late = [row.occurred_at - datetime.fromisoformat(seen[f"{row.type.partition('.')[2]}_at"]) for row in rows[1:]]
    assert all(by >= timedelta() for by in late), "not early"
    assert [row.actor is None for row in rows] == [False, True, True], "nobody did it"


async def test_after_downtime_windows_catch_up_in_the_order_of_their_times(
    plan: Plan, happened: Happened, backdate: Backdate, told: Told, sql: Sql, maintenance: Service
) -> None:
    [scheduler] = maintenance.app.state.workers
    await scheduler.stop()
    earlier, later = [await plan(reminder_minutes=[30]) for _ in range(2)]
    start = await backdate(earlier["id"], LONG_AGO)
    await backdate(later["id"], LONG_AGO - timedelta(minutes=30))
    notes = (await maintenance.client.get("/health/ready")).json()["notes"]
    assert [note.startswith("Moves of windows are made ") for note in notes] == [True], "an operator is told"
    scheduler.start()
    for window in (earlier, later):
        await happened(window["id"], "started", "completed")
    rows = await sql("SELECT aggregate_id, type FROM maintenance.outbox WHERE audience = 'public' ORDER BY position")
    assert [(row.aggregate_id == later["id"], row.type.partition(".")[2]) for row in rows[2:]] == [
        (False, "started"),
        (True, "started"),
        (False, "completed"),
        (True, "completed"),
    ], "and no reminder of what has begun"
    [_, started, completed] = await told(earlier["id"])
    assert [started[2]["started_at"], completed[2]["completed_at"]] == [
        rfc3339(start), rfc3339(start + timedelta(hours=2))
    ], "the scheduled times"  # fmt: skip
    assert await sql("SELECT * FROM maintenance.due") == []
    assert (await maintenance.client.get("/health/ready")).json()["notes"] == []


async def test_moves_that_are_switched_off_are_left_to_people(
    plan: Plan, happened: Happened, backdate: Backdate, api: Api
) -> None:
    started = await plan(completes_by_itself=False, reminder_minutes=[])
    waiting = await plan(starts_by_itself=False, reminder_minutes=[])
    last = await plan(reminder_minutes=[])
    for window in (started, waiting, last):
        await backdate(window["id"], LONG_AGO)
    await happened(last["id"], "started", "completed")
    await happened(started["id"], "started")
    assert (await api("GET", f"{MAINTENANCES}/{waiting['id']}")).json()["status"] == "scheduled"
    completed = (await api("POST", f"{MAINTENANCES}/{started['id']}/complete")).json()
    assert completed["completed_at"] == completed["updated_at"] > completed["scheduled_end"], "the real time"


async def test_reminders_come_once_each_and_again_for_another_time(
    plan: Plan, happened: Happened, backdate: Backdate, told: Told, api: Api, at: At, sql: Sql
) -> None:
    window = await plan(reminder_minutes=[540, 60, 660])
    assert len(await sql("SELECT 1 FROM maintenance.due WHERE kind LIKE 'reminder%'")) == 2, (
        "one was before it was planned"
    )
    await backdate(window["id"], timedelta(hours=2))
    await happened(window["id"], "reminder_due")
    [_, (version, _, reminder)] = await told(window["id"])
    assert (version, reminder["minutes_before"], reminder["status"]) == (2, 540, "scheduled")
    times = {"scheduled_start": at(hours=20), "scheduled_end": at(hours=21)}
    moved = (await api("PATCH", f"{MAINTENANCES}/{window['id']}", times)).json()
    assert moved["version"] == 3
    assert len(await sql("SELECT 1 FROM maintenance.due WHERE kind LIKE 'reminder%'")) == 3
    await backdate(window["id"], timedelta(hours=19, minutes=30))
    await happened(window["id"], "reminder_due", "updated", *["reminder_due"] * 3)


async def test_a_move_that_fails_stops_no_other_and_is_tried_later_and_later(
    plan: Plan, happened: Happened, backdate: Backdate, sql: Sql, maintenance: Service
) -> None:
    broken, sound = await plan(), await plan(reminder_minutes=[])
    insert = "INSERT INTO maintenance.due SELECT organization_id, id, 'bug', now() - interval '1 day' FROM maintenance.maintenance"
    await sql(f"{insert} WHERE id = :id", id=broken["id"])
    await backdate(sound["id"], LONG_AGO)
    await happened(sound["id"], "started", "completed")

    async def put_off() -> bool:
        return bool(await sql("SELECT 1 FROM maintenance.due WHERE kind = 'bug' AND failures > 0 AND due_at > now()"))

    await eventually(put_off, "it is tried again later")
    await sql("UPDATE maintenance.due SET failures = 7, due_at = now() WHERE kind = 'bug'")

    async def postponed() -> bool:
        [row] = await sql(
            "SELECT extract(epoch FROM due_at - clock_timestamp()) AS ahead FROM maintenance.due WHERE kind = 'bug'"
        )
        return bool(row.ahead > 120)

    await eventually(postponed, "it is tried again in minutes")
    notes = (await maintenance.client.get("/health/ready")).json()["notes"]
    assert notes == ["1 moves of windows fail again and again: see the log"]


async def test_a_window_that_is_due_while_the_database_is_away_moves_when_it_is_back(
    stack: Stack, plan: Plan, happened: Happened, at: At
) -> None:
    window = await plan(scheduled_start=at(seconds=1.5), scheduled_end=at(hours=1), reminder_minutes=[])
    away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    stack.postgres.sql(f'ALTER DATABASE "{stack.database}" CONNECTION LIMIT 0')
    stack.postgres.sql(f"{away}'{stack.database}'")
    due_at = datetime.fromisoformat(window["scheduled_start"])
    await eventually(lambda: now() > due_at, "its time has come")
    stack.postgres.sql(f'ALTER DATABASE "{stack.database}" CONNECTION LIMIT -1')
    await happened(window["id"], "started")


async def test_people_and_the_scheduler_take_turns(
    plan: Plan, backdate: Backdate, api: Api, told: Told, at: At
) -> None:
    windows = [await plan(reminder_minutes=[], completes_by_itself=False) for _ in range(6)]

    async def ask(path: str, body: object = None) -> httpx.Response:
        answer = await api("POST", path, body)
        while answer.status_code == 503:  # a busy machine's deadline: nothing was changed
            answer = await api("POST", path, body)
        return answer

    async def race(window: dict[str, Any]) -> None:
        path = f"{MAINTENANCES}/{window['id']}"
        _, cancelled, extended = await asyncio.gather(
            backdate(window["id"], timedelta(hours=11)),
            ask(f"{path}/cancel"),
            ask(f"{path}/extend", {"scheduled_end": at(hours=30)}),
        )
        assert (cancelled.status_code, extended.status_code in (200, 409)) == (200, True), cancelled.text

    await asyncio.gather(*(race(window) for window in windows))
    for window in windows:
        events = await told(window["id"])
        types = [type.partition(".")[2] for _, type, _ in events]
        assert [version for version, _, _ in events] == list(range(1, len(events) + 1))
        assert types[-1] == "cancelled", "what comes after the end of a window was refused"
        assert len(types) == len(set(types)), "each move was made once"


async def test_a_window_that_somebody_is_busy_with_keeps_no_other_waiting(
    plan: Plan, happened: Happened, backdate: Backdate, told: Told, stack: Stack, sql: Sql, maintenance: Service
) -> None:
    [scheduler] = maintenance.app.state.workers
    await scheduler.stop()
    held, other = [await plan(reminder_minutes=[], completes_by_itself=False) for _ in range(2)]
    await backdate(held["id"], timedelta(hours=11))  # due before the other one
    await backdate(other["id"], timedelta(hours=10, minutes=30))
    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)
    async with engine.begin() as connection:
        lock = text("SELECT 1 FROM maintenance.maintenance WHERE id = :id FOR UPDATE")
        await connection.execute(lock, {"id": held["id"]})
        scheduler.start()
        await happened(other["id"], "started")
        assert len(await told(held["id"])) == 1
        [row] = await sql("SELECT failures FROM maintenance.due WHERE id = :id", id=held["id"])
        assert row.failures == 0, "it is passed over, not waited for"
    await happened(held["id"], "started")
