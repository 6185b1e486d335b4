"""PostgreSQL for a service: engines with deadlines, and transactions that belong to one tenant.

A tenant's transaction sets `app.organization_id` for row-level security, collects the events of what it changed, and writes them to the
outbox right before it commits: an event exists if and only if its change committed. After the commit the relay is woken.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr
from sqlalchemy import CursorResult, Executable, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from common.clock import uuid7
from common.contracts.events import DomainEvent
from common.contracts.values import Audience
from common.envelope import Actor
from common.errors import Problem
from common.tables import Infrastructure
from common.telemetry import current_traceparent

EVENT_MAX_BYTES = 192 * 1024
DEADLINE_SECONDS = 3.0


def create_engine(url: SecretStr, *, application_name: str, pool_size: int = 5) -> AsyncEngine:
    """An engine that never waits for ever: connecting, waiting for a connection and every statement have a deadline."""
    engine = create_async_engine(
        url.get_secret_value(),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=5,
        pool_recycle=1800,
        connect_args={
            "timeout": DEADLINE_SECONDS,
            "command_timeout": DEADLINE_SECONDS,
            "server_settings": {
                "application_name": application_name,
                "statement_timeout": str(int(DEADLINE_SECONDS * 1000)),
                "idle_in_transaction_session_timeout": "15000",
                "jit": "off",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_if_closed)
    return engine


def _replace_if_closed(connection: Any, *_: object) -> None:
    """Called by the pool. asyncpg knows when the server ended a connection, so nobody needs to ask the server each time."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def is_unavailable(error: BaseException) -> bool:
    """Whether the database was away or too slow, as opposed to refusing what it was asked."""
    if isinstance(error, DBAPIError):
        # Class 53 is "insufficient resources" (disk full, too many connections), 57 "operator intervention" (shutdown, timeout).
        state = getattr(error.orig, "sqlstate", None) or ""
        return (
            error.connection_invalidated
            or isinstance(error, (OperationalError, InterfaceError))
            or state[:2] in ("08", "53", "57")
        )
    return isinstance(error, (PoolTimeoutError, TimeoutError, OSError))


def outbox_rows(
    event: DomainEvent, organization_id: str, actor: Actor | None, traceparent: str | None
) -> list[dict[str, Any]]:
    """The event's rows for the outbox, one for each audience that may see it. Raises a 422 when it is too large to be delivered."""
    rows = []
    for audience, event_type, payload in event.for_audiences():
        data = payload.model_dump_json()
        if len(data.encode()) > EVENT_MAX_BYTES:
            raise Problem(
                422,
                "event-too-large",
                "Too large to be delivered",
                f"The change makes an event of more than {EVENT_MAX_BYTES} bytes. Shorten texts or split it.",
                limit_bytes=EVENT_MAX_BYTES,
            )
        rows.append(
            {
                "id": uuid7(),
                "organization_id": organization_id,
                "audience": audience.value,
                "type": event_type,
                "aggregate_id": event.aggregate_id,
                "sequence": event.version,
                "occurred_at": event.occurred_at,
                "data": data,
                "actor": actor.model_dump() if actor and audience is Audience.INTERNAL else None,
                "traceparent": traceparent,
            }
        )
    return rows


class Transaction:
    """One transaction of one tenant. `record` what changed; the events are written when the block ends."""

    def __init__(self, connection: AsyncConnection, organization_id: str, actor: Actor | None) -> None:
        self.connection = connection
        self.organization_id = organization_id
        self.actor = actor
        self.named_actor = actor.named().model_dump() if actor else None
        """Who does it, to be kept where other members read it."""
        self.leaves_work = False
        """Whether there is something for the service's workers once this is committed."""
        self._rows: list[dict[str, Any]] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        return await self.connection.execute(statement, parameters)

    def record(self, event: DomainEvent) -> None:
        """Note an event for the outbox. Raises a 422 when it is too large to be delivered."""
        self._rows += outbox_rows(event, self.organization_id, self.actor, current_traceparent())

    def take_rows(self) -> list[dict[str, Any]]:
        rows, self._rows = self._rows, []
        return rows


class Database:
    """The service's tables as its app role sees them.

    `on_recorded` is called after a commit that wrote to the outbox, `on_work` after one that left something for the service's workers.
    """

    def __init__(self, engine: AsyncEngine, tables: Infrastructure) -> None:
        self.engine = engine
        self.tables = tables
        self.on_recorded: Callable[[], None] = lambda: None
        self.on_work: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def transaction(self, organization_id: str, actor: Actor | None = None) -> AsyncIterator[Transaction]:
        """The tenant's transaction: committed at block end together with its events, rolled back on any exception."""
        async with self.engine.begin() as connection:
            await connection.execute(
                text("SELECT set_config('app.organization_id', :id, true)"), {"id": organization_id}
            )
            transaction = Transaction(connection, organization_id, actor)
            yield transaction
            rows = transaction.take_rows()
            if rows:
                await connection.execute(self.tables.outbox.insert(), rows)
        if rows:
            self.on_recorded()
        if transaction.leaves_work:
            self.on_work()

    async def unready(self) -> str | None:
        """Why the database cannot be used now, or None."""
        try:
            async with asyncio.timeout(2), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:  # every failure to answer is a reason, whatever its type
            return f"PostgreSQL does not answer: {type(error).__name__}"
        return None
