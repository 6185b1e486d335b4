"""Virtual time: an event loop that never waits. When nothing is ready its clock jumps to the next timer, so hours pass in milliseconds."""

import asyncio
import itertools
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class NothingCanHappenError(Exception):
    """Every task waits for another one."""


class _JumpingSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingCanHappenError
        self.now += max(timeout, 0.0)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        self._timers = itertools.count()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Timers of the same moment go off in the order they were set, which a heap alone does not see to."""
        return super().call_at(when + next(self._timers) * 1e-9, callback, *args, context=context)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in virtual time. What it started and left is cancelled."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
