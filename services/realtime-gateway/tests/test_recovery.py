"""Recovery against a naive model: a client that comes back gets exactly what it missed, in order, or is told that it does not."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from common.clock import now
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from devstack.teststack import eventually
from realtime_gateway.history import Past
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import Frame, Types
from realtime_gateway.ring import Rings
from realtime_gateway.settings import GatewaySettings

EPOCH = "abcdefghijkl"
LIMIT = 5


def event(organization: str, offset: int) -> Envelope:
    return Envelope(
        id=UUID(int=offset),
        organization_id=organization,
        audience=Audience.PUBLIC,
        service="incidents",
        type="incident.update_posted",
        aggregate_id="1",
        sequence=1,
        time=now(),
        data=b"%d" % offset,
    )


def frame(offset: int) -> Frame:
    return Frame("incident.update_posted", Position(EPOCH, offset), b"x" * 100)


organizations = st.sampled_from(["a", "b", "c"])


@given(
    history=st.lists(organizations, max_size=30),
    live=st.lists(st.tuples(organizations, st.booleans()), max_size=30),
    budget=st.sampled_from([150, 700, 1 << 20]),
)
def test_a_ring_gives_all_or_nothing(history: list[str], live: list[tuple[str, bool]], budget: int) -> None:
    """`live` are events after the boot; each may be followed by loading that organization's past, as the hub would."""
    stream: list[str] = list(history)
    rings = Rings(len(history), budget, LIMIT)
    for organization, load in live:
        stream.append(organization)
        rings.append(organization, frame(len(stream)))
        ring = rings.of(organization)
        if load and ring.can_grow_back:
            before = [n for n, owner in enumerate(stream, 1) if owner == organization and n <= ring.complete_after]
            kept = before[-LIMIT:]
            complete_after = before[-LIMIT - 1] if len(before) > LIMIT else 0
            rings.prepend(organization, [frame(n) for n in kept], complete_after)
        for organization in "abc":
            for since in range(len(stream) + 1):
                missed = [n for n, owner in enumerate(stream, 1) if owner == organization and n > since]
                found = rings.of(organization).after(since)
                assert found is None or [f.position.offset for f in found] == missed
                if since >= len(history) and len(missed) <= LIMIT and budget > 10_000:
                    assert found is not None


class Transport:
    """A connection that takes everything at once."""

    def abort(self) -> None: ...
    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str) -> None:
        return None


@dataclass
class Model:
    """The stream, and a gateway on it whose loads take some steps of the event loop, during which more is published."""

    stream: list[str]
    hub: Hub = field(init=False)
    delays: deque[int] = field(default_factory=deque)
    loading: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hub = Hub(GatewaySettings(nats_url="nats://unused"), self.past)
        self.hub.begin(Position(EPOCH, len(self.stream)))

    async def past(self, position: Position, organization: str, until: int, count: int) -> Past:
        self.loading.set()
        for _ in range(self.delays.popleft() if self.delays else 0):
            await asyncio.sleep(0)
        offsets = [n for n, owner in enumerate(self.stream, 1) if owner == organization and n <= until]
        return Past([(n, event(organization, n)) for n in offsets], 0)

    def publish(self, organization: str) -> None:
        self.stream.append(organization)
        offset = len(self.stream)
        published = event(organization, offset)
        self.hub.publish(published, Frame.of(published, Position(EPOCH, offset)))
        self.hub.advance(Position(EPOCH, offset))

    async def listen(self, organization: str, since: int, received: list[dict[str, Any]]) -> None:
        async def send(frame: Frame) -> None:
            await asyncio.sleep(0)
            received.append(json.loads(frame.text))

        with self.hub.admitted(organization, Types(frozenset()), Transport(), "") as client:
            await self.hub.follow(client, organization, Position(EPOCH, since))
            await client.run(send)


@settings(max_examples=50, deadline=None)
@given(
    history=st.lists(organizations, max_size=20),
    steps=st.lists(st.one_of(organizations, st.tuples(organizations, st.integers(0, 40))), max_size=40),
    delays=st.lists(st.integers(0, 10), max_size=5),
)
def test_between_replay_and_live_nothing_is_doubled_missed_or_reordered(
    history: list[str], steps: list[str | tuple[str, int]], delays: list[int]
) -> None:
    """A step publishes an event of an organization, or lets a client of it join from an offset."""

    async def run() -> None:
        model = Model(list(history), delays=deque(delays))
        clients: list[tuple[str, int, list[dict[str, Any]]]] = []
        async with asyncio.TaskGroup() as group:
            tasks = []
            for step in steps:
                if isinstance(step, tuple):
                    organization, since = step[0], min(step[1], len(model.stream))
                    clients.append((organization, since, []))
                    tasks.append(group.create_task(model.listen(organization, since, clients[-1][2])))
                else:
                    model.publish(step)
                await asyncio.sleep(0)
            for _ in range(200):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
        for organization, since, (hello, *frames) in clients:
            assert hello["recovered"]
            missed = [n for n, owner in enumerate(model.stream, 1) if owner == organization and n > since]
            assert [received["data"] for received in frames] == missed

    asyncio.run(run())


async def test_one_load_serves_everybody_and_only_live_frames_count_against_a_client() -> None:
    model = Model(["a"] * 300)
    model.delays.append(3)
    loads = 0
    original = model.past

    async def counted(*arguments: Any) -> Past:
        nonlocal loads
        loads += 1
        return await original(*arguments)

    model.hub = Hub(GatewaySettings(nats_url="nats://unused", unsent_max_bytes=1024), counted)
    model.hub.begin(Position(EPOCH, 300))
    with model.hub.admitted("a", Types(frozenset()), Transport(), "") as one:
        with model.hub.admitted("a", Types(frozenset()), Transport(), "") as other:
            await asyncio.gather(*(model.hub.follow(c, "a", Position(EPOCH, 0)) for c in (one, other)))
            assert loads == 1
            assert one.ended is None
            for _ in range(20):
                model.publish("a")
            assert one.ended is not None
            assert one.ended.code == 3008


async def test_a_load_that_a_burst_overtook_is_not_mixed_in() -> None:
    model = Model(["a"] * 10)
    model.delays.append(10)
    late: list[dict[str, Any]] = []
    task = asyncio.create_task(model.listen("a", 0, late))
    await model.loading.wait()
    for _ in range(301):
        model.publish("a")
    await eventually(lambda: len(late) > 0, "the load is over")
    # The 11th event left the ring before the load could be joined to it.
    overtaken: list[dict[str, Any]] = []
    other = asyncio.create_task(model.listen("a", 10, overtaken))
    await asyncio.sleep(0)
    model.publish("a")
    await eventually(lambda: len(late) > 1 and len(overtaken) > 0, "both were told")
    for listener in (task, other):
        listener.cancel()
    assert (late[0]["recovered"], late[1]["data"]) == (False, 312)
    assert overtaken[0]["recovered"] is False
