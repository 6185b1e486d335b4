"""Where people come by invitation only, somebody must be the first: while there is no account, each start prints a one-time code for them.

It goes to the standard output and not into the log, which is kept and read by others.
"""

import asyncio
import logging

from common.database import Database
from common.worker import Worker
from identity.domain.link import Purpose
from identity.links import new_code
from identity.settings import IdentitySettings
from identity.store import account, work

log = logging.getLogger(__name__)

AWAY_SECONDS = 0.5


def how_to_use(code: str, settings: IdentitySettings) -> str:
    return (
        "For 24 hours this makes an admin and an organization, once:\n"
        f"  {settings.console}/first-admin#code={code}\n"
        "or, without the console,\n"
        f'  curl -sS -H "Content-Type: application/json" -d \'{{"token": "{code}", "email": "you@example.org", "name": "You", '
        f'"password": "…", "organization": {{"name": "Acme", "slug": "acme"}}}}\' {settings.identity_issuer}/v1/first-admin'
    )


class FirstStart(Worker):
    def __init__(self, database: Database, settings: IdentitySettings) -> None:
        super().__init__()
        self._database = database
        self._settings = settings

    async def run(self) -> None:
        """Print a code if there is no account, as soon as the database says so."""
        while True:
            try:
                async with work(self._database) as unit:
                    code = None if await account.has_accounts(unit) else await new_code(unit, Purpose.FIRST_ADMIN, None)
                break
            except Exception as error:  # the database is away, or so it seems: try for ever
                log.warning("the first code waits", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(AWAY_SECONDS)
        if code is not None:
            print(how_to_use(code, self._settings), flush=True)  # noqa: T201 - see above
