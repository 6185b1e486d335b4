"""Prints a one-time code that makes an admin with an account and an organization: `python -m identity.admin_link`.

With `--if-first` only while there is no account at all. The code before is good no more.
"""

import argparse
import asyncio

from common.clock import now
from common.database import Database, create_engine
from common.settings import load
from identity import store
from identity.api import new_secret
from identity.domain.link import Link, Purpose
from identity.domain.secrets import digest
from identity.settings import IdentitySettings
from identity.store import account


async def make(settings: IdentitySettings, *, if_first: bool) -> str | None:
    """The code; None when there is an account and there must be none."""
    engine = create_engine(settings.database_url, application_name="identity admin link", pool_size=1)
    try:
        async with store.work(Database(engine, store.TABLES)) as unit:
            if if_first and await account.has_accounts(unit):
                return None
            code = new_secret()
            await account.add_link(unit, Link.create(digest(code), Purpose.FIRST_ADMIN, None, now()))
            return code
    finally:
        await engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m identity.admin_link", description=__doc__)
    parser.add_argument("--if-first", action="store_true", help="print nothing when there is an account")
    arguments = parser.parse_args()
    settings = load(IdentitySettings)
    code = asyncio.run(make(settings, if_first=arguments.if_first))
    if code is not None:
        print(  # noqa: T201 - what it is for
            f"For 24 hours this makes an admin and an organization, once:\n"
            f'  curl -sS -H "Content-Type: application/json" -d \'{{"token": "{code}", "email": "you@example.org", "name": "You", '
            f'"password": "…", "organization": {{"name": "Acme", "slug": "acme"}}}}\' {settings.identity_issuer}/v1/first-admin'
        )


if __name__ == "__main__":
    main()
