"""Keeps the key set in a file too, for services on the same machine or with a volume in common: they need no connection to identity, and
who could answer in its name on the way there has no way. Elsewhere services read it by https.

Looking each minute is enough: a new key is shown an hour before it signs. It also is what makes the next key when nobody signs in.
"""

import asyncio
import json
import logging
import os
from pathlib import Path

from common.clock import now
from common.database import Database
from common.worker import Worker
from identity.issuing import key_set
from identity.store import work

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
AWAY_SECONDS = 0.2


class KeySetFile(Worker):
    def __init__(self, database: Database, path: Path) -> None:
        super().__init__()
        self._database = database
        self._path = path
        self._written: str | None = None

    async def note(self) -> str | None:
        return None if self._written is not None else f"The key set was not written to {self._path} yet"

    async def run(self) -> None:
        """Write the file whenever the key set is another one, for ever."""
        while True:
            try:
                await self.write()
                await asyncio.sleep(EVERY_SECONDS)
            except Exception as error:  # the database is away, or the disk is full: try for ever
                log.warning("the key set waits", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(AWAY_SECONDS)

    async def write(self) -> None:
        async with work(self._database) as unit:
            content = json.dumps(await key_set(unit, now()), sort_keys=True)
        if content != self._written:
            await asyncio.to_thread(self._replace, content)
            self._written = content

    def _replace(self, content: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        fresh.write_text(content)
        fresh.replace(self._path)
