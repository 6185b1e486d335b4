"""Takes down when API keys were used. Services say so in core NATS, each at most once a minute a key: what is lost meanwhile comes again."""

import logging
from uuid import UUID

from common.bus import Bus
from common.clock import now
from common.database import Database
from common.known_access import USES
from common.worker import Worker
from identity.store import api_key as store

log = logging.getLogger(__name__)

SUBJECT = f"{USES}.*.*"


class KeyUses(Worker):
    def __init__(self, database: Database, bus: Bus) -> None:
        super().__init__()
        self._database = database
        self._bus = bus

    async def run(self) -> None:
        """Take down use after use, for ever. Of all replicas one gets each."""
        client = await self._bus.connected()
        subscription = await client.subscribe(SUBJECT, queue="identity")
        async for message in subscription.messages:
            _, organization_id, key_id = message.subject.split(".")
            try:
                await self.take_down(organization_id, UUID(key_id))
            except Exception as error:  # the database is away, or somebody says what no service would
                log.warning(
                    "the use of a key was not taken down",
                    extra={"subject": message.subject, "reason": f"{type(error).__name__}: {error}"},
                )

    async def take_down(self, organization_id: str, id: UUID) -> None:
        async with self._database.transaction(organization_id) as transaction:
            key = await store.load_key(transaction, id)
            if key is not None and key.note_use(now()):
                await store.save_key(transaction, key)
