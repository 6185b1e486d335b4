"""What people do with a window: start, complete, cancel and extend it, and say how it goes."""

from collections.abc import Awaitable, Callable
from typing import Any

from common.clock import uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

MAINTENANCES = "/api/maintenance/v1/maintenances"
Plan = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]
At = Callable[..., str]


async def kinds(sql: Sql) -> list[str]:
    return [row.kind for row in await sql("SELECT kind FROM maintenance.due ORDER BY kind")]


async def test_a_person_starts_and_completes_at_the_real_times(api: Api, plan: Plan, told: Told, sql: Sql) -> None:
    window = await plan()
    path = f"{MAINTENANCES}/{window['id']}"
    assert await kinds(sql) == ["reminder_60", "start"]
    started = (await api("POST", f"{path}/start", {"message": "Early"})).json()
    assert (started["status"], started["started_at"]) == ("in_progress", started["updated_at"])
    assert await kinds(sql) == ["complete"]
    completed = (await api("POST", f"{path}/complete", {"message": "Done"})).json()
    assert (completed["status"], completed["completed_at"]) == ("completed", completed["updated_at"])
    assert await kinds(sql) == []
    assert [(update["status"], update["message"]) for update in completed["updates"]] == [
        ("in_progress", "Early"),
        ("completed", "Done"),
    ]
    assert [(version, type.partition(".")[2]) for version, type, _ in await told(window["id"])] == [
        (1, "scheduled"),
        (2, "started"),
        (3, "completed"),
    ], "a move with a message is one event"


async def test_what_the_state_forbids_is_refused(api: Api, plan: Plan, at: At) -> None:
    window = await plan()
    path = f"{MAINTENANCES}/{window['id']}"
    end = {"scheduled_end": at(hours=13)}

    async def refused(move: str, body: Any = None) -> str:
        answer = await api("POST", f"{path}/{move}", body)
        assert answer.status_code == 409, move
        return str(answer.json()["type"]).rpartition(":")[2]

    assert await refused("complete") == "not-in-progress"
    await api("POST", f"{path}/start")
    assert await refused("start") == "not-scheduled"
    assert (await api("POST", f"{path}/cancel", {"message": "Not now"})).json()["status"] == "cancelled"
    for move, body in (("cancel", None), ("extend", end)):
        assert await refused(move, body) == "is-over"
    assert await refused("start") == "not-scheduled"
    assert await refused("complete") == "not-in-progress"


async def test_a_cancelled_window_says_when_and_moves_no_more(api: Api, plan: Plan, told: Told, sql: Sql) -> None:
    window = await plan()
    cancelled = (await api("POST", f"{MAINTENANCES}/{window['id']}/cancel")).json()
    assert cancelled["cancelled_at"] == cancelled["updated_at"]
    assert (cancelled["started_at"], cancelled["completed_at"], cancelled["updates"]) == (None, None, [])
    assert (await told(window["id"]))[-1][1] == "maintenance.cancelled"
    assert await kinds(sql) == []


async def test_a_window_ends_later_or_earlier(api: Api, plan: Plan, at: At, told: Told, sql: Sql) -> None:
    window = await plan(scheduled_start=None)
    path = f"{MAINTENANCES}/{window['id']}/extend"
    for version, end in ((2, at(hours=20)), (3, at(minutes=30))):
        extended = (await api("POST", path, {"scheduled_end": end, "message": "It takes longer"})).json()
        assert (extended["scheduled_end"], extended["version"]) == (end, version)
        [row] = await sql("SELECT due_at FROM maintenance.due")
        assert row.due_at.isoformat() == end.replace("Z", "+00:00")
    assert (await told(window["id"]))[-1][1] == "maintenance.extended"
    assert (await api("POST", path, {"scheduled_end": at(minutes=30)})).json()["version"] == 3, "it ends then already"
    said = (await api("POST", path, {"scheduled_end": at(minutes=30), "message": "Still"})).json()
    assert (said["version"], (await told(window["id"]))[-1][1]) == (4, "maintenance.update_posted")


async def test_a_window_is_extended_within_bounds(api: Api, plan: Plan, at: At) -> None:
    window = await plan()
    path = f"{MAINTENANCES}/{window['id']}"
    await api("POST", f"{path}/start")
    for end, problem in (
        (at(hours=-1), "end-past"),
        (at(hours=9), "end-not-after-start"),
        (at(days=31), "too-long"),
    ):
        refused = await api("POST", f"{path}/extend", {"scheduled_end": end})
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, problem), end
        assert refused.json()["errors"][0]["where"] == "body.scheduled_end"


async def test_updates_are_posted_edited_and_deleted(api: Api, plan: Plan, told: Told) -> None:
    window = await plan()
    updates = f"{MAINTENANCES}/{window['id']}/updates"
    posted = await api("POST", updates, {"message": "Frist"})
    assert (posted.status_code, posted.headers["ETag"]) == (201, '"2"')
    await api("POST", f"{MAINTENANCES}/{window['id']}/start", {"message": "Second"})
    first = posted.json()["updates"][0]
    edited = (await api("PATCH", f"{updates}/{first['id']}", {"message": "First"})).json()
    assert [(u["status"], u["message"], u["edited_at"] is not None) for u in edited["updates"]] == [
        ("scheduled", "First", True),
        ("in_progress", "Second", False),
    ]
    same = (await api("PATCH", f"{updates}/{first['id']}", {"message": "First"})).json()
    assert same == edited
    deleted = (await api("DELETE", f"{updates}/{first['id']}")).json()
    assert ([update["message"] for update in deleted["updates"]], deleted["version"]) == (["Second"], 5)
    types = [type.partition(".")[2] for _, type, _ in await told(window["id"])]
    assert types == ["scheduled", "update_posted", "started", "update_edited", "update_deleted"]
    for id in (first["id"], uuid7()):
        assert (await api("PATCH", f"{updates}/{id}", {"message": "x"})).status_code == 404
        assert (await api("DELETE", f"{updates}/{id}")).status_code == 404
    empty = await api("POST", updates, {"message": "  "})
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:tidings:problem:empty-update")
    assert "Frist" not in str((await told(window["id"]))[-1])


async def test_a_window_has_at_most_200_updates(api: Api, plan: Plan, sql: Sql) -> None:
    window = await plan(message="x")
    await sql(
        "UPDATE maintenance.maintenance SET updates = (SELECT jsonb_agg(copy) FROM "
        "(SELECT updates -> 0 || jsonb_build_object('id', gen_random_uuid()) AS copy FROM generate_series(1, 200)) copies)"
    )
    for path, body in (("updates", {"message": "x"}), ("start", {"message": "x"})):
        refused = await api("POST", f"{MAINTENANCES}/{window['id']}/{path}", body)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:too-many-updates")
    assert (await api("POST", f"{MAINTENANCES}/{window['id']}/start")).status_code == 200
