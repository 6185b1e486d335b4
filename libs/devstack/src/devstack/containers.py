"""PostgreSQL and nats-server in containers, for tests where Docker runs, with the face that the embedded servers have."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import docker
import docker.errors
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from devstack.processes import free_port

POSTGRES_IMAGE = "postgres:18.1"
NATS_IMAGE = "nats:2.12.2"


def docker_answers() -> bool:
    if not (os.environ.get("DOCKER_HOST") or Path("/var/run/docker.sock").exists()):
        return False
    try:
        client = docker.from_env(timeout=2)
        client.ping()
        client.close()
    except docker.errors.DockerException:
        return False
    return True


class ContainerPostgres:
    def __init__(self) -> None:
        self.port = free_port()
        self.password = "for-tests-only"
        self._container = PostgresContainer(
            POSTGRES_IMAGE, username="postgres", password=self.password, dbname="postgres", driver=None
        ).with_bind_ports(5432, self.port)

    def url(self, database: str, user: str, password: str) -> str:
        return f"postgresql+asyncpg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self._container.start()

    def stop(self) -> None:
        self._container.stop()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def restart(self) -> None:
        self._container.get_wrapped_container().restart()

    def create_database(self, name: str) -> None:
        self.sql(f'CREATE DATABASE "{name}"')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser and return psql's bare output."""
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", statement]
        code, output = self._container.exec(command)
        if code != 0:
            raise RuntimeError(f"PostgreSQL refused {statement!r}: {output.decode()}")
        return output.decode().strip()


class ContainerNats:
    def __init__(self, config: Path, passwords: Mapping[str, str]) -> None:
        self.port = free_port()
        container = DockerContainer(NATS_IMAGE, command="--config /etc/nats/nats.conf")
        variables = {"TIDINGS_NATS_LISTEN": "0.0.0.0:4222", "TIDINGS_NATS_STORE_DIR": "/data"}
        variables |= {
            f"TIDINGS_NATS_PASSWORD_{user.replace('-', '_').upper()}": word for user, word in passwords.items()
        }
        for name, value in variables.items():
            container = container.with_env(name, json.dumps(value))
        self._container = (
            container.with_env("TIDINGS_NATS_MAX_FILE_STORE", "1GB")
            .with_volume_mapping(str(config), "/etc/nats/nats.conf", "ro")
            .with_bind_ports(4222, self.port)
            .waiting_for(LogMessageWaitStrategy("Server is ready"))
        )

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._container.start()

    def stop(self) -> None:
        self._container.stop()

    def kill(self) -> None:
        self._container.get_wrapped_container().kill()

    def restart(self) -> None:
        self._container.get_wrapped_container().restart()
