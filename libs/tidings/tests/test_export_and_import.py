"""`tidings export` and `tidings import`: a whole organization in one file, once however often it is imported."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.clock import now, rfc3339
from devstack.fixtures import Sql
from devstack.operating import Settled, Tidings
from devstack.teststack import Service, Stack, eventually
from tidings import exporting, portable, statuspage
from tidings.access import OperatorError
from tidings.importing import Importer
from tidings.remote import Remote

CATALOG, INCIDENTS, MAINTENANCE = "/api/catalog/v1", "/api/incidents/v1", "/api/maintenance/v1"
NAMES = {"catalog", "incidents", "maintenance", "public-api"}


class Installation(httpx.AsyncBaseTransport):
    """The services in this process behind one address, as the edge has them.

    `refuses` answers instead, while it has answers; requests to `fails_at` are refused for good.
    """

    def __init__(self, stack: Stack, services: dict[str, Service]) -> None:
        self.stack = stack
        self.services = services
        self.asked: list[str] = []
        self.refuses: list[httpx.Response] = []
        self.fails_at: str | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.refuses:
            return self.refuses.pop()
        if request.url.path == self.fails_at:
            return httpx.Response(400, json={"detail": "Not now"})
        self.asked.append(request.url.path)
        name = request.url.path.split("/")[2]
        transport = self.services[name if name in self.services else "public-api"].client._transport
        return await transport.handle_async_request(request)

    def as_(self, organization: str, role: str = "admin") -> Remote:
        headers = {"Authorization": f"Bearer {self.stack.token(organization, role)}"}
        client = httpx.AsyncClient(transport=self, base_url="http://tidings", headers=headers)
        return Remote(client, lambda seconds, why: None)


@pytest_asyncio.fixture
async def installation(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    monkeypatch.setitem(stack.extra, "TIDINGS_WRITES_PER_MINUTE", "100000")
    async with AsyncExitStack() as exits:
        yield Installation(
            stack, {name: await exits.enter_async_context(stack.service(name)) for name in sorted(NAMES)}
        )


def days_ahead(days: int) -> str:
    return rfc3339((now() + timedelta(days=days)).replace(second=0, microsecond=0))


async def make_page(remote: Remote, name: str) -> None:
    await remote.send("POST", f"{CATALOG}/page", {"name": name, "slug": name})


async def populate(remote: Remote) -> None:
    """An organization in which everything there is has happened."""
    await make_page(remote, "acme")
    await remote.send("PATCH", f"{CATALOG}/page", {"time_zone": "Europe/Berlin", "accent_color": "#112233"})
    website, api, inner = [
        (await remote.send("POST", f"{CATALOG}/services", {"name": name, **more}))["id"]
        for name, more in (
            ("Website", {"start_date": days_ahead(-60)[:10]}),
            ("API", {}),
            ("Inner", {"visibility": "internal"}),
        )
    ]
    group = {"type": "group", "name": "Group", "entries": [{"type": "service", "id": api}]}
    await remote.send("PUT", f"{CATALOG}/layout", {"entries": [group, {"type": "service", "id": website}]})
    named = [{"service_id": website, "status": "major_outage"}, {"service_id": inner}]
    past = {"started_at": days_ahead(-9), "resolved_at": days_ahead(-7)}
    said = {"status": "identified", "message": "Said **then**", "created_at": days_ahead(-8)}
    over = {"title": "Over", "impact": "major", "services": named, **past, "updates": [said]}
    await eventually_sent(remote, f"{INCIDENTS}/incidents", over)
    seen = await remote.send("POST", f"{INCIDENTS}/incidents", {"title": "Seen", "services": named, "message": "Hm"})
    await remote.send("POST", f"{INCIDENTS}/incidents/{seen['id']}/updates", {"status": "resolved"})
    learned = {"body": "# Learned", "publish": True}
    await remote.send("PUT", f"{INCIDENTS}/incidents/{seen['id']}/postmortem", learned)
    lasting = {"title": "Lasts", "impact": "minor", "services": [{"service_id": api}], "message": "Look"}
    await remote.send("POST", f"{INCIDENTS}/incidents", lasting)
    await remote.send("POST", f"{INCIDENTS}/templates", {"name": "T", "title": "T {services}", "services": named})
    about = {"services": [{"service_id": api}], "title": "Window"}
    times = {"scheduled_start": days_ahead(9), "scheduled_end": days_ahead(10)}
    await eventually_sent(remote, f"{MAINTENANCE}/maintenances", {**about, **times, "message": "Soon"})
    done = await remote.send("POST", f"{MAINTENANCE}/maintenances", {**about, "scheduled_end": times["scheduled_end"]})
    await remote.send("POST", f"{MAINTENANCE}/maintenances/{done['id']}/complete", {"message": "Done"})
    recurring = {"rule": "FREQ=WEEKLY;COUNT=4", "first_start": days_ahead(2)[:16], "duration_minutes": 60}
    series = await remote.send("POST", f"{MAINTENANCE}/series", {**about, "title": "Weekly", **recurring})
    planned = await remote.get(f"{MAINTENANCE}/maintenances", series_id=series["id"])
    await remote.send("POST", f"{MAINTENANCE}/maintenances/{planned['items'][1]['id']}/cancel", {"message": "Not then"})


async def eventually_sent(remote: Remote, path: str, body: dict[str, Any]) -> None:
    """The service hears of the organization a moment after it was made."""

    async def sent() -> bool:
        try:
            await remote.send("POST", path, body)
        except OperatorError:
            return False
        return True

    await eventually(sent, f"{path} takes it")


async def everything(remote: Remote) -> dict[str, Any]:
    """All that members see, without what is bound to differ: ids, versions, and when it was brought here."""
    found: dict[str, Any] = {
        "page": await remote.get(f"{CATALOG}/page"),
        "layout": await remote.get(f"{CATALOG}/layout"),
    }
    found["services"] = [item async for item in remote.items(f"{CATALOG}/services")]
    found["history"] = [
        [entry async for entry in remote.items(f"{CATALOG}/services/{service['id']}/history")]
        for service in found["services"]
    ]
    for path in (
        f"{INCIDENTS}/incidents",
        f"{INCIDENTS}/templates",
        f"{MAINTENANCE}/series",
        f"{MAINTENANCE}/maintenances",
    ):
        found[path] = [item async for item in remote.items(path)]
    names = {service["id"]: service["name"] for service in found["services"]}
    text = json.dumps(found)
    for id, name in names.items():
        text = text.replace(id, name)
    kept: dict[str, Any] = _lasting(json.loads(text))
    planned_here = [item for item in kept[f"{MAINTENANCE}/maintenances"] if item["status"] == "scheduled"]
    for thing in (kept["page"], *kept[f"{INCIDENTS}/templates"], *planned_here):
        del thing["created_at"]
    return kept


async def days(remote: Remote, slug: str) -> list[tuple[str, str]]:
    """How visitors see the past of services."""
    page = await remote.get(f"/api/public/v1/pages/{slug}")
    names = {service["id"]: service["name"] for service in page["services"]}
    return sorted((names[entry["id"]], entry["days"]) for entry in page["uptime"]["services"])


VOLATILE = {
    "id",
    "version",
    "updated_at",
    "slug",
    "organization_id",
    "series_id",
    "retired_slugs",
    "since",
    "status_changed_at",
}


def _lasting(value: Any) -> Any:
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    if not isinstance(value, dict):
        return value
    lasting = {name: _lasting(item) for name, item in value.items() if name not in VOLATILE}
    if value.get("type") == "service" or "base_status" in value:
        lasting["id"] = value["id"]
    return lasting


async def bring(installation: Installation, organization: str, file: Path) -> list[str]:
    return await Importer(installation.as_(organization), file, *portable.load(file)).run(lambda done, total: None)


async def test_an_organization_is_the_same_in_another_one_however_often_it_is_imported(
    installation: Installation, settled: Settled, sql: Sql, tmp_path: Path
) -> None:
    acme, globex = installation.as_("acme"), installation.as_("globex")
    await populate(acme)
    await settled()
    file, exported_at = tmp_path / "acme.jsonl.gz", rfc3339(now())
    assert "3 service" in (await exporting.write(acme, file, lambda done, total: None))[0]
    assert [name for name in os.listdir(tmp_path) if "acme" in name] == ["acme.jsonl.gz"]

    await make_page(globex, "globex")
    said = await bring(installation, "globex", file)
    assert "3 service" in said[0]
    await settled()

    before, after = await everything(acme), await everything(globex)
    # What lasts was seen to end and to begin again while it was imported.
    told = [[entry for entry in history if entry["changed_at"] < exported_at] for history in after["history"]]
    for section in before:
        assert (after | {"history": told})[section] == before[section], section
    assert [service["status"] for service in after["services"]] == ["operational", "degraded", "operational"]

    async def same_days() -> bool:
        return await days(globex, "globex") == await days(acme, "acme")

    await eventually(same_days, "visitors see the same past")
    count = len(await sql("SELECT 1 FROM catalog.outbox UNION ALL SELECT 1 FROM incidents.outbox"))
    again = await bring(installation, "globex", file)
    itself = await bring(installation, "acme", file)
    assert [again[0], itself[0]] == ["Imported into globex: nothing.", "Imported into acme: nothing."]
    await settled()
    assert [await everything(globex), await everything(acme)] == [after, before]
    assert len(await sql("SELECT 1 FROM catalog.outbox UNION ALL SELECT 1 FROM incidents.outbox")) == count


async def test_what_was_interrupted_goes_on_where_it_was(
    installation: Installation, settled: Settled, tmp_path: Path
) -> None:
    acme = installation.as_("acme")
    await populate(acme)
    file = tmp_path / "acme.jsonl"
    installation.fails_at = f"{INCIDENTS}/templates"
    with pytest.raises(OperatorError):
        await exporting.write(acme, file, lambda done, total: None)
    read = (tmp_path / "acme.jsonl.part").read_text()
    (tmp_path / "acme.jsonl.part").write_text(read + '{"kind": "inci')
    installation.fails_at, installation.asked = None, []
    await exporting.write(acme, file, lambda done, total: None)
    assert not [path for path in installation.asked if path.endswith("/history")], "histories are not read again"

    await make_page(installation.as_("globex"), "globex")
    installation.fails_at = "/api/maintenance/v1/imports/series"
    with pytest.raises(OperatorError, match=r"line \d+: .*Everything before it is imported"):
        await bring(installation, "globex", file)
    installation.fails_at, installation.asked = None, []
    said = await bring(installation, "globex", file)
    assert not [path for path in installation.asked if path.endswith("/imports/services")], "what is done is not sent"
    assert "1 series" in said[0]
    assert [name for name in os.listdir(tmp_path) if name.startswith("acme")] == ["acme.jsonl"]


async def test_who_is_no_admin_imports_nothing_and_a_limit_is_obeyed(
    installation: Installation, tmp_path: Path
) -> None:
    acme = installation.as_("acme")
    await make_page(acme, "acme")
    file = tmp_path / "acme.jsonl"
    installation.refuses = [httpx.Response(429, headers={"Retry-After": "0"}) for _ in range(20)]
    await exporting.write(acme, file, lambda done, total: None)
    responder = installation.as_("acme", "responder")
    with pytest.raises(OperatorError, match="not an admin's"):
        await Importer(responder, file, *portable.load(file)).run(lambda done, total: None)


async def test_what_an_operator_mistypes_is_named(tidings: Tidings, tmp_path: Path) -> None:
    file = str(tmp_path / "acme.jsonl")
    keyless = await tidings("export", file)
    assert (keyless.code, "TIDINGS_API_KEY: " in keyless.output) == (78, True), keyless.output
    nowhere = await tidings("export", file, "--url", "http://127.0.0.1:1", TIDINGS_API_KEY="x")
    assert (nowhere.code, "http://127.0.0.1:1 does not answer" in nowhere.output) == (1, True), nowhere.output
    absent = await tidings("import", file, TIDINGS_API_KEY="x")
    assert (absent.code, "cannot be read" in absent.output) == (1, True), absent.output
    assert (await tidings("import", "statuspage")).code == 2
    assert (await tidings("import", file, "elsewhere")).code == 2
    with pytest.raises(OperatorError, match="cannot be written"):
        portable.save(
            tmp_path / "no-folder" / "acme.jsonl", portable.Header(organization="a", address="a", exported_at=now()), []
        )


def told(summary: dict[str, Any], incidents: dict[str, Any]) -> dict[str, Any]:
    """What a Statuspage says, without ids and without what nobody wrote down."""
    groups = {row["id"]: row["name"] for row in summary["components"] if row["group"]}
    return {
        "time_zone": summary["page"]["time_zone"],
        "status": summary["status"],
        "components": [
            (row["name"], row["status"], groups.get(row["group_id"]), row["position"], row["start_date"])
            for row in summary["components"]
        ],
        "incidents": [
            {
                **{name: row[name] for name in ("name", "status", "impact", "started_at", "resolved_at")},
                "updates": [(said["status"], said["body"]) for said in row["incident_updates"]],
                "components": sorted(component["name"] for component in row["components"]),
            }
            for row in incidents["incidents"]
        ],
        "windows": [(row["name"], row["status"], row["scheduled_for"]) for row in summary["scheduled_maintenances"]],
    }


async def test_a_page_comes_back_as_it_was_through_the_api_of_statuspage(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, globex = installation.as_("acme"), installation.as_("globex")
    await populate(acme)

    async def all_told() -> bool:
        """The last that catalog, incidents and maintenance had to tell, each in its own time."""
        try:
            summary = await acme.get("/p/acme/api/v2/summary.json")
            windows = await acme.get("/p/acme/api/v2/scheduled-maintenances.json")
        except OperatorError:
            return False
        statuses = sorted(row["status"] for row in windows["scheduled_maintenances"])
        return (
            "degraded_performance" in [row["status"] for row in summary["components"]]
            and len(summary["incidents"]) == 1
            and statuses == ["completed"] * 2 + ["scheduled"] * 4
        )

    await eventually(all_told, "the page says everything")
    monkeypatch.setattr("tidings.statuspage.TRANSPORT", installation)
    monkeypatch.chdir(tmp_path)
    file, remarks = await statuspage.fetch("http://tidings/p/acme/")
    assert remarks == []
    await make_page(globex, "globex")
    await bring(installation, "globex", file)
    assert (await bring(installation, "globex", file))[0] == "Imported into globex: nothing."

    async def same() -> bool:
        pages = [
            told(*[await acme.get(f"/p/{slug}/api/v2/{part}.json") for part in ("summary", "incidents")])
            for slug in ("acme", "globex")
        ]
        return pages[0] == pages[1]

    await eventually(same, "both pages say the same")
