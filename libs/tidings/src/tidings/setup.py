"""`tidings migrate` and `tidings topology`: bring the databases and the stream to the form that the services expect."""

import asyncio
from typing import Annotated

import typer
from alembic.util.exc import CommandError

import common.migrate
import common.topology
from common.migrate import MigrationSettings
from common.settings import load
from tidings.access import SERVICES, OperatorError, OperatorSettings, database, reason, stream
from tidings.terminal import progress, say


def migrate() -> None:
    """Make what is missing of roles, schemas and tables of every service.

    Needs TIDINGS_ADMIN_DATABASE_URL and the password of each role, TIDINGS_<SCHEMA>_APP_PASSWORD and …_RELAY_PASSWORD.
    """
    passwords = {service.schema: common.migrate.passwords(service.schema) for service in SERVICES}
    asyncio.run(migrate_all(passwords))
    say(f"The tables of {', '.join(service.name for service in SERVICES)} are up to date.")


async def migrate_all(passwords: dict[str, dict[str, str]]) -> None:
    async with database():
        admin_url = load(MigrationSettings).admin_database_url
        with progress("Migrating") as tell:
            for done, (schema, words) in enumerate(passwords.items()):
                tell(done, len(passwords))
                try:
                    await common.migrate.migrate(admin_url, schema, **words)
                except CommandError as error:
                    remedy = "Its tables may be of a newer version: run that version's `tidings migrate`."
                    raise OperatorError(f"{schema} cannot be migrated: {reason(error)}. {remedy}") from error


def topology(
    new_epoch: Annotated[
        bool,
        typer.Option(
            "--new-epoch",
            help="Declare that offsets from before mean nothing, for instance after restoring NATS from a backup.",
        ),
    ] = False,
) -> None:
    """Declare the stream and its consumers, or bring them back to their form."""
    epoch = asyncio.run(declare(new_epoch=new_epoch))
    say(f"Stream and consumers are in place, in epoch {epoch}.")
    say("What the stream lost is published again by the services that run, or now by `tidings republish`.")


async def declare(*, new_epoch: bool) -> str:
    async with stream() as client:
        return await common.topology.ensure(client.jetstream(), load(OperatorSettings), renew_epoch=new_epoch)
