"""The demo organizations, made through the public APIs as any customer would make them.

Can be interrupted anywhere and run again: every POST carries an Idempotency-Key of its own, group ids are derived from
names, and a marker file says when nothing is left to do.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from devstack.errors import DevstackError
from devstack.stack import Stack
from devstack.tokens import development_token

SHOWCASE = "acme"
"""The organization that the greeting uses."""

_PATIENCE = 60.0
_NAMESPACE = uuid.UUID("6b0c7a52-6c1c-4f0e-9d57-0d8f1f6f7a10")
# Answers that say "not yet": a service restarts, or has not heard of the organization or its services.
_NOT_YET = {409, 502, 503}


@dataclass(frozen=True)
class _Organization:
    name: str
    groups: dict[str, dict[str, str]]
    """Group name to service name to description."""


_ORGANIZATIONS = {
    "acme": _Organization(
        "Acme",
        {
            "Website": {
                "Storefront": "Browsing products and prices",
                "Checkout": "Cart, payment and confirmation",
                "Search": "Finding products",
            },
            "Platform": {
                "API": "The public REST API",
                "Webhooks": "Notifications sent to customers' systems",
            },
        },
    ),
    "globex": _Organization(
        "Globex",
        {
            "Applications": {
                "Dashboard": "The web application",
                "Mobile": "The applications for phones",
            },
            "Infrastructure": {
                "Ingestion": "Receiving measurements",
                "Reports": "Nightly and on-demand reports",
                "Sign-in": "Accounts and single sign-on",
            },
        },
    ),
}


def is_filled(stack: Stack) -> bool:
    """Whether the demo organizations are complete."""
    return (stack.state / "demo-filled").exists()


async def fill(stack: Stack) -> None:
    """Make what is missing of the demo organizations, and return when the public pages show it."""
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False, timeout=10) as http:
        await asyncio.gather(*(_fill(stack, http, slug) for slug in _ORGANIZATIONS))
    (stack.state / "demo-filled").touch()


async def _fill(stack: Stack, http: httpx.AsyncClient, slug: str) -> None:
    organization = _ORGANIZATIONS[slug]
    api = _Api(http, slug, development_token(stack.keys, slug, "admin"))
    await api.post("/api/catalog/v1/page", {"name": organization.name, "slug": slug, "time_zone": "UTC"})
    groups = []
    services: dict[str, str] = {}
    for group, members in organization.groups.items():
        for name, description in members.items():
            created = await api.post("/api/catalog/v1/services", {"name": name, "description": description})
            services[name] = created["id"]
        entries = [{"type": "service", "id": services[name]} for name in members]
        group_id = str(uuid.uuid5(_NAMESPACE, f"{slug}/{group}"))
        groups.append({"type": "group", "id": group_id, "name": group, "entries": entries})
    await api.put("/api/catalog/v1/layout", {"entries": groups})
    if slug == SHOWCASE:
        await _past_incident(api, services["Checkout"])
    await api.page_shows(slug, len(services), incidents=1 if slug == SHOWCASE else 0)


async def _past_incident(api: "_Api", service_id: str) -> None:
    """A resolved incident, so that the history of the page is not empty."""
    incident = await api.post(
        "/api/incidents/v1/incidents",
        {
            "title": "Payments are declined",
            "status": "investigating",
            "impact": "minor",
            "message": "Some card payments are declined. We are looking into it.",
            "services": [{"service_id": service_id}],
        },
    )
    updates = f"/api/incidents/v1/incidents/{incident['id']}/updates"
    await api.post(updates, {"status": "monitoring", "message": "Our payment provider has applied a fix."})
    await api.post(updates, {"status": "resolved", "message": "Payments work again."})


class _Api:
    """Requests of one organization's administrator, repeated while the answer is "not yet"."""

    def __init__(self, http: httpx.AsyncClient, organization: str, token: str) -> None:
        self._http = http
        self._organization = organization
        self._authorization = {"Authorization": f"Bearer {token}"}
        self._posts = 0
        self._deadline = time.monotonic() + _PATIENCE

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        # The order of requests is always the same, so a number identifies a request from one run to the next.
        self._posts += 1
        key = {"Idempotency-Key": f"demo-{self._organization}-{self._posts}"}
        return await self._send("POST", path, body, key)

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        return await self._send("PUT", path, body, {})

    async def page_shows(self, slug: str, services: int, *, incidents: int) -> None:
        """Wait until the public page has so many services and incidents."""
        while True:
            answer = await self._request("GET", f"/api/public/v1/pages/{slug}")
            if answer.status_code == httpx.codes.OK:
                page = answer.json()
                if len(page["services"]) >= services and len(page["incidents"]) >= incidents:
                    return
            await self._pause(answer)

    async def _send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        while True:
            answer = await self._request(method, path, json=body, headers=self._authorization | headers)
            if answer.is_success:
                return answer.json() if answer.content else None
            if answer.status_code not in _NOT_YET:
                self._give_up(answer)
            await self._pause(answer)

    async def _request(self, method: str, path: str, **content: Any) -> httpx.Response:
        """The answer; a restarting edge counts as a bad gateway."""
        try:
            return await self._http.request(method, path, **content)
        except httpx.TransportError as error:
            return httpx.Response(httpx.codes.BAD_GATEWAY, text=str(error), request=error.request)

    async def _pause(self, answer: httpx.Response) -> None:
        if time.monotonic() > self._deadline:
            self._give_up(answer)
        await asyncio.sleep(0.1)

    def _give_up(self, answer: httpx.Response) -> None:
        request = answer.request
        raise DevstackError(
            f"The demo organization {self._organization} could not be made: {request.method} {request.url.path} "
            f"answered {answer.status_code} {answer.text[:500]}"
        )
