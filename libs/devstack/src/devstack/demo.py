"""The demo organizations, made through the public APIs as any customer would make them: by people who sign up and invite others.

Can be interrupted anywhere and run again: people and organizations are looked for before they are made, every POST of
the story carries an Idempotency-Key of its own, group ids are derived from names, and a marker file says when nothing
is left to do.
"""

import asyncio
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from devstack.asking import STARTING, Edge, client
from devstack.demo_story import ORGANIZATIONS, SERVICES_SINCE, Group, Organization, PastIncident, Window
from devstack.errors import DevstackError
from devstack.people import ADMIN, PEOPLE, Browser, Person
from devstack.stack import Stack

SHOWCASE = "acme"
"""The organization that the greeting uses."""

# A token is good for ten minutes, so the first one lasts.
_PATIENCE = 60.0
_NAMESPACE = uuid.UUID("6b0c7a52-6c1c-4f0e-9d57-0d8f1f6f7a10")
# Also "not yet": a service has not heard of the organization or its services.
_NOT_YET = STARTING | {409}


def is_filled(stack: Stack) -> bool:
    """Whether the demo organizations are complete."""
    return _marker(stack).exists()


async def fill(stack: Stack) -> None:
    """Make what is missing of the demo organizations, and return when the public pages show it."""
    async with client(stack.url) as http:
        edge = Edge(http, "The demo", _PATIENCE)
        admin = Browser(stack, edge, ADMIN)
        await admin.sign_up()
        ids = {slug: await admin.found(organization.name, slug) for slug, organization in ORGANIZATIONS.items()}
        tokens = {slug: await admin.token(id) for slug, id in ids.items()}

        async def join(person: Person) -> None:
            browser = Browser(stack, edge, person)
            for slug, token in tokens.items():
                await browser.join(ids[slug], token)

        await asyncio.gather(
            *(_fill(_Api(edge, slug, token), slug) for slug, token in tokens.items()),
            *(join(person) for person in PEOPLE.values() if person is not ADMIN),
        )
    _marker(stack).touch()


def _marker(stack: Stack) -> Path:
    return stack.state / "demo-complete"


async def _fill(api: "_Api", slug: str) -> None:
    organization = ORGANIZATIONS[slug]
    settings = {"description": organization.description, "time_zone": organization.time_zone}
    page = await api.patch("/api/catalog/v1/page", settings)
    if page["slug"] != slug:
        raise DevstackError(f"The address {slug} is taken by data of before: start anew with `make clean`.")
    made_at = datetime.fromisoformat(page["created_at"])
    services: dict[str, str] = {}
    entries = [await _group(api, slug, group, made_at, services) for group in organization.groups]
    await api.put("/api/catalog/v1/layout", {"entries": entries})
    for past in organization.past:
        await _past_incident(api, past, made_at, services)
    for window in organization.windows:
        await _window(api, window, made_at, services)
    if organization.open_incident is not None:
        title, message, service = organization.open_incident
        named = [{"service_id": services[service]}]
        body = {"title": title, "status": "investigating", "impact": "minor", "message": message, "services": named}
        await api.post("/api/incidents/v1/incidents", body)
    await api.page_shows(organization)


async def _group(
    api: "_Api", slug: str, group: Group, made_at: datetime, services: dict[str, str]
) -> dict[str, object]:
    """Make the services of a group, and of those within it. Returns its entry for the layout."""
    start_date = (made_at - SERVICES_SINCE).date().isoformat()
    for name, description in group.services.items():
        body = {"name": name, "description": description, "start_date": start_date}
        services[name] = (await api.post("/api/catalog/v1/services", body))["id"]
    return {
        "type": "group",
        "id": str(uuid.uuid5(_NAMESPACE, f"{slug}/{group.name}")),
        "name": group.name,
        "collapsed": group.collapsed,
        "entries": [{"type": "service", "id": services[name]} for name in group.services],
        "groups": [await _group(api, slug, inner, made_at, services) for inner in group.groups],
    }


async def _past_incident(api: "_Api", past: PastIncident, made_at: datetime, services: dict[str, str]) -> None:
    began = made_at - past.before
    updates = [
        {"status": status, "message": message, "created_at": _text(began + timedelta(minutes=minutes))}
        for minutes, status, message in past.updates
    ]
    await api.post(
        "/api/incidents/v1/incidents",
        {
            "title": past.title,
            "impact": past.impact,
            "started_at": _text(began),
            "resolved_at": updates[-1]["created_at"],
            "services": [{"service_id": services[name], "status": status} for name, status in past.services.items()],
            "updates": updates,
        },
    )


async def _window(api: "_Api", window: Window, made_at: datetime, services: dict[str, str]) -> None:
    """Plan a window; one without a beginning begins at once, and is completed at once."""
    start = made_at + (window.ahead or timedelta())
    body: dict[str, Any] = {
        "title": window.title,
        "description": window.description,
        # Far enough ahead for whoever interrupts this and goes on much later.
        "scheduled_end": _text(start + (timedelta(minutes=window.minutes) if window.ahead else timedelta(days=7))),
        "services": [{"service_id": services[name]} for name in window.services],
    }
    if window.ahead is not None:
        body["scheduled_start"] = _text(start)
    planned = await api.post("/api/maintenance/v1/maintenances", body)
    if window.ahead is None:
        await api.post(f"/api/maintenance/v1/maintenances/{planned['id']}/complete", {"message": "Done."})


def _text(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


class _Api:
    """Requests of one organization's admin, repeated while the answer is "not yet"."""

    def __init__(self, edge: Edge, slug: str, token: str) -> None:
        self._edge = edge
        self._slug = slug
        self._authorization = {"Authorization": f"Bearer {token}"}
        self._posts = 0

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        # The order of requests is always the same, so a number identifies a request from one run to the next.
        self._posts += 1
        return await self._send("POST", path, body, {"Idempotency-Key": f"demo-{self._slug}-{self._posts}"})

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        return await self._send("PUT", path, body, {})

    async def patch(self, path: str, body: dict[str, Any]) -> Any:
        return await self._send("PATCH", path, body, {})

    async def page_shows(self, organization: Organization) -> None:
        """Wait until the public page tells all of it."""
        open_incidents = 1 if organization.open_incident else 0
        while True:
            answer = await self._edge.ask("GET", f"/api/public/v1/pages/{self._slug}")
            if answer.status_code == httpx.codes.OK:
                page = answer.json()
                windows = sum(map(len, page["maintenance"].values()))
                if len(page["incidents"]) >= open_incidents and windows == len(organization.windows):
                    return
            await self._edge.pause(answer)

    async def _send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        headers = self._authorization | headers
        return self._edge.expect(await self._edge.ask(method, path, body, headers=headers, not_yet=_NOT_YET))
