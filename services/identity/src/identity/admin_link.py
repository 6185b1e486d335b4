"""Prints a one-time code that makes an admin with an account and an organization: `python -m identity.admin_link`. The code before is good no more."""

import asyncio

from common.database import Database, create_engine
from common.settings import load
from identity import store
from identity.domain.link import Purpose
from identity.first_start import how_to_use
from identity.links import new_code
from identity.settings import IdentitySettings


async def make(settings: IdentitySettings) -> str:
    """The code."""
    engine = create_engine(settings.database_url, application_name="identity admin link", pool_size=1)
    try:
        async with store.work(Database(engine, store.TABLES)) as unit:
            return await new_code(unit, Purpose.FIRST_ADMIN, None)
    finally:
        await engine.dispose()


def main() -> None:
    settings = load(IdentitySettings)
    print(how_to_use(asyncio.run(make(settings)), settings))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
