"""What a client of the gateway sees: sockets and event streams of a real process that reads a real stream."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from common.clock import now, rfc3339
from common.position import Position
from devstack.teststack import Process, eventually

Publish = Callable[..., Awaitable[int]]
Make = Callable[..., Process]
Frame = dict[str, Any]


def socket(gateway: Process, path: str, address: str | None = None) -> connect:
    headers = {"X-Forwarded-For": address} if address else None
    url = f"ws://127.0.0.1:{gateway.port}/realtime/v1/{path}"
    return connect(url, additional_headers=headers, compression=None, open_timeout=30)


async def read(client: ClientConnection, count: int = 1) -> list[Frame]:
    async with asyncio.timeout(15):
        return [json.loads(await client.recv()) for _ in range(count)]


async def close_code(client: ClientConnection) -> int | None:
    """The code that the gateway closes with; frames before it are ignored."""
    async with asyncio.timeout(15):
        with contextlib.suppress(ConnectionClosed):
            async for _ in client:
                pass
        await client.wait_closed()
    return client.close_code


def offset(frame: Frame) -> int:
    return Position.parse(frame["position"]).offset


async def test_hello_then_every_event_in_order_then_heartbeats(make_gateway: Make, publish: Publish) -> None:
    provisioned = await publish("acme", "page_settings.provisioned")
    gateway = make_gateway(TIDINGS_HEARTBEAT_SECONDS="0.3")
    gateway.start()
    await gateway.wait_until_ready()
    async with socket(gateway, "acme") as client:
        (hello,) = await read(client)
        assert hello.keys() == {"type", "position", "audience", "recovered", "retry_after_ms"}
        assert (hello["recovered"], hello["retry_after_ms"], offset(hello)) == (True, 0, provisioned)
        assert hello["audience"] == "public"
        offsets = [await publish("acme", "incident.opened", title="Größe ☃", n=n) for n in range(5)]
        await publish("other", "incident.opened")
        frames: list[Frame] = []
        while not frames or frames[-1]["type"] != "heartbeat" or offset(frames[-1]) <= offsets[-1]:
            frames += await read(client)
    events = [frame for frame in frames if frame["type"] != "heartbeat"]
    assert [offset(frame) for frame in events] == offsets
    assert [offset(frame) for frame in frames] == sorted(offset(frame) for frame in frames)
    assert events[0].keys() == {"type", "id", "time", "position", "data"}
    assert (events[0]["type"], events[0]["data"]) == ("incident.opened", {"title": "Größe ☃", "n": 0})
    # The other organization's event moves the position, and is not seen.
    assert offset(frames[-1]) == offsets[-1] + 1


async def test_resuming_from_memory_gives_what_was_missed_once(gateway: Process, publish: Publish) -> None:
    async with socket(gateway, "acme") as client:
        (hello,) = await read(client)
        offsets = [await publish("acme", "incident.update_posted", n=n) for n in range(3)]
        frames = await read(client, 3)
    async with socket(gateway, f"acme?since={frames[0]['position']}") as client:
        offsets.append(await publish("acme", "incident.update_posted", n=3))
        resumed, *missed = await read(client, 4)
        assert (resumed["recovered"], resumed["position"]) == (True, frames[0]["position"])
        assert [offset(frame) for frame in missed] == offsets[1:]
        assert missed[:2] == frames[1:]
    async with socket(gateway, f"acme?since={missed[-1]['position']}") as client:
        (present,) = await read(client)
        assert (present["recovered"], offset(present)) == (True, offsets[-1])
    assert hello["recovered"]


async def test_resuming_from_before_the_gateway_started_loads_the_past_from_the_stream(
    make_gateway: Make, publish: Publish
) -> None:
    await publish("acme", "page_settings.provisioned")
    await publish("quiet", "page_settings.provisioned")
    offsets = [await publish("acme", "incident.update_posted", n=n) for n in range(350)]
    await publish("acme", "incident.update_posted", republished=True)
    gateway = make_gateway()
    gateway.start()
    await gateway.wait_until_ready()
    async with socket(gateway, "acme") as client:
        epoch = Position.parse((await read(client))[0]["position"]).epoch

    async def resume(slug: str, since: int) -> tuple[Frame, list[int]]:
        async with socket(gateway, f"{slug}?since={epoch}-{since}") as client:
            (hello,) = await read(client)
            missed = offsets[offsets.index(since) + 1 :] if hello["recovered"] and since in offsets else []
            return hello, [offset(frame) for frame in await read(client, len(missed))]

    results = await asyncio.gather(*(resume("acme", since) for since in offsets[-200:-190]))
    for (hello, frames), since in zip(results, offsets[-200:-190], strict=True):
        assert hello["recovered"]
        assert frames == offsets[offsets.index(since) + 1 :]
    hello, frames = await resume("acme", offsets[10])
    assert (hello["recovered"], frames) == (False, [])
    assert 0 <= hello["retry_after_ms"] <= 10_000
    # 350 messages of another organization later: nothing was missed.
    hello, frames = await resume("quiet", 2)
    assert (hello["recovered"], frames) == (True, [])
    assert offset(hello) == offsets[-1] + 1


async def test_a_position_ahead_of_the_gateway_is_waited_for(gateway: Process, publish: Publish) -> None:
    async with socket(gateway, "acme") as client:
        here = Position.parse((await read(client))[0]["position"])
    async with socket(gateway, f"acme?since={Position(here.epoch, here.offset + 2)}") as client:
        offsets = [await publish("acme", "incident.update_posted", n=n) for n in range(3)]
        hello, frame = await read(client, 2)
        assert (hello["recovered"], offset(frame)) == (True, offsets[2])
    async with socket(gateway, f"acme?since={Position(here.epoch, here.offset + 1000)}") as client:
        (hello,) = await read(client)
        assert (hello["recovered"], offset(hello)) == (False, offsets[2])


async def test_a_position_of_another_epoch_is_not_recovered(gateway: Process) -> None:
    async with socket(gateway, "acme?since=aaaabbbbcccc-1") as client:
        (hello,) = await read(client)
        assert hello["recovered"] is False


async def test_types_filter_live_and_missed_events(gateway: Process, publish: Publish) -> None:
    async with socket(gateway, "acme") as client:
        (hello,) = await read(client)
    types = "types=incident.opened,service,unheard_of"

    async def publish_some() -> None:
        for type in ("incident.opened", "incident.update_posted", "service.created", "service_status.changed"):
            await publish("acme", type)

    await publish_some()
    async with socket(gateway, f"acme?{types}&since={hello['position']}") as client:
        await publish_some()
        seen = [frame["type"] for frame in await read(client, 5)]
        assert seen == ["hello", "incident.opened", "service.created", "incident.opened", "service.created"]


async def test_republished_events_and_poison_are_not_sent(gateway: Process, publish: Publish) -> None:
    async with socket(gateway, "acme") as client:
        await read(client)
        await publish("acme", "incident.opened", republished=True)
        await publish("acme", "page_settings.updated", sequence=2, slug=None)
        last = await publish("acme", "incident.resolved")
        (frame,) = await read(client)
        assert (frame["type"], offset(frame)) == ("incident.resolved", last)


async def test_slugs_follow_page_settings_and_retired_ones_work_until_they_end(
    gateway: Process, publish: Publish
) -> None:
    def retired(days: int) -> list[dict[str, str]]:
        return [{"slug": "acme", "until": rfc3339(now() + timedelta(days=days))}]

    async with socket(gateway, "acme") as client:
        await read(client)
        await publish("acme", "page_settings.updated", sequence=2, slug="new", retired_slugs=retired(1))
        assert (await read(client))[0]["type"] == "page_settings.updated"
        for slug in ("new", "acme"):
            async with socket(gateway, slug) as other:
                assert (await read(other))[0]["type"] == "hello"
        await publish("acme", "page_settings.updated", sequence=3, slug="new", retired_slugs=retired(-1))
        # An older version that arrives late changes nothing.
        await publish("acme", "page_settings.updated", sequence=1)
        await read(client, 2)
    async with socket(gateway, "acme") as client:
        assert await close_code(client) == 4404


async def test_refusals_have_codes_and_problems(make_gateway: Make, publish: Publish) -> None:
    await publish("acme", "page_settings.provisioned")
    gateway = make_gateway(TIDINGS_SOCKETS_PER_ADDRESS="2", TIDINGS_SOCKETS_PER_ORGANIZATION="3")
    gateway.start()
    await gateway.wait_until_ready()
    for path, code in (("nobody", 4404), ("acme?since=1", 3501), ("acme?types=in%20cident", 3501)):
        async with socket(gateway, path) as client:
            assert await close_code(client) == code
    async with httpx.AsyncClient(base_url=f"{gateway.url}/realtime/v1", headers={"Origin": "https://x.test"}) as http:
        assert (await http.get("/nobody/events")).json()["type"] == "urn:tidings:problem:not-found"
        assert (await http.get("/acme/events?since=1")).status_code == 422
        async with socket(gateway, "acme", "2001:db8::1") as one, socket(gateway, "acme", "2001:db8::2") as two:
            await read(one)
            await read(two)
            async with socket(gateway, "acme", "2001:db8::3") as same_network:
                assert await close_code(same_network) == 4429
            async with http.stream("GET", "/acme/events", headers={"X-Forwarded-For": "192.0.2.1"}) as events:
                assert events.headers["access-control-allow-origin"] == "*"
                answer = await http.get("/acme/events", headers={"X-Forwarded-For": "192.0.2.2"})
                assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")

    async def admitted_again() -> bool:
        async with socket(gateway, "acme", "2001:db8::3") as client:
            return "hello" in str(await client.recv())

    await eventually(admitted_again, "those who left do not count", 10)


async def test_event_streams_carry_the_same_frames_and_resume_by_last_event_id(
    gateway: Process, publish: Publish
) -> None:
    url = f"{gateway.url}/realtime/v1/acme/events"
    async with socket(gateway, "acme") as client, httpx.AsyncClient(timeout=15) as http:
        (hello,) = await read(client)
        await publish("acme", "incident.opened", n=1)
        await publish("acme", "incident.update_posted", n=2)
        first = await client.recv(decode=True)
        second = await client.recv(decode=True)
        position = json.loads(first)["position"]
        # The browser's own header outranks the `since` of the URL it repeats.
        async with http.stream(
            "GET", f"{url}?since={hello['position']}", headers={"Last-Event-ID": position}
        ) as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-accel-buffering"] == "no"
            lines = response.aiter_lines()
            received = [await anext(lines) for _ in range(10)]
    assert received[0].startswith("retry: ")
    assert received[2:4] == [f"id: {position}", "event: hello"]
    assert received[6:] == [
        f"id: {json.loads(second)['position']}",
        "event: incident.update_posted",
        f"data: {second}",
        "",
    ]


async def test_what_clients_send_is_ignored_unless_it_is_large(gateway: Process, publish: Publish) -> None:
    async with socket(gateway, "acme") as client:
        await read(client)
        for _ in range(2000):
            await client.send("x" * 1000)
        await publish("acme", "incident.opened")
        assert (await read(client))[0]["type"] == "incident.opened"
        await client.send("x" * (64 * 1024 + 1))
        assert await close_code(client) == 1009


async def test_openapi_describes_the_event_stream(gateway: Process) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as http:
        operation = (await http.get("/realtime/v1/openapi.json")).json()["paths"]["/realtime/v1/{slug}/events"]["get"]
    assert "text/event-stream" in operation["responses"]["200"]["content"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {"slug", "since", "types", "last-event-id"}
