"""Windows: planned, read, listed, changed and deleted through the API."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest

from common.clock import uuid7
from devstack.catalog_double import Catalog
from devstack.fixtures import Sql
from devstack.teststack import Api

MAINTENANCES = "/api/maintenance/v1/maintenances"
Plan = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[int, str, dict[str, Any]]]]]
At = Callable[..., str]


async def test_a_planned_window_reads_back(api: Api, service: str, at: At, told: Told) -> None:
    fields = {
        "title": "Upgrade",
        "description": "Details",
        "visibility": "public",
        "scheduled_start": at(hours=10),
        "scheduled_end": at(hours=12),
        "starts_by_itself": False,
        "completes_by_itself": False,
        "reminder_minutes": [60, 1440],
    }
    body = {**fields, "message": "We will be brief", "services": [{"service_id": service}]}
    response = await api("POST", MAINTENANCES, body)
    assert response.status_code == 201
    window = response.json()
    assert response.headers["Location"] == f"{MAINTENANCES}/{window['id']}"
    assert response.headers["ETag"] == '"1"'
    assert {name: window[name] for name in fields} == fields
    assert window["services"] == [{"service_id": service, "name": "Website"}]
    assert (window["status"], window["version"], window["overlaps"]) == ("scheduled", 1, [])
    assert [(update["status"], update["message"]) for update in window["updates"]] == [
        ("scheduled", "We will be brief")
    ]
    assert (await api("GET", f"{MAINTENANCES}/{window['id']}")).json() == window
    del window["overlaps"]
    assert await told(window["id"], "internal") == [(1, "maintenance.scheduled", window)]
    window["updates"][0]["posted_by"] = None
    assert await told(window["id"]) == [(1, "maintenance.scheduled", window)]


@pytest.mark.parametrize("start", [{}, {"minutes": -4}])
async def test_a_window_without_a_start_or_with_one_of_a_moment_ago_starts_at_once(
    plan: Plan, at: At, told: Told, sql: Sql, start: dict[str, int]
) -> None:
    window = await plan(scheduled_start=at(**start) if start else None, scheduled_end=at(hours=1), message="Now")
    assert (window["status"], window["started_at"]) == ("in_progress", window["created_at"])
    assert window["scheduled_start"] == (at(**start) if start else window["started_at"])
    assert [type for _, type, _ in await told(window["id"])] == ["maintenance.started"]
    assert [row.kind for row in await sql("SELECT kind FROM maintenance.due")] == ["complete"]


async def test_impossible_times_are_refused_and_named(api: Api, plan: Plan, at: At, subtests: pytest.Subtests) -> None:
    window = await plan()
    for start, end, problem, where in (
        (at(hours=2), at(hours=2), "end-not-after-start", "scheduled_end"),
        (at(hours=2), at(hours=1), "end-not-after-start", "scheduled_end"),
        (at(minutes=-4), at(minutes=-1), "end-past", "scheduled_end"),
        (at(minutes=-6), at(hours=1), "start-past", "scheduled_start"),
        (at(hours=1), at(days=30, hours=1, seconds=1), "too-long", "scheduled_end"),
    ):
        for method, path in (("POST", MAINTENANCES), ("PATCH", f"{MAINTENANCES}/{window['id']}")):
            with subtests.test(f"{method} {problem} {start} {end}"):
                refused = await api(method, path, {"title": "x", "scheduled_start": start, "scheduled_end": end})
                assert (refused.status_code, refused.json()["type"]) == (422, f"urn:tidings:problem:{problem}")
                assert refused.json()["errors"][0]["where"] == f"body.{where}"
    assert (await api("GET", f"{MAINTENANCES}/{window['id']}")).json() == window


async def test_a_window_of_exactly_30_days_is_planned(plan: Plan, at: At) -> None:
    await plan(scheduled_start=at(hours=1), scheduled_end=at(days=30, hours=1))


async def test_reminders_have_bounds(api: Api, at: At, subtests: pytest.Subtests) -> None:
    for minutes in ([0], [43_201], [60, 60], [1, 2, 3, 4, 5, 6], [1.5], ["60"], [True]):
        with subtests.test(str(minutes)):
            body = {"title": "x", "scheduled_end": at(hours=1), "reminder_minutes": minutes}
            refused = await api("POST", MAINTENANCES, body)
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["where"].startswith("body.reminder_minutes")


async def test_unknown_and_deleted_services_cannot_be_named_but_stay_named(
    api: Api, plan: Plan, catalog: Catalog, at: At, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.known_services.SERVICE_WAIT_SECONDS", 0.1)
    window = await plan(services=[{"service_id": service}])
    await catalog.delete_service(service)
    await catalog.caught_up()
    path = f"{MAINTENANCES}/{window['id']}"
    changed = (await api("PATCH", path, {"title": "Renamed", "services": [{"service_id": service}]})).json()
    assert (changed["title"], changed["services"]) == ("Renamed", [{"service_id": service, "name": "Website"}])
    for unknown in (service, str(uuid7())):
        body = {"title": "x", "scheduled_end": at(hours=1), "services": [{"service_id": unknown}]}
        refused = await api("POST", MAINTENANCES, body)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:tidings:problem:unknown-service")
    twice = {"title": "x", "scheduled_end": at(hours=1), "services": [{"service_id": service}] * 2}
    assert (await api("POST", MAINTENANCES, twice)).json()["errors"][0]["where"] == "body.services"


async def test_an_organization_without_a_page_plans_nothing(maintenance: Any, at: At) -> None:
    refused = await maintenance.as_("newcomer")("POST", MAINTENANCES, {"title": "x", "scheduled_end": at(hours=1)})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:organization-not-provisioned")


async def test_windows_that_share_a_service_and_time_are_told(
    api: Api, plan: Plan, catalog: Catalog, at: At, service: str
) -> None:
    other = await catalog.service(name="Database")
    await catalog.caught_up()
    both = [{"service_id": service}, {"service_id": other}]
    first = await plan(title="first", services=both)
    over = await plan(title="over", services=both)
    await api("POST", f"{MAINTENANCES}/{over['id']}/cancel")
    await plan(title="after", services=both, scheduled_start=at(hours=12), scheduled_end=at(hours=13))
    await plan(title="elsewhere", services=[{"service_id": other}])
    window = await plan(services=[{"service_id": service}], scheduled_start=at(hours=11), scheduled_end=at(hours=12))
    told = {name: first[name] for name in ("id", "title", "scheduled_start", "scheduled_end")}
    assert window["overlaps"] == [{**told, "service_ids": [service]}]
    path = f"{MAINTENANCES}/{window['id']}"
    extended = (await api("POST", f"{path}/extend", {"scheduled_end": at(hours=13)})).json()
    assert [overlap["title"] for overlap in extended["overlaps"]] == ["first", "after"]
    moved = (await api("PATCH", path, {"scheduled_start": at(hours=12)})).json()
    assert [overlap["title"] for overlap in moved["overlaps"]] == ["after"]
    assert (await api("GET", path)).json() == moved


async def test_a_change_keeps_what_is_not_given_and_one_that_changes_nothing_makes_no_version(
    api: Api, plan: Plan, told: Told, at: At, service: str
) -> None:
    window = await plan(description="Details", services=[{"service_id": service}])
    path = f"{MAINTENANCES}/{window['id']}"
    same = {"title": "Upgrade", "services": [{"service_id": service}], "scheduled_end": window["scheduled_end"]}
    for body in ({}, same):
        unchanged = await api("PATCH", path, body)
        assert (unchanged.status_code, unchanged.headers["ETag"], unchanged.json()) == (200, '"1"', window)
    changed = (
        await api("PATCH", path, {"title": "New", "scheduled_start": at(hours=11), "reminder_minutes": []})
    ).json()
    different = {"title", "scheduled_start", "reminder_minutes", "updated_at", "version"}
    assert {name for name in window if window[name] != changed[name]} == different
    assert [type for _, type, _ in await told(window["id"])] == ["maintenance.scheduled", "maintenance.updated"]


async def test_times_are_changed_while_scheduled_and_words_always(api: Api, plan: Plan, at: At) -> None:
    window = await plan(scheduled_start=None, scheduled_end=at(hours=1))
    path = f"{MAINTENANCES}/{window['id']}"
    for times in ({"scheduled_end": at(hours=2)}, {"scheduled_start": at(hours=0.5)}):
        refused = await api("PATCH", path, times)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:not-scheduled")
    assert (await api("PATCH", path, {"completes_by_itself": False})).status_code == 200
    await api("POST", f"{path}/complete")
    refused = await api("PATCH", path, {"completes_by_itself": True})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:is-over")
    assert (await api("PATCH", path, {"title": "Done"})).json()["title"] == "Done"


async def test_only_a_scheduled_window_is_deleted(api: Api, plan: Plan, told: Told, sql: Sql) -> None:
    window = await plan()
    path = f"{MAINTENANCES}/{window['id']}"
    assert (await api("DELETE", path)).status_code == 204
    for method, target, body in (
        ("GET", path, None), ("PATCH", path, {"title": "x"}), ("DELETE", path, None), ("POST", f"{path}/start", None),
        ("POST", f"{path}/cancel", None), ("POST", f"{path}/updates", {"message": "x"}),
    ):  # fmt: skip
        assert (await api(method, target, body)).status_code == 404
    assert (await api("GET", MAINTENANCES)).json()["items"] == []
    [_, (version, type, tombstone)] = await told(window["id"])
    assert (version, type, set(tombstone)) == (2, "maintenance.deleted", {"id", "deleted_at"})
    assert await sql("SELECT * FROM maintenance.due") == []
    started = await plan(scheduled_start=None)
    refused = await api("DELETE", f"{MAINTENANCES}/{started['id']}")
    assert refused.status_code == 409
    assert "cancel or complete" in refused.json()["detail"]


async def test_every_stale_change_is_refused(api: Api, plan: Plan, at: At) -> None:
    window = await plan(message="x")
    path = f"{MAINTENANCES}/{window['id']}"
    update = f"{path}/updates/{window['updates'][0]['id']}"
    for method, target, body in (
        ("PATCH", path, {"title": "x"}), ("DELETE", path, None), ("POST", f"{path}/start", None),
        ("POST", f"{path}/complete", None), ("POST", f"{path}/cancel", None),
        ("POST", f"{path}/extend", {"scheduled_end": at(hours=20)}), ("POST", f"{path}/updates", {"message": "x"}),
        ("PATCH", update, {"message": "y"}), ("DELETE", update, None),
    ):  # fmt: skip
        refused = await api(method, target, body, headers={"If-Match": '"7"'})
        assert (refused.status_code, refused.headers["ETag"]) == (412, '"1"'), method
    assert (await api("POST", f"{path}/start", headers={"If-Match": '"1"'})).status_code == 200


async def titles(api: Api, query: str) -> list[str]:
    response = await api("GET", f"{MAINTENANCES}?{query}")
    assert response.status_code == 200, response.text
    return [window["title"] for window in response.json()["items"]]


async def test_the_list_is_in_order_of_starts_and_filtered(api: Api, plan: Plan, at: At, service: str) -> None:
    await plan(title="later", scheduled_start=at(hours=20), scheduled_end=at(hours=22))
    await plan(title="sooner", services=[{"service_id": service}])
    await plan(title="now", scheduled_start=None)
    assert await titles(api, "") == ["now", "sooner", "later"]
    assert await titles(api, "state=scheduled") == ["sooner", "later"]
    assert await titles(api, "state=in_progress") == ["now"]
    assert await titles(api, f"service_id={service}") == ["sooner"]
    assert await titles(api, f"series_id={uuid7()}") == []
    # Each of the others lasts from here in 10 (or 20) to 12 (or 22) hours: what touches a range from outside is not in it.
    assert await titles(api, f"from={quote(at(hours=12))}") == ["later"]
    assert await titles(api, f"until={quote(at(hours=10))}") == ["now"]
    assert await titles(api, f"from={quote(at(hours=11))}&until={quote(at(hours=21))}") == ["now", "sooner", "later"]
    first = (await api("GET", f"{MAINTENANCES}?limit=2")).json()
    assert await titles(api, f"limit=2&cursor={first['next_cursor']}") == ["later"]
    for odd in ("state=open", "from=yesterday", "limit=0", "cursor=x", "series_id=7"):
        assert (await api("GET", f"{MAINTENANCES}?{odd}")).status_code == 422
