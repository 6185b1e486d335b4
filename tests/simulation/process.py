"""What a simulated process is to the code that runs in it: it may be stopped for a while, and crash at a named point."""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class CrashError(BaseException):
    """The process ends here. Not an Exception: nothing may catch it."""


class Process:
    def __init__(self, name: str) -> None:
        self.name = name
        self.crash_at: str | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        """Everything that runs in it: all of it ends with it."""
        self._goes_on = asyncio.Event()
        self._goes_on.set()

    def ended(self, task: asyncio.Task[Any]) -> None:
        """What it ended of is for those who wait for it; nobody waits in a process that has crashed."""
        self.tasks.discard(task)
        if not task.cancelled():
            task.exception()

    def stop(self) -> None:
        """As SIGSTOP does. What was sent to it meanwhile it finds when it goes on, before it notices anything else."""
        self._goes_on.clear()

    def go_on(self) -> None:
        self._goes_on.set()

    async def while_stopped(self) -> None:
        await self._goes_on.wait()


running: contextvars.ContextVar[Process] = contextvars.ContextVar("running")
"""The process whose code is running."""


def task_of_process(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T], context: contextvars.Context | None = None
) -> asyncio.Task[T]:
    """A factory of tasks that notes whose they are."""
    task = asyncio.Task(work, loop=loop, context=context)
    process = (context or contextvars.copy_context()).get(running)
    if process is not None:
        process.tasks.add(task)
        task.add_done_callback(process.ended)
    return task


async def while_stopped() -> None:
    """To be passed wherever a process does something that others could notice."""
    process = running.get(None)
    if process is not None:
        await process.while_stopped()


def pass_crash_point(name: str) -> None:
    """In the place of `common.faults.at_crash_point`."""
    process = running.get(None)
    if process is not None and process.crash_at == name:
        process.crash_at = None
        raise CrashError(name)
