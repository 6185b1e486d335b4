"""What maintenance takes over from catalog: which organizations have a page, where their days begin, and which services exist."""

from collections.abc import Mapping

from common.consumption import Handler
from maintenance import store

DURABLE = "maintenance"
HANDLERS: Mapping[str, Handler] = store.KNOWN.handlers()
