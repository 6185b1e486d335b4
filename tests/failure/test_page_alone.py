"""The page with PostgreSQL, NATS and every other service stopped: it answers as before, also after a restart; then it catches up and says so."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from common.clock import now, rfc3339
from devstack.scenario import CATALOG, INCIDENTS, MAINTENANCE, PUBLIC, Cluster, Organization
from devstack.teststack import AnyNats, AnyPostgres, eventually

DAYS = 14
HOST = {"Host": "acme.localhost:8080"}
AGGREGATE = f"{PUBLIC}/pages/acme"
V2 = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
    "scheduled-maintenances/upcoming",
    "scheduled-maintenances/active",
)
FOR_MACHINES = {
    AGGREGATE,
    *(f"/api/v2/{name}.json" for name in V2),
    *("/history.atom", "/history.rss", "/feed.json", "/maintenance.ics", "/badge.svg"),
}
NOTICE = re.compile(r'<p id="confirmed".*?</p>', re.DOTALL)
Answers = dict[str, str]


async def tell_two_weeks(acme: Organization) -> str:
    """A service that was down on each of 14 days, a window to come and an incident that is open. Returns the service's id."""
    began = now() - timedelta(days=DAYS)
    await acme.command("catalog", "POST", f"{CATALOG}/page", {"name": "Acme", "slug": "acme"})
    service = {"name": "Checkout", "start_date": (began - timedelta(days=1)).date().isoformat()}
    id = str((await acme.command("catalog", "POST", f"{CATALOG}/services", service))["id"])
    for day in range(DAYS):
        start = began + timedelta(days=day, hours=1)
        over = {"started_at": rfc3339(start), "resolved_at": rfc3339(start + timedelta(minutes=30))}
        await open_incident(acme, f"Day {day}", id, **over)
    await open_incident(acme, "Open", id, status="identified")
    times = {f"scheduled_{name}": rfc3339(now() + timedelta(hours=hour)) for name, hour in (("start", 5), ("end", 6))}
    await acme.command("maintenance", "POST", f"{MAINTENANCE}/maintenances", {"title": "Planned", **times})
    return id


async def open_incident(acme: Organization, title: str, service: str, **fields: str) -> None:
    body = {"title": title, "impact": "major", "services": [{"service_id": service}], **fields}
    await acme.command("incidents", "POST", f"{INCIDENTS}/incidents", body)


def tells_all(document: dict[str, Any]) -> bool:
    if not (document["services"] and document["maintenance"]["upcoming"]):
        return False
    bad_days = document["uptime"]["services"][0]["days"].count("2")
    return bool(document["services"][0]["causes"]) and bad_days >= DAYS and len(document["incidents"]) == DAYS + 1


async def page_with_all(http: httpx.AsyncClient) -> None:
    async def is_there() -> bool:
        response = await http.get(AGGREGATE)
        return response.status_code == 200 and tells_all(response.json())

    await eventually(is_there, "the page tells of two weeks")


async def answers(http: httpx.AsyncClient, service: str) -> Answers:
    """What is at every address that the page links to, and that machines know of. Without the notice that what it says may be old."""
    page = await http.get("/")
    links = {urlsplit(urljoin("/", href)).path for href in re.findall(r'href="([^":]*)"', page.text)}
    found = {}
    for path in sorted({*links, *FOR_MACHINES, f"/badges/{service}.svg"}):
        response = await http.get(path)
        assert response.status_code == 200, path
        assert response.headers["etag"].endswith('-gzip"'), path
        found[path] = NOTICE.sub("", response.text)
    return found


async def notes(http: httpx.AsyncClient) -> list[str]:
    ready = await http.get("/health/ready", headers={"Host": "of-the-service"})
    return list(ready.json()["notes"])


@contextmanager
def away(server: AnyNats | AnyPostgres) -> Iterator[None]:
    server.kill()
    try:
        yield
    finally:
        server.start()


async def test_the_page_needs_nothing_behind_it_and_says_when_it_has_caught_up(cluster: Cluster) -> None:
    await cluster.start()
    acme, process = Organization(cluster, "acme"), cluster["public-api"]
    service = await tell_two_weeks(acme)
    snapshot = cluster.stack.state / f"public-api-{process.port}.jsonl"
    headers = {**HOST, "Accept-Encoding": "gzip"}
    older = (f"{AGGREGATE}/incidents", f"/history/{now():%Y-%m}")
    async with httpx.AsyncClient(base_url=process.url, headers=headers, timeout=10) as http:
        await page_with_all(http)
        for other in cluster.processes:
            if other is not process:
                other.kill()
        with away(cluster.stack.nats):
            with away(cluster.stack.postgres):
                before = await answers(http, service)
                assert sum(path.startswith("/incidents/") for path in before) == DAYS + 1
                days = {f"Day {day}" for day in range(DAYS)}
                for path in (
                    "/",
                    "/history",
                    f"/services/{service}",
                    AGGREGATE,
                    "/api/v2/incidents.json",
                    "/history.atom",
                ):
                    assert all(title in before[path] for title in days | {"Open"}), path

                def is_kept() -> bool:
                    return snapshot.exists() and json.loads(snapshot.read_text())["document"] == before[AGGREGATE]

                await eventually(is_kept, "the snapshot holds what is served")
                process.kill()
                process.start()
                await process.wait_until_ready()
                assert await answers(http, service) == before
                assert "This may be out of date" in (await http.get("/")).text
                assert any(note.startswith("Last confirmed ") for note in await notes(http))
                for path in older:
                    response = await http.get(path)
                    assert (response.status_code, response.headers["retry-after"]) == (503, "5"), path
            for other in cluster.processes:
                if other is not process:
                    other.start()
            await open_incident(acme, "Meanwhile", service, status="investigating")
            assert "Meanwhile" not in (await http.get("/")).text, "nothing has told it yet"
            assert "up to date again" not in process.log_path.read_text()

        async def has_caught_up() -> bool:
            page = (await http.get("/")).text
            is_confirmed = '<p id="confirmed" hidden></p>' in page and await notes(http) == []
            return is_confirmed and "Meanwhile" in page

        await eventually(has_caught_up, "the page shows what happened meanwhile, and is not doubted any more")
        assert "up to date again" in process.log_path.read_text()
        for path in older:
            assert "Meanwhile" in (await http.get(path)).text, path
