"""Settings of the gateway, as `TIDINGS_<NAME>`."""

from pydantic import Field

from common.settings import Settings

_ORIGIN = r"https?://[a-z0-9.-]+(?::[0-9]+)?"


class GatewaySettings(Settings):
    heartbeat_seconds: float = Field(default=15, gt=0)
    stalled_seconds: float = Field(default=5, gt=0, description="a client that takes nothing for so long is ended")
    unsent_max_bytes: int = Field(default=256 * 1024, ge=1024, description="what may wait for one client")
    sockets_per_address: int = Field(default=500, ge=1, description="an IPv6 /64 counts as one address")
    sockets_per_organization: int = Field(default=50_000, ge=1, description="in this process")
    console_origins: str = Field(
        default="",
        pattern=rf"^(?:{_ORIGIN}(?:\s*,\s*{_ORIGIN})*)?$",
        description="with commas: whose pages may open members' sockets; empty: those of the host that the gateway is reached at",
    )
    rings_max_bytes: int = Field(default=256 << 20, ge=1 << 20, description="frames kept for clients that come back")

    def is_of_console(self, origin: str, host: str | None) -> bool:
        """Whether a page of this origin, which asks for the host, is the console's."""
        allowed = [part.strip() for part in self.console_origins.split(",") if part]
        return origin in allowed if allowed else bool(host) and origin.partition("://")[2] == host
