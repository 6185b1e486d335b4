"""What docker-compose.yml tells its containers: every variable that they need, and to each its own secrets alone."""

import json
import re
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
from devstack.nats import USERS
from devstack.stack import SERVICES, Stack
from identity.settings import IdentitySettings
from public_api.app import PublicApiSettings
from realtime_gateway.settings import GatewaySettings

ROOT = Path(__file__).parents[1]
CONTAINERS: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
WEB_SETTINGS = (ROOT / "web" / "lib" / "auth" / "settings.ts").read_text()
NATS_CONF = (ROOT / "deploy" / "nats.conf").read_text()

CLUSTER = {"nats-2", "nats-3"}
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


def test_every_image_of_ours_is_checked_for_what_it_needs() -> None:
    built = {name for name, container in CONTAINERS.items() if "build" in container}
    assert built == SETTINGS.keys() | {"secrets", "web"}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_container_of_ours_is_told_all_that_it_needs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment(name)
    for variable, value in told.items():
        monkeypatch.setenv(variable, value)
    for kind in SETTINGS[name]:
        kind()
    assert told["TIDINGS_NATS_USER"] in USERS
    assert told["TIDINGS_NATS_USER"] == ("operator" if name == "setup" else name)


def test_every_container_of_ours_knows_whether_it_is_production() -> None:
    knows = {name for name, container in CONTAINERS.items() if "TIDINGS_ENV" in container.get("environment", {})}
    assert knows == SETTINGS.keys() | {"secrets", "web"}


def test_the_console_can_be_told_all_that_it_asks_for() -> None:
    asked = set(re.findall(r'(?:optional|needed)\(environment, "(\w+)"\)', WEB_SETTINGS))
    assert {f"TIDINGS_CONSOLE_{name}" for name in asked} | {"TIDINGS_ENV"} == CONTAINERS["web"]["environment"].keys()


def test_identity_is_where_the_console_is() -> None:
    # Its cookie is for that host alone, and the services believe the tokens that it gives there.
    told = environment("identity")
    assert told["TIDINGS_IDENTITY_ISSUER"] == Stack(ROOT).issuer
    assert {environment(name)["TIDINGS_TOKEN_ISSUER"] for name in SERVICES} == {told["TIDINGS_IDENTITY_ISSUER"]}


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


def test_grafana_is_told_its_password_by_the_secrets_alone() -> None:
    told = CONTAINERS["grafana"]["environment"]
    assert told["GF_SECURITY_ADMIN_PASSWORD__FILE"] == f"/secrets/grafana/{GRAFANA_PASSWORD}"
    assert GRAFANA_PASSWORD not in told


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
