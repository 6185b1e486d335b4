"""What maintenance takes over from catalog: which organizations have a page, where their days begin, which services exist and who sees them.

What follows for windows is only noted here, in the table of what is due: the scheduler does it, one window or series a transaction.
"""

from collections.abc import Mapping

from common.consumption import Handler
from maintenance import store
from maintenance.store.series import plan_all_again
from maintenance.store.window import publish_again

DURABLE = "maintenance"
HANDLERS: Mapping[str, Handler] = store.KNOWN.handlers(on_visibility=publish_again, on_time_zone=plan_all_again)
