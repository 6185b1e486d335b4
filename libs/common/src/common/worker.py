"""What a service does by itself, in every replica, beside answering and consuming."""

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress

from common.tasks import end_task


class Worker(ABC):
    """`run` as a task, or as several side by side (`lanes`)."""

    def __init__(self, *, lanes: int = 1) -> None:
        self._lanes = lanes
        self._tasks: list[asyncio.Task[None]] = []
        self._woken = asyncio.Event()

    @abstractmethod
    async def run(self) -> None:
        """Until there is nothing more to do; mostly for ever. Whatever is away is waited for."""

    def wake(self) -> None:
        """Called after each commit of this process that left something for workers (`Transaction.leaves_work`)."""
        self._woken.set()

    async def rest(self, seconds: float) -> None:
        """So long at the most: who is woken looks again at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def note(self) -> str | None:
        """What an operator should know, although requests are answered."""
        return None

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self.run(), name=type(self).__name__) for _ in range(self._lanes)]

    async def stop(self) -> None:
        for task in self._tasks:
            await end_task(task)
