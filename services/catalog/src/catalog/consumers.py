"""What others' events do here. Each carries the whole of an incident or a window, so catalog takes over what that does to services now; and
an organization that was made gets its page."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table

from catalog.domain.page import Settings, slug_of
from catalog.store import effects
from catalog.store import page as page_store
from catalog.store import service as store
from common.clock import now
from common.consumption import Handler
from common.contracts.events import Tombstone
from common.contracts.identity import Organization
from common.contracts.incidents import INCIDENT_EVENTS, Incident
from common.contracts.maintenance import MAINTENANCE_EVENTS, Maintenance
from common.contracts.values import Audience, IncidentStatus, MaintenanceStatus, ServiceStatus, Visibility
from common.database import Transaction
from common.envelope import Envelope

DURABLE = "catalog"


async def _incident(transaction: Transaction, event: Envelope, incident: Incident) -> None:
    id = UUID(incident.id)
    if not await _is_news(transaction, effects.known_incident, event, incident.title, incident.visibility):
        return
    named = {UUID(service.service_id): service.status for service in incident.services}
    impacts = {id: status for id, status in named.items() if status is not ServiceStatus.OPERATIONAL}
    if incident.is_backfilled and incident.resolved_at is not None:
        await effects.set_past_impacts(transaction, id, impacts, incident.started_at, incident.resolved_at)
    resolved = incident.status is IncidentStatus.RESOLVED
    touched = await effects.set_impacts(transaction, id, {} if resolved else impacts, event.time)
    await _recompute(transaction, touched, event.time)


async def _incident_deleted(transaction: Transaction, event: Envelope, tombstone: Tombstone) -> None:
    if await _is_news(transaction, effects.known_incident, event, "", Visibility.INTERNAL):
        await effects.set_past_impacts(transaction, UUID(tombstone.id), {}, event.time, event.time)
        touched = await effects.set_impacts(transaction, UUID(tombstone.id), {}, event.time)
        await _recompute(transaction, touched, event.time)


async def _maintenance(transaction: Transaction, event: Envelope, window: Maintenance) -> None:
    if not await _is_news(transaction, effects.known_maintenance, event, window.title, window.visibility):
        return
    in_progress = window.status is MaintenanceStatus.IN_PROGRESS
    services = [UUID(named.service_id) for named in window.services] if in_progress else []
    since = window.started_at or window.scheduled_start
    await _recompute(transaction, await effects.set_window(transaction, UUID(window.id), services, since), event.time)


async def _maintenance_deleted(transaction: Transaction, event: Envelope, tombstone: Tombstone) -> None:
    if await _is_news(transaction, effects.known_maintenance, event, "", Visibility.INTERNAL):
        touched = await effects.set_window(transaction, UUID(tombstone.id), [], event.time)
        await _recompute(transaction, touched, event.time)


async def _organization_created(transaction: Transaction, _: Envelope, organization: Organization) -> None:
    """One that has a page keeps it as it is. The page's name is its own from then on, whatever the organization is called later."""
    slug = slug_of(organization.proposed_slug, organization.name)
    await page_store.provision(transaction, slug=slug, settings=Settings(name=organization.name), now=now())


async def _is_news(transaction: Transaction, known: Table, event: Envelope, title: str, visibility: Visibility) -> bool:
    return await effects.is_news(
        transaction, known, id=UUID(event.aggregate_id), version=event.sequence, title=title, visibility=visibility
    )


async def _recompute(transaction: Transaction, services: Collection[UUID], at: datetime) -> None:
    """Give the services the status that follows from what counts on them now."""
    if not services:
        return
    await store.lock(transaction, services)
    states = [state for _, state in await store.load_services(transaction, services)]
    found = await effects.effects_of(transaction, states)
    changes = []
    for state in states:
        event, transition = state.set_effects(found[state.service_id], at)
        if event is not None:
            changes.append((state, transition))
            transaction.record(event)
    await store.save_states(transaction, changes)


HANDLERS: Mapping[str, Handler] = {
    **{name: _incident for name, event in INCIDENT_EVENTS.items() if Audience.INTERNAL in event.audiences},
    **{name: _maintenance for name, event in MAINTENANCE_EVENTS.items() if Audience.INTERNAL in event.audiences},
    "incident.deleted": _incident_deleted,
    "maintenance.deleted": _maintenance_deleted,
    "organization.created": _organization_created,
}
