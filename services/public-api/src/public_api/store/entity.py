"""The newest version of every aggregate. A row without data is a tombstone: an older event never brings it back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from common.contracts.catalog import CustomDomain, Layout, PageSettings, Service, ServiceStatusState
from common.contracts.events import Payload, Tombstone
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import MaintenanceStatus
from common.envelope import Envelope
from public_api import caches
from public_api.items import Names, begins_at, ended_at
from public_api.store import METADATA, upsert
from public_api.view import INCIDENT_SHOWN, UPCOMING_SHOWN, WINDOW_SHOWN, Known

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

# Made once, because making it takes longer than sending it.
_SAVE_ENTITIES = upsert(entity, if_newer=True).returning(entity.c.organization_id, entity.c.aggregate, entity.c.id)

_PAYLOADS: dict[str, type[Payload]] = {
    "page_settings": PageSettings,
    "custom_domain": CustomDomain,
    "layout": Layout,
    "service": Service,
    "service_status": ServiceStatusState,
    "incident": Incident,
    "maintenance": Maintenance,
}
AGGREGATES = frozenset(_PAYLOADS)
"""What a page is made of. Events of other aggregates are none of public-api's business."""


@lru_cache(maxsize=caches.PARTS)
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
            domains=found.get("custom_domain", ()),
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
