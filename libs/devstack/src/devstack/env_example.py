"""`.env.example`, made of the descriptions that settings have in the code, and the list of every variable there is.

Its first part is what docker-compose.yml hands on from the environment or from `.env`; the second what that file itself says to containers,
for whoever runs the images without it.
"""

import re
import textwrap
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from catalog.api.clerk import ClerkSettings
from catalog.proof import DomainSettings
from common.issuers import TokenSettings
from common.migrate import MigrationSettings, password_variable
from common.rates import RateSettings
from common.settings import DatabaseSettings, ProcessSettings, Settings
from common.topology import TopologySettings
from devstack.compose import CLUSTER_PASSWORD, GRAFANA_PASSWORD
from devstack.nats import USERS
from devstack.nats import password_variable as nats_password_variable
from devstack.stack import PORT_VARIABLE, STATE_MARK, WITH_DATABASE
from identity.settings import IdentitySettings
from public_api.app import PublicApiSettings
from realtime_gateway.settings import GatewaySettings
from tidings.access import OperatorSettings
from tidings.remote import RemoteSettings

ROOT = Path(__file__).parents[4]
COMPOSE_FILES = (ROOT / "docker-compose.yml", ROOT / "docker-compose.tls.yml")
WIDTH = 118

HEAD = """\
# Every setting of Tidings. Made by `python -m devstack.snapshots` of what the code says: do not change it here.
#
# Copied to .env beside docker-compose.yml, where compose reads it, it changes nothing until a line's # is taken away.
# Services read their environment and nothing else; a file in /run/secrets named like a setting stands for it.
# A wrong or missing setting ends a service with a sentence that names it, and exit code 78.
#
# Whoever means it says TIDINGS_ENV=production, and then has to say where Tidings is: TIDINGS_PAGE_BASE_DOMAIN, TIDINGS_PAGE_ADDRESS and
# TIDINGS_IDENTITY_ISSUER.
"""
HANDED_ON = "docker compose hands these on"
ELSEWHERE = "docker-compose.yml says these itself: for whoever runs the images without it, or overrides it"


class Variable(NamedTuple):
    """A setting: its name, what it does, what it is when nothing is said, and what it may be."""

    name: str
    does: str
    default: str = ""
    example: str = ""
    is_needed: bool = False


def _of(kind: type[BaseSettings]) -> list[Variable]:
    prefix = kind.model_config.get("env_prefix", "")
    inherited = {name for base in kind.__bases__ if issubclass(base, BaseSettings) for name in base.model_fields}
    found = []
    for name, field in kind.model_fields.items():
        if name in inherited:
            continue
        assert field.description, f"{kind.__name__}.{name} is not described"
        variable = str(field.validation_alias or f"{prefix}{name.upper()}")
        example = str(field.examples[0]) if field.examples else ""
        needed = field.default is PydanticUndefined
        found.append(Variable(variable, field.description, "" if needed else _written(field.default), example, needed))
    return found


def _written(default: object) -> str:
    """As it would be written in the environment, where nothing and what is empty are the same."""
    return str(default.value if isinstance(default, Enum) else default) if default else ""


def _passwords() -> list[Variable]:
    roles = [
        Variable(
            password_variable(service.replace("-", "_"), role),
            f"of the role {service.replace('-', '_')}_{role} of PostgreSQL",
        )
        for service in WITH_DATABASE
        for role in ("app", "relay")
    ]
    users = [Variable(nats_password_variable(user), f"of the user {user} of NATS") for user in USERS]
    return [
        Variable("POSTGRES_PASSWORD", "of PostgreSQL's superuser"),
        Variable(GRAFANA_PASSWORD, "of Grafana's user admin"),
        Variable(CLUSTER_PASSWORD, "by which the servers of a cluster of NATS know each other"),
        *users,
        *roles,
    ]


_COMPOSE = [
    Variable("PORT", "the port of this machine that everything is reached at"),
    Variable("GRAFANA_PORT", "the port at which this machine alone reaches Grafana"),
    Variable(
        "COMPOSE_FILE",
        "which files compose reads; with this, our own edge does TLS",
        example="docker-compose.yml:docker-compose.tls.yml",
    ),
    Variable("COMPOSE_PROFILES", "what runs besides: observability, cluster", example="observability,cluster"),
    Variable(
        "TIDINGS_NATS_CLUSTER",
        "any value, with the profile cluster: three NATS servers, and each event on all of them",
        example="yes",
    ),
    Variable("EDGE_ISSUER", "where our own TLS gets certificates: acme, or internal to try it"),
]
_CONSOLE = [
    Variable(
        "TIDINGS_CONSOLE_AUTH",
        "who signs people in: local (identity's own forms), oidc or clerk; services must believe the same issuer",
        "local",
    ),
    Variable(
        "TIDINGS_CONSOLE_OIDC_ISSUER", "the issuer's URL, for oidc", example="https://issuer.example.org/realms/acme"
    ),
    Variable(
        "TIDINGS_CONSOLE_OIDC_CLIENT_ID",
        "what the console is called there: a public client with PKCE, back to /sign-in/callback",
        example="tidings",
    ),
    Variable("TIDINGS_CONSOLE_OIDC_SCOPE", "what the console asks for there", "openid profile email"),
    Variable(
        "TIDINGS_CONSOLE_OIDC_AUDIENCE",
        "the API that tokens are for, where the issuer asks (Auth0)",
        example="https://tidings.example.org",
    ),
    Variable("TIDINGS_CONSOLE_CLERK_KEY", "Clerk's publishable key, for clerk", example="pk_live_…"),
    Variable(
        "TIDINGS_CONSOLE_MEMBERS_URL",
        "where members are managed, for oidc and clerk",
        example="https://issuer.example.org/users",
    ),
]
_NATS = [
    Variable(
        "TIDINGS_NATS_LISTEN",
        "where nats-server listens, in quotes for its configuration",
        example='"0.0.0.0:4222"',
        is_needed=True,
    ),
    Variable(
        "TIDINGS_NATS_STORE_DIR", "where nats-server keeps its files, in quotes", example='"/data"', is_needed=True
    ),
    Variable(
        "TIDINGS_NATS_MAX_FILE_STORE",
        "how much it may keep there; well below the size of the volume",
        example="4GB",
        is_needed=True,
    ),
    Variable("TIDINGS_NATS_SERVER_NAME", "in a cluster: each server's own name, in quotes", example='"nats-2"'),
    Variable(
        "TIDINGS_NATS_CLUSTER_LISTEN",
        "in a cluster: where it listens for the other servers, in quotes",
        example='"0.0.0.0:6222"',
    ),
    Variable(
        "TIDINGS_NATS_CLUSTER_ROUTES",
        "in a cluster: all its servers, with the password TIDINGS_NATS_PASSWORD_CLUSTER",
        example='["nats-route://cluster:…@nats:6222", "nats-route://cluster:…@nats-2:6222"]',
    ),
]
_DEVELOPMENT = [
    Variable(
        "TIDINGS_CONSOLE", "`dev` serves the console from its sources as they change, with `make run`", example="dev"
    ),
    Variable("TIDINGS_CHROMIUM", "the browser that tests use, when it is not found", example="/usr/bin/chromium"),
    Variable(
        "TIDINGS_TEST_SERVERS", "what tests run on; without it testcontainers where Docker answers", example="embedded"
    ),
    Variable(
        "TIDINGS_E2E_PORT",
        "the port of a stack that the console's tests use, instead of one of their own",
        example="8080",
    ),
    Variable("TIDINGS_E2E_FOLDER", "the folder of that stack", example=".."),
]
_INTERNAL = ("TIDINGS_SERVICE", STATE_MARK, PORT_VARIABLE)
"""What parts of Tidings tell each other, and nobody sets."""

GROUPS: list[tuple[str, list[Variable]]] = [
    ("The whole", [*_of(ProcessSettings), *_COMPOSE]),
    ("Every service", _of(Settings)),
    ("Pages and their addresses (catalog, public-api)", [*_of(PublicApiSettings), *_of(DomainSettings)]),
    ("Signing in (identity)", _of(IdentitySettings)),
    ("Whose tokens are believed (every service)", _of(TokenSettings)),
    ("What one caller may (every service)", _of(RateSettings)),
    ("Who signs people in (console)", _CONSOLE),
    ("Clerk (catalog)", _of(ClerkSettings)),
    ("Live updates (realtime-gateway)", _of(GatewaySettings)),
    ("PostgreSQL", [*_of(DatabaseSettings), *_of(MigrationSettings)]),
    ("The stream, and the operator's command line", [*_of(TopologySettings), *_of(OperatorSettings), *_of(RemoteSettings)]),
    ("NATS itself (deploy/nats.conf)", _NATS),
    ("Passwords, random unless given; at the services they stand in the settings above", _passwords()),
    ("For whoever works on Tidings; compose knows none of these", _DEVELOPMENT),
]  # fmt: skip


def variables() -> list[str]:
    """The name of every variable that any part of Tidings reads."""
    return sorted({variable.name for _, group in GROUPS for variable in group} | set(_INTERNAL))


def handed_on() -> dict[str, str]:
    """The variables that compose takes from its own environment, each with what it says when there is none."""
    content = "".join(re.sub(r"(^|\s)#.*", "", path.read_text(), flags=re.MULTILINE) for path in COMPOSE_FILES)
    bare = re.findall(r"^ +([A-Z][A-Z0-9_]+):$", content, re.MULTILINE)
    defaults = dict.fromkeys([*bare, "COMPOSE_FILE", "COMPOSE_PROFILES"], "")

    def default(found: re.Match[str]) -> str:
        name, how, value = found.groups()
        value = value if how == "-" else ""
        defaults[name] = defaults.get(name) or value
        return value

    # A default may hold another variable with its own: the innermost first.
    while found := re.search(r"\$\{([A-Z0-9_]+):?([-+])([^${}]*)\}", content):
        content = content[: found.start()] + default(found) + content[found.end() :]
    assert "${" not in content
    return defaults


def text() -> str:
    """The file."""
    told: set[str] = set()
    outside = handed_on()
    handed, rest = [], []
    for heading, group in GROUPS:
        new = [variable for variable in dict.fromkeys(group) if variable.name not in told]
        told |= {variable.name for variable in new}
        handed += _group(heading, [_by_compose(each, outside) for each in new if each.name in outside])
        rest += _group(heading, [variable for variable in new if variable.name not in outside])
    return "\n".join([HEAD, _rule(HANDED_ON), *handed, _rule(ELSEWHERE), *rest])


def _by_compose(variable: Variable, outside: dict[str, str]) -> Variable:
    return variable._replace(default=outside[variable.name] or variable.default, is_needed=False)


def _rule(title: str) -> str:
    line = "=" * (WIDTH - 2)
    return f"# {line}\n# {title}\n# {line}\n"


def _group(heading: str, variables: list[Variable]) -> list[str]:
    return [f"# --- {heading} ---\n", *map(_entry, variables)] if variables else []


def _entry(variable: Variable) -> str:
    """What it does, then the setting: as it is when nothing is said, or as it may be."""
    prose = variable.does[0].upper() + variable.does[1:] + (" (needed)." if variable.is_needed else ".")
    if variable.example and not variable.default:
        prose += " Example:"
    wrapped = textwrap.fill(prose, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return f"{wrapped}\n#{variable.name}={variable.default or variable.example}\n"
