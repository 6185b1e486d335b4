"""Ending background tasks, also stubborn and broken ones."""

import asyncio
import logging

import pytest

from common import tasks


async def test_a_task_that_loses_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PATIENCE_SECONDS", 0.01)
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await tasks.end_task(task)
    assert task.cancelled()
    assert lost == 3


async def test_a_task_that_had_failed_is_reported_and_does_not_stop_the_stopping(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> None:
        raise LookupError("gone")

    task = asyncio.create_task(broken())
    await asyncio.wait([task])
    with caplog.at_level(logging.ERROR):
        await tasks.end_task(task)
    assert "a background task had failed" in caplog.text
