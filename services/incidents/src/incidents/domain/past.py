"""What can have been: the times of incidents that are written down afterwards, backfilled here or brought in from elsewhere. Pure.

A backfilled incident was over when it was written down, no longer than 400 days after it started. One of elsewhere may be however old, and
may go on; but nothing of it is ahead.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from common.contracts.incidents import Postmortem
from common.contracts.rules import RuleError
from common.contracts.values import IncidentStatus
from incidents.domain.timeline import Update

BACKFILL_MAX = timedelta(days=400)


def check_times(started_at: datetime, resolved_at: datetime, *, written_at: datetime) -> None:
    """Of one that is backfilled, or was."""
    if resolved_at > written_at:
        message = "An incident that is given times must be over when it is written down."
        raise RuleError("not-over", "body.resolved_at", message)
    if started_at >= resolved_at:
        raise RuleError("end-not-after-start", "body.resolved_at", "An incident is resolved after it started.")
    if started_at < written_at - BACKFILL_MAX:
        message = f"An incident can be written down at most {BACKFILL_MAX.days} days after it started."
        raise RuleError("too-long-ago", "body.started_at", message)


def check_updates(updates: Sequence[Update], started_at: datetime, resolved_at: datetime) -> None:
    """Of one that is backfilled: they were said while it lasted."""
    earliest = started_at
    for index, update in enumerate(updates):
        if not earliest <= update.created_at <= resolved_at:
            where = f"body.updates.{index}.created_at"
            raise RuleError("update-out-of-order", where, "Updates are in order, from started_at to resolved_at.")
        earliest = update.created_at


def check_elsewhere(
    *,
    status: IncidentStatus,
    started_at: datetime,
    resolved_at: datetime | None,
    created_at: datetime,
    updates: Sequence[Update],
    postmortem: Postmortem | None,
    now: datetime,
) -> None:
    """Of one that was kept somewhere else until now."""
    is_over = status is IncidentStatus.RESOLVED
    if is_over is not (resolved_at is not None):
        raise RuleError("not-over", "body.resolved_at", "An incident has resolved_at if and only if it is resolved.")
    if resolved_at is not None and resolved_at < started_at:
        raise RuleError("end-not-after-start", "body.resolved_at", "An incident is resolved after it started.")
    for where, moment in {"started_at": started_at, "resolved_at": resolved_at, "created_at": created_at}.items():
        if moment is not None and moment > now:
            raise RuleError("in-future", f"body.{where}", "What was, was before now.")
    if postmortem is not None and postmortem.published_at is not None and not is_over:
        raise RuleError("not-resolved", "body.postmortem", "What was learned is published when it is resolved.")
    times = [update.created_at for update in updates]
    if times != sorted(times) or any(moment > now for moment in times):
        raise RuleError("update-out-of-order", "body.updates", "Updates are in order, none after now.")
