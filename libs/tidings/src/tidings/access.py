"""What the operator's commands reach: PostgreSQL as its administrator, NATS as the user `operator`, and which services have tables.

Unlike a service, a command does not wait for ever for what is away: it says so within seconds, and what to do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
import nats.errors
from nats.aio.client import Client
from pydantic import Field, SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

import catalog.store
import identity.store
import incidents.store
import maintenance.store
import public_api.store
from common.bus import Bus
from common.migrate import MigrationSettings
from common.nats_client import connect_options
from common.setting_types import NatsServers, WebAddress
from common.settings import load
from common.tables import Infrastructure
from common.topology import TopologySettings

CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 60.0


class OperatorError(Exception):
    """A command cannot go on. The message says why, and what to do next."""


class OperatorSettings(TopologySettings):
    nats_user: str | None = Field(default="operator", description="who we are to NATS: a user of deploy/nats.conf")
    nats_reload_password: SecretStr | None = Field(
        default=None,
        description="the password of NATS's user `reload`, by which the operator's command line has NATS read its configuration again",
    )
    nats_address: NatsServers | None = Field(
        default=None,
        description="how systems of others reach NATS, as `nats-access` prints it, when not as we do",
        examples=["tls://nats.example.org:4222"],
    )
    address: WebAddress = Field(default="http://localhost:8080", description="where people and programs reach Tidings")


@dataclass(frozen=True)
class Service:
    """A service with tables of its own. Events of the types `derived` are made from others' and no part of the record."""

    name: str
    tables: Infrastructure
    derived: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        return self.name.replace("-", "_")


SERVICES = (
    Service("catalog", catalog.store.TABLES),
    Service("identity", identity.store.TABLES),
    Service("incidents", incidents.store.TABLES),
    Service("maintenance", maintenance.store.TABLES),
    Service("public-api", public_api.store.TABLES, derived=("page.changed",)),
)
RECORD = tuple(service for service in SERVICES if not service.derived)
"""The services whose outboxes are the record."""


@asynccontextmanager
async def database() -> AsyncIterator[AsyncEngine]:
    """An engine of the administrator, which was seen to answer."""
    url = load(MigrationSettings).admin_database_url.get_secret_value()
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": {"application_name": "tidings"},
        },
    )
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError, TimeoutError) as error:
        place = engine.url.render_as_string(hide_password=True)
        raise OperatorError(
            f"PostgreSQL does not let us in at {place}: {reason(error)}. Start it, or correct TIDINGS_ADMIN_DATABASE_URL."
        ) from error
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def connection() -> AsyncIterator[AsyncConnection]:
    """One transaction of the administrator."""
    async with database() as engine, engine.begin() as opened:
        yield opened


@asynccontextmanager
async def stream() -> AsyncIterator[Client]:
    """A connection to NATS as the operator."""
    settings = load(OperatorSettings)
    refusals: list[str] = []

    async def note(error: Exception) -> None:
        refusals.append(reason(error))

    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            client = await nats.connect(**{**connect_options(settings, "tidings"), "error_cb": note})
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise _no_nats(settings, refusals[-1] if refusals else reason(error)) from error
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def publisher() -> AsyncIterator[Bus]:
    """What publishes recorded events, as a service's relay does."""
    settings = load(OperatorSettings)
    async with stream():  # whoever cannot get in hears it here; a bus would try for ever
        pass
    bus = Bus(settings, "tidings")
    bus.start()
    try:
        await bus.connected()
        yield bus
    finally:
        await bus.stop()


def reason(error: BaseException) -> str:
    """Why something failed, in one line."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    first = str(cause).strip().partition("\n")[0]
    return first or type(cause).__name__


def _no_nats(settings: OperatorSettings, why: str) -> OperatorError:
    return OperatorError(
        f"NATS does not let {settings.nats_user} in at {settings.nats_url}: {why}. "
        "Start it, or correct TIDINGS_NATS_URL, TIDINGS_NATS_USER and TIDINGS_NATS_PASSWORD."
    )
