"""What was learned: a draft for members until it is published, and no more for everybody once it is taken back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

from devstack.fixtures import Sql
from devstack.teststack import Api

INCIDENTS = "/api/incidents/v1/incidents"
OpenIncident = Callable[..., Awaitable[dict[str, Any]]]
Nameless = Callable[[dict[str, Any]], dict[str, Any]]
Told = Callable[[], Awaitable[dict[str, tuple[str, dict[str, Any]]]]]
Write = Callable[..., Awaitable[dict[str, Any]]]
CHANGED = "incident.postmortem_changed"


@pytest_asyncio.fixture
async def path(open_incident: OpenIncident) -> str:
    """Of a resolved incident's postmortem."""
    return f"{INCIDENTS}/{(await open_incident(status='resolved'))['id']}/postmortem"


async def put(api: Api, path: str, body: str, **fields: object) -> dict[str, Any]:
    response = await api("PUT", path, {"body": body, **fields})
    assert (response.status_code, response.headers["ETag"]) == (200, f'"{response.json()["version"]}"')
    written: dict[str, Any] = response.json()
    return written


async def test_a_draft_is_for_members(api: Api, path: str, told: Told, sql: Sql) -> None:
    for text in ("# Secret", "# Secret, again"):
        incident = await put(api, path, text)
        assert incident["postmortem"] == {"body": text, "published_at": None, "updated_at": incident["updated_at"]}
        assert await told() == {"internal": (CHANGED, incident)}
    assert (await api("GET", path.removesuffix("/postmortem"))).json() == incident
    gone = (await api("DELETE", path)).json()
    assert (gone["postmortem"], await told()) == (None, {"internal": (CHANGED, gone)})
    await api("PATCH", path.removesuffix("/postmortem"), {"title": "y"})
    assert await sql("SELECT 1 FROM incidents.outbox WHERE audience = 'public' AND data LIKE '%Secret%'") == []


async def test_no_other_event_shows_a_draft_to_everybody(api: Api, path: str, told: Told, nameless: Nameless) -> None:
    await put(api, path, "Secret")
    changed = (await api("PATCH", path.removesuffix("/postmortem"), {"title": "Other"})).json()
    assert await told() == {
        "internal": ("incident.updated", changed),
        "public": ("incident.updated", {**nameless(changed), "postmortem": None}),
    }


async def test_what_is_published_is_for_everybody_and_stays_so(
    api: Api, path: str, told: Told, nameless: Nameless
) -> None:
    await put(api, path, "Draft")
    published = await put(api, path, "Learned", publish=True)
    assert published["postmortem"]["published_at"] == published["updated_at"]
    assert await told() == {"internal": (CHANGED, published), "public": (CHANGED, nameless(published))}
    changed = await put(api, path, "Learned more")
    assert changed["postmortem"]["published_at"] == published["updated_at"]
    assert changed["postmortem"]["updated_at"] == changed["updated_at"] > published["updated_at"]
    assert (await told())["public"] == (CHANGED, nameless(changed))
    for fields in ({}, {"publish": True}):
        assert await put(api, path, "Learned more", **fields) == changed, "that changes nothing"


async def test_what_is_taken_back_is_for_everybody_no_more(api: Api, path: str, told: Told, nameless: Nameless) -> None:
    await put(api, path, "Learned", publish=True)
    draft = await put(api, path, "Learned", publish=False)
    assert draft["postmortem"]["published_at"] is None
    assert (await told())["public"] == (CHANGED, {**nameless(draft), "postmortem": None})
    await put(api, path, "Learned", publish=True)
    gone = (await api("DELETE", path)).json()
    assert gone["postmortem"] is None
    assert (await told())["public"] == (CHANGED, nameless(gone))
    assert (await api("DELETE", path)).status_code == 404


async def test_it_is_published_when_the_incident_is_resolved(api: Api, open_incident: OpenIncident) -> None:
    incident = f"{INCIDENTS}/{(await open_incident())['id']}"
    path = f"{incident}/postmortem"
    refused = await api("PUT", path, {"body": "Too early", "publish": True})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:not-resolved")
    await put(api, path, "Draft")
    await api("POST", f"{incident}/updates", {"status": "resolved"})
    published = await put(api, path, "Learned", publish=True)
    reopened = (await api("POST", f"{incident}/updates", {"status": "investigating"})).json()
    assert reopened["postmortem"] == published["postmortem"], "what everybody has read stays published"


async def test_a_stale_or_empty_one_is_refused(api: Api, path: str) -> None:
    for method, body in (("PUT", {"body": "x"}), ("DELETE", None)):
        assert (await api(method, path, body, headers={"If-Match": '"7"'})).status_code == 412
    for wrong in ({"body": " "}, {"body": "x" * (16 * 1024 + 1)}, {}, {"body": "x", "publish": 1}):
        assert (await api("PUT", path, wrong)).status_code == 422
