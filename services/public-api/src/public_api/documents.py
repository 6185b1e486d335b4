"""The fold's own tables, one transaction at a time. What is done with them, and why, is `public_api.fold`'s business."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.consumption import lock_checkpoint, move_checkpoint, park
from common.contracts.events import Payload
from common.envelope import Envelope
from common.stream import Checkpoint, Message
from public_api import store
from public_api.carry import Carried, Former, carry_on
from public_api.fold import CONSUMER, Folding
from public_api.history import Touched, save_past
from public_api.store.entity import load_known, save_entities
from public_api.store.page import PageRecord, all_pages, load_pages, save_pages
from public_api.view import Known


class StoredDocuments:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Folding]:
        async with self._engine.begin() as connection:
            yield _Transaction(connection)


class _Transaction:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def checkpoint(self) -> Checkpoint | None:
        return await lock_checkpoint(self._connection, store.TABLES, CONSUMER)

    async def move_checkpoint(self, to: Checkpoint) -> None:
        await move_checkpoint(self._connection, store.TABLES, CONSUMER, to)

    async def park(self, message: Message, reason: str) -> None:
        await park(
            self._connection, store.TABLES, CONSUMER, message.position, message.subject, message.headers, message.data,
            reason,
        )  # fmt: skip

    async def save_events(self, events: Sequence[tuple[Envelope, Payload]]) -> dict[str, Touched]:
        taken_over = await save_entities(self._connection, events)
        return await save_past(self._connection, events, taken_over)

    async def load_known(self, organizations: Sequence[str], at: datetime) -> dict[str, Known]:
        return await load_known(self._connection, organizations, at)

    async def carry_on(
        self, known: Mapping[str, Known], former: Mapping[str, Former], touched: Mapping[str, Touched], at: datetime
    ) -> dict[str, Carried]:
        return await carry_on(self._connection, known, former, touched, at)

    async def load_pages(self, organizations: Sequence[str]) -> list[PageRecord]:
        return await load_pages(self._connection, organizations)

    def all_pages(self) -> AsyncIterator[PageRecord]:
        return all_pages(self._connection)

    async def save_pages(self, records: Sequence[PageRecord]) -> None:
        await save_pages(self._connection, records)

    async def record(self, rows: Sequence[dict[str, Any]]) -> None:
        await self._connection.execute(store.TABLES.outbox.insert(), rows)
