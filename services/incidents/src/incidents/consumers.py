"""What incidents takes over from catalog: which organizations have a page and which services exist."""

from collections.abc import Mapping
from uuid import UUID

from common.consumption import Handler
from common.contracts.catalog import PageSettings, Service
from common.contracts.events import Tombstone
from common.database import Transaction
from common.envelope import Envelope
from incidents import store

DURABLE = "incidents"


async def _service(transaction: Transaction, event: Envelope, service: Service) -> None:
    await store.save_known_service(transaction, UUID(service.id), event.sequence, service=service, deleted_at=None)


async def _service_deleted(transaction: Transaction, event: Envelope, tombstone: Tombstone) -> None:
    await store.save_known_service(
        transaction, UUID(tombstone.id), event.sequence, service=None, deleted_at=tombstone.deleted_at
    )


async def _page_settings(transaction: Transaction, event: Envelope, page: PageSettings) -> None:
    await store.save_known_organization(transaction, page)


HANDLERS: Mapping[str, Handler] = {
    "service.created": _service,
    "service.updated": _service,
    "service.deleted": _service_deleted,
    "page_settings.provisioned": _page_settings,
    "page_settings.updated": _page_settings,
}
