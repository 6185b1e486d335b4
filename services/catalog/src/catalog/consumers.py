"""What incidents do to services: each event carries the whole incident, so catalog takes over what it puts on services now."""

from collections.abc import Mapping
from uuid import UUID

from catalog.store import service as store
from common.consumption import Handler
from common.contracts.events import Tombstone
from common.contracts.incidents import Incident
from common.contracts.registry import EVENTS
from common.contracts.values import IncidentStatus, ServiceStatus
from common.database import Transaction
from common.envelope import Envelope

DURABLE = "catalog"


async def _incident(transaction: Transaction, event: Envelope, incident: Incident) -> None:
    resolved = incident.status is IncidentStatus.RESOLVED
    impacts = {} if resolved else {UUID(named.service_id): named.status for named in incident.services}
    await _apply(transaction, event, incident.title, impacts)


async def _incident_deleted(transaction: Transaction, event: Envelope, _: Tombstone) -> None:
    await _apply(transaction, event, "", {})


async def _apply(transaction: Transaction, event: Envelope, title: str, impacts: dict[UUID, ServiceStatus]) -> None:
    incident_id = UUID(event.aggregate_id)
    impacts = {id: status for id, status in impacts.items() if status is not ServiceStatus.OPERATIONAL}
    touched = await store.apply_incident(
        transaction, id=incident_id, version=event.sequence, title=title, impacts=impacts, at=event.time
    )
    if not touched:
        return
    states = await store.lock_states(transaction, touched)
    causes = await store.causes_of(transaction, touched)
    for state in states:
        ended = next((cause for cause in state.causes if cause.id == str(incident_id)), None)
        changed, transition = state.set_causes(causes[state.service_id], event.time)
        if changed is None:
            continue
        started = next((cause for cause in state.causes if cause.id == str(incident_id)), None)
        await store.save_state(transaction, state, transition, started or ended)
        transaction.record(changed)


HANDLERS: Mapping[str, Handler] = {
    event_type: _incident_deleted if event_type == "incident.deleted" else _incident
    for event_type, contract in EVENTS.items()
    if contract.service == "incidents"
}
