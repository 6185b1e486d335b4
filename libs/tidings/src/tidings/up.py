"""`tidings up`: from nothing, or from an older version, to an installation that works, in one command that can be typed again.

Nothing here stops what runs: tables only gain what the new version needs, while replicas of the old one go on with them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from sqlalchemy import text

from common.migrate import passwords
from tidings import doctor, setup
from tidings.access import SERVICES, OperatorError, database, stream
from tidings.terminal import progress, say

POLL_SECONDS = 1.0

_AT_WORK = text(
    "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE '%\\_relay'"
)


def up(
    prepare: Annotated[
        bool, typer.Option("--prepare", help="End when services may be started, and do not wait for them.")
    ] = False,
    wait: Annotated[float, typer.Option(min=0, help="How many seconds to wait for servers, and for services.")] = 120.0,
) -> None:
    """Bring everything up to this version: wait for PostgreSQL and NATS, migrate, declare the stream, wait for services, doctor.

    Needs what `migrate` and `topology` need. Interrupted, or ended by what went wrong, type it again: what is done changes nothing.
    """
    steps = 3 if prepare else 5
    words = {service.schema: passwords(service.schema) for service in SERVICES}
    _tell(1, steps, "PostgreSQL and NATS let us in")
    asyncio.run(_wait_for_servers(wait))
    _tell(2, steps, "Tables")
    asyncio.run(setup.migrate_all(words))
    _tell(3, steps, "Stream and consumers")
    asyncio.run(setup.declare(new_epoch=False))
    if prepare:
        say("Services may start.")
        return
    _tell(4, steps, "Services")
    asyncio.run(_wait_for_services(wait))
    _tell(5, steps, "Doctor")
    doctor.doctor()


def _tell(step: int, steps: int, what: str) -> None:
    say(f"{step}/{steps}  {what}")


async def _wait_for_servers(seconds: float) -> None:
    async def let_in() -> str | None:
        try:
            async with database(), stream():
                return None
        except OperatorError as error:
            return str(error)

    await _until(let_in, seconds, "Waiting for servers")


async def _wait_for_services(seconds: float) -> None:
    """A service is at work when its relay is connected to PostgreSQL: that has no more to wait for than the service itself."""
    async with database() as engine:

        async def absent() -> str | None:
            async with engine.connect() as connection:
                present = set((await connection.execute(_AT_WORK)).scalars())
            missing = [service.name for service in SERVICES if f"{service.schema}_relay" not in present]
            if not missing:
                return None
            return (
                f"Not at work: {', '.join(missing)}. Start them, or read why in their logs and at their /health/ready."
            )

        await _until(absent, seconds, "Waiting for services")


async def _until(problem: Callable[[], Awaitable[str | None]], seconds: float, what: str) -> None:
    """Until there is no problem. Raises OperatorError with the last one."""
    begun = time.monotonic()
    with progress(what) as tell:
        while (found := await problem()) is not None:
            waited = time.monotonic() - begun
            if waited >= seconds:
                raise OperatorError(found)
            tell(round(waited), round(seconds))
            await asyncio.sleep(POLL_SECONDS)
