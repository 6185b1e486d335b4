"""What incidents and windows do to services: a replica of them, each at the newest version that was heard of, deleted ones too.

No table here has a key to `service`: an effect on a service that is unknown or deleted is kept, and does nothing until it is restored.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    Uuid,
    delete,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from catalog.domain.status import Effects, ServiceState, counts_on
from catalog.store import METADATA
from common.contracts.catalog import Cause, OpenWindow
from common.contracts.values import ServiceStatus, Visibility
from common.database import Transaction


def _known(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("organization_id", Text, primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("title", Text, nullable=False),
        Column("visibility", Text, nullable=False),
        Column("version", Integer, nullable=False),
    )


def _to(known: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", column], [f"catalog.{known}.organization_id", f"catalog.{known}.id"]
    )


known_incident = _known("known_incident")
known_maintenance = _known("known_maintenance")

incident_impact = Table(
    "incident_impact",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    _to("known_incident", "incident_id"),
    Index("ix_incident_impact_organization_id_service_id", "organization_id", "service_id"),
)
"""What open incidents put on services."""

past_impact = Table(
    "past_impact",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("incident_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", JSONB),
    _to("known_incident", "incident_id"),
    Index("ix_past_impact_organization_id_service_id", "organization_id", "service_id"),
)
"""What backfilled incidents put on services in the past: part of their history, taken back with the incident."""

open_window = Table(
    "open_window",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("maintenance_id", Uuid, primary_key=True),
    Column("service_id", Uuid, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    _to("known_maintenance", "maintenance_id"),
    Index("ix_open_window_organization_id_service_id", "organization_id", "service_id"),
)
"""Which services the windows in progress are about."""


async def is_news(
    transaction: Transaction, known: Table, *, id: UUID, version: int, title: str, visibility: Visibility
) -> bool:
    """Note the version of an incident or a window, unless a newer one was heard of."""
    statement = insert(known).values(
        organization_id=transaction.organization_id, id=id, title=title, visibility=visibility, version=version
    )
    newer = statement.on_conflict_do_update(
        index_elements=["organization_id", "id"],
        set_={name: statement.excluded[name] for name in ("title", "visibility", "version")},
        where=known.c.version < statement.excluded.version,
    ).returning(known.c.id)
    return (await transaction.execute(newer)).one_or_none() is not None


async def set_impacts(
    transaction: Transaction, incident_id: UUID, impacts: Mapping[UUID, ServiceStatus], at: datetime
) -> set[UUID]:
    """Let an open incident put these statuses on services; one that it named before keeps its `since`. Returns whom that touches."""
    rows = {id: {"status": status, "since": at} for id, status in impacts.items()}
    return await _replace(transaction, incident_impact, "incident_id", incident_id, rows, lasting="since")


async def set_past_impacts(
    transaction: Transaction,
    incident_id: UUID,
    impacts: Mapping[UUID, ServiceStatus],
    started_at: datetime,
    resolved_at: datetime,
) -> None:
    """Let a backfilled incident have put these statuses on services, between those times."""
    rows = {
        id: {
            "status": status,
            "started_at": started_at,
            "resolved_at": resolved_at,
            "changed_by": transaction.named_actor,
        }
        for id, status in impacts.items()
    }
    await _replace(transaction, past_impact, "incident_id", incident_id, rows)


async def set_window(
    transaction: Transaction, maintenance_id: UUID, services: Sequence[UUID], since: datetime
) -> set[UUID]:
    """Let a window in progress be about these services. Returns whom that touches."""
    rows = {id: {"since": since} for id in services}
    return await _replace(transaction, open_window, "maintenance_id", maintenance_id, rows)


async def effects_of(transaction: Transaction, states: Sequence[ServiceState]) -> dict[UUID, Effects]:
    """What counts on each of the services now."""
    causes: dict[UUID, list[Cause]] = {state.service_id: [] for state in states}
    windows: dict[UUID, list[OpenWindow]] = {state.service_id: [] for state in states}
    visibilities = {state.service_id: state.visibility for state in states}

    async def counting(statement: Select[Any], table: Table) -> list[Row[Any]]:
        of_services = statement.where(
            table.c.organization_id == transaction.organization_id, table.c.service_id.in_(visibilities)
        )
        rows = await transaction.execute(of_services)
        return [row for row in rows if counts_on(visibilities[row.service_id], Visibility(row.visibility))]

    for row in await counting(_WITH_INCIDENT, incident_impact):
        status = ServiceStatus(row.status)
        causes[row.service_id].append(Cause(id=str(row.incident_id), title=row.title, status=status, since=row.since))
    for row in await counting(_WITH_WINDOW, open_window):
        windows[row.service_id].append(OpenWindow(id=str(row.maintenance_id), title=row.title, since=row.since))
    return {id: Effects(causes[id], windows[id]) for id in causes}


def _with(table: Table, known: Table, column: str) -> Select[Any]:
    same = (known.c.organization_id == table.c.organization_id) & (known.c.id == table.c[column])
    return select(table, known.c.title, known.c.visibility).join(known, same)


_WITH_INCIDENT = _with(incident_impact, known_incident, "incident_id")
_WITH_WINDOW = _with(open_window, known_maintenance, "maintenance_id")


async def _replace(
    transaction: Transaction,
    table: Table,
    owner: str,
    owner_id: UUID,
    rows: Mapping[UUID, dict[str, Any]],
    *,
    lasting: str | None = None,
) -> set[UUID]:
    """Make the rows of one incident or window be these, by service; a `lasting` column keeps its first value. Returns old and new services."""
    of_owner = table.c.organization_id == transaction.organization_id, table.c[owner] == owner_id
    before = set((await transaction.execute(select(table.c.service_id).where(*of_owner))).scalars())
    gone = before - set(rows)
    if gone:
        await transaction.execute(delete(table).where(*of_owner, table.c.service_id.in_(gone)))
    if rows:
        key = {"organization_id": transaction.organization_id, owner: owner_id}
        statement = insert(table)
        columns = [name for name in next(iter(rows.values())) if name != lasting]
        await transaction.execute(
            statement.on_conflict_do_update(
                index_elements=["organization_id", owner, "service_id"],
                set_={name: statement.excluded[name] for name in columns},
            ),
            [{**key, "service_id": id, **row} for id, row in rows.items()],
        )
    return before | set(rows)
