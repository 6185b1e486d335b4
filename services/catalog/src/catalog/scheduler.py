"""What catalog does by itself: it looks for the records of custom domains when that is due (`common.scheduler`).

DNS may take seconds, so no transaction is open meanwhile: the row is put off first, which keeps other replicas from it. Who dies between
the two has looked in vain, and the domain's turn comes again a little later.
"""

from catalog.proof import LOOK_SECONDS, Prover
from catalog.store import custom_domain as store
from common.database import Database
from common.due import Move
from common.scheduler import Scheduler

LANES = 4
"""A name server that does not answer keeps one of them for 5 s, and whose domain that is has no more than five of them."""
_PUT_OFF_SECONDS = LOOK_SECONDS * 4


def scheduler(database: Database, prover: Prover) -> Scheduler:
    async def check(database: Database, move: Move) -> bool:
        async with database.transaction(move.organization_id) as transaction:
            if await store.DUE.take(transaction, move) is None:
                return False
            await store.DUE.put_off(transaction, move, _PUT_OFF_SECONDS)
            domain, began_at = await store.begin_look(transaction, move.id)
        if domain is None:
            return False
        finding = await prover.look(domain)
        async with database.transaction(move.organization_id) as transaction:
            await store.note_finding(transaction, move.id, finding, began_at=began_at)
        return True

    return Scheduler(database, store.DUE, check, what="checks of custom domains", lanes=LANES)
