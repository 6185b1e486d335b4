"""Types of settings. What a wrong value is told is a sentence that says what the right one looks like, and never holds the value: it may be
a password in the wrong place."""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, SecretStr

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")


def split(value: str) -> SplitResult | None:
    """The parts of a URL; none when it is none, or names a port that cannot be."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # looked at when it is asked for
    except ValueError:
        return None
    return parts


def _log_level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return value.lower()


def _servers(value: str) -> str:
    for each in value.split(","):
        parts = split(each.strip())
        if parts is None or parts.scheme not in ("nats", "tls") or not parts.hostname or parts.username is not None:
            raise ValueError(
                "must be nats://host:4222 or tls://host:4222, several with commas between them, without user and "
                "password, which are TIDINGS_NATS_USER and TIDINGS_NATS_PASSWORD"
            )
    return value


def _database(value: SecretStr) -> SecretStr:
    parts = split(value.get_secret_value())
    if (
        parts is None
        or parts.scheme != "postgresql+asyncpg"
        or not (parts.hostname or "host=" in parts.query)
        or not parts.username
        or len(parts.path) < 2
    ):
        raise ValueError(
            "must be postgresql+asyncpg://user:password@host:5432/database, with /, ?, # and @ of the password "
            "written as %2F, %3F, %23 and %40"
        )
    return value


def _proxies(value: str) -> str:
    try:
        for each in value.split(",") if value != "*" else ():
            ip_network(each.strip(), strict=False)
    except ValueError:
        raise ValueError("must be addresses or networks with commas between them, such as 10.0.0.0/8, or *") from None
    return value


def writable(value: Path) -> Path:
    """The path, if this process may write a file or a folder there."""
    there = value.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    # What is to be written is a file or a folder in it; what exists between may be neither.
    if (not there.is_dir() and there != value.absolute()) or not os.access(there, os.W_OK):
        raise ValueError(f"{there} is not to be written to by this process's user")
    return value


def _http_url(value: str) -> str:
    parts = split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL such as https://example.org")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(_http_url(value))
    if parts.query or value.endswith("/"):
        raise ValueError("must be a URL without a slash at its end, such as https://app.example.org")
    return value


def _domain(value: str) -> str:
    if _HOST.fullmatch(value.lower()) is None:
        raise ValueError("must be a name without scheme, port and path, such as example.org")
    return value.lower()


LogLevel = Annotated[str, AfterValidator(_log_level)]
NatsServers = Annotated[str, AfterValidator(_servers)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
Proxies = Annotated[str, AfterValidator(_proxies)]
WritablePath = Annotated[Path, AfterValidator(writable)]
"""The path of a file or folder that may be made, or written again."""
HttpUrl = Annotated[str, AfterValidator(_http_url)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
"""An http URL that paths are appended to."""
DomainName = Annotated[str, AfterValidator(_domain)]
