"""What incidents takes over from catalog: which organizations have a page and which services exist."""

from collections.abc import Mapping

from common.consumption import Handler
from incidents import store

DURABLE = "incidents"
HANDLERS: Mapping[str, Handler] = store.KNOWN.handlers()
