"""Services on real servers, for tests, the soak and benchmarks: a `Stack` is a database and a stream of its own, and starts services on them.

A stack's database is empty and its stream is declared anew with a new epoch, so whatever runs on it starts from nothing. The
environment variable TIDINGS_TEST_SERVERS chooses `embedded` or `testcontainers`; without it containers are used where Docker answers.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import nats
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from nats.aio.client import Client
from nats.js.errors import NotFoundError
from pydantic import SecretStr

from common import topology
from common.envelope import STREAM
from common.nats_client import connect_options
from common.settings import Settings
from common.stream import stream_state
from devstack import forked
from devstack.clients import new_client
from devstack.containers import ContainerNats, ContainerPostgres, docker_answers
from devstack.databases import Databases
from devstack.errors import DevstackError
from devstack.nats import USERS, Nats
from devstack.network import Place
from devstack.postgres import Postgres
from devstack.processes import free_port
from devstack.stack import AUDIENCE
from devstack.tokens import ISSUER, make_keys, token_of_tests

SCHEMAS = {
    "catalog": "catalog",
    "identity": "identity",
    "incidents": "incidents",
    "maintenance": "maintenance",
    "public-api": "public_api",
}
PACKAGES = {**SCHEMAS, "realtime-gateway": "realtime_gateway"}
PASSWORD = "for-tests-only"
# The last is for what a forked process imports besides: whatever the program that forks it was started as.
forked.import_beforehand(*(f"{package}.app" for package in PACKAGES.values()), "common.topology", "devstack.scenario")

AnyPostgres = Postgres | ContainerPostgres
AnyNats = Nats | ContainerNats


def _in_containers() -> bool:
    choice = os.environ.get("TIDINGS_TEST_SERVERS") or ("testcontainers" if docker_answers() else "embedded")
    if choice not in ("embedded", "testcontainers"):
        raise DevstackError(f"TIDINGS_TEST_SERVERS is {choice!r}; use embedded or testcontainers.")
    return choice == "testcontainers"


@contextmanager
def running_postgres(home: Path) -> Iterator[AnyPostgres]:
    server: AnyPostgres
    server = ContainerPostgres() if _in_containers() else Postgres(home / "data", free_port(), home / "log")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def databases_on(postgres: AnyPostgres) -> Databases:
    """Databases with every service's tables."""
    return Databases(postgres, SCHEMAS.values(), PASSWORD)


@contextmanager
def running_nats(home: Path) -> Iterator[AnyNats]:
    """A nats-server with the configuration that ships; every user's password is the one of the tests."""
    passwords = dict.fromkeys(USERS, PASSWORD)
    config = Path(__file__).parents[4] / "deploy" / "nats.conf"
    server: AnyNats
    if _in_containers():
        server = ContainerNats(config, passwords)
    else:
        server = Nats(home / "data", free_port(), config, log_path=home / "log", passwords=passwords)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def temporary_stack(home: Path) -> Iterator["Stack"]:
    """Servers and a stack of their own below a directory, for programs that are no tests. Not to be called from a running loop."""
    keys = home / "keys"
    keys.mkdir(parents=True)
    make_keys(keys)
    with running_postgres(home / "postgres") as postgres, running_nats(home / "nats") as nats_server:
        with databases_on(postgres).empty() as database:
            stack = Stack(postgres, nats_server, database, keys, home)
            asyncio.run(stack.declare_topology(empty=True))
            yield stack


@dataclass
class Stack:
    """One test's servers, database and stream, and what services on them need."""

    postgres: AnyPostgres
    nats: AnyNats
    database: str
    keys: Path
    state: Path
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self, service: str, port: int = 0) -> dict[str, str]:
        """The variables that `service` (or `topology`) is configured by."""
        variables = {
            "TIDINGS_ENV": "development",
            "TIDINGS_HOST": "127.0.0.1",
            "TIDINGS_PORT": str(port),
            "TIDINGS_NATS_URL": self.nats.url,
            "TIDINGS_NATS_USER": service,
            "TIDINGS_NATS_PASSWORD": PASSWORD,
            "TIDINGS_NATS_ACCESS": str(self.nats.access),
            "TIDINGS_TOKEN_ISSUER": ISSUER,
            "TIDINGS_TOKEN_AUDIENCE": AUDIENCE,
            "TIDINGS_TOKEN_JWKS": str(self.keys / "jwks.json"),
            # Tests, the soak and benchmarks write as fast as they can; what limits do has tests of its own.
            "TIDINGS_WRITES_PER_MINUTE": "1000000",
            "TIDINGS_READS_PER_MINUTE": "1000000",
            "TIDINGS_SNAPSHOT_PATH": str(self.state / f"{service}-{port}.jsonl"),
            "TIDINGS_IDENTITY_ISSUER": "http://identity.test/api/identity",
            "TIDINGS_SIGN_UP": "open",
            "TIDINGS_MAIL": str(self.state / "mail"),
            # Nobody answers there. A test that looks for a domain's record has a name server of its own (devstack.name_server).
            "TIDINGS_DNS_SERVERS": "127.0.0.1:9",
            **self.extra,
        }
        if service in SCHEMAS:
            schema = SCHEMAS[service]
            variables["TIDINGS_DATABASE_URL"] = self.postgres.url(self.database, f"{schema}_app", PASSWORD)
            variables["TIDINGS_RELAY_DATABASE_URL"] = self.postgres.url(self.database, f"{schema}_relay", PASSWORD)
        return variables

    def admin_url(self) -> str:
        """The superuser's URL of this test's database."""
        return self.postgres.url(self.database, "postgres", self.postgres.password)

    def token(self, organization: str = "acme", role: str = "admin") -> str:
        return token_of_tests(self.keys, organization, role)

    def settings(self, user: str) -> Settings:
        return Settings(nats_url=self.nats.url, nats_user=user, nats_password=SecretStr(PASSWORD))

    async def connect(self, user: str) -> Client:
        """A connection to NATS as one of its users."""
        return await nats.connect(**connect_options(self.settings(user), f"test {user}"))

    async def declare_topology(self, *, empty: bool = False) -> str:
        """Run the topology step; with `empty`, on a stream that is thrown away first. Returns the epoch."""
        client = await self.connect("topology")
        try:
            js = client.jetstream()
            if empty:
                try:
                    await js.delete_stream(STREAM)
                except NotFoundError:
                    pass
            settings = topology.TopologySettings(**self.settings("topology").model_dump(), nats_access=self.nats.access)
            await topology.ensure(js, settings)
            return (await stream_state(client)).epoch
        finally:
            await client.close()

    async def epoch(self) -> str:
        """The present epoch of the stream."""
        client = await self.connect("topology")
        try:
            return (await stream_state(client)).epoch
        finally:
            await client.close()

    @asynccontextmanager
    async def service(self, name: str) -> AsyncIterator["Service"]:
        """The service in this process, started, with a client for it."""
        async with _in_environment(self.environment(name)):
            app: FastAPI = import_module(f"{PACKAGES[name]}.app").create_app()
        async with LifespanManager(app, startup_timeout=10, shutdown_timeout=20) as manager:
            transport = httpx.ASGITransport(manager.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://service", timeout=15) as client:
                service = Service(name, app, client, self)
                await service.wait_until_ready()
                yield service

    def process(self, name: str, variables: dict[str, str] | None = None, *, place: Place | None = None) -> "Process":
        """The service as a process of its own, in a place of its own if one is given. `variables` go into its environment."""
        return Process(name, f"{PACKAGES[name]}.app", free_port(), self, variables or {}, place=place)

    def topology_watch(self) -> "Process":
        """The topology step as a process that declares again what vanishes, not started yet."""
        return Process("topology", "common.topology", 0, self, {}, arguments=("--watch",))


@asynccontextmanager
async def _in_environment(variables: dict[str, str]) -> AsyncIterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield


@dataclass
class Service:
    name: str
    app: FastAPI
    client: httpx.AsyncClient
    stack: Stack

    async def wait_until_ready(self) -> None:
        await eventually(self._is_ready, f"{self.name} is ready")

    async def _is_ready(self) -> bool:
        return (await self.client.get("/health/ready")).status_code == 200

    def as_(self, organization: str = "acme", role: str = "admin") -> "Api":
        """Requests in the name of an organization and role."""
        return Api(self.client, self.stack.token(organization, role))


class Api:
    """Sends requests with a token. `prefix` is the service's own."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __call__(
        self, method: str, path: str, json: object = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self._client.request(method, path, json=json, headers={**self._headers, **(headers or {})})


class Process:
    """A service as an operating system process, which tests may kill."""

    def __init__(
        self,
        name: str,
        module: str,
        port: int,
        stack: Stack,
        variables: dict[str, str],
        arguments: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        self.name = name
        self._module = module
        self._arguments = arguments
        self._place = place
        self._host = place.there if place else "127.0.0.1"
        self.port = port
        self.variables = {**variables, "TIDINGS_HOST": self._host}
        self._stack = stack
        self._process: BaseProcess | None = None
        self.log_path = stack.state / f"{name}-{port}.log"

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    def start(self, **variables: str) -> None:
        """Start it; `variables` hold for this start only."""
        environment = {**os.environ, **self._stack.environment(self.name, self.port), **self.variables, **variables}
        self._process = forked.start(self._module, self._arguments, environment, self.log_path, self._place)

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def has_ended(self) -> bool:
        return self._process is None or not self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL; also ends one that is stopped, and is content with one that ended by itself."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def stop(self) -> int | None:
        """SIGTERM and wait. Returns the exit code."""
        if self._process is None:
            return None
        self._process.terminate()
        self._process.join(20)
        code = self._process.exitcode
        self.kill()
        assert code is not None, f"{self.name} did not end when asked; its log is {self.log_path}"
        return code

    async def wait_until_ready(self, timeout: float = 60) -> None:
        async with new_client(self.url, timeout=2) as client:

            async def ready() -> bool:
                if self.has_ended():
                    raise AssertionError(f"{self.name} ended:\n{self.log_path.read_text()[-2000:]}")
                try:
                    return (await client.get("/health/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(ready, f"{self.name} is ready; its log is {self.log_path}", timeout)


async def eventually(condition: object, what: str, timeout: float = 30) -> None:
    """Wait until the condition (a function, asynchronous or not, that answers whether) holds; fail with `what` it was."""
    assert callable(condition)
    began = time.monotonic()
    while True:
        asked = time.monotonic()
        outcome = condition()
        if asyncio.iscoroutine(outcome):
            outcome = await outcome
        if outcome:
            return
        now = time.monotonic()
        assert now < began + timeout, f"not within {timeout} s: {what}"
        # More seldom the longer it takes, and never more than half of the time: what is waited for mostly runs in this process too.
        await asyncio.sleep(max(0.02, now - asked, min(0.1, (now - began) / 10)))
