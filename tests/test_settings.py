"""Every setting of every service, given wrongly, ends it with a sentence that names it and never repeats it; and production refuses what is
good for trying it. `.env.example` is compared with all that there is to set."""

import importlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from common.settings import EX_CONFIG
from devstack import compose, env_example
from devstack.__main__ import main as devstack_main
from devstack.stack import SERVICES
from tidings.access import OperatorSettings

ROOT = Path(__file__).parents[1]
DATABASE = "postgresql+asyncpg://catalog_app:Ohb4ae@db.test:5432/tidings"
GOOD = {
    "TIDINGS_NATS_URL": "nats://nats.test:4222",
    "TIDINGS_NATS_USER": "catalog",
    "TIDINGS_NATS_PASSWORD": "eiPh7u",
    "TIDINGS_DATABASE_URL": DATABASE,
    "TIDINGS_RELAY_DATABASE_URL": DATABASE,
    "TIDINGS_ADMIN_DATABASE_URL": DATABASE,
    "TIDINGS_IDENTITY_ISSUER": "https://app.example.org/api/identity",
    "TIDINGS_MAIL": "smtps://us:ooY3fu@mail.test",
    "TIDINGS_TOKEN_ISSUER": "https://app.example.org/api/identity",
    "TIDINGS_TOKEN_AUDIENCE": "tidings",
    "TIDINGS_TOKEN_JWKS": "/keys/jwks.json",
    "TIDINGS_PAGE_BASE_DOMAIN": "example.org",
    "TIDINGS_PAGE_ADDRESS": "https://*.example.org",
}
"""What is good enough for production."""

EVERYWHERE = {
    "TIDINGS_ENV": ["staging", "prod"],
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["collector:4318", "grpc://collector"],
    "TIDINGS_PORT": ["eighty", "-1", "65536"],
    "TIDINGS_LOG_LEVEL": ["loud"],
    "TIDINGS_NATS_URL": ["", "nats.test:4222", "http://nats.test", "nats://nats.test:port", "nats://us:pw@nats.test", "nats://a,"],
    "TIDINGS_NATS_USER": ["a user"],
    "TIDINGS_TRUSTED_PROXIES": ["caddy", "10.0.0.0/40"],
    "TIDINGS_TOKEN_PRESET": ["saml"],
    "TIDINGS_TOKEN_ISSUER": [""],
    "TIDINGS_TOKEN_AUDIENCE": [""],
    "TIDINGS_TOKEN_JWKS": ["", "http://issuer.test/jwks.json"],
    "TIDINGS_TOKEN_ROLES": ["boss"],
    "TIDINGS_TOKEN_ROLE_CLAIM": ["role"],
    "TIDINGS_TOKEN_ORGANIZATION_CLAIM": ["org"],
    "TIDINGS_TOKEN_FURTHER": ["{}", "none"],
    "TIDINGS_WRITES_PER_MINUTE": ["0", "-1", "many"],
    "TIDINGS_READS_PER_MINUTE": ["0"],
}  # fmt: skip
WITH_TABLES = {
    "TIDINGS_DATABASE_URL": ["", "db.test/tidings", "postgres://us:pw@db.test/tidings", "postgresql+asyncpg://us:p/w@db.test/tidings",
                             "postgresql+asyncpg://us:pw@db.test", "postgresql+asyncpg://us:pw@db.test:port/tidings"],
    "TIDINGS_RELAY_DATABASE_URL": ["", "postgresql://us:pw@db.test/tidings"],
}  # fmt: skip
PAGES = {"TIDINGS_PAGE_BASE_DOMAIN": ["https://example.org", "example.org:8080", "*.example.org"]}
OWN: dict[str, dict[str, list[str]]] = {
    "catalog": {**WITH_TABLES, **PAGES, "TIDINGS_DNS_SERVERS": ["dns.test"], "TIDINGS_CLERK_WEBHOOK_SECRET": ["secret", "whsec_short"]},
    "incidents": WITH_TABLES,
    "maintenance": WITH_TABLES,
    "identity": {
        **WITH_TABLES,
        "TIDINGS_IDENTITY_ISSUER": ["", "app.example.org", "https://app.example.org/", "https://app.example.org:port"],
        "TIDINGS_IDENTITY_KEY_SET": ["/dev/null/jwks.json"],
        "TIDINGS_SIGN_UP": ["closed"],
        "TIDINGS_MAIL": ["", "mail.test", "mail.test:587", "smtp://", "smtp://us:pa/ss@mail.test", "smtp://mail.test:port", "/dev/null/mail"],
        "TIDINGS_MAIL_FROM": ["status", "@example.org", "a@b\nc"],
    },
    "public-api": {
        **WITH_TABLES, **PAGES,
        "TIDINGS_SNAPSHOT_PATH": ["/dev/null/pages.jsonl"],
        "TIDINGS_RENDERED_MAX_MB": ["0", "64 MB"],
        "TIDINGS_PAGE_ADDRESS": ["https://example.org", "*.example.org", "https://*.example.org/"],
    },
    "realtime-gateway": {
        "TIDINGS_HEARTBEAT_SECONDS": ["0", "often"],
        "TIDINGS_STALLED_SECONDS": ["-1"],
        "TIDINGS_UNSENT_MAX_BYTES": ["10"],
        "TIDINGS_SOCKETS_PER_ADDRESS": ["0"],
        "TIDINGS_SOCKETS_PER_ORGANIZATION": ["0"],
        "TIDINGS_RINGS_MAX_BYTES": ["1MB"],
        "TIDINGS_SOCKET_PROTOCOL": ["fast"],
        "TIDINGS_CONSOLE_ORIGINS": ["app.example.org", "https://app.example.org/console"],
    },
}  # fmt: skip
WRONG = [
    (service, name, value)
    for service in SERVICES
    for name, values in {**EVERYWHERE, **OWN[service]}.items()
    for value in values
]
REFUSED = [
    (service, name, value)
    for service, name, values in [
        ("catalog", "TIDINGS_FAULT", ["relay.published@1"]),
        ("catalog", "TIDINGS_NATS_PASSWORD", ["", "nats", "TIDINGS"]),
        ("catalog", "TIDINGS_DATABASE_URL", [DATABASE.replace("Ohb4ae", word) for word in ("", "postgres", "catalog_app", "changeme")]),
        ("incidents", "TIDINGS_RELAY_DATABASE_URL", [DATABASE.replace(":Ohb4ae", "")]),
        ("incidents", "TIDINGS_TOKEN_ISSUER", ["http://issuer.example.org", "https://app.localhost/api/identity", "tidings-tests"]),
        ("incidents", "TIDINGS_TOKEN_JWKS", ["http://127.0.0.1/jwks.json", "/home/us/tidings/.tidings/identity-keys.json"]),
        ("identity", "TIDINGS_IDENTITY_ISSUER", ["http://app.example.org/api/identity", "https://app.localhost/api/identity"]),
        ("identity", "TIDINGS_IDENTITY_KEY_SET", [".tidings/identity-keys.json"]),
        ("catalog", "TIDINGS_PAGE_BASE_DOMAIN", ["localhost", ""]),
        ("public-api", "TIDINGS_PAGE_ADDRESS", ["http://*.example.org", ""]),
        ("realtime-gateway", "TIDINGS_CONSOLE_ORIGINS", ["https://app.example.org, http://app.example.org"]),
    ]
    for value in values
]  # fmt: skip
FURTHER = '[{"issuer": "http://second.example.org", "audience": "x", "jwks": "/keys/second.json"}]'

Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Have these variables, beside good ones, and no others of ours."""

    def configure(**variables: str) -> None:
        for name in [name for name in os.environ if name.startswith("TIDINGS_")]:
            monkeypatch.delenv(name)
        for name, value in {**GOOD, **variables}.items():
            monkeypatch.setenv(name, value)

    return configure


def said(service: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the service says as it ends because of its configuration."""
    app = importlib.import_module(f"{service.replace('-', '_')}.app")
    with pytest.raises(SystemExit) as ended:
        app.create_app()
    assert ended.value.code == EX_CONFIG
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(("service", "name", "value"), WRONG)
def test_a_wrong_setting_is_named_and_not_repeated(
    service: str, name: str, value: str, configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(**{name: value})
    sentences = said(service, capsys)
    assert sentences
    for sentence in sentences:
        assert re.match(rf"{name}(_\d|_\w+)?: .+\. Set it in the environment\.$", sentence)
        assert "pa/ss" not in sentence
        assert "p/w" not in sentence


@pytest.mark.parametrize(("service", "name", "value"), REFUSED)
def test_production_refuses_what_is_good_for_trying_it(
    service: str, name: str, value: str, configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(TIDINGS_ENV="production", **{name: value})
    (sentence,) = said(service, capsys)
    assert sentence.startswith(f"{name}: ")
    assert sentence.endswith(". Refused because TIDINGS_ENV is production.")


def test_production_refuses_a_further_issuer_too(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure(TIDINGS_ENV="production", TIDINGS_TOKEN_FURTHER=FURTHER)
    (sentence,) = said("incidents", capsys)
    assert sentence.startswith("TIDINGS_TOKEN_FURTHER_0_ISSUER: must be an https URL")


@pytest.mark.parametrize("service", SERVICES)
def test_production_takes_what_is_meant(service: str, configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure(TIDINGS_ENV="production")
    importlib.import_module(f"{service.replace('-', '_')}.app").create_app()
    assert capsys.readouterr().err == ""


def test_production_says_what_it_allows_and_an_operator_should_know(
    configure: Configure, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    configure(TIDINGS_ENV="production", TIDINGS_SIGN_UP="open", TIDINGS_MAIL=str(tmp_path))
    importlib.import_module("identity.app").create_app()
    named = {sentence.partition(":")[0] for sentence in capsys.readouterr().err.splitlines()}
    assert named == {"TIDINGS_SIGN_UP", "TIDINGS_MAIL"}


def test_the_wrong_values_are_of_every_setting_but_those_that_take_any_text() -> None:
    any_text = {
        "TIDINGS_HOST",
        "TIDINGS_NATS_PASSWORD",
        "TIDINGS_TOKEN_AUTHORIZED_PARTIES",
        "TIDINGS_FAULT",
        "TIDINGS_IDENTITY_AUDIENCE",
    }
    headings = ("Every service", "Pages", "Signing in", "Whose tokens", "What one caller", "Clerk", "Live updates")
    settings = {
        variable.name for heading, group in env_example.GROUPS if heading.startswith(headings) for variable in group
    }
    assert settings - any_text <= {name for _, name, _ in WRONG}


def test_the_secrets_of_containers_refuse_a_known_password_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDINGS_ENV", "production")
    monkeypatch.setenv("POSTGRES_PASSWORD", "postgres")
    monkeypatch.setattr("sys.argv", ["compose", "secrets", "postgres=999"])
    with pytest.raises(SystemExit) as ended:
        compose.main()
    assert ended.value.code == EX_CONFIG
    assert capsys.readouterr().err.startswith("POSTGRES_PASSWORD: this password is known to everybody")


def test_what_makes_demo_data_refuses_to_be_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDINGS_ENV", "production")
    monkeypatch.setattr("sys.argv", ["devstack", "run"])
    with pytest.raises(SystemExit, match=r"^TIDINGS_ENV: .*demo data"):
        devstack_main()


def test_the_example_has_every_setting_once_and_no_other() -> None:
    told = re.findall(r"^#([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(told) == len(set(told))
    read_by_console = re.findall(
        r'(?:optional|needed)\(environment, "(\w+)"\)', (ROOT / "web/lib/auth/settings.ts").read_text()
    )
    of_nats = re.findall(r"\$(TIDINGS_\w+)", "".join(path.read_text() for path in ROOT.glob("deploy/nats*.conf")))
    needed = {
        *env_example.handed_on(),
        *of_nats,
        *(f"TIDINGS_CONSOLE_{name}" for name in read_by_console),
        *compose.password_names(),
    }
    assert needed <= set(told)
    # The rest is fields of settings, by the way the file is made, but for these.
    fields = {f"TIDINGS_{name.upper()}" for name in OperatorSettings.model_fields}
    assert fields <= set(told)


def test_every_variable_that_is_told_somewhere_exists() -> None:
    known = set(env_example.variables())
    for path in (
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("*.md"),
        *ROOT.glob("docker-compose*.yml"),
        *ROOT.glob("*/README.md"),
    ):
        told = set(re.findall(r"\bTIDINGS_[A-Z0-9_]*[A-Z0-9]\b(?![_*…<])", path.read_text()))
        assert told <= known, (path.name, told - known)
