"""The history of a service's status as one list: what visitors saw, and what incidents that were written down later say of the past."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, desc, literal, null, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import JSONB

from catalog.domain.history import Track
from catalog.domain.status import ServiceState, counts_on
from catalog.store.effects import known_incident, past_impact
from catalog.store.service import status_history
from common.contracts.values import ServiceStatus, Visibility
from common.database import Transaction

Key = tuple[datetime, int]
"""Where an entry stands: its time and, among those of one time, its number. Those of the past have numbers below zero, two each."""


_STARTS = -2 * past_impact.c.number
_ENDS = 1 - 2 * past_impact.c.number


async def list_history(
    transaction: Transaction, state: ServiceState, *, seen_alone: bool, before: Key | None, limit: int
) -> Sequence[Row[Any]]:
    """Each change as its track alone says it, newest first; `before` is the key of the last one of the page before.

    An entry of the past has the id and the title of its incident, and the status that this left behind. With `seen_alone`
    there are none.
    """
    seen = select(
        status_history.c.changed_at,
        status_history.c.id.label("number"),
        status_history.c.status,
        status_history.c.changed_by,
        status_history.c.cause,
        null().label("incident_id"),
        null().label("title"),
    ).where(
        status_history.c.organization_id == transaction.organization_id,
        status_history.c.service_id == state.service_id,
    )
    past = (
        _past(transaction, state, past_impact.c.started_at, _STARTS, past_impact.c.status),
        _past(transaction, state, past_impact.c.resolved_at, _ENDS, literal(ServiceStatus.OPERATIONAL.value)),
    )
    entries = (seen if seen_alone else union_all(seen, *past)).subquery()
    statement = select(entries)
    if before is not None:
        statement = statement.where(tuple_(entries.c.changed_at, entries.c.number) < before)
    newest_first = statement.order_by(desc(entries.c.changed_at), desc(entries.c.number)).limit(limit)
    return (await transaction.execute(newest_first)).all()


async def tracks_before(
    transaction: Transaction, state: ServiceState, key: Key, *, seen_alone: bool
) -> dict[Track, ServiceStatus]:
    """How every track stood just before the entry with the key; with `seen_alone` there is but one."""
    seen = status_history
    next_seen = (
        select(seen.c.previous)
        .where(
            seen.c.organization_id == transaction.organization_id,
            seen.c.service_id == state.service_id,
            tuple_(seen.c.changed_at, seen.c.id) >= key,
        )
        .order_by(seen.c.changed_at, seen.c.id)
        .limit(1)
    )
    live = (await transaction.execute(next_seen)).scalar_one_or_none()
    open_then = _of_past(transaction, state, select(past_impact.c.incident_id, past_impact.c.status)).where(
        tuple_(past_impact.c.started_at, _STARTS) < key, tuple_(past_impact.c.resolved_at, _ENDS) >= key
    )
    tracks: dict[Track, ServiceStatus] = {None: ServiceStatus(live) if live else state.status}
    if seen_alone:
        return tracks
    for row in await transaction.execute(open_then):
        tracks[row.incident_id] = ServiceStatus(row.status)
    return tracks


def _past(
    transaction: Transaction,
    state: ServiceState,
    at: ColumnElement[datetime],
    number: ColumnElement[int],
    status: ColumnElement[str],
) -> Select[Any]:
    """One of the two entries of each backfilled incident."""
    columns = select(
        at.label("changed_at"),
        number.label("number"),
        status.label("status"),
        past_impact.c.changed_by,
        null().cast(JSONB).label("cause"),
        past_impact.c.incident_id,
        known_incident.c.title,
    )
    return _of_past(transaction, state, columns)


def _of_past(transaction: Transaction, state: ServiceState, columns: Select[Any]) -> Select[Any]:
    """Those of backfilled incidents that count on the service: internal ones on an internal service only."""
    same = (known_incident.c.organization_id == past_impact.c.organization_id) & (
        known_incident.c.id == past_impact.c.incident_id
    )
    seen_by = [visibility for visibility in Visibility if counts_on(state.visibility, visibility)]
    return (
        columns.select_from(past_impact)
        .join(known_incident, same)
        .where(
            past_impact.c.organization_id == transaction.organization_id,
            past_impact.c.service_id == state.service_id,
            known_incident.c.visibility.in_(seen_by),
        )
    )
