"""What is read from PostgreSQL while somebody waits for it: from a small pool of its own, and within a second or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from common.database import is_unavailable

READ_SECONDS = 1.0
RETRY_SECONDS = 5


class NotReadableError(Exception):
    """PostgreSQL is away, or too slow."""


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for as long as there is time. Raises NotReadableError when that is over."""
    try:
        async with asyncio.timeout(READ_SECONDS), engine.connect() as connection:
            yield connection
    except Exception as error:
        if is_unavailable(error):
            raise NotReadableError from error
        raise
