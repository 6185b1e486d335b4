"""What was taken back is not told again: not from memory, not from the stream after a restart, over sockets and event streams alike."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from common.contracts.registry import EVENTS
from common.position import Position
from devstack.teststack import Process
from realtime_gateway.floor import WITHDRAWING, Floor
from realtime_gateway.protocol import Frame
from realtime_gateway.ring import Ring

EPOCH = "abcdefghijkl"
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
Publish = Callable[..., Awaitable[int]]
Make = Callable[..., Process]


def frames_of(said: list[tuple[str, int]]) -> tuple[list[Frame], list[int]]:
    """Events from offset 1 on, and up to where each was made. (type, n): a page that is n events behind; it never goes back."""
    frames, made = [], []
    page_made_at = 0
    for offset, (type, behind) in enumerate(said, 1):
        if type == "page.changed":
            page_made_at = max(page_made_at, offset - 1 - behind)
        content = json.dumps({"data": {"position": str(Position(EPOCH, page_made_at))}})
        frames.append(Frame(type, Position(EPOCH, offset), MOMENT, content.encode()))
        made.append(page_made_at if type == "page.changed" else offset)
    return frames, made


events = st.lists(
    st.tuples(
        st.sampled_from(["incident.opened", "incident.updated", "service.hidden", *["page.changed"] * 3]),
        st.integers(0, 4),
    ),
    max_size=15,
)


@given(history=events, live=events, load=st.booleans())
def test_no_replay_carries_what_was_taken_back_and_each_is_complete(
    history: list[tuple[str, int]], live: list[tuple[str, int]], load: bool
) -> None:
    """`history` was before the gateway started; it may be loaded at the end."""
    frames, made = frames_of([*history, *live])
    ring = Ring(len(history))
    for frame in frames[len(history) :]:
        ring.append(frame)
    if load:
        ring.prepend(frames[: len(history)], 0)
    withdrawn = [frame.position.offset for frame in frames if frame.type in WITHDRAWING]
    for since in range(len(frames) + 1):
        replayed = ring.after(since)
        if replayed is not None:
            assert replayed == frames[since:]
            assert all(made_at >= at for made_at in made[since:] for at in withdrawn)
    if load and not withdrawn:
        assert ring.after(0) == frames, "where nothing was taken back all is told"
    assert ring.after(len(frames)) == []


def test_a_replay_begins_with_the_page_that_confirms() -> None:
    floor = Floor(0)
    pages = [("page.changed", 1), ("page.changed", 0), ("page.changed", 0)]
    offsets = []
    for frame in frames_of([("incident.opened", 0), ("incident.updated", 0), *pages, ("incident.resolved", 0)])[0]:
        floor.take(frame)
        offsets.append(floor.offset)
    # Raised by the edit, by the page that does not know of it, and to the brink of the one that does; then no more.
    assert offsets == [0, 2, 3, 3, 3, 3]


def test_a_page_that_says_no_position_confirms_nothing() -> None:
    for content in (b"{}", b'{"data":{"position":7}}', b'{"data":{"position":"zzzzzzzzzzzz-9"}}', b"[]"):
        floor = Floor(0)
        floor.take(Frame("incident.deleted", Position(EPOCH, 1), MOMENT, b"{}"))
        floor.take(Frame("page.changed", Position(EPOCH, 2), MOMENT, content))
        assert floor.offset == 2


def test_every_type_that_takes_something_back_exists() -> None:
    assert set(EVENTS) >= WITHDRAWING
    ends = {
        name for name in EVENTS if name.rpartition(".")[2] in ("deleted", "hidden", "update_edited", "update_deleted")
    }
    assert ends <= WITHDRAWING


async def recovered(gateway: Process, since: int) -> tuple[bool, list[str]]:
    """What a socket and an event stream that come back from an offset are told, which is the same."""
    async with connect(f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme", compression=None) as client:
        here = Position.parse(json.loads(await client.recv())["position"])
    query = f"since={Position(here.epoch, since)}"
    async with connect(f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme?{query}", compression=None) as client:
        hello = json.loads(await client.recv())
        missed: list[dict[str, object]] = []
        while len(missed) < (here.offset - since if hello["recovered"] else 0):
            _take(json.loads(await client.recv()), missed)
    async with (
        httpx.AsyncClient(timeout=15) as http,
        http.stream("GET", f"{gateway.url}/realtime/v1/acme/events?{query}") as response,
    ):
        lines = response.aiter_lines()
        data: list[dict[str, object]] = []
        while len(data) < 1 + len(missed):
            line = await anext(lines)
            if line.startswith("data: "):
                _take(json.loads(line.removeprefix("data: ")), data)
    assert data[0]["recovered"] == hello["recovered"]
    assert (hello["retry_after_ms"] == 0) or not hello["recovered"]
    assert data[1:] == missed
    return hello["recovered"], [str(frame["type"]) for frame in missed]


def _take(frame: dict[str, object], into: list[dict[str, object]]) -> None:
    if frame["type"] != "heartbeat":  # comes between on a busy machine
        into.append(frame)


@pytest.mark.parametrize("restarts", [False, True])
async def test_who_comes_back_from_before_an_edit_is_sent_for_a_snapshot(
    make_gateway: Make, publish: Publish, restarts: bool
) -> None:
    await publish("acme", "page_settings.provisioned")
    gateway = make_gateway()
    if not restarts:
        gateway.start()
        await gateway.wait_until_ready()
    opened = await publish("acme", "incident.opened", title="former")
    edited = await publish("acme", "incident.updated", sequence=2, title="present")
    resolved = await publish("acme", "incident.resolved", sequence=3, title="present")
    if restarts:
        gateway.start()
        await gateway.wait_until_ready()
    assert await recovered(gateway, opened - 1) == (False, [])
    assert await recovered(gateway, opened) == (False, [])
    assert await recovered(gateway, edited) == (True, ["incident.resolved"])
    assert await recovered(gateway, resolved) == (True, [])
