"""Incidents and windows out of what is kept: those of the history, of the archive and of the calendar."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    bindparam,
    cast,
    desc,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import MaintenanceStatus
from public_api.calendar_feed import PAST_MAX, UPCOMING_MAX
from public_api.store.entity import entity, parsed

OPEN_MAX = 200
"""How many incidents, or windows, that are not over an archive holds beside the recent ones."""
OVER_MAX = 200
"""How many it holds that were over since the first day that is kept."""

Place = tuple[datetime, UUID]


async def list_incidents(
    connection: AsyncConnection, organization_id: str, *, after: Place | None, limit: int
) -> list[Incident]:
    """Every incident there was, newest first by (started_at, id)."""
    return [
        Incident.model_validate_json(data)
        for data in await _newest(connection, "incident", organization_id, after=after, limit=limit)
    ]


async def list_windows(
    connection: AsyncConnection, organization_id: str, *, after: Place | None, limit: int
) -> list[Maintenance]:
    """Every maintenance window there was, is or is planned, the latest first by (when it began or is to begin, id)."""
    return [
        Maintenance.model_validate_json(data)
        for data in await _newest(connection, "maintenance", organization_id, after=after, limit=limit)
    ]


async def list_begun(
    connection: AsyncConnection,
    organization_id: str,
    aggregate: str,
    since: datetime,
    before: datetime,
    *,
    service_id: str | None,
    limit: int,
) -> list[str]:
    """The data of incidents, or of windows that are not merely planned, that began in a time, the last first."""
    statement = _BEGUN
    arguments = {"organization": organization_id, "aggregate": aggregate, "since": since, "before": before}
    if service_id is not None:
        named = [{"service_id": service_id}]
        statement = statement.where(cast(entity.c.data, JSONB)["services"].contains(cast(named, JSONB)))
    return [data for (data,) in await connection.execute(statement.limit(limit), arguments) if data is not None]


async def has_begun_before(connection: AsyncConnection, organization_id: str, moment: datetime) -> bool:
    """Whether there is any incident or window that began, or was to, earlier."""
    earlier = select(entity.c.id).where(
        entity.c.organization_id == organization_id,
        entity.c.aggregate.in_(("incident", "maintenance")),
        entity.c.data.is_not(None),
        entity.c.started_at < moment,
    )
    return bool(await connection.scalar(select(earlier.exists())))


async def _newest(
    connection: AsyncConnection, aggregate: str, organization_id: str, *, after: Place | None, limit: int
) -> Sequence[str]:
    statement = select(entity.c.data).where(
        entity.c.organization_id == organization_id, entity.c.aggregate == aggregate, entity.c.data.is_not(None)
    )
    if after is not None:
        statement = statement.where(tuple_(entity.c.started_at, entity.c.id) < (after[0], str(after[1])))
    statement = statement.order_by(desc(entity.c.started_at), desc(entity.c.id)).limit(limit)
    return [data for (data,) in await connection.execute(statement) if data is not None]


_OF_ONE_KIND = (
    entity.c.organization_id == bindparam("organization"),
    # Within the statement, so that the index of this aggregate alone is used.
    entity.c.aggregate == bindparam("aggregate", literal_execute=True),
    entity.c.data.is_not(None),
)
_TO_BE_ARCHIVED = union(
    select(entity.c.id)
    .where(*_OF_ONE_KIND)
    .order_by(desc(entity.c.started_at), desc(entity.c.id))
    .limit(bindparam("recent"))
    .subquery()
    .select(),
    select(entity.c.id)
    .where(*_OF_ONE_KIND, entity.c.ended_at.is_(None))
    .order_by(entity.c.started_at, entity.c.id)
    .limit(OPEN_MAX)
    .subquery()
    .select(),
    select(entity.c.id)
    .where(*_OF_ONE_KIND, entity.c.ended_at >= bindparam("since"))
    .order_by(desc(entity.c.ended_at), desc(entity.c.id))
    .limit(OVER_MAX)
    .subquery()
    .select(),
)
_ARCHIVED = (
    select(entity.c.data)
    .where(*_OF_ONE_KIND, entity.c.id.in_(_TO_BE_ARCHIVED))
    .order_by(desc(entity.c.started_at), desc(entity.c.id))
)


_BEGUN = (
    select(entity.c.data)
    .where(
        *_OF_ONE_KIND,
        entity.c.started_at >= bindparam("since"),
        entity.c.started_at < bindparam("before"),
        or_(entity.c.status.is_(None), entity.c.status != MaintenanceStatus.SCHEDULED.value),
    )
    .order_by(desc(entity.c.started_at), desc(entity.c.id))
)


async def load_archived(
    connection: AsyncConnection, organization_id: str, aggregate: str, recent: int, since: datetime
) -> list[str]:
    """The data of incidents, or of windows: the `recent` that began last, or are to; those that are not over, or only since then. The last first."""
    arguments = {"organization": organization_id, "aggregate": aggregate, "recent": recent, "since": since}
    return [data for (data,) in await connection.execute(_ARCHIVED, arguments) if data is not None]


async def load_calendar_windows(
    connection: AsyncConnection, organization_id: str, since: datetime
) -> list[Maintenance]:
    """The windows of a calendar: those that were over after `since`, and the next ones. In the order in which they begin."""
    mine = (
        entity.c.organization_id == organization_id,
        entity.c.aggregate == "maintenance",
        entity.c.data.is_not(None),
    )
    columns = (entity.c.started_at, entity.c.id, entity.c.data)
    past = select(*columns).where(*mine, entity.c.ended_at > since).order_by(desc(entity.c.ended_at)).limit(PAST_MAX)
    coming = (
        select(*columns).where(*mine, entity.c.ended_at.is_(None)).order_by(entity.c.started_at).limit(UPCOMING_MAX)
    )
    rows = await connection.execute(union_all(past.subquery().select(), coming.subquery().select()))
    return [_window(data) for _, _, data in sorted(rows)]


def _window(data: str) -> Maintenance:
    window = parsed("maintenance", data)
    assert isinstance(window, Maintenance)
    return window
