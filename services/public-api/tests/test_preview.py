"""Previews: the page's own card of what somebody types, for those who may post it on that page."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

from common.clock import uuid7
from devstack.teststack import Service, Stack

PREVIEW = "/api/public/v1/pages/acme/preview"
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
Ask = Callable[..., Awaitable[Any]]
SHOP, HIDDEN = str(uuid7()), str(uuid7())


@pytest_asyncio.fixture
async def ask(stack: Stack, public_api: Service, publish: Publish, page_at: PageAt) -> Ask:
    """ask(body, role=…, organization=…, path=…) asks for a preview on the page of acme, which is next to that of globex."""
    await publish("page_settings.provisioned", "globex", organization="globex", slug="globex")
    await publish("page_settings.provisioned", time_zone="Europe/Berlin")
    await publish("service.created", HIDDEN, name="Secret")
    await publish("service.hidden", HIDDEN, version=2)
    await page_at(public_api, await publish("service.created", SHOP, name="Shop"))

    async def ask(body: Any, *, role: str = "responder", organization: str = "acme", path: str = PREVIEW) -> Any:
        token = {"Authorization": f"Bearer {stack.token(organization, role)}"}
        return await public_api.client.post(path, json=body, headers=token)

    return ask


def incident(**fields: Any) -> dict[str, Any]:
    return {"kind": "incident", "title": "Cards fail", **fields}


def window(**fields: Any) -> dict[str, Any]:
    times = {"scheduled_start": "2026-12-01T12:00:00Z", "scheduled_end": "2026-12-01T13:00:00Z"}
    return {"kind": "maintenance", "title": "Upgrade", **times, **fields}


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


async def test_an_incident_is_shown_as_it_will_be_on_the_page(ask: Ask) -> None:
    updates = [
        {"status": "investigating", "message": "We look.", "created_at": "2026-11-22T12:00:00Z"},
        {"status": "identified", "message": "We **know**.\n\n<script>alert(1)</script>"},
    ]
    services = [{"service_id": SHOP}, {"service_id": HIDDEN, "status": "degraded"}]
    response = await ask(incident(status="identified", impact="major", services=services, updates=updates))
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["cache-control"] == "no-store"
    assert '<article class="card major"' in response.text
    assert "We <strong>know</strong>." in response.text
    assert "<script" not in response.text
    said = text_of(response.text)
    assert said.index("Identified") < said.index("Investigating 22 Nov, 13:00 CET We look.")
    assert "Affects: Shop (partial outage)" in said, "what the impact means, and nothing of what nobody may see"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy


async def test_windows_and_what_is_over_have_their_cards_too(ask: Ask) -> None:
    assert "Upgrade Planned for 1 Dec, 13:00 to 14:00 CET" in text_of((await ask(window())).text)
    for status in ("in_progress", "completed", "cancelled"):
        assert (await ask(window(status=status, services=[{"service_id": SHOP}]))).status_code == 200
    over = {"started_at": "2026-11-20T12:00:00Z", "resolved_at": "2026-11-20T13:00:00Z"}
    said = text_of((await ask(incident(status="resolved", **over))).text)
    assert "Cards fail Resolved 20 Nov, 13:00 to 14:00 CET" in said


async def test_the_page_is_shown_as_it_will_be_with_other_settings(ask: Ask) -> None:
    settings = {"name": "Acme <Cloud>", "description": "Payments.", "theme": "dark", "accent_color": "#0A7F5A"}
    links = [{"label": "Contact", "url": "https://acme.example/contact"}]
    response = await ask({"kind": "page", **settings, "links": links, "support_url": "mailto:help@acme.example"})
    assert response.status_code == 200
    said = text_of(response.text)
    assert all(word in said for word in ("Acme &lt;Cloud&gt;", "Payments.", "Contact", "Shop")), said
    assert "Secret" not in said
    assert '<html lang="en" class="dark"' in response.text
    assert "--day:#0a7f5a" in response.text
    assert "mailto:help@acme.example" in response.text
    assert "<script" not in response.text
    assert "script-src" not in response.headers["content-security-policy"]


async def test_only_who_may_post_on_a_page_may_have_a_preview_on_it(ask: Ask, public_api: Service) -> None:
    assert (await ask(incident(), role="admin")).status_code == 200
    assert (await ask(incident(), role="viewer")).status_code == 403
    assert (await ask(incident(), organization="globex")).status_code == 404
    assert (await ask(incident(), path=PREVIEW.replace("acme", "nobody"))).status_code == 404
    response = await public_api.client.post(PREVIEW, json=incident())
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")


WRONG = [
    {},
    {"kind": "incident"},
    {"kind": "party", "title": "x"},
    incident(title=""),
    incident(title="x" * 201),
    incident(unknown=1),
    incident(status="scheduled"),
    incident(description="x" * 17_000),
    incident(services=[{"service_id": "shop"}]),
    incident(updates=[{"status": "resolved", "message": "x"}] * 201),
    incident(started_at="2026-11-22T12:00:00"),
    incident(started_at="0001-01-01T00:00:00Z"),
    window(scheduled_end=None),
    window(scheduled_end="9999-12-31T23:59:59Z"),
    {"kind": "page", "name": ""},
    {"kind": "page", "name": "x", "accent_color": "red"},
    {"kind": "page", "name": "x", "support_url": "javascript:alert(1)"},
    [],
]


async def test_what_incidents_and_maintenance_would_refuse_is_refused(ask: Ask) -> None:
    for wrong in WRONG:
        response = await ask(wrong)
        assert response.status_code == 422, wrong
        messages = [place["message"] for place in response.json()["errors"]]
        assert messages, wrong
        assert not any("Value error" in message for message in messages), "people read them"


async def test_a_body_is_at_most_64_kib(ask: Ask) -> None:
    updates = [{"status": "identified", "message": "x" * 16_000}] * 5
    response = await ask(incident(updates=updates))
    assert (response.status_code, response.json()["type"]) == (413, "urn:tidings:problem:body-too-large")
    assert (await ask(incident(updates=updates[:4]))).status_code == 200
