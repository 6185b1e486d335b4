"""Maintenance windows in progress: a flag beside the status of the services they name, which touches no status."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

from common.clock import rfc3339, uuid7
from devstack.fixtures import Sql
from devstack.teststack import Api

SERVICES = "/api/catalog/v1/services"
CreateService = Callable[..., Awaitable[dict[str, Any]]]
Told = Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]
Happen = Callable[..., Awaitable[None]]
NewStory = Callable[..., Any]


@pytest_asyncio.fixture
async def id(create_service: CreateService) -> str:
    return str((await create_service())["id"])


async def windows(api: Api, id: str) -> list[str]:
    """The titles of the windows in progress on a service."""
    service = (await api("GET", f"{SERVICES}/{id}")).json()
    assert service["under_maintenance"] == bool(service["windows"])
    return [window["title"] for window in service["windows"]]


async def test_a_window_flags_its_services_while_it_is_in_progress_and_hides_no_outage(
    api: Api, id: str, happen: Happen, new_window: NewStory, new_incident: NewStory, told: Told
) -> None:
    window, incident = new_window("Upgrade"), new_incident()
    await happen(window.event(id, status="scheduled"))
    assert await windows(api, id) == []
    await happen(window.event(id), incident.event(services={id: "major_outage"}))
    service = (await api("GET", f"{SERVICES}/{id}")).json()
    assert (service["status"], service["base_status"]) == ("major_outage", "operational")
    assert service["windows"] == [{"id": window.id, "title": "Upgrade", "since": rfc3339(window.began_at)}]
    await happen(incident.deletion(), window.event(id, status="completed"))
    assert await windows(api, id) == []
    for audience in ("internal", "public"):
        states = [state for _, state in await told(audience, "service_status")]
        assert [(state["under_maintenance"], state["status"]) for state in states] == [
            (True, "operational"), (True, "major_outage"), (True, "operational"), (False, "operational"),
        ]  # fmt: skip
    history = (await api("GET", f"{SERVICES}/{id}/history")).json()["items"]
    assert [entry["cause"]["kind"] for entry in history] == ["incident"] * 2, "a window is no change of status"


async def test_windows_overlap_are_renamed_and_move_to_other_services(
    api: Api, id: str, create_service: CreateService, happen: Happen, new_window: NewStory
) -> None:
    other = (await create_service("Other"))["id"]
    first, second = new_window("first"), new_window("second")
    await happen(second.event(id), first.event(id, str(uuid7()), other))
    assert await windows(api, id) == ["first", "second"], "in order of their beginning"
    first.title = "renamed"
    await happen(first.event(other), second.event(id, status="cancelled"))
    assert (await windows(api, id), await windows(api, other)) == ([], ["renamed"])


async def test_of_windows_the_newest_version_counts_and_none_comes_back(
    api: Api, id: str, happen: Happen, new_window: NewStory, sql: Sql
) -> None:
    window, deleted = new_window("Upgrade"), new_window("Deleted")
    await happen(window.event(version=7, status="completed"), window.event(id, version=6))
    await happen(deleted.deletion(version=3), deleted.event(id, version=2))
    assert await windows(api, id) == []
    assert await sql("SELECT 1 FROM catalog.outbox WHERE type = 'service_status.changed'") == []
    assert await sql("SELECT 1 FROM catalog.dead_letter") == []
