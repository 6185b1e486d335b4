"""Recovery against a naive model: a client that comes back gets exactly what it missed, in order, or is told that it does not."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.clock import now
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from devstack.teststack import eventually
from realtime_gateway.channels import Channel
from realtime_gateway.history import Past
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import Frame, Types
from realtime_gateway.ring import Rings
from realtime_gateway.settings import GatewaySettings

EPOCH = "abcdefghijkl"
LIMIT = 5


def event(channel: Channel, offset: int, time: datetime | None = None) -> Envelope:
    return Envelope(
        id=UUID(int=offset),
        organization_id=channel.organization_id,
        audience=channel.audience,
        service="incidents",
        type="incident.update_posted",
        aggregate_id="1",
        sequence=1,
        time=time or now(),
        data=b"%d" % offset,
    )


def frame(offset: int) -> Frame:
    return Frame("incident.update_posted", Position(EPOCH, offset), now(), b"x" * 100)


A, B = Channel("a", Audience.PUBLIC), Channel("b", Audience.PUBLIC)
MEMBERS = Channel("a", Audience.INTERNAL)
CHANNELS = (A, B, MEMBERS)
channels = st.sampled_from(CHANNELS)


@given(
    history=st.lists(channels, max_size=30),
    live=st.lists(st.tuples(channels, st.sampled_from(["stays", "loads", "leaves"])), max_size=30),
    budget=st.sampled_from([150, 700, 1 << 20]),
)
def test_a_ring_gives_all_or_nothing(history: list[Channel], live: list[tuple[Channel, str]], budget: int) -> None:
    """`live` are events after the boot; after each its channel's past may be loaded as the hub would, or everybody leave it."""
    stream: list[Channel] = list(history)
    rings = Rings(len(history), budget, LIMIT)
    for channel, then in live:
        stream.append(channel)
        if rings.keeps(channel):
            rings.append(channel, frame(len(stream)))
        rings.advance(len(stream))
        ring = rings.of(channel)
        if then == "loads" and ring.can_grow_back:
            before = [n for n, owner in enumerate(stream, 1) if owner == channel and n <= ring.complete_after]
            kept = before[-LIMIT:]
            complete_after = before[-LIMIT - 1] if len(before) > LIMIT else 0
            rings.prepend(channel, [frame(n) for n in kept], complete_after)
        if then == "leaves":
            rings.close(channel)
        for asked in (each for each in CHANNELS if rings.keeps(each)):
            for since in range(len(stream) + 1):
                missed = [n for n, owner in enumerate(stream, 1) if owner == asked and n > since]
                found = rings.of(asked).after(since)
                assert found is None or [f.position.offset for f in found] == missed
                if asked.is_always_kept and since >= len(history) and len(missed) <= LIMIT and budget > 10_000:
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

    stream: list[Channel]
    hub: Hub = field(init=False)
    delays: deque[int] = field(default_factory=deque)
    loading: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hub = Hub(GatewaySettings(nats_url="nats://unused"), self.past)
        self.hub.begin(Position(EPOCH, len(self.stream)))

    async def past(self, position: Position, channel: Channel, until: int, count: int) -> Past:
        self.loading.set()
        for _ in range(self.delays.popleft() if self.delays else 0):
            await asyncio.sleep(0)
        offsets = [n for n, owner in enumerate(self.stream, 1) if owner == channel and n <= until]
        return Past([(n, event(channel, n)) for n in offsets], 0)

    def publish(self, channel: Channel, time: datetime | None = None) -> None:
        self.stream.append(channel)
        offset = len(self.stream)
        published = event(channel, offset, time)
        if self.hub.wants(published):
            self.hub.publish(published, Frame.of(published, Position(EPOCH, offset)))
        self.hub.advance(Position(EPOCH, offset))

    async def listen(self, channel: Channel, since: int, received: list[dict[str, Any]]) -> None:
        async def send(frame: Frame) -> None:
            await asyncio.sleep(0)
            received.append(json.loads(frame.text))

        with self.hub.admitted(channel, Types(frozenset()), Transport(), "") as client:
            await self.hub.follow(client, channel, Position(EPOCH, since))
            await client.run(send)


@settings(max_examples=50, deadline=None)
@given(
    history=st.lists(channels, max_size=20),
    steps=st.lists(
        st.one_of(channels.map(lambda channel: (channel, None)), st.tuples(channels, st.integers(0, 40))), max_size=40
    ),
    delays=st.lists(st.integers(0, 10), max_size=5),
)
def test_between_replay_and_live_nothing_is_doubled_missed_or_reordered(
    history: list[Channel], steps: list[tuple[Channel, int | None]], delays: list[int]
) -> None:
    """A step publishes an event of a channel, or lets a client of it join from an offset."""

    async def run() -> None:
        model = Model(list(history), delays=deque(delays))
        clients: list[tuple[Channel, int, list[dict[str, Any]]]] = []
        async with asyncio.TaskGroup() as group:
            tasks = []
            for channel, offset in steps:
                if offset is not None:
                    since = min(offset, len(model.stream))
                    clients.append((channel, since, []))
                    tasks.append(group.create_task(model.listen(channel, since, clients[-1][2])))
                else:
                    model.publish(channel)
                await asyncio.sleep(0)
            for _ in range(200):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
        for channel, since, (hello, *frames) in clients:
            assert hello["recovered"]
            missed = [n for n, owner in enumerate(model.stream, 1) if owner == channel and n > since]
            assert [received["data"] for received in frames] == missed

    asyncio.run(run())


async def test_one_load_serves_everybody_and_only_live_frames_count_against_a_client() -> None:
    model = Model([A] * 300)
    model.delays.append(3)
    loads = 0
    original = model.past

    async def counted(*arguments: Any) -> Past:
        nonlocal loads
        loads += 1
        return await original(*arguments)

    model.hub = Hub(GatewaySettings(nats_url="nats://unused", unsent_max_bytes=1024), counted)
    model.hub.begin(Position(EPOCH, 300))
    with model.hub.admitted(A, Types(frozenset()), Transport(), "") as one:
        with model.hub.admitted(A, Types(frozenset()), Transport(), "") as other:
            await asyncio.gather(*(model.hub.follow(c, A, Position(EPOCH, 0)) for c in (one, other)))
            assert loads == 1
            assert one.ended is None
            for _ in range(20):
                model.publish(A)
            assert one.ended is not None
            assert one.ended.code == 3008


@pytest.mark.parametrize("seconds", [10.0, 0.01])
async def test_a_past_that_cannot_be_read_is_tried_again_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr("realtime_gateway.hub.LOAD_SECONDS", seconds)
    monkeypatch.setattr("realtime_gateway.hub.AGAIN_SECONDS", 0.0)
    model, failures = Model([A] * 10), 3

    async def late(*arguments: Any) -> Past:
        nonlocal failures
        failures -= 1
        if failures >= 0 or seconds < 1:
            raise TimeoutError
        return await model.past(*arguments)

    model.hub = Hub(GatewaySettings(nats_url="nats://unused"), late)
    model.hub.begin(Position(EPOCH, 10))
    heard: list[dict[str, Any]] = []
    listening = asyncio.create_task(model.listen(A, 0, heard))
    await eventually(lambda: len(heard) > 0, "it is greeted")
    listening.cancel()
    assert heard[0]["recovered"] is (seconds > 1)


async def test_a_load_that_a_burst_overtook_is_not_mixed_in() -> None:
    model = Model([A] * 10)
    model.delays.append(10)
    late: list[dict[str, Any]] = []
    task = asyncio.create_task(model.listen(A, 0, late))
    await model.loading.wait()
    for _ in range(301):
        model.publish(A)
    await eventually(lambda: len(late) > 0, "the load is over")
    # The 11th event left the ring before the load could be joined to it.
    overtaken: list[dict[str, Any]] = []
    other = asyncio.create_task(model.listen(A, 10, overtaken))
    await asyncio.sleep(0)
    model.publish(A)
    await eventually(lambda: len(late) > 1 and len(overtaken) > 0, "both were told")
    for listener in (task, other):
        listener.cancel()
    assert (late[0]["recovered"], late[1]["data"]) == (False, 312)
    assert overtaken[0]["recovered"] is False


@pytest.mark.parametrize(("channel", "recovered"), [(A, [False, True, True]), (MEMBERS, [True, True, True])])
async def test_visitors_are_told_again_of_a_quarter_of_an_hour_and_members_of_more(
    channel: Channel, recovered: list[bool]
) -> None:
    model = Model([])
    present: list[dict[str, Any]] = []
    told: list[list[dict[str, Any]]] = [[], [], []]
    # Somebody stays, so that members' events are remembered too.
    listening = [asyncio.create_task(model.listen(channel, 0, present))]
    await eventually(lambda: len(present) == 1, "somebody listens")
    model.publish(channel, now() - timedelta(minutes=15, seconds=1))
    model.publish(channel, now() - timedelta(minutes=14, seconds=50))
    # From before both; from between them; and with nothing missed, however old that is.
    listening += [asyncio.create_task(model.listen(channel, since, told[since])) for since in range(3)]
    await eventually(lambda: all(told) and len(present) == 3, "all were told")
    missed = [2 if recovered[0] else 0, 1, 0]
    await eventually(lambda: [len(frames) - 1 for frames in told] == missed, "and of what they missed")
    for listener in listening:
        listener.cancel()
    assert [hello["recovered"] for hello, *_ in told] == recovered
