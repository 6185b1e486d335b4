"""Tables of maintenance, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from common.contracts.values import Visibility
from common.database import Transaction
from common.known_services import KnownServices, UnknownServicesError
from common.tables import infrastructure, metadata
from maintenance.domain.window import NamedService

METADATA = metadata("maintenance")
TABLES = infrastructure(METADATA)
KNOWN = KnownServices(METADATA)


async def clock(transaction: Transaction) -> datetime:
    """The database's time, which is the same for all replicas."""
    moment: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    return moment


async def time_zone(transaction: Transaction) -> ZoneInfo:
    """The organization's zone, which stays what it is until the transaction ends. A 409 for an organization without a page."""
    table = KNOWN.organization
    held = select(table.c.organization_id).where(table.c.organization_id == transaction.organization_id)
    await transaction.execute(held.with_for_update(read=True))
    return await KNOWN.time_zone(transaction)


async def require_services(
    transaction: Transaction, ids: Collection[UUID], *, besides: Collection[UUID] = ()
) -> dict[UUID, NamedService]:
    """The services, each of which must exist, in this order. `besides` may have been deleted. Raises UnknownServicesError."""
    found = await find_services(transaction, ids, hold=True)
    unknown = {id for id in ids if id not in found or (found[id].is_deleted and id not in besides)}
    if unknown:
        raise UnknownServicesError(unknown)
    return found


async def find_services(
    transaction: Transaction, ids: Collection[UUID], *, hold: bool = False
) -> dict[UUID, NamedService]:
    """What is known of the services. `hold`: nobody changes it before the transaction ends, or what that publishes would be outdated."""
    if not ids:
        return {}
    table = KNOWN.service
    statement = select(table).where(table.c.organization_id == transaction.organization_id, table.c.id.in_(ids))
    if hold:
        statement = statement.with_for_update(read=True)
    rows = {row.id: row for row in await transaction.execute(statement)}
    return {
        id: NamedService(rows[id].name, rows[id].visibility == Visibility.PUBLIC, rows[id].deleted_at is not None)
        for id in ids
        if id in rows
    }
