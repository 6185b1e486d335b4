"""The simulation finds what it is there for: each of these breaks of the real code, planted one at a time, fails some seed.

The first seed of each is known to notice. Where the code has changed so that its world is another one, the next ones are tried, which
takes half a minute for the rarest: write down the one that notices when `--durations` shows such a one.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from unittest.mock import patch

import pytest

from common.envelope import Envelope
from common.outbox import Relay
from common.position import Position
from common.stream import Checkpoint, Message
from public_api.fold import Fold
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import Frame
from realtime_gateway.ring import Ring

from .checks import ViolationError
from .test_simulation import simulate

MORE_SEEDS = 200
_publish = Relay._publish
_not_folded_yet = Fold._not_folded_yet


def fold_without_place(fold: Fold, messages: Sequence[Message], checkpoint: Checkpoint) -> Sequence[Message]:
    """The checkpoint was set back by another replica, and this one goes on."""
    return [message for message in messages if message.position.offset > checkpoint.position.offset]


def fold_again(fold: Fold, messages: Sequence[Message], checkpoint: Checkpoint) -> Sequence[Message]:
    """What another replica folded is folded once more."""
    _not_folded_yet(fold, messages, checkpoint)
    return messages


class _Uninterrupted:
    """A publisher that is not said to have been interrupted since the relay looked."""

    def __init__(self, relay: Relay) -> None:
        self._publisher = relay._publisher
        self.interruptions = relay._interruptions
        self.publish = self._publisher.publish
        self.state = self._publisher.state
        self.last = self._publisher.last


async def believe_late_acknowledgements(relay: Relay, events: Iterable[Envelope]) -> object:
    publisher = relay._publisher
    relay._publisher = _Uninterrupted(relay)
    try:
        return await _publish(relay, events)
    finally:
        relay._publisher = publisher


async def never_refresh(fold: Fold) -> None:
    await asyncio.Event().wait()


async def all_is_held(*_: object) -> int:
    return 1_000_000


async def nothing_is_lost(*_: object) -> bool:
    return True


def whatever_is_there(ring: Ring, offset: int) -> list[Frame]:
    """Part of what a client missed, said to be all of it."""
    return [frame for frame in ring._frames if frame.position.offset > offset]


def keep_clients(hub: Hub, position: Position) -> None:
    """Whoever followed another life of the stream goes on in this one."""
    clients, hub._clients = hub._clients, set()
    _begin(hub, position)
    hub._clients = clients


_begin = Hub.begin

BREAKS: dict[str, tuple[int, Callable[[], AbstractContextManager[object]]]] = {
    "the fold goes on although its place is lost": (5, partial(patch.object, Fold, "_not_folded_yet", fold_without_place)),
    "the fold takes what is at its checkpoint": (0, partial(patch.object, Fold, "_not_folded_yet", fold_again)),
    "a reader goes on after another message": (5, partial(patch, "common.stream._is", lambda *_: True)),
    "a reader trusts what is behind its anchor": (
        135, partial(patch, "common.stream.Reader._was_replaced", lambda *_: False)
    ),
    "a relay believes an acknowledgement after another interruption": (
        4, partial(patch.object, Relay, "_publish", believe_late_acknowledgements)
    ),
    "a relay never looks what the stream holds": (0, partial(patch, "common.outbox._held_to", all_is_held)),
    "topology notices no lost end": (5, partial(patch, "common.topology.holds", nothing_is_lost)),
    "a ring gives what it has": (1, partial(patch.object, Ring, "after", whatever_is_there)),
    "a hub keeps its clients in another life of the stream": (0, partial(patch.object, Hub, "begin", keep_clients)),
    "documents are not refreshed": (2, partial(patch.object, Fold, "refresh_due", never_refresh)),
}  # fmt: skip


def causes(errors: BaseException) -> Iterator[BaseException | None]:
    if isinstance(errors, BaseExceptionGroup):
        for error in errors.exceptions:
            yield from causes(error)
    else:
        yield errors.__cause__


@pytest.mark.parametrize("what", BREAKS)
def test_a_planted_break_is_found(what: str) -> None:
    known, planted = BREAKS[what]
    for seed in (known, *range(MORE_SEEDS)):
        is_found = False
        with planted():
            try:
                simulate(seed)
            except* (AssertionError, ViolationError) as errors:
                is_found = True
                wrong = [cause for cause in causes(errors) if isinstance(cause, (AttributeError, TypeError))]
                assert not wrong, f"the break itself is broken: {wrong}"
        if is_found:
            return
    pytest.fail(f"no seed notices that {what}")
