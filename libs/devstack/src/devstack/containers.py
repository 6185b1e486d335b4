"""PostgreSQL and nats-server in containers, for tests where Docker runs, with the face that the embedded servers have.

A server keeps its container, and so its data and its port, through stop, kill and restart; containers are removed when
the process that started them ends.
"""

import os
import secrets
import shutil
import tempfile
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

import docker
import docker.errors
from testcontainers.core.container import DockerContainer

from common import nats_access
from common.topology import DURABLES
from devstack.errors import DevstackError
from devstack.nats import greets, variables
from devstack.postgres import INITDB_ARGUMENTS, SERVER_SETTINGS
from devstack.processes import free_port

POSTGRES_IMAGE = "postgres:18.6-trixie"
NATS_IMAGE = "nats:2.14.5-alpine"
_POLL_INTERVAL = 0.05
_STOP_SECONDS = 10
_BACKUP = "/tmp/backup"


def docker_answers() -> bool:
    """Whether there is a Docker on this machine."""
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return False
    try:
        client = docker.from_env(timeout=2)
        try:
            return client.ping()
        finally:
            client.close()
    except (docker.errors.DockerException, OSError):  # the second: Docker's client lets errors of HTTP through
        return False


class ContainerServer(ABC):
    """One server in a container; `port` of this machine leads to `inner_port` of the container."""

    def __init__(self, container: DockerContainer, inner_port: int) -> None:
        self.port = free_port()
        self._container = container.with_bind_ports(inner_port, self.port)
        self._exists = False

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it serves clients now."""

    def start(self, timeout: float = 60) -> None:
        """Start it and return when it serves clients."""
        if self._exists:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._exists = True
            weakref.finalize(self, self._container.stop)
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            if time.monotonic() > deadline:
                output = b"\n".join(self._container.get_logs()).decode(errors="replace")
                raise DevstackError(f"{self._container.image} was not ready within {timeout:.0f} s:\n{output[-2000:]}")
            time.sleep(_POLL_INTERVAL)

    def stop(self) -> None:
        """Shut it down cleanly."""
        if self._exists:
            self._container.get_wrapped_container().stop(timeout=_STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL all of its processes, as the kernel would when memory runs out."""
        container = self._container.get_wrapped_container()
        container.reload()
        if container.status == "running":
            container.kill()
            container.wait()

    def restart(self) -> None:
        """Stop it and start it again on the same data and port."""
        self.stop()
        self.start()


class ContainerPostgres(ContainerServer):
    def __init__(self) -> None:
        self.password = secrets.token_hex(16)
        settings = [f"--{name}={value}" for name, value in SERVER_SETTINGS.items()]
        container = DockerContainer(POSTGRES_IMAGE).with_command(["postgres", *settings])
        container.with_envs(POSTGRES_PASSWORD=self.password, POSTGRES_INITDB_ARGS=" ".join(INITDB_ARGUMENTS))
        super().__init__(container, 5432)

    def url(self, database: str, user: str, password: str) -> str:
        """SQLAlchemy URL of `user` for `database`."""
        return f"postgresql+asyncpg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def is_ready(self) -> bool:
        # Over TCP: while the database is being created, it answers on its socket file only.
        return self._container.exec(["pg_isready", "--quiet", "--host=127.0.0.1"]).exit_code == 0

    def create_database(self, name: str) -> None:
        """Create the database `name` unless it exists."""
        if name not in self.sql("select datname from pg_database").splitlines():
            self.sql(f'create database "{name}"')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser and return psql's bare output."""
        return self._ask("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)

    def back_up(self, database: str) -> None:
        """Write a database to a file, in the place of what was written before."""
        self._ask("pg_dump", "--format=custom", f"--file={_BACKUP}", database)

    def restore(self, database: str) -> None:
        """Make a database what it was when it was backed up. Whoever is connected is thrown out."""
        self._ask("dropdb", "--force", database)
        self._ask("createdb", database)
        self._ask("pg_restore", "--exit-on-error", f"--dbname={database}", _BACKUP)

    def _ask(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the superuser and return what it prints."""
        result = self._container.exec([program, "-U", "postgres", *arguments])
        output = result.output.decode().strip()
        if result.exit_code != 0:
            raise DevstackError(f"PostgreSQL refused {arguments[-1]!r}: {output}")
        return output


class ContainerNats(ContainerServer):
    def __init__(self, config: Path, passwords: Mapping[str, str]) -> None:
        container = DockerContainer(NATS_IMAGE).with_command(["nats-server", "--config", "/etc/nats/nats.conf"])
        container.with_envs(**variables("0.0.0.0:4222", "/data", passwords))
        container.with_volume_mapping(config.resolve(), "/etc/nats/nats.conf")
        self.access = Path(tempfile.mkdtemp(prefix="nats-access-"))
        weakref.finalize(self, shutil.rmtree, self.access, ignore_errors=True)
        nats_access.prepare(self.access, DURABLES)
        container.with_volume_mapping(self.access, "/etc/nats/access")
        super().__init__(container, 4222)

    @property
    def url(self) -> str:
        """Where clients connect; user and password are given beside it."""
        return f"nats://127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        return greets(self.port)
