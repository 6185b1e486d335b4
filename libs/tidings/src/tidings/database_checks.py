"""What doctor asks PostgreSQL: who gets in, whether tables are as the code wants them, what waits and what was set aside, what time it is."""

import os
from datetime import datetime, timedelta

from alembic.util.exc import CommandError
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from common.clock import now
from common.migrate import MigrationSettings, check, password_variable
from common.outbox import Backlog
from common.outbox_table import OutboxTable
from common.settings import load
from tidings.access import CONNECT_SECONDS, SERVICES, Service, reason
from tidings.findings import Finding

ROLES = ("app", "relay")
BACKLOG_SECONDS = 10.0
CLOCK_SECONDS = 1.0


async def examine(engine: AsyncEngine) -> list[Finding]:
    """Everything, of a database that answers its administrator."""
    findings = [await _clock(engine)]
    for service in SERVICES:
        migrations = await _migrations(service)
        findings += [await _role(engine, service, role) for role in ROLES]
        findings.append(migrations)
        try:
            outbox = OutboxTable(engine, service.tables.outbox, service.name)
            findings += outbox_findings(service, await outbox.backlog())
            findings.append(await _dead_letters(engine, service))
        except DBAPIError as error:
            findings.append(Finding(f"{service.name} tables", reason(error), "Run `tidings migrate`."))
    return findings


async def _role(engine: AsyncEngine, service: Service, role: str) -> Finding:
    """Whether the service gets in: with its password where that is known here, else whether it may."""
    name = f"{service.schema}_{role}"
    variable = password_variable(service.schema, role)
    password = os.environ.get(variable)
    if password is None:
        async with engine.connect() as connection:
            statement = text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :name")
            may = await connection.scalar(statement, {"name": name})
        if not may:
            return Finding(f"role {name}", "missing, or may not log in", "Run `tidings migrate`.")
        return Finding(f"role {name}", f"may log in (not tried: {variable} is not set)")
    url = make_url(load(MigrationSettings).admin_database_url.get_secret_value()).set(username=name, password=password)
    login = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": CONNECT_SECONDS})
    try:
        async with login.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError, TimeoutError) as error:
        remedy = f"Correct {variable} here and in {service.name}, or set it as the password by `tidings migrate`."
        return Finding(f"role {name}", f"cannot log in: {reason(error)}", remedy)
    return Finding(f"role {name}", "logs in")


async def _migrations(service: Service) -> Finding:
    about = f"{service.name} migrations"
    try:
        await check(load(MigrationSettings).admin_database_url, service.schema)
    except (CommandError, DBAPIError) as error:
        return Finding(about, reason(error), "Run `tidings migrate`; if it stays, the tables were changed by hand.")
    return Finding(about, "at head, tables as the code has them")


def outbox_findings(service: Service, backlog: Backlog) -> list[Finding]:
    about = f"{service.name} outbox"
    findings = []
    if backlog.waiting and backlog.oldest_seconds > BACKLOG_SECONDS:
        fact = f"{backlog.waiting} events wait, the oldest for {backlog.oldest_seconds:.0f} s"
        findings.append(Finding(about, fact, f"Is {service.name} running? Its /health/ready says what it lacks."))
    if backlog.parked:
        remedy = f"See parked_because in {service.schema}.outbox; a newer version of what they say replaces them."
        findings.append(Finding(about, f"the stream refused {backlog.parked} events for good", remedy))
    return findings or [Finding(about, f"{backlog.waiting} events wait, none was refused")]


async def _dead_letters(engine: AsyncEngine, service: Service) -> Finding:
    about = f"{service.name} dead letters"
    async with engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(service.tables.dead_letter))
    if count:
        return Finding(about, f"{count} messages could not be applied", "See `tidings dead-letters list`.")
    return Finding(about, "none")


async def _clock(engine: AsyncEngine) -> Finding:
    async with engine.connect() as connection:
        before = now()
        theirs = await connection.scalar(text("SELECT clock_timestamp()"))
        after = now()
    assert isinstance(theirs, datetime)
    return clock_finding(before, theirs, after)


def clock_finding(before: datetime, theirs: datetime, after: datetime) -> Finding:
    """Compare the database's time with ours, which was taken before and after it was asked."""
    apart = max(before - theirs, theirs - after, timedelta())
    if apart.total_seconds() > CLOCK_SECONDS:
        fact = f"the database's and this machine's are {apart.total_seconds():.1f} s apart"
        return Finding("clocks", fact, "Let both be set by NTP: times that people see come from either.")
    return Finding("clocks", "the database's and this machine's agree")
