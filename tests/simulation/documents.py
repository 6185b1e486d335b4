"""What the fold keeps, on a simulated store."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from common.contracts.catalog import Layout, PageSettings, Service, ServiceStatusState
from common.contracts.events import Payload
from common.contracts.incidents import Incident
from common.envelope import Envelope
from common.stream import Checkpoint, Message
from public_api.carry import Carried, Former
from public_api.fold import CONSUMER, Folding
from public_api.history import Touched
from public_api.store.page import PageRecord
from public_api.view import Known

from .services import refuse_spoiled
from .store import Store, Transaction

EntityKey = tuple[str, str, str]
"""(organization, aggregate, id)"""


class SimulatedDocuments:
    """`public_api.fold.Documents` on a simulated store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Folding]:
        async with self._store.transaction() as transaction:
            yield _Folding(transaction)


class _Folding:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._folded = transaction.folded

    async def checkpoint(self) -> Checkpoint | None:
        return await self._transaction.checkpoint(CONSUMER)

    async def move_checkpoint(self, to: Checkpoint) -> None:
        self._transaction.put("checkpoint", CONSUMER, to)

    async def park(self, message: Message, reason: str) -> None:
        id = message.headers["ce-id"]
        self._folded.parked.append(id)
        self._transaction.put("dead_letter", message.position, id)

    async def save_events(self, events: Iterable[tuple[Envelope, Payload]]) -> dict[str, Touched]:
        for event, payload in events:
            refuse_spoiled(payload)
            self._folded.applied.append(event)
            key = (event.organization_id, event.aggregate, event.aggregate_id)
            known = self._transaction.get("entity", key)
            if known is None or known[0] < event.sequence:
                self._transaction.put("entity", key, (event.sequence, payload))
        return {}

    async def load_known(self, organizations: Sequence[str], at: datetime) -> dict[str, Known]:
        self._folded.moment = at
        rows = self._transaction.rows("entity")
        return {id: known for id in organizations if (known := known_of(rows, id)) is not None}

    async def carry_on(
        self, known: Mapping[str, Known], former: Mapping[str, Former], touched: Mapping[str, Touched], at: datetime
    ) -> dict[str, Carried]:
        """Days and calendars are not simulated."""
        return {id: Carried({}, "") for id in known}

    async def load_pages(self, organizations: Sequence[str]) -> list[PageRecord]:
        return [page async for page in self.all_pages() if page.organization_id in organizations]

    async def all_pages(self) -> AsyncIterator[PageRecord]:
        pages: dict[str, PageRecord] = self._transaction.rows("page")
        for _, page in sorted(pages.items()):
            yield page

    async def save_pages(self, records: Sequence[PageRecord]) -> None:
        for record in records:
            self._transaction.put("page", record.organization_id, record)

    async def record(self, rows: Sequence[dict[str, Any]]) -> None:
        self._transaction.insert(rows)


def known_of(entities: Mapping[EntityKey, tuple[int, Payload]], organization_id: str) -> Known | None:
    """What an organization's document is made of, out of the newest version of each aggregate."""
    found = [payload for (id, _, _), (_, payload) in sorted(entities.items()) if id == organization_id]
    pages = [payload for payload in found if isinstance(payload, PageSettings)]
    layouts = [payload for payload in found if isinstance(payload, Layout)]
    if not pages:
        return None
    return Known(
        page=pages[0],
        layout=layouts[0] if layouts else None,
        services=[payload for payload in found if isinstance(payload, Service)],
        states=[payload for payload in found if isinstance(payload, ServiceStatusState)],
        incidents=[payload for payload in found if isinstance(payload, Incident)],
    )
