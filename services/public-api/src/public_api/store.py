"""What public-api keeps: the newest version of every aggregate it has seen, and each organization's finished document.

Everything here is public by definition and read across organizations, so there is no row-level security. A row of `entity` without data
is a tombstone: an older event never brings it back. What is kept of the past, and days are counted from, is `public_api.history`'s business.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    desc,
    func,
    not_,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.catalog import Layout, PageSettings, RetiredSlug, Service, ServiceStatusState
from common.contracts.events import Payload, Tombstone
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import MaintenanceStatus
from common.envelope import Envelope
from common.position import Position
from common.tables import infrastructure, metadata
from public_api.calendar_feed import PAST_MAX, UPCOMING_MAX
from public_api.items import Names, begins_at, ended_at
from public_api.view import INCIDENT_SHOWN, UPCOMING_SHOWN, WINDOW_SHOWN, Known

METADATA = metadata("public_api")
TABLES = infrastructure(METADATA)

OPEN_MAX = 200
"""How many incidents, or windows, that are not over an archive holds beside the recent ones."""
OVER_MAX = 200
"""How many it holds that were over since the first day that is kept."""

entity = Table(
    "entity",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("aggregate", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", Text),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("status", Text),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    Index(
        "ix_entity_maintenance",
        "organization_id",
        "started_at",
        "id",
        postgresql_where=text("aggregate = 'maintenance' AND data IS NOT NULL"),
    ),
    Index(
        "ix_entity_incidents",
        "organization_id",
        "started_at",
        "id",
        postgresql_where=text("aggregate = 'incident' AND data IS NOT NULL"),
    ),
    Index(
        "ix_entity_ended_at", "organization_id", "aggregate", "ended_at", postgresql_where=text("ended_at IS NOT NULL")
    ),
)

page = Table(
    "page",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("retired_slugs", JSONB, nullable=False),
    Column("page_version", BigInteger, nullable=False),
    Column("document", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("stream_offset", BigInteger, nullable=False),
    Column("refresh_at", DateTime(timezone=True)),
    Column("calendar", Text, nullable=False, server_default=text("''")),
    Column("archive", Text, nullable=False, server_default=text("''")),
)


def upsert(table: Table, *, if_newer: bool = False) -> Insert:
    """Insert rows, or replace those that have their key; `if_newer`: unless these have a version as high."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    replaced = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    newer = table.c.version < statement.excluded.version if if_newer else None
    return statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=newer)


# Made once, because making them takes longer than sending them.
_SAVE_ENTITIES = upsert(entity, if_newer=True).returning(entity.c.organization_id, entity.c.aggregate, entity.c.id)
_SAVE_PAGES = upsert(page)


@dataclass(frozen=True, slots=True)
class PageRecord:
    """An organization's finished document: `document` is the aggregate's JSON exactly as it is served, `calendar` its windows.

    `archive` is what feeds and the interfaces for machines tell beyond it (`public_api.archive`).
    """

    organization_id: str
    slug: str
    retired_slugs: tuple[RetiredSlug, ...]
    page_version: int
    document: str
    position: Position
    refresh_at: datetime | None
    calendar: str = ""
    archive: str = ""

    def is_due(self, moment: datetime) -> bool:
        """Whether the passing of time has changed what it should say."""
        return self.refresh_at is not None and self.refresh_at <= moment

    @classmethod
    def of_row(cls, row: Row[Any]) -> "PageRecord":
        return cls(
            organization_id=row.organization_id,
            slug=row.slug,
            retired_slugs=tuple(RetiredSlug.model_validate(slug) for slug in row.retired_slugs),
            page_version=row.page_version,
            document=row.document,
            position=Position(row.epoch, row.stream_offset),
            refresh_at=row.refresh_at,
            calendar=row.calendar,
            archive=row.archive,
        )


_PAYLOADS: dict[str, type[Payload]] = {
    "page_settings": PageSettings,
    "layout": Layout,
    "service": Service,
    "service_status": ServiceStatusState,
    "incident": Incident,
    "maintenance": Maintenance,
}
AGGREGATES = frozenset(_PAYLOADS)
"""What a page is made of. Events of other aggregates are none of public-api's business."""


@lru_cache(maxsize=4096)
def parsed(aggregate: str, data: str) -> Payload:
    """What a row holds. Kept, because parsing is most of the work of a fold, and of an organization only little changes from one fold to the next."""
    return _PAYLOADS[aggregate].model_validate_json(data)


async def save_entities(
    connection: AsyncConnection, events: Iterable[tuple[Envelope, Payload]]
) -> list[tuple[Envelope, Payload]]:
    """Take over the newest version of each aggregate; lower or equal versions change nothing. Returns what was taken over."""
    newest: dict[tuple[str, str, str], tuple[Envelope, Payload]] = {}
    for event, payload in events:
        key = (event.organization_id, event.aggregate, event.aggregate_id)
        if key not in newest or newest[key][0].sequence < event.sequence:
            newest[key] = (event, payload)
    if not newest:
        return []
    rows = [entity_row(event, payload) for event, payload in newest.values()]
    return [newest[tuple(key)] for key in await connection.execute(_SAVE_ENTITIES, rows)]


_IN_ORGANIZATIONS = entity.c.organization_id.in_(bindparam("organizations", expanding=True))
_IS_SCHEDULED = and_(entity.c.aggregate == "maintenance", entity.c.status == MaintenanceStatus.SCHEDULED.value)
_SCHEDULED = (
    select(
        entity,
        func.row_number()
        .over(partition_by=entity.c.organization_id, order_by=(entity.c.started_at, entity.c.id))
        .label("place"),
    )
    .where(_IN_ORGANIZATIONS, _IS_SCHEDULED, entity.c.data.is_not(None))
    .subquery()
)
_ALIVE = select(entity.c.organization_id, entity.c.aggregate, entity.c.id, entity.c.data, entity.c.hidden).where(
    _IN_ORGANIZATIONS,
    entity.c.data.is_not(None),
    or_(entity.c.ended_at.is_(None), entity.c.ended_at > bindparam("ended_after")),
    or_(entity.c.status.is_(None), not_(_IS_SCHEDULED)),
)
_NEXT = select(
    _SCHEDULED.c.organization_id, _SCHEDULED.c.aggregate, _SCHEDULED.c.id, _SCHEDULED.c.data, _SCHEDULED.c.hidden
).where(_SCHEDULED.c.place <= UPCOMING_SHOWN)
_GONE = select(entity.c.organization_id, entity.c.aggregate, entity.c.id, entity.c.data, entity.c.hidden).where(
    _IN_ORGANIZATIONS, entity.c.aggregate == "service", entity.c.data.is_(None)
)
_KNOWN = union_all(_ALIVE, _NEXT, _GONE)


async def load_known(connection: AsyncConnection, organization_ids: Sequence[str], at: datetime) -> dict[str, Known]:
    """What the documents are made of: everything alive, except what was over long before `at`, and of planned windows the next ones.

    Organizations that have no page are left out.
    """
    alive: dict[str, dict[str, list[Any]]] = {}
    gone: dict[tuple[str, bool], set[str]] = {}
    arguments = {"organizations": list(organization_ids), "ended_after": at - max(INCIDENT_SHOWN, WINDOW_SHOWN)}
    for organization_id, aggregate, id, data, hidden in await connection.execute(_KNOWN, arguments):
        if data is None:
            gone.setdefault((organization_id, hidden), set()).add(id)
        else:
            alive.setdefault(organization_id, {}).setdefault(aggregate, []).append(parsed(aggregate, data))
    return {
        id: Known(
            page=found["page_settings"][0],
            layout=next(iter(found.get("layout", ())), None),
            services=found.get("service", ()),
            states=found.get("service_status", ()),
            incidents=found.get("incident", ()),
            windows=found.get("maintenance", ()),
            deleted_services=frozenset(gone.get((id, False), ())),
            hidden_services=frozenset(gone.get((id, True), ())),
        )
        for id, found in alive.items()
        if "page_settings" in found
    }


async def load_pages(connection: AsyncConnection, organization_ids: Sequence[str] | None = None) -> list[PageRecord]:
    """Finished documents of some organizations, or of all."""
    statement = select(page)
    if organization_ids is not None:
        statement = statement.where(page.c.organization_id.in_(organization_ids))
    return [PageRecord.of_row(row) for row in await connection.execute(statement)]


async def save_pages(connection: AsyncConnection, records: Sequence[PageRecord]) -> None:
    if not records:
        return
    await connection.execute(
        _SAVE_PAGES,
        [
            {
                "organization_id": record.organization_id,
                "slug": record.slug,
                "retired_slugs": [slug.model_dump(mode="json") for slug in record.retired_slugs],
                "page_version": record.page_version,
                "document": record.document,
                "epoch": record.position.epoch,
                "stream_offset": record.position.offset,
                "refresh_at": record.refresh_at,
                "calendar": record.calendar,
                "archive": record.archive,
            }
            for record in records
        ],
    )


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


async def load_names(connection: AsyncConnection, organization_id: str) -> Names:
    """What the services are called that there are, and which are deleted."""
    name = cast(entity.c.data, JSONB)["name"].astext.label("name")
    statement = select(entity.c.id, name).where(
        entity.c.organization_id == organization_id, entity.c.aggregate == "service", not_(entity.c.hidden)
    )
    rows = list(await connection.execute(statement))
    return Names(
        {row.id: row.name for row in rows if row.name is not None}, {row.id for row in rows if row.name is None}
    )


def entity_row(event: Envelope, payload: Payload) -> dict[str, Any]:
    """What is kept of an event."""
    started, ended, status = None, None, None
    if isinstance(payload, Incident):
        started, ended = payload.started_at, payload.resolved_at
    elif isinstance(payload, Maintenance):
        started, ended, status = begins_at(payload), ended_at(payload), payload.status.value
    return {
        "organization_id": event.organization_id,
        "aggregate": event.aggregate,
        "id": event.aggregate_id,
        "version": event.sequence,
        "data": None if isinstance(payload, Tombstone) else event.data.decode(),
        "started_at": started,
        "ended_at": ended,
        "status": status,
        "hidden": event.type.endswith(".hidden"),
    }
