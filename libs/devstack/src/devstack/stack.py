"""One clone's embedded Tidings: where its state lies, which port everything has, and what each process is told.

Everything on disk is below `.tidings/` of the clone. The edge has the port people type; the others follow it in a fixed
order, so two clones run side by side when their ports are ten apart.
"""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from devstack.caddy import Caddy
from devstack.nats import USERS, Nats
from devstack.passwords import Passwords
from devstack.postgres import Postgres
from devstack.server import Server

DEFAULT_PORT = 8080
DATABASE = "tidings"
AUDIENCE = "tidings"
# Set for every process of a stack, by which `processes.marked` finds what a killed supervisor left behind.
STATE_MARK = "TIDINGS_STATE"
PORT_VARIABLE = "TIDINGS_EDGE_PORT"

PROCESSES = (
    "edge",
    "postgres",
    "nats",
    "catalog",
    "incidents",
    "maintenance",
    "public-api",
    "realtime-gateway",
    "identity",
    "web",
)
"""Who listens; the position is the distance from the edge's port."""
SERVICES = ("catalog", "identity", "incidents", "maintenance", "public-api", "realtime-gateway")
WITH_DATABASE = ("catalog", "identity", "incidents", "maintenance", "public-api")


@dataclass(frozen=True)
class Stack:
    """The stack of the clone at `root`, with the edge at `port`."""

    root: Path
    port: int = DEFAULT_PORT

    @property
    def state(self) -> Path:
        return self.root / ".tidings"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def lock(self) -> Path:
        return self.state / "run.lock"

    @property
    def url(self) -> str:
        """The one origin that people and programs use."""
        return f"http://localhost:{self.port}"

    @property
    def console_url(self) -> str:
        """Where people sign in: a host of its own, so that no page of an organization shares its cookies."""
        return f"http://app.localhost:{self.port}"

    @property
    def issuer(self) -> str:
        """What identity calls itself in tokens: where browsers reach it."""
        return f"{self.console_url}/api/identity"

    @property
    def identity_keys(self) -> Path:
        """The key set of identity, for services on this machine."""
        return self.state / "identity-keys.json"

    @property
    def people(self) -> Path:
        """What keeps the demo's people signed in."""
        return self.state / "people"

    @property
    def mail(self) -> Path:
        """Where mails land that would be sent elsewhere."""
        return self.state / "mail"

    def page_url(self, slug: str) -> str:
        """A page's own address."""
        return f"http://{slug}.localhost:{self.port}/"

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def port_of(self, name: str) -> int:
        return self.port + PROCESSES.index(name)

    def postgres(self) -> Postgres:
        return Postgres(self.state / "postgres", self.port_of("postgres"), self.log_of("postgres"))

    def nats(self) -> Nats:
        config = self.root / "deploy" / "nats.conf"
        return Nats(self.state / "nats", self.port_of("nats"), config, log_path=self.log_of("nats"))

    def edge(self) -> Caddy:
        upstreams = {service: f"127.0.0.1:{self.port_of(service)}" for service in (*SERVICES, "web")}
        config = self.root / "deploy" / "Caddyfile"
        addresses = ["127.0.0.1", "::1"] if _has_ipv6() else ["127.0.0.1"]
        return Caddy(self.state / "edge", self.port, config, addresses, upstreams, log_path=self.log_of("edge"))

    def server(self, name: str) -> Server:
        """The embedded server that the Procfile calls `name`."""
        match name:
            case "postgres":
                return self.postgres()
            case "nats":
                return self.nats()
            case "edge":
                return self.edge()
            case _:
                raise ValueError(name)

    def environment(self, name: str) -> dict[str, str]:
        """What the process `name` (of the Procfile, or `migrate` or `operator`) gets: the caller's environment and its own part."""
        own = {
            **os.environ,
            # "python" in the Procfile is the interpreter of this environment.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            STATE_MARK: str(self.state),
            PORT_VARIABLE: str(self.port),
            "TIDINGS_ENV": "development",
            "TIDINGS_LOG_LEVEL": os.environ.get("TIDINGS_LOG_LEVEL", "info"),
        }
        if name in USERS:
            own |= self._nats_access(name)
        if name in SERVICES:
            own |= {
                "TIDINGS_HOST": "127.0.0.1",
                "TIDINGS_PORT": str(self.port_of(name)),
                "TIDINGS_TRUSTED_PROXIES": "127.0.0.1",
                "TIDINGS_TOKEN_ISSUER": self.issuer,
                "TIDINGS_TOKEN_AUDIENCE": AUDIENCE,
                "TIDINGS_TOKEN_JWKS": str(self.identity_keys),
                # The demo is written at once, and whoever tries things here is alone.
                "TIDINGS_WRITES_PER_MINUTE": os.environ.get("TIDINGS_WRITES_PER_MINUTE", "6000"),
                "TIDINGS_READS_PER_MINUTE": os.environ.get("TIDINGS_READS_PER_MINUTE", "60000"),
            }
        if name in WITH_DATABASE:
            own |= self._database_access(name)
        if name == "identity":
            own["TIDINGS_IDENTITY_ISSUER"] = self.issuer
            own["TIDINGS_IDENTITY_KEY_SET"] = str(self.identity_keys)
            own["TIDINGS_SIGN_UP"] = "open"
            own["TIDINGS_MAIL"] = str(self.mail)
        if name == "public-api":
            own["TIDINGS_SNAPSHOT_PATH"] = str(self.state / "public-api" / "pages.jsonl")
            own["TIDINGS_PAGE_ADDRESS"] = self.page_url("*").removesuffix("/")
        if name in ("migrate", "operator"):
            own |= self._migration_access()
        if name in ("topology", "operator"):
            own["TIDINGS_NATS_ACCESS"] = str(self.nats().access)
        if name == "operator":
            own["TIDINGS_NATS_RELOAD_PASSWORD"] = self.nats().passwords["reload"]
            own["TIDINGS_ADDRESS"] = self.url
        return own

    def _nats_access(self, user: str) -> dict[str, str]:
        nats = self.nats()
        return {"TIDINGS_NATS_URL": nats.url, "TIDINGS_NATS_USER": user, "TIDINGS_NATS_PASSWORD": nats.passwords[user]}

    def _database_access(self, service: str) -> dict[str, str]:
        postgres = self.postgres()
        schema = service.replace("-", "_")
        return {
            f"TIDINGS_{prefix}DATABASE_URL": postgres.url(
                DATABASE, f"{schema}_{role}", self._role_password(schema, role)
            )
            for prefix, role in (("", "app"), ("RELAY_", "relay"))
        }

    def _migration_access(self) -> dict[str, str]:
        postgres = self.postgres()
        schemas = [service.replace("-", "_") for service in WITH_DATABASE]
        passwords = {
            f"TIDINGS_{schema}_{role}_PASSWORD".upper(): self._role_password(schema, role)
            for schema in schemas
            for role in ("app", "relay")
        }
        return {"TIDINGS_ADMIN_DATABASE_URL": postgres.admin_url_for(DATABASE), **passwords}

    def _role_password(self, schema: str, role: str) -> str:
        return Passwords(self.state / "passwords.json").get(f"postgres {schema}_{role}")


def _has_ipv6() -> bool:
    """Whether this machine has ::1, so that "localhost" may mean it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
