"""The scheduler: makes the moves of windows that are due, each once, in every replica at the same time.

- What is due is a table, written in the same transaction as the window it belongs to; whether it is due, the database's clock says. So
  nothing is lost when a process dies, and nothing depends on whose clock is right.
- A move is one transaction of its tenant: the window is locked, its row in the table is still there and due, the domain makes the move,
  its event is recorded, the next row written. A replica that finds the window locked goes on to the next row. The window is locked before
  its rows, as every request does it: the other way round the two would wait for each other.
- After downtime the earliest comes first: a window whose end has passed starts and completes, in two moves.
- It sleeps until the next row is due, or until this process has written to the outbox; another replica's rows it finds by asking every
  second, which is also the truth when everything else fails.
- The database away: tried again without end. A move that fails for any other reason is a bug, or slow: it is made again later and later,
  so that it stops no other.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from common.database import Database, Transaction, is_unavailable
from common.faults import crash_point
from common.tasks import end_task
from maintenance.domain.window import COMPLETE, START, Window, reminder_of
from maintenance.store import due
from maintenance.store import series as series_store
from maintenance.store import window as window_store
from maintenance.store.due import Move

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BUSY_SECONDS = 0.02  # what is due is being done by others
AWAY_SECONDS_MAX = 2.0
POSTPONED_SECONDS_MAX = 3600.0
CANDIDATES = 20
LATE_SECONDS = 60.0


class Scheduler:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look again at once: something may be due earlier than was known."""
        self._wake.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self.run(), name="scheduler")

    async def stop(self) -> None:
        if self._task is not None:
            await end_task(self._task)

    async def note(self) -> str | None:
        """What an operator should know, although requests are answered."""
        try:
            async with asyncio.timeout(2):
                late = await due.lateness(self._database.engine)
        except Exception as error:  # readiness has its own words for a database that does not answer
            return f"Nobody knows whether windows move in time: {type(error).__name__}"
        if late.failing:
            return f"{late.failing} moves of windows fail again and again: see the log"
        return f"Windows move {late.seconds:.0f} s late" if late.seconds > LATE_SECONDS else None

    async def run(self) -> None:
        """Move after move, for ever."""
        away = 0.05
        while True:
            self._wake.clear()
            try:
                pause = await self.move_next()
                away = 0.05
            except Exception as error:  # the database is away, or so it seems: try for ever
                log.warning("windows wait", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(away)
                away = min(away * 2, AWAY_SECONDS_MAX)
                continue
            if pause > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(pause, POLL_SECONDS)):
                        await self._wake.wait()

    async def move_next(self) -> float:
        """Make the earliest move that is due and that nobody else is making. Returns how long nothing is to be done."""
        moves = await due.earliest(self._database.engine, CANDIDATES)
        for move in moves:
            if move.seconds_ahead > 0:
                break
            if await self._attempt(move):
                return 0
        if not moves:
            return POLL_SECONDS
        ahead = moves[0].seconds_ahead
        return ahead if ahead > 0 else BUSY_SECONDS

    async def _attempt(self, move: Move) -> bool:
        try:
            async with self._database.transaction(move.organization_id) as transaction:
                made = await _make(transaction, move)
                crash_point("scheduler.applied")
            return made
        except Exception as error:
            # Who does not find the database here does not find it below either, and then it is not the move's fault.
            most = AWAY_SECONDS_MAX if is_unavailable(error) else POSTPONED_SECONDS_MAX
            seconds = min(2.0 ** min(move.failures, 20), most)
            async with self._database.transaction(move.organization_id) as transaction:
                await due.postpone(transaction, move, seconds)
            log.exception("a move failed", extra={"id": str(move.id), "kind": move.kind, "again_in_seconds": seconds})
            return True


async def _make(transaction: Transaction, move: Move) -> bool:
    """Make one move. False when somebody else is at it, or has made it."""
    if move.kind == due.PLAN:
        series = await series_store.lock_if_free(transaction, move.id)
        if series is None or (now := await due.take(transaction, move)) is None:
            return False
        await series_store.plan(transaction, series, now)
        return True
    window = await window_store.lock_if_free(transaction, move.id)
    if window is None or (now := await due.take(transaction, move)) is None:
        return False
    await _move_window(transaction, window, move, now)
    return True


async def _move_window(transaction: Transaction, window: Window, move: Move, now: datetime) -> None:
    minutes = reminder_of(move.kind)
    if move.kind == START:
        event = window.start_by_itself(now)
    elif move.kind == COMPLETE:
        event = window.complete_by_itself(now)
    elif minutes is not None:
        event = window.remind(minutes, now)
    elif move.kind == due.PUBLISH_AGAIN:
        event = window.publish_again(now)
        await due.remove(transaction, move)
    else:
        raise ValueError(f"nobody knows the move {move.kind}")
    if event is not None:
        transaction.record(event)
    await window_store.save(transaction, [window])
