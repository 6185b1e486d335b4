"""What incidents takes over from catalog: which organizations have a page, which services exist, and who may see those."""

import logging
from collections.abc import Mapping
from uuid import UUID

from common.clock import now
from common.consumption import Handler
from common.database import Transaction
from common.errors import Problem
from incidents.store import KNOWN
from incidents.store import incident as store

DURABLE = "incidents"
INCIDENTS_MAX = 100

log = logging.getLogger(__name__)


async def _tell_again(transaction: Transaction, service_id: UUID) -> None:
    """Open incidents that everybody may see gain or lose the service: each is published anew.

    Work for one event has a bound. Who goes by these events drops a hidden service wherever it is named, so what is beyond it is late, not shown.
    """
    told = []
    for incident in await store.lock_open_public(transaction, service_id, limit=INCIDENTS_MAX):
        event = incident.service_changed(now())
        try:
            transaction.record(event)
        except Problem as refused:
            # The names of its services made it too large. Who may see a service must be taken over all the same.
            why = {"incident_id": str(incident.id), "reason": str(refused)}
            log.warning("incident cannot be published anew", extra=why)
        else:
            told.append(incident)
    if told:
        await store.save_alone(transaction, told)


HANDLERS: Mapping[str, Handler] = KNOWN.handlers(on_visibility=_tell_again)
