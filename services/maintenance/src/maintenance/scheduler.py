"""The moves of windows, as the scheduler (`common.scheduler`) makes them.

- A move is one transaction of its tenant: the window is locked, its row in the table is still there and due, the domain makes the move,
  its event is recorded, the next row written. A replica that finds the window locked goes on to the next row. The window is locked before
  its rows, as every request does it: the other way round the two would wait for each other.
- After downtime the earliest comes first: a window whose end has passed starts and completes, in two moves.
"""

from datetime import datetime

from common.database import Database, Transaction
from common.due import Move
from common.faults import crash_point
from common.scheduler import Scheduler
from maintenance.domain.window import COMPLETE, START, Window, reminder_of
from maintenance.store import due
from maintenance.store import series as series_store
from maintenance.store import window as window_store


def scheduler(database: Database) -> Scheduler:
    return Scheduler(database, due.DUE, make, what="moves of windows")


async def make(database: Database, move: Move) -> bool:
    """Make one move. False when somebody else is at it, or has made it."""
    async with database.transaction(move.organization_id) as transaction:
        made = await (_plan if move.kind == due.PLAN else _move)(transaction, move)
        crash_point("scheduler.applied")
    return made


async def _plan(transaction: Transaction, move: Move) -> bool:
    series = await series_store.lock_if_free(transaction, move.id)
    if series is None or (now := await due.DUE.take(transaction, move)) is None:
        return False
    await series_store.plan(transaction, series, now)
    return True


async def _move(transaction: Transaction, move: Move) -> bool:
    window = await window_store.lock_if_free(transaction, move.id)
    if window is None or (now := await due.DUE.take(transaction, move)) is None:
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
        await due.DUE.remove(transaction, move)
    else:
        raise ValueError(f"nobody knows the move {move.kind}")
    if event is not None:
        transaction.record(event)
    await window_store.save(transaction, [window])
