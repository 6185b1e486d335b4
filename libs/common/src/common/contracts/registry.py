"""Every event type of Tidings, by name. The contract snapshots, the event catalogue and decoding all read this one table."""

from common.contracts.catalog import CATALOG_EVENTS
from common.contracts.events import Contract
from common.contracts.identity import IDENTITY_EVENTS
from common.contracts.incidents import INCIDENT_EVENTS
from common.contracts.maintenance import MAINTENANCE_EVENTS
from common.contracts.public_api import PUBLIC_API_EVENTS

EVENTS: dict[str, Contract] = {
    **CATALOG_EVENTS,
    **IDENTITY_EVENTS,
    **INCIDENT_EVENTS,
    **MAINTENANCE_EVENTS,
    **PUBLIC_API_EVENTS,
}
