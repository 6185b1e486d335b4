"""The secrets of docker-compose.yml: `python -m devstack.compose secrets`, run in a container of its own.

`secrets catalog=10011 …` writes what the container `catalog` must know into /made/catalog, readable by the group 10011
alone, and gives /data/catalog and /data/catalog-keys, where there are such, to that user. /nats-access it gives to the
operator, who records systems of others there, and to the group of nats, which alone may read the hashes of their passwords. Passwords are
random, made on the first start and kept; a variable named like one replaces it.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from common import nats_access
from common.production import weak
from common.settings import EX_CONFIG, is_production
from common.topology import DURABLES
from devstack.nats import USERS, password_variable, quoted
from devstack.nats_cluster import routes
from devstack.passwords import Passwords
from devstack.stack import DATABASE, WITH_DATABASE

SECRETS = Path("/made")
DATA = Path("/data")
NATS_ACCESS = Path("/nats-access")
GRAFANA_PASSWORD = "GF_SECURITY_ADMIN_PASSWORD"  # Grafana's own name for it
_POSTGRES = "postgres:5432"
_ROLES = ("app", "relay")
CLUSTER_PASSWORD = password_variable("cluster")
_CLUSTER = ["nats:6222", "nats-2:6222", "nats-3:6222"]


def password_names() -> list[str]:
    """Every password there is, by the name of the variable that replaces it."""
    roles = [_role_name(service, role) for service in WITH_DATABASE for role in _ROLES]
    return [
        "POSTGRES_PASSWORD",
        GRAFANA_PASSWORD,
        CLUSTER_PASSWORD,
        *(password_variable(user) for user in USERS),
        *roles,
    ]


def variables(password: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """What each container must know, as variables; `password` answers the one of a name."""
    superuser = password("POSTGRES_PASSWORD")
    roles = {
        _role_name(service, role): password(_role_name(service, role)) for service in WITH_DATABASE for role in _ROLES
    }
    known = {user: {"TIDINGS_NATS_PASSWORD": password(password_variable(user))} for user in USERS}
    for service in WITH_DATABASE:
        schema = service.replace("-", "_")
        for prefix, role in (("", "app"), ("RELAY_", "relay")):
            url = _database_url(f"{schema}_{role}", roles[_role_name(service, role)])
            known[service][f"TIDINGS_{prefix}DATABASE_URL"] = url
    reload_password = password(password_variable("reload"))
    known["operator"] |= {"TIDINGS_NATS_RELOAD_PASSWORD": reload_password}
    known["operator"] |= {"TIDINGS_ADMIN_DATABASE_URL": _database_url("postgres", superuser), **roles}
    known["postgres"] = {"POSTGRES_PASSWORD": superuser}
    known["grafana"] = {GRAFANA_PASSWORD: password(GRAFANA_PASSWORD)}
    known["prometheus"] = known["caddy"] = {}  # nothing: they are given their volumes
    known["nats"] = {password_variable(user): quoted(password(password_variable(user))) for user in USERS}
    known["nats"] |= {
        CLUSTER_PASSWORD: quoted(password(CLUSTER_PASSWORD)),
        "TIDINGS_NATS_CLUSTER_ROUTES": routes(_CLUSTER, password(CLUSTER_PASSWORD)),
    }
    return known


def write_secrets(secrets: Path, data: Path, owners: Mapping[str, int], given: Mapping[str, str]) -> None:
    """Make what is missing below `secrets`, and bring what is there up to date with `given`."""
    kept = Passwords(secrets / "passwords.json")
    known = variables(lambda name: given.get(name) or kept.get(name))
    for container, owner in owners.items():
        directory = secrets / container
        directory.mkdir(exist_ok=True)
        directory.chmod(0o750)
        os.chown(directory, -1, owner)
        for name, value in known[container].items():
            fresh = directory / f".{name}"
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            os.chown(fresh, -1, owner)
            fresh.chmod(0o640)
            fresh.write_text(value)
            fresh.replace(directory / name)
        for volume in (data / container, data / f"{container}-keys"):
            if volume.exists():
                os.chown(volume, owner, owner)


def prepare_access(directory: Path, owners: Mapping[str, int]) -> None:
    """What nats-server includes: the operator's files, in the group of nats by the directory's setgid. Everybody may enter, not look."""
    # Root has the right to give files away and no other: it must own what it changes, and set setgid for its own group.
    os.chown(directory, os.getuid(), os.getgid())
    directory.chmod(0o2751)
    nats_access.prepare(directory, DURABLES)
    for path in (*directory.iterdir(), directory):
        os.chown(path, owners["operator"], owners["nats"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m devstack.compose", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    secrets = commands.add_parser("secrets", help="write every container's secrets")
    secrets.add_argument("owners", nargs="+", metavar="container=number")
    arguments = parser.parse_args()
    if is_production():
        refused = [f"{name}: {wrong}" for name in password_names() if (wrong := weak(os.environ.get(name) or name))]
        if refused:
            print(
                *(f"{sentence}. Refused because TIDINGS_ENV is production." for sentence in refused),
                sep="\n",
                file=sys.stderr,
            )
            raise SystemExit(EX_CONFIG)
    owners = {name: int(number) for name, number in (pair.split("=") for pair in arguments.owners)}
    write_secrets(SECRETS, DATA, owners, os.environ)
    prepare_access(NATS_ACCESS, owners)


def _role_name(service: str, role: str) -> str:
    return f"TIDINGS_{service.replace('-', '_')}_{role}_PASSWORD".upper()


def _database_url(user: str, password: str) -> str:
    return f"postgresql+asyncpg://{user}:{quote(password, safe='')}@{_POSTGRES}/{DATABASE}"


if __name__ == "__main__":
    main()
