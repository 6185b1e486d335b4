"""Prints a one-time link by which somebody chooses a new password: `python -m identity.password_link EMAIL`. For whoever gets no mail.

Whoever can run this can read the tables as well, so it gives them no more than they have. Hand the link to nobody but the person.
"""

import asyncio
import sys

from common.contracts.rules import RuleError
from common.database import Database, create_engine
from common.settings import load
from identity import store
from identity.domain.account import normalised_email
from identity.domain.link import VALID, Purpose
from identity.links import new_code
from identity.settings import IdentitySettings
from identity.store import account


async def make(settings: IdentitySettings, email: str) -> str | None:
    """The code; None when nobody has this address."""
    engine = create_engine(settings.database_url, application_name="identity password link", pool_size=1)
    try:
        async with store.work(Database(engine, store.TABLES)) as unit:
            found = await account.find_account(unit, email)
            return await new_code(unit, Purpose.RESET_PASSWORD, found.id) if found is not None else None
    finally:
        await engine.dispose()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Name the address of one account: python -m identity.password_link EMAIL")
    settings = load(IdentitySettings)
    try:
        email = normalised_email(sys.argv[1])
    except RuleError as error:
        sys.exit(f"{sys.argv[1]!r}: {error}")
    code = asyncio.run(make(settings, email))
    if code is None:
        sys.exit(f"Nobody has an account with the address {email}.")
    minutes = int(VALID[Purpose.RESET_PASSWORD].total_seconds() // 60)
    said = f"For {minutes} minutes {email} can choose a new password with this, once:\n  {settings.console}/reset#code={code}"
    print(said)  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
