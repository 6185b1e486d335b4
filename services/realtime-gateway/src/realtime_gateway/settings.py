"""Settings of the gateway, as `TIDINGS_<NAME>`."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from common.settings import Settings

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?")


def _origins(value: str) -> str:
    if value and not all(_ORIGIN.fullmatch(part.strip()) for part in value.split(",")):
        raise ValueError("must be origins such as https://app.example.org, with commas between them and no paths")
    return value


class SocketProtocol(StrEnum):
    LEAN = "lean"
    PLAIN = "plain"


class GatewaySettings(Settings):
    heartbeat_seconds: float = Field(
        default=15, gt=0, description="how often a quiet client is told up to where it has everything"
    )
    stalled_seconds: float = Field(default=5, gt=0, description="a client that takes nothing for so long is cut off")
    unsent_max_bytes: int = Field(
        default=256 * 1024, ge=1024, description="what may wait for one client that reads slowly"
    )
    sockets_per_address: int = Field(
        default=500, ge=1, description="how many clients one address may have in a process; an IPv6 /64 counts as one"
    )
    sockets_per_organization: int = Field(
        default=50_000, ge=1, description="how many clients one organization's page may have in a process"
    )
    console_origins: Annotated[str, AfterValidator(_origins)] = Field(
        default="",
        description="whose pages may open members' sockets, with commas; else those of the host that the gateway is reached at",
        examples=["https://app.example.org"],
    )
    socket_protocol: SocketProtocol = Field(
        default=SocketProtocol.LEAN,
        description="how sockets are served: lean writes frames itself; plain uses uvicorn's WebSockets, to tell whether a fault is lean's",
    )
    rings_max_bytes: int = Field(
        default=256 << 20, ge=1 << 20, description="how much is kept in memory for clients that come back"
    )

    def is_of_console(self, origin: str, host: str | None) -> bool:
        """Whether a page of this origin, which asks for the host, is the console's."""
        allowed = [part.strip() for part in self.console_origins.split(",") if part]
        return origin in allowed if allowed else bool(host) and origin.partition("://")[2] == host
