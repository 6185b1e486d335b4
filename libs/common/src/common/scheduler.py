"""Makes the moves that are due, each once, in every replica at the same time. What a move is, the service says.

- What is due is a table (`common.due`), written in the same transaction as what it belongs to; whether it is due, the database's clock says.
  So nothing is lost when a process dies, and nothing depends on whose clock is right.
- The earliest comes first. A move that somebody else is making, or has made, is passed over.
- It sleeps until the next row is due, or until this process has made something due; another replica's rows it finds by asking every
  second, which is also the truth when everything else fails.
- The database away: tried again without end. A move that fails for any other reason is a bug, or slow: it is made again later and later,
  so that it stops no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from common.database import Database, is_unavailable
from common.due import DueTable, Move
from common.metrics import MOVE_LATE_SECONDS, MOVES_FAILED
from common.worker import Worker

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BUSY_SECONDS = 0.02  # what is due is being done by others
AWAY_SECONDS_MAX = 2.0
POSTPONED_SECONDS_MAX = 3600.0
CANDIDATES = 20
LATE_SECONDS = 60.0

Make = Callable[[Database, Move], Awaitable[bool]]
"""Makes one move. False when somebody else is at it, or has made it."""


class Scheduler(Worker):
    def __init__(self, database: Database, due: DueTable, make: Make, *, what: str, lanes: int = 1) -> None:
        """`what` the moves are called, in the plural. `lanes`: how many are made at a time, where they mostly wait."""
        super().__init__(lanes=lanes)
        self._database = database
        self._due = due
        self._make = make
        self._what = what

    async def note(self) -> str | None:
        try:
            async with asyncio.timeout(2):
                late = await self._due.lateness(self._database.engine)
        except Exception as error:  # readiness has its own words for a database that does not answer
            return f"Nobody knows whether {self._what} are made in time: {type(error).__name__}"
        if late.failing:
            return f"{late.failing} {self._what} fail again and again: see the log"
        is_late = late.seconds > LATE_SECONDS
        return f"{self._what.capitalize()} are made {late.seconds:.0f} s late" if is_late else None

    async def run(self) -> None:
        """Move after move, for ever."""
        away = 0.05
        while True:
            self._woken.clear()
            try:
                pause = await self.move_next()
                away = 0.05
            except Exception as error:  # the database is away, or so it seems: try for ever
                log.warning(f"{self._what} wait", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(away)
                away = min(away * 2, AWAY_SECONDS_MAX)
                continue
            if pause > 0:
                await self.rest(min(pause, POLL_SECONDS))

    async def move_next(self) -> float:
        """Make the earliest move that is due and that nobody else is making. Returns how long nothing is to be done."""
        moves = await self._due.earliest(self._database.engine, CANDIDATES)
        MOVE_LATE_SECONDS.set(max(0.0, -moves[0].seconds_ahead) if moves else 0)
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
            return await self._make(self._database, move)
        except Exception as error:
            # Who does not find the database here does not find it below either, and then it is not the move's fault.
            most = AWAY_SECONDS_MAX if is_unavailable(error) else POSTPONED_SECONDS_MAX
            seconds = min(2.0 ** min(move.failures, 20), most)
            async with self._database.transaction(move.organization_id) as transaction:
                await self._due.postpone(transaction, move, seconds)
            MOVES_FAILED.inc()
            log.exception("a move failed", extra={"id": str(move.id), "kind": move.kind, "again_in_seconds": seconds})
            return True
