"""What identity takes over from the stream: everything that members may know, for the audit, and where pages are. Its own events come the
same way.
"""

from collections.abc import Mapping

from common.consumption import Handler
from common.contracts.catalog import PageSettings
from common.contracts.events import Payload
from common.contracts.registry import EVENTS
from common.contracts.values import Audience
from common.database import Transaction
from common.envelope import Envelope
from identity.store import audit, page

DURABLE = "identity"


async def _keep(transaction: Transaction, event: Envelope, payload: Payload) -> None:
    await audit.keep(transaction, event)
    if isinstance(payload, PageSettings):
        await page.take_over(transaction, payload)


HANDLERS: Mapping[str, Handler] = {
    name: _keep for name, contract in EVENTS.items() if Audience.INTERNAL in contract.audiences
}
