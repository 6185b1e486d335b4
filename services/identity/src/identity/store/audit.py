"""The audit: every event of an organization as it came, with who caused it. Rows are added and never changed, whoever asks.

What an aggregate was before is not kept beside an event: it is what the newest event before it said. So it is right also when events come
late, as after a stream was lost, and nothing is kept twice.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from common.database import Transaction
from common.envelope import Actor, Envelope
from identity.store import METADATA

audit = Table(
    "audit",
    METADATA,
    Column("organization_id", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Text),
    Column("actor_name", Text),
    Column("actor_address", Text),
    Column("service", Text, nullable=False),
    Column("traceparent", Text),
    Column("type", Text, nullable=False),
    Column("aggregate", Text, nullable=False),
    Column("aggregate_id", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("organization_id", "event_id"),
    Index(None, "organization_id", "occurred_at", "event_id"),
    Index(None, "organization_id", "actor_id", "occurred_at", "event_id"),
    Index(None, "organization_id", "aggregate", "aggregate_id", "sequence"),
)

# Enough to recognise an API key by: services need it, people who read or export the audit do not.
_UNTOLD = {"key_hash"}

Key = tuple[datetime, UUID]
"""Where an entry stands: its time and, among those of one time, its id."""


@dataclass(frozen=True)
class Filter:
    """What is wanted of an organization's entries; None is everything. `since` is the first moment, `until` the first one after."""

    actor_id: str | None = None
    aggregate: str | None = None
    aggregate_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One event. `actor` is None for what Tidings does by itself, `before` where nothing is known of before."""

    id: UUID
    at: datetime
    actor: Actor | None
    service: str
    traceparent: str | None
    type: str
    aggregate_id: str
    version: int
    before: str | None
    after: str

    @property
    def key(self) -> Key:
        return self.at, self.id


async def keep(transaction: Transaction, event: Envelope) -> None:
    """Without effect for an event that is kept already: a stream may come a second time."""
    data: dict[str, JsonValue] = json.loads(event.data)
    row = {
        "organization_id": transaction.organization_id,
        "event_id": event.id,
        "occurred_at": event.time,
        "actor_id": event.actor.id if event.actor else None,
        "actor_name": event.actor.name if event.actor else None,
        "actor_address": event.actor.address if event.actor else None,
        "service": event.service,
        "traceparent": event.traceparent,
        "type": event.type,
        "aggregate": event.aggregate,
        "aggregate_id": event.aggregate_id,
        "sequence": event.sequence,
        "data": json.dumps({name: value for name, value in data.items() if name not in _UNTOLD}),
    }
    await transaction.execute(insert(audit).values(row).on_conflict_do_nothing())


async def list_entries(transaction: Transaction, wanted: Filter, *, after: Key | None, limit: int) -> list[Entry]:
    """The newest first; `after` is the key of the last one of the page before."""
    former = audit.alias("former")
    before = (
        select(former.c.data)
        .where(
            former.c.organization_id == audit.c.organization_id,
            former.c.aggregate == audit.c.aggregate,
            former.c.aggregate_id == audit.c.aggregate_id,
            former.c.sequence < audit.c.sequence,
        )
        .order_by(former.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = _filtered(select(audit, before.label("before")), transaction, wanted)
    if after is not None:
        statement = statement.where(tuple_(audit.c.occurred_at, audit.c.event_id) < after)
    newest_first = statement.order_by(audit.c.occurred_at.desc(), audit.c.event_id.desc()).limit(limit)
    return [_entry(row) for row in await transaction.execute(newest_first)]


async def count_entries(transaction: Transaction, wanted: Filter, *, limit: int) -> int:
    """How many there are; no more than `limit` are counted."""
    some = _filtered(select(audit.c.event_id), transaction, wanted).limit(limit).subquery()
    return int((await transaction.execute(select(func.count()).select_from(some))).scalar_one())


def _filtered(statement: Select[Any], transaction: Transaction, wanted: Filter) -> Select[Any]:
    statement = statement.where(audit.c.organization_id == transaction.organization_id)
    for column, value in (
        (audit.c.actor_id, wanted.actor_id),
        (audit.c.aggregate, wanted.aggregate),
        (audit.c.aggregate_id, wanted.aggregate_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.since is not None:
        statement = statement.where(audit.c.occurred_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(audit.c.occurred_at < wanted.until)
    return statement


def _entry(row: Row[Any]) -> Entry:
    actor = None
    if row.actor_id is not None:
        actor = Actor(id=row.actor_id, name=row.actor_name, address=row.actor_address)
    return Entry(
        id=row.event_id,
        at=row.occurred_at,
        actor=actor,
        service=row.service,
        traceparent=row.traceparent,
        type=row.type,
        aggregate_id=row.aggregate_id,
        version=row.sequence,
        before=row.before,
        after=row.data,
    )
