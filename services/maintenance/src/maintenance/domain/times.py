"""Which times a window can have: one that is planned or moved here, and one that was kept somewhere else until now. Pure."""

from datetime import datetime, timedelta

from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus

LONGEST = timedelta(days=30)
START_GRACE = timedelta(minutes=5)
"""A start that is past by no more than this means: now."""


def check_times(start: datetime, end: datetime, now: datetime, *, is_new_start: bool = True) -> None:
    if is_new_start and start < now - START_GRACE:
        raise RuleError("start-past", "body.scheduled_start", "A window starts now or later.")
    check_end(start, end, now)


def check_end(start: datetime, end: datetime, now: datetime) -> None:
    if end <= now:
        raise RuleError("end-past", "body.scheduled_end", "A window ends in the future.")
    if end <= start:
        raise RuleError("end-not-after-start", "body.scheduled_end", "A window ends after its start.")
    if end - start > LONGEST:
        raise RuleError("too-long", "body.scheduled_end", f"A window lasts at most {LONGEST.days} days.")


def check_elsewhere(
    *,
    status: MaintenanceStatus,
    scheduled_start: datetime,
    scheduled_end: datetime,
    started_at: datetime | None,
    completed_at: datetime | None,
    cancelled_at: datetime | None,
    created_at: datetime,
    now: datetime,
) -> None:
    """Of one that was kept somewhere else until now: however old or long, its moves are those that led to its status, and none is ahead."""
    if scheduled_end <= scheduled_start:
        raise RuleError("end-not-after-start", "body.scheduled_end", "A window ends after its start.")
    needed = {
        MaintenanceStatus.SCHEDULED: (False, False, False),
        MaintenanceStatus.IN_PROGRESS: (True, False, False),
        MaintenanceStatus.COMPLETED: (True, True, False),
        MaintenanceStatus.CANCELLED: (started_at is not None, False, True),
    }[status]
    if tuple(moment is not None for moment in (started_at, completed_at, cancelled_at)) != needed:
        message = "started_at, completed_at and cancelled_at are the times of the moves that it has made."
        raise RuleError("times-of-moves", "body.status", message)
    for where, moment in {
        "started_at": started_at, "completed_at": completed_at, "cancelled_at": cancelled_at, "created_at": created_at,
    }.items():  # fmt: skip
        if moment is not None and moment > now:
            raise RuleError("in-future", f"body.{where}", "What was, was before now.")
