"""What a visitor's browser sees: a page at P, a socket from P on, and changes that lead from one page to the next."""

import json
from typing import Any

import httpx
import websockets

from devstack.scenario import INCIDENTS, PUBLIC, Cluster, Organization
from devstack.teststack import eventually


async def page_of(organization: Organization, services: int) -> dict[str, Any]:
    document: dict[str, Any] = {}

    async def complete() -> bool:
        nonlocal document
        try:
            document = await organization.aggregate()
        except httpx.HTTPStatusError:
            return False
        return len(document["services"]) == services

    await eventually(complete, "the page shows every service")
    return document


async def test_changes_lead_from_the_page_that_was_loaded_to_the_one_that_is_served(cluster: Cluster) -> None:
    await cluster.start()
    acme = Organization(cluster, "acme")
    await acme.provision(services=2)
    page = await page_of(acme, 2)
    base = cluster["realtime-gateway"].url.replace("http://", "ws://")
    async with websockets.connect(f"{base}/realtime/v1/acme?since={page['position']}") as socket:
        hello = json.loads(await socket.recv())
        assert (hello["type"], hello["recovered"]) == ("hello", True)

        body = {
            "title": "Down",
            "status": "investigating",
            "impact": "major",
            "services": [{"service_id": acme.services[0]}],
        }
        incident = await acme.command("incidents", "POST", f"{INCIDENTS}/incidents", body)
        seen: list[str] = []
        while page["services"][0]["causes"] == [] or page["incidents"] == []:
            frame = json.loads(await socket.recv())
            seen.append(frame["type"])
            if frame["type"] == "page.changed" and frame["data"]["page_version"] > page["page_version"]:
                assert frame["data"]["previous_version"] == page["page_version"]
                page |= frame["data"]["sections"]
                page |= {"page_version": frame["data"]["page_version"], "position": frame["data"]["position"]}
    assert "incident.opened" in seen
    assert page["status"]["indicator"] == "partial_outage"
    assert page["incidents"][0]["id"] == incident["id"]

    async def served() -> bool:
        return await acme.aggregate() == page

    await eventually(served, "what is served is what the changes led to")


async def test_a_tenant_hears_nothing_of_another(cluster: Cluster) -> None:
    await cluster.start()
    acme, globex = Organization(cluster, "acme"), Organization(cluster, "globex")
    await acme.provision(services=1)
    await globex.provision(services=1)
    await page_of(acme, 1)
    await page_of(globex, 1)
    base = cluster["realtime-gateway"].url.replace("http://", "ws://")
    async with websockets.connect(f"{base}/realtime/v1/globex") as socket:
        await socket.recv()
        await acme.command(
            "incidents", "POST", f"{INCIDENTS}/incidents", {"title": "Secret", "status": "investigating"}
        )
        await globex.command("incidents", "POST", f"{INCIDENTS}/incidents", {"title": "Own", "status": "investigating"})
        # What the page was made of may still be on its way.
        heard = [json.loads(await socket.recv())]
        while heard[-1]["type"] != "incident.opened":
            heard.append(json.loads(await socket.recv()))
        assert heard[-1]["data"]["title"] == "Own"
        assert "Secret" not in json.dumps(heard)
    async with httpx.AsyncClient(base_url=cluster["public-api"].url) as client:
        assert "Secret" not in (await client.get(f"{PUBLIC}/pages/globex")).text
