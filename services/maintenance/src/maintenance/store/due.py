"""What is due when: a row for each next move of a window, and for each series. Written in the transaction of what it belongs to."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, tuple_

from common.database import Transaction
from common.due import DueTable
from maintenance.store import METADATA

PLAN = "plan"
PUBLISH_AGAIN = "publish_again"

DUE = DueTable(METADATA)
due = DUE.table


async def set_moves(transaction: Transaction, moves: Mapping[UUID, Mapping[str, datetime]]) -> None:
    """Make what is due of these windows be exactly this. What is to be published again stays."""
    rows: list[dict[str, object]] = [
        {"organization_id": transaction.organization_id, "id": id, "kind": kind, "due_at": due_at}
        for id, kinds in moves.items()
        for kind, due_at in kinds.items()
    ]
    kept = [(row["id"], row["kind"]) for row in rows]
    await transaction.execute(
        delete(due).where(
            due.c.organization_id == transaction.organization_id,
            due.c.id.in_(list(moves)),
            due.c.kind != PUBLISH_AGAIN,
            tuple_(due.c.id, due.c.kind).not_in(kept),
        )
    )
    if rows:
        await DUE.upsert(transaction, rows)


async def plan_series(transaction: Transaction, id: UUID, at: datetime | None) -> None:
    """When the series is planned again; None when never more."""
    await DUE.set(transaction, id, PLAN, at)
