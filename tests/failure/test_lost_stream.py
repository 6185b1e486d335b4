"""What the stream lost before anybody consumed it arrives all the same, and whoever only watches is not told a second time."""

import json
from typing import Any

import websockets

from common.envelope import REPUBLISHED
from devstack.audit import stored_messages
from devstack.scenario import CATALOG, INCIDENTS, Cluster
from devstack.teststack import Stack, eventually


async def test_a_service_whose_event_was_lost_unread_can_be_named_in_an_incident(
    stack: Stack, cluster: Cluster
) -> None:
    async with stack.service("catalog") as catalog:
        api = catalog.as_("acme")
        assert (await api("POST", f"{CATALOG}/page", {"name": "Acme", "slug": "acme"})).status_code == 201
        lost = (await api("POST", f"{CATALOG}/services", {"name": "Lost"})).json()["id"]
        await eventually(
            lambda: _waiting(stack) == 0, "everything is in the stream; incidents does not run and read it"
        )
        epoch = await stack.declare_topology(empty=True)
        # By this one catalog notices: where its message is now others had been.
        kept = (await api("POST", f"{CATALOG}/services", {"name": "Kept"})).json()["id"]
        async with stack.service("incidents") as incidents:
            api = incidents.as_("acme")
            named = {"title": "Trouble", "status": "investigating", "services": [{"service_id": lost}]}

            async def accepted() -> bool:
                answer = await api("POST", f"{INCIDENTS}/incidents", named)
                assert answer.status_code in (201, 409, 422, 503), answer.text
                return answer.status_code == 201

            await eventually(accepted, "incidents knows the page and the service")
        stored = await stored_messages(stack, "status.acme.public.>")
        again = {message.headers["ce-id"] for message in stored if REPUBLISHED in message.headers}
        assert {message.headers["ce-subject"] for message in stored if REPUBLISHED in message.headers} >= {"acme", lost}

    gateway = cluster["realtime-gateway"]
    gateway.start()
    await gateway.wait_until_ready()
    frames = await _frames(f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme?since={epoch}-0", "incident.opened")
    assert [frame["data"]["id"] for frame in frames if frame["type"] == "service.created"] == [kept]
    assert not again & {frame["id"] for frame in frames}


async def _frames(url: str, last: str) -> list[dict[str, Any]]:
    """Every event from the beginning of the stream to one of the type `last`."""
    frames: list[dict[str, Any]] = []
    async with websockets.connect(url) as socket:
        hello = json.loads(await socket.recv())
        assert hello["recovered"], hello
        while not frames or frames[-1]["type"] != last:
            frame = json.loads(await socket.recv())
            if frame["type"] != "heartbeat":
                frames.append(frame)
    return frames


def _waiting(stack: Stack) -> int:
    return int(stack.postgres.sql("SELECT count(*) FROM catalog.outbox WHERE published_at IS NULL", stack.database))
