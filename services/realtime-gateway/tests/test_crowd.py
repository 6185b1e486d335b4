"""Rounds: everybody gets everything that they want, in order, each once, whoever comes and goes while a round is under way."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.clock import now
from common.position import Position
from devstack.teststack import eventually
from realtime_gateway import crowd as crowd_module
from realtime_gateway import framing
from realtime_gateway.crowd import Crowd
from realtime_gateway.protocol import Close, Frame, Types

EVERYTHING = Types(frozenset())
KINDS = ("incident.opened", "service.created")


def frame(number: int, type: str = KINDS[0], size: int = 0) -> Frame:
    return Frame(type, Position("abcdefghijkl", number), now(), b"x" * size)


class Taker:
    """A lean socket without a connection."""

    def __init__(self, types: Types = EVERYTHING) -> None:
        self.types = types
        self.ended: Close | None = None
        self.crowd: Crowd | None = None
        self.pieces: list[list[int]] = []

    @property
    def seen(self) -> list[int]:
        return [number for piece in self.pieces for number in piece]

    def begin(self, frames: Sequence[Frame]) -> None: ...

    def take(self, piece: bytes, frames: Sequence[Frame]) -> None:
        assert piece == framing.texts(frame.content for frame in frames)
        self.pieces.append([frame.position.offset for frame in frames])

    def push_always(self, frame: Frame) -> None:
        assert self.crowd is not None
        self.crowd.tell(self, frame)

    def end(self, close: Close) -> None: ...

    def end_if_stalled(self, at: float, seconds: float) -> None: ...


def takers_of(crowd: Crowd, count: int) -> list[Taker]:
    takers = [Taker() for _ in range(count)]
    for taker in takers:
        crowd.add(taker)
    return takers


async def test_what_is_published_in_one_step_is_one_piece_and_goes_at_once() -> None:
    crowd = Crowd()
    (taker,) = takers_of(crowd, 1)
    for number in range(3):
        crowd.publish(frame(number))
    assert taker.pieces == []
    await asyncio.sleep(0)
    assert taker.pieces == [[0, 1, 2]]


async def test_what_follows_within_some_time_is_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_module, "JOIN_SECONDS", 0.3)
    crowd = Crowd()
    (taker,) = takers_of(crowd, 1)
    for number in range(4):
        crowd.publish(frame(number))
        await asyncio.sleep(0)
        assert taker.pieces == [[0]]
    await eventually(lambda: taker.pieces == [[0], [1, 2, 3]], "the second round")


async def test_a_round_lets_others_have_the_loop_and_says_when_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd_module, "SLICE_COST", 3 * crowd_module.SOCKET_COST)
    crowd = Crowd()
    takers = takers_of(crowd, 10)
    sent: list[int] = []
    crowd.publish(frame(1), lambda: sent.append(len([taker for taker in takers if taker.pieces])))
    reached = []
    for _ in range(5):
        await asyncio.sleep(0)
        reached.append(len([taker for taker in takers if taker.pieces]))
    assert reached == [3, 6, 9, 10, 10]
    assert sent == [10]


async def test_pieces_are_not_endless_and_too_much_is_waited_for() -> None:
    crowd = Crowd()
    (taker,) = takers_of(crowd, 1)
    count = crowd_module.WAITING_MAX_BYTES // 10_000 + 2
    for number in range(count):
        crowd.publish(frame(number, size=10_000))
    assert crowd.is_full
    await asyncio.wait_for(crowd.room(), 5)
    assert not crowd.is_full
    await eventually(lambda: taker.seen == list(range(count)), "everything is sent")
    assert max(len(piece) for piece in taker.pieces) == 7


async def test_who_leaves_is_not_counted_and_gets_nothing_more() -> None:
    crowd = Crowd()
    one, other = takers_of(crowd, 2)
    crowd.discard(one)
    crowd.discard(one)
    crowd.publish(frame(1))
    await eventually(lambda: other.pieces == [[1]], "the other one got it")
    assert (len(crowd), one.pieces) == (1, [])


step = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from([*KINDS, "heartbeat"])),
    st.tuples(st.just("join"), st.sampled_from([(), (KINDS[0],), ("service",)])),
    st.tuples(st.just("leave"), st.integers(0, 20)),
    st.tuples(st.just("tell"), st.integers(0, 20)),
    st.tuples(st.just("turn"), st.integers(1, 4)),
)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(step, max_size=60))
def test_everybody_gets_what_was_published_while_they_followed(steps: list[tuple[str, object]]) -> None:
    """With slices of one socket and rounds of at most three frames, so that much happens in the middle of a round."""

    async def run() -> None:
        crowd = Crowd()
        present: list[tuple[Taker, list[int]]] = []
        number = 0
        for what, how in steps:
            number += 1
            if what == "publish":
                said = frame(number, str(how), size=1)
                crowd.publish(said)
                for taker, expected in present:
                    if taker.types.wants(said) or not said.is_event:
                        expected.append(number)
            elif what == "join":
                assert isinstance(how, tuple)
                taker = Taker(Types(frozenset(how)))
                crowd.add(taker)
                present.append((taker, []))
            elif isinstance(how, int) and what == "turn":
                for _ in range(how):
                    await asyncio.sleep(0)
            elif isinstance(how, int) and how < len(present):
                taker, expected = present[how]
                if what == "leave":
                    crowd.discard(taker)
                    del present[how]
                else:
                    taker.push_always(frame(number, "renewed", size=1))
                    expected.append(number)
        assert len(crowd) == len(present)
        for _ in range(len(steps) * (len(present) + 2)):
            await asyncio.sleep(0)
        assert [taker.seen for taker, _ in present] == [expected for _, expected in present]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd_module, "SLICE_COST", 1)
        patch.setattr(crowd_module, "JOIN_SECONDS", 0)
        patch.setattr(crowd_module, "JOINED_MAX_BYTES", 3)
        asyncio.run(run())
