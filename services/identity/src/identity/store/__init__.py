"""Tables of identity, and what is loaded from and saved to them.

What an organization owns is under row-level security as everywhere. A person is nobody's tenant: accounts, sessions, links and the mails
that wait belong to no organization and hold nothing of one. `belonging` says which organizations an account is a member of, so that they
can be found before one is chosen; what the membership is like is read as that organization.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Executable, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection

from common.database import Database, Transaction
from common.envelope import Actor
from common.tables import infrastructure, metadata

METADATA = metadata("identity")
TABLES = infrastructure(METADATA)


class Work:
    """One transaction of one person: on tables that belong to nobody, and in one organization after the other.

    `address` is where the request comes from, for the audit.
    """

    def __init__(self, connection: AsyncConnection, address: str | None = None) -> None:
        self.leaves_work = False
        self._connection = connection
        self._address = address
        self._entered: list[Transaction] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        return await self._connection.execute(statement, parameters)

    async def enter(self, organization_id: str, actor: Actor | None) -> Transaction:
        """Go on as this organization. What a former one gave must not be used any more."""
        await self._connection.execute(
            text("SELECT set_config('app.organization_id', :id, true)"), {"id": organization_id}
        )
        if actor is not None:
            actor = actor.model_copy(update={"address": self._address})
        self._entered.append(Transaction(self._connection, organization_id, actor))
        return self._entered[-1]

    def has_left_work(self) -> bool:
        return self.leaves_work or any(transaction.leaves_work for transaction in self._entered)

    def take_rows(self) -> list[dict[str, Any]]:
        return [row for transaction in self._entered for row in transaction.take_rows()]


Unit = Work | Transaction
"""What a statement on a table of nobody can be executed in."""


@asynccontextmanager
async def work(database: Database, address: str | None = None) -> AsyncIterator[Work]:
    """Committed at block end together with the events of all organizations, rolled back on any exception."""
    async with database.engine.begin() as connection:
        work = Work(connection, address)
        yield work
        rows = work.take_rows()
        if rows:
            await connection.execute(database.tables.outbox.insert(), rows)
    if rows:
        database.on_recorded()
    if work.has_left_work():
        database.on_work()
