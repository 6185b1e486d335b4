"""What is served to machines: under its own type, to any origin, following what happens, and with links that lead somewhere."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.teststack import Service, eventually

Publish = Callable[..., Awaitable[int]]
TYPES = {
    "api/v2/summary.json": "application/json; charset=utf-8",
    "history.atom": "application/atom+xml; charset=utf-8",
    "history.rss": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "badge.svg": "image/svg+xml; charset=utf-8",
    "badges/s.svg": "image/svg+xml; charset=utf-8",
}


async def test_machines_read_what_people_read_from_any_origin(public_api: Service, publish: Publish) -> None:
    get = public_api.client.get

    async def summary() -> dict[str, Any]:
        response = await get("/api/v2/summary.json", headers={"Host": "acme.localhost:8080"})
        return dict(response.json()) if response.status_code == 200 else {}

    async def has_both() -> bool:
        said = await summary()
        return [bool(said.get(name)) for name in ("components", "incidents")] == [True, True]

    await publish("page_settings.provisioned")
    await publish("service.created", "s")
    await publish("incident.resolved", "old", status="resolved", resolved_at="2026-01-01T00:00:00Z")
    await publish("incident.opened", "i", services=[{"service_id": "s", "status": "major_outage"}])
    await eventually(has_both, "the service and the incident are told of")

    for path, media_type in TYPES.items():
        response = await get(f"/p/acme/{path}")
        assert (response.status_code, response.headers["content-type"]) == (200, media_type)
        assert response.headers["access-control-allow-origin"] == "*"
    assert "Major outage" in (await get("/p/acme/badges/s.svg")).text

    described = public_api.app.openapi()["paths"]
    for path in described:
        if path.startswith("/p/"):
            assert (await get(path.format(slug="acme", service_id="s"))).status_code == 200, path
    files = public_api.app.state.pages.find("acme").files
    pages = {path for path, file in files.items() if file.content.media_type.startswith("text/html")}
    others = files.keys() - pages - {"maintenance.ics"}
    told = {f"/p/{{slug}}/{path}".replace("badges/s.", "badges/{service_id}.") for path in others}
    assert told <= described.keys(), "whatever there is for machines is described"

    address = "http://acme.localhost:8080"
    assert (await summary())["page"]["url"] == address
    links = [item["url"] for item in json.loads((await get("/p/acme/feed.json")).text)["items"]]
    links += [item["shortlink"] for item in (await summary())["incidents"]]
    assert set(links) == {f"{address}/incidents/i", f"{address}/incidents/old"}
    for link in links:
        linked = await get(link.removeprefix(address), headers={"Host": "acme.localhost:8080"})
        assert (linked.status_code, linked.headers["content-type"]) == (200, "text/html; charset=utf-8")

    async def is_gone() -> bool:
        return (await get("/p/acme/badges/s.svg")).status_code == 404

    await publish("service.hidden", "s", version=2)
    await eventually(is_gone, "a hidden service has no badge")
    assert (await summary())["components"] == []
