"""What public-api keeps of the past, for the days of services: every change of a status, what was written down later, and windows.

`service_change` holds every version, whenever it came: a service's status, and that it was gone or came back. `service_period` holds what
incidents that were written down later, and windows, say of a service, as their newest versions do. From both `service_day` is counted:
the last 90 days, those left out that were operational alone. All of it is public by definition, so there is no row-level security.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, DateTime, Index, Integer, Table, Text, bindparam, delete, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.catalog import Service, ServiceStatusState
from common.contracts.events import Payload, Tombstone
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import ServiceStatus
from common.envelope import Envelope
from public_api.days import Change, Day, Past, Period, beginning_of, count
from public_api.items import ended_at
from public_api.store import METADATA, upsert

SECONDS = tuple(field.name for field in fields(Day))
GONE, BACK = "gone", "back"
CHANGE_TYPES = ("service_status.changed", "service.deleted", "service.hidden", "service.restored", "service.shown")
"""The events that say what happened to a service, and when."""

service_change = Table(
    "service_change",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("service_id", Text, primary_key=True),
    Column("aggregate", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("value", Text, nullable=False),
    Index("ix_service_change_changed_at", "organization_id", "service_id", "changed_at"),
)

service_period = Table(
    "service_period",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("service_id", Text, primary_key=True),
    Column("aggregate", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("status", Text),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_service_period_id", "organization_id", "aggregate", "id"),
)

service_day = Table(
    "service_day",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("service_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    *(Column(name, Integer, nullable=False) for name in SECONDS),
)

ServiceKey = tuple[str, str]
"""(organization, service)"""


@dataclass(slots=True)
class Touched:
    """What events of one organization changed beside the newest version of something."""

    since: dict[str, datetime] = field(default_factory=dict)
    """By service: from when on its past may be another one."""
    aggregates: set[str] = field(default_factory=set)
    """Of what there are newer versions."""

    def touch(self, service_id: str, moment: datetime) -> None:
        self.since[service_id] = min(moment, self.since.get(service_id, moment))


async def save_past(
    connection: AsyncConnection,
    events: Iterable[tuple[Envelope, Payload]],
    taken_over: Sequence[tuple[Envelope, Payload]],
) -> dict[str, Touched]:
    """Keep what events say of the past. `taken_over` are those of them that are the newest of their aggregate now."""
    touched: dict[str, Touched] = {}
    for event, _ in taken_over:
        touched.setdefault(event.organization_id, Touched()).aggregates.add(event.aggregate)
    changed = [row for event in events for row in change_rows(*event)]
    if changed:
        unknown = insert(service_change).on_conflict_do_nothing().returning(service_change)
        for row in await connection.execute(unknown, changed):
            touched.setdefault(row.organization_id, Touched()).touch(row.service_id, row.changed_at)
    replaced = [(event, payload) for event, payload in taken_over if _may_have_periods(event, payload)]
    if replaced:
        keys = [(event.organization_id, event.aggregate, event.aggregate_id) for event, _ in replaced]
        key = tuple_(service_period.c.organization_id, service_period.c.aggregate, service_period.c.id)
        before = await connection.execute(delete(service_period).where(key.in_(keys)).returning(service_period))
        rows = [row for event in replaced for row in period_rows(*event)]
        if rows:
            await connection.execute(service_period.insert(), rows)
        for period in [*(dict(row._mapping) for row in before), *rows]:
            touched[period["organization_id"]].touch(period["service_id"], period["started_at"])
    return touched


def change_rows(event: Envelope, payload: Payload) -> Iterator[dict[str, Any]]:
    """What an event says of a service's status, or of its being there."""
    match payload:
        case ServiceStatusState():
            moment, value = payload.changed_at, payload.status.value
        case Tombstone() if event.aggregate == "service":
            moment, value = payload.deleted_at, GONE
        case Service() if event.type in CHANGE_TYPES:
            moment, value = payload.updated_at, BACK
        case _:
            return
    yield {
        "organization_id": event.organization_id,
        "service_id": event.aggregate_id,
        "aggregate": event.aggregate,
        "version": event.sequence,
        "changed_at": moment,
        "value": value,
    }


def _may_have_periods(event: Envelope, payload: Payload) -> bool:
    """Whether an aggregate has periods, or may have had some."""
    if isinstance(payload, Incident):
        return payload.is_backfilled
    return event.aggregate == "maintenance" or (event.aggregate == "incident" and isinstance(payload, Tombstone))


def period_rows(event: Envelope, payload: Payload) -> Iterator[dict[str, Any]]:
    """What an incident that was written down later, or a window that has begun, says of services."""
    said: list[tuple[str, str | None]] = []
    if isinstance(payload, Incident) and payload.is_backfilled:
        said = [(named.service_id, named.status.value) for named in payload.services]
        started, ended = payload.started_at, payload.resolved_at
    elif isinstance(payload, Maintenance) and payload.started_at is not None:
        said = [(named.service_id, None) for named in payload.services]
        started, ended = payload.started_at, ended_at(payload)
    for service_id, status in said:
        yield {
            "organization_id": event.organization_id,
            "service_id": service_id,
            "aggregate": event.aggregate,
            "id": event.aggregate_id,
            "status": status,
            "started_at": started,
            "ended_at": ended,
        }


@dataclass(frozen=True, slots=True)
class Counting:
    """Which days of a service are to be counted: from `first` on, until a moment."""

    begins_at: datetime
    first: date
    until: datetime
    zone: ZoneInfo


async def count_days(
    connection: AsyncConnection, counting: Mapping[ServiceKey, Counting], also: Collection[ServiceKey] = ()
) -> dict[ServiceKey, dict[date, Day]]:
    """Count days anew and keep them. Returns all days that are kept of these services, and of others."""
    kept = await load_days(connection, {*counting, *also})
    pasts = await _load_pasts(connection, counting) if counting else {}
    vanished: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for (organization_id, service_id), asked in counting.items():
        days = kept[organization_id, service_id]
        fresh = count(pasts[organization_id, service_id], asked.zone, asked.first, asked.until)
        key = {"organization_id": organization_id, "service_id": service_id}
        vanished += [{**key, "day": day} for day in days if day >= asked.first and day not in fresh]
        changed += [{**key, "day": day, **asdict(found)} for day, found in fresh.items() if days.get(day) != found]
        kept[organization_id, service_id] = {day: found for day, found in days.items() if day < asked.first} | fresh
    if vanished:
        await connection.execute(
            _DELETE_DAY, [{f"its_{name}": value for name, value in row.items()} for row in vanished]
        )
    if changed:
        await connection.execute(_SAVE_DAY, changed)
    return kept


async def forget_days(connection: AsyncConnection, before: Mapping[str, date]) -> None:
    """Days that are not kept any more, by organization."""
    if before:
        await connection.execute(_FORGET, [{"its_organization_id": id, "its_day": day} for id, day in before.items()])


async def load_days(connection: AsyncConnection, services: Collection[ServiceKey]) -> dict[ServiceKey, dict[date, Day]]:
    found: dict[ServiceKey, dict[date, Day]] = {key: {} for key in services}
    if services:
        for organization_id, service_id, day, *seconds in await connection.execute(_DAYS, _keys(services)):
            found[organization_id, service_id][day] = Day(*seconds)
    return found


async def load_changes(
    connection: AsyncConnection, services: Collection[ServiceKey], since: datetime
) -> dict[ServiceKey, list[Change[ServiceStatus]]]:
    """What is known of services' statuses since a moment, and what held then. In any order."""
    found: dict[ServiceKey, list[Change[ServiceStatus]]] = {key: [] for key in services}
    for row in await connection.execute(_CHANGES, {**_keys(services), "since": since}) if services else ():
        if row.aggregate == "service_status":
            change = Change(row.version, row.changed_at, ServiceStatus(row.value))
            found[row.organization_id, row.service_id].append(change)
    return found


async def _load_pasts(connection: AsyncConnection, counting: Mapping[ServiceKey, Counting]) -> dict[ServiceKey, Past]:
    """What is known of services since the first of these days began, and what held then."""
    since = min(beginning_of(asked.first, asked.zone) for asked in counting.values())
    arguments = {**_keys(counting), "since": since}
    statuses: dict[ServiceKey, list[Change[ServiceStatus]]] = {key: [] for key in counting}
    absences: dict[ServiceKey, list[Change[bool]]] = {key: [] for key in counting}
    periods: dict[ServiceKey, list[Period]] = {key: [] for key in counting}
    for row in await connection.execute(_CHANGES, arguments):
        key = (row.organization_id, row.service_id)
        if row.aggregate == "service_status":
            statuses[key].append(Change(row.version, row.changed_at, ServiceStatus(row.value)))
        else:
            absences[key].append(Change(row.version, row.changed_at, row.value == GONE))
    for row in await connection.execute(_PERIODS, arguments):
        status = None if row.status is None else ServiceStatus(row.status)
        periods[row.organization_id, row.service_id].append(Period(row.started_at, row.ended_at, status))
    return {key: Past(asked.begins_at, statuses[key], absences[key], periods[key]) for key, asked in counting.items()}


def _keys(services: Iterable[ServiceKey]) -> dict[str, list[str]]:
    pairs = sorted(services)
    return {"organizations": [id for id, _ in pairs], "services": [id for _, id in pairs]}


_WANTED = "unnest(CAST(:organizations AS text[]), CAST(:services AS text[])) AS wanted (organization_id, service_id)"
_CHANGES = text(f"""
    SELECT organization_id, service_id, aggregate, version, changed_at, value
    FROM {_WANTED} JOIN public_api.service_change USING (organization_id, service_id)
    WHERE changed_at >= :since
    UNION ALL
    SELECT held.* FROM {_WANTED}
    CROSS JOIN (VALUES ('service_status'), ('service')) AS of (aggregate)
    CROSS JOIN LATERAL (
        SELECT organization_id, service_id, aggregate, version, changed_at, value FROM public_api.service_change AS change
        WHERE change.organization_id = wanted.organization_id AND change.service_id = wanted.service_id
            AND change.aggregate = of.aggregate AND changed_at < :since
        ORDER BY version DESC LIMIT 1
    ) AS held
""")  # noqa: S608 # of literals alone
_PERIODS = text(f"""
    SELECT organization_id, service_id, status, started_at, ended_at
    FROM {_WANTED} JOIN public_api.service_period USING (organization_id, service_id)
    WHERE ended_at IS NULL OR ended_at > :since
""")  # noqa: S608 # of literals alone
_DAYS = text(f"""
    SELECT organization_id, service_id, day, {", ".join(SECONDS)}
    FROM {_WANTED} JOIN public_api.service_day USING (organization_id, service_id)
""")  # noqa: S608 # of literals alone
_SAVE_DAY = upsert(service_day)
_DELETE_DAY = delete(service_day).where(
    service_day.c.organization_id == bindparam("its_organization_id"),
    service_day.c.service_id == bindparam("its_service_id"),
    service_day.c.day == bindparam("its_day"),
)
_FORGET = delete(service_day).where(
    service_day.c.organization_id == bindparam("its_organization_id"), service_day.c.day < bindparam("its_day")
)
