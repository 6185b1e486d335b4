"""Ending background tasks."""

import asyncio
import logging

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0


async def end_task(task: asyncio.Task[None]) -> None:
    """Cancel the task until it is over. How it ended is logged, never raised: whoever stops a service goes on stopping.

    Cancelling once is not enough: before Python 3.12 `asyncio.wait_for`, which nats-py waits with, loses a cancellation that comes at the
    moment of the result, and the task would go on for ever.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a background task had failed", exc_info=error, extra={"task": task.get_name()})
