"""Tables of maintenance, and what is loaded from and saved to them. Keys carry the organization, so no row can refer to another tenant's."""

from datetime import datetime

from sqlalchemy import func, select

from common.database import Transaction
from common.known_services import KnownServices
from common.tables import infrastructure, metadata

METADATA = metadata("maintenance")
TABLES = infrastructure(METADATA)
KNOWN = KnownServices(METADATA)


async def clock(transaction: Transaction) -> datetime:
    """The database's time, which is the same for all replicas."""
    moment: datetime = (await transaction.execute(select(func.clock_timestamp()))).scalar_one()
    return moment
