"""Tables of maintenance, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from common.contracts.catalog import KnownService
from common.contracts.values import Visibility
from common.database import Transaction
from common.known_services import KnownServices
from common.tables import infrastructure, metadata
from maintenance.domain.details import Details

METADATA = metadata("maintenance")
TABLES = infrastructure(METADATA)
KNOWN = KnownServices(METADATA)


async def clock(transaction: Transaction) -> datetime:
    """The database's time, which is the same for all replicas."""
    moment: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


def details_of(row: Row[Any], services: Mapping[UUID, KnownService]) -> Details:
    """What people said, from the row of a window or of a series; `services` has all that it names."""
    return Details(
        title=row.title,
        description=row.description,
        visibility=Visibility(row.visibility),
        services={id: services[id] for id in row.service_ids},
        starts_by_itself=row.starts_by_itself,
        completes_by_itself=row.completes_by_itself,
        reminder_minutes=tuple(row.reminder_minutes),
    )
