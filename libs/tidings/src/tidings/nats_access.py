"""`tidings nats-access`: lets a system of others read one organization's public events on NATS, and takes that right away again.

Such a system has a user, an account and a durable of one name, `<organization>_<name>`, and may do nothing but pull from that durable and
acknowledge. nats-server is not restarted: it is asked to read its configuration again, and nobody else's connection notices.
"""

import asyncio
import os
import re
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import bcrypt
import nats
import nats.errors
import typer
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError
from pydantic import SecretStr
from sqlalchemy import select

import common.nats_access
import common.topology
from catalog.store.page import page_settings
from common.envelope import STREAM
from common.nats_access import API_PREFIX, user_of
from common.settings import load
from common.topology import DURABLES
from tidings.access import OperatorError, OperatorSettings, connection, stream
from tidings.nats_server import connected, reload
from tidings.organization import HELP, METAVAR, check, organization_of
from tidings.terminal import say

NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\Z"
EXAMPLE = Path("docs/examples/subscribe.py")
RELOADS = 5
HASH_ROUNDS = 8
"""Few, because the server computes it for whoever knocks, and because no number makes 192 random bits harder to guess."""


@dataclass(frozen=True)
class System:
    organization: str
    name: str

    @property
    def user(self) -> str:
        return user_of(self.organization, self.name)

    def __str__(self) -> str:
        return f"NATS user {self.user}, which reads status.{self.organization}.public.> by its durable {self.user},"


Change = Callable[[System, OperatorSettings, Path], Awaitable[None]]


def nats_access(
    organization: Annotated[str, typer.Argument(metavar=METAVAR, help=HELP)],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call the system: a-z, 0-9 and -, 32 at most.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the right away, and the durable.")] = False,
) -> None:
    """Let another system read an organization's public events on NATS: print its user, its password and what to type.

    The password is shown once and kept as a hash. Needs TIDINGS_NATS_ACCESS and TIDINGS_NATS_RELOAD_PASSWORD.
    """
    check(organization)
    if not re.match(NAME_PATTERN, name):
        hint = "take a-z, 0-9 and - inside, 32 characters at most"
        raise typer.BadParameter(f"{name!r} cannot be a system's name: {hint}", param_hint="NAME")
    settings = load(OperatorSettings)
    change = _remove if remove else _add
    asyncio.run(_change(change, organization, name, settings))


def nats_files() -> None:
    """Make what NATS's configuration includes, or bring it up to date with this version, before NATS starts."""
    directory = _directory(load(OperatorSettings))
    common.nats_access.prepare(directory, DURABLES)
    say(f"{directory} has what deploy/nats.conf includes.")


def _directory(settings: OperatorSettings) -> Path:
    if settings.nats_access is None:
        raise OperatorError("TIDINGS_NATS_ACCESS is missing: the directory `access` beside NATS's configuration.")
    return settings.nats_access


async def _change(change: Change, named: str, name: str, settings: OperatorSettings) -> None:
    directory = _directory(settings)
    # What is in the record is known by its id, so it can be removed while PostgreSQL is away.
    if user_of(named, name) not in common.nats_access.systems(directory):
        async with connection() as database:
            named = await organization_of(database, named)
    await change(System(named, name), settings, directory)


async def _add(system: System, settings: OperatorSettings, directory: Path) -> None:
    slug = await _slug(system.organization)
    if system.user in common.nats_access.systems(directory):
        await _declare(settings)
        await reload(settings)
        say(f"{system} exists already, and is in place.")
        say("Its password is not kept. For another one remove it first (REMOVE=1, or --remove); it begins anew then.")
        return
    password = secrets.token_urlsafe(24)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(HASH_ROUNDS)).decode()
    common.nats_access.add(directory, DURABLES, system.user, system.organization, hashed)
    try:
        await _declare(settings)
        await _reload_until_it_works(system, settings, password)
    except BaseException:
        common.nats_access.remove(directory, DURABLES, system.user)
        with suppress(OperatorError, nats.errors.Error, JetStreamError, TimeoutError, OSError):
            await _delete(system)
            await reload(settings)
        raise
    say(f"{system} exists now, and may do nothing else. Its password is shown this once:\n")
    say(f"export NATS_URL={shlex.quote(settings.nats_address or settings.nats_url)}")
    say(f"export NATS_USER={system.user}")
    say(f"export NATS_PASSWORD={password}")
    say(f"export PAGE_URL={shlex.quote(f'{settings.address}/api/public/v1/pages/{slug}')}")
    say(_example())


async def _remove(system: System, settings: OperatorSettings, directory: Path) -> None:
    known = system.user in common.nats_access.systems(directory)
    # Also when it is not known: what a command that was killed left behind goes too.
    common.nats_access.remove(directory, DURABLES, system.user)
    await reload(settings)
    existed = await _delete(system)
    said = "is gone, with its durable, and its connections are closed" if known or existed else "did not exist"
    say(f"NATS user {system.user} {said}.")


async def _slug(organization: str) -> str:
    """The slug of an organization's page; OperatorError when there is no such organization."""
    async with connection() as database:
        by_id = select(page_settings.c.slug).where(page_settings.c.organization_id == organization)
        if (slug := (await database.execute(by_id)).scalar_one_or_none()) is not None:
            return str(slug)
    raise OperatorError(f"There is no organization {organization}: no page has that id, and none has that slug.")


async def _declare(settings: OperatorSettings) -> None:
    async with stream() as client:
        await common.topology.ensure(client.jetstream(), settings)


async def _delete(system: System) -> bool:
    """Delete the durable. Whether there was one."""
    async with stream() as client:
        try:
            return bool(await client.jetstream().delete_consumer(STREAM, system.user))
        except NotFoundError:
            return False


async def _reload_until_it_works(system: System, settings: OperatorSettings, password: str) -> None:
    """A new account's imports lead somewhere from the second reload on (nats-server 2.15.1), so it is tried as the system will."""
    for _ in range(RELOADS):
        await reload(settings)
        if await _works(system, settings, password):
            return
    raise OperatorError(f"NATS has read its configuration {RELOADS} times, and {system.user} still cannot read.")


async def _works(system: System, settings: OperatorSettings, password: str) -> bool:
    try:
        async with connected(settings, system.user, SecretStr(password)) as client:
            await client.jetstream(prefix=API_PREFIX).consumer_info(STREAM, system.user)
    except (nats.errors.Error, JetStreamError, TimeoutError, OSError):
        return False
    return True


def _example() -> str:
    """What runs the example, with the interpreter of this clone when the example is here."""
    if EXAMPLE.exists():
        return f"{os.path.relpath(sys.executable)} {EXAMPLE}"
    return f"python {EXAMPLE.name}    # {EXAMPLE} of Tidings' repository; it needs nats-py and httpx"
