"""How every process connects to NATS: for ever, noticing a dead connection within seconds, on its own inbox prefix."""

import logging
from typing import Any

from common.settings import Settings

log = logging.getLogger(__name__)


async def _log_error(error: Exception) -> None:
    # Permission violations arrive only here: the caller sees a timeout.
    log.warning("NATS", extra={"reason": f"{type(error).__name__}: {error}"})


def connect_options(settings: Settings, name: str) -> dict[str, Any]:
    """Options for `nats.connect`. The user's inbox prefix is `_INBOX_<user>`; nobody may listen on `_INBOX`."""
    options: dict[str, Any] = {
        "servers": settings.nats_servers,
        "name": name,
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": 0.25,
        "connect_timeout": 2,
        "ping_interval": 2,
        "max_outstanding_pings": 2,
        "error_cb": _log_error,
    }
    if settings.nats_user is not None and settings.nats_password is not None:
        options["user"] = settings.nats_user
        options["password"] = settings.nats_password.get_secret_value()
        options["inbox_prefix"] = inbox_prefix(settings)
    return options


def inbox_prefix(settings: Settings) -> bytes:
    return f"_INBOX_{settings.nats_user}".encode() if settings.nats_user else b"_INBOX"
