"""Three nats-servers on this machine that are one cluster, with the configuration that ships (deploy/nats-cluster.conf)."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from devstack.nats import Nats, password_variable, quoted
from devstack.processes import free_port

NODES = 3
CONFIG = Path(__file__).parents[4] / "deploy" / "nats-cluster.conf"


def routes(hosts: list[str], password: str) -> str:
    """What a server is told of all of them."""
    return json.dumps([f"nats-route://cluster:{quote(password, safe='')}@{host}" for host in hosts])


class Node(Nats):
    """One of the cluster; clients are told all of them."""

    def __init__(
        self,
        home: Path,
        name: str,
        port: int,
        cluster: "dict[str, tuple[int, int]]",
        secret: str,
        passwords: dict[str, str],
    ) -> None:
        super().__init__(home / name, port, CONFIG, passwords=passwords)
        self.name = name
        self._cluster = cluster
        self._secret = secret

    @property
    def url(self) -> str:
        return ",".join(f"nats://127.0.0.1:{port}" for port, _ in self._cluster.values())

    def prepare(self) -> None:
        super().prepare()
        included = self._beside / "nats.conf"
        included.unlink(missing_ok=True)
        included.symlink_to(self.config.with_name("nats.conf"))

    def environment(self) -> dict[str, str]:
        hosts = [f"127.0.0.1:{route}" for _, route in self._cluster.values()]
        return {
            **super().environment(),
            "TIDINGS_NATS_SERVER_NAME": quoted(self.name),
            "TIDINGS_NATS_CLUSTER_LISTEN": quoted(f"127.0.0.1:{self._cluster[self.name][1]}"),
            "TIDINGS_NATS_CLUSTER_ROUTES": routes(hosts, self._secret),
            password_variable("cluster"): quoted(self._secret),
        }


@contextmanager
def running_cluster(home: Path, passwords: dict[str, str]) -> Iterator[dict[str, Node]]:
    """The servers by name. Not ready for streams at once: they elect who leads."""
    ports = {f"nats-{number}": (free_port(), free_port()) for number in range(1, NODES + 1)}
    secret = secrets.token_urlsafe()
    nodes = {name: Node(home, name, port, ports, secret, passwords) for name, (port, _) in ports.items()}
    try:
        for node in nodes.values():
            node.start()
        yield nodes
    finally:
        for node in nodes.values():
            node.kill()
