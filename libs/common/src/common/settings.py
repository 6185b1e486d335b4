"""Settings of a service, from the environment (prefix `TIDINGS_`) and nowhere else.

A wrong or missing setting ends the process with a sentence that names it and exit code 78 (EX_CONFIG), which tells a supervisor that
starting again will not help. `.env.example` explains all of them; it is made of the descriptions here and in services.
"""

import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.production import refusals, remarks
from common.setting_types import DatabaseUrl, HttpUrl, LogLevel, NatsServers, Proxies

EX_CONFIG = 78
PREFIX = "TIDINGS_"


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ProcessSettings(BaseSettings):
    """What every process is told that reads settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    env: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="`production` refuses demo data, development keys, default passwords and http issuers, naming the setting",
    )
    otlp_endpoint: HttpUrl | None = Field(
        default=None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="where traces are sent (OTLP over HTTP); nothing is recorded or sent without it",
        examples=["http://otel-collector:4318"],
    )


class Settings(BaseSettings):
    """What every service needs: where it listens, how it logs, where NATS is."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field(
        default="127.0.0.1", description="the address that the service listens at; 0.0.0.0 in a container"
    )
    port: int = Field(default=8000, ge=0, le=65535, description="the port that the service listens at")
    log_level: LogLevel = Field(
        default="info", description="how much is logged: debug, info, warning, error or critical"
    )
    nats_url: NatsServers = Field(
        description="where NATS is: nats://host:4222 or tls://host:4222, of a cluster all of them with commas",
        examples=["nats://nats:4222"],
    )
    nats_user: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="who we are to NATS: a user of deploy/nats.conf, named as the service",
    )
    nats_password: SecretStr | None = Field(default=None, description="the password of that user")
    trusted_proxies: Proxies = Field(
        default="127.0.0.1",
        description="addresses or networks, with commas, whose X-Forwarded-For is believed; * where nobody else reaches the service",
    )
    fault: str | None = Field(default=None, description="a named crash point, for failure tests; see common/faults.py")

    @property
    def nats_servers(self) -> list[str]:
        return [each.strip() for each in self.nats_url.split(",")]


class DatabaseSettings(Settings):
    """A service with tables. Requests use `database_url`; only the relay uses `relay_database_url`."""

    database_url: DatabaseUrl = Field(
        description="the service's tables, as its role <schema>_app",
        examples=["postgresql+asyncpg://catalog_app:…@postgres:5432/tidings"],
    )
    relay_database_url: DatabaseUrl = Field(
        description="the same, as its role <schema>_relay, which alone reads the outbox",
        examples=["postgresql+asyncpg://catalog_relay:…@postgres:5432/tidings"],
    )


SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def load(kind: type[SettingsType]) -> SettingsType:
    """Read the settings, or end the process with one sentence for each that is wrong."""
    _warn_of_unknown()
    process, settings = _read(ProcessSettings), _read(kind)
    if process.env is Environment.PRODUCTION:
        if refused := refusals(settings):
            _end(f"{sentence}. Refused because TIDINGS_ENV is production." for sentence in refused)
        _say(f"{sentence}." for sentence in remarks(settings))
    return settings


def _read(kind: type[SettingsType]) -> SettingsType:
    try:
        return kind()
    except ValidationError as error:
        _end(
            f"{_variable(kind, problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}. Set it in the environment."
            for problem in error.errors()
        )


def _variable(kind: type[BaseSettings], place: tuple[int | str, ...]) -> str:
    # A field with a name of others' is reported by that name, the rest by the field's.
    own = place[0] in kind.model_fields
    return (kind.model_config.get("env_prefix", "") if own else "") + "_".join(str(part) for part in place).upper()


def _end(sentences: Iterable[str]) -> NoReturn:
    _say(sentences)
    raise SystemExit(EX_CONFIG)


def _say(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - before logs exist


@cache
def _warn_of_unknown() -> None:
    """Once a process. It goes on: another version may know the setting, and a typing error is no reason to be away."""
    _say(unknown(os.environ))


def unknown(names: Iterable[str]) -> list[str]:
    """A sentence for each variable that looks like one of ours and is none of any part of Tidings."""
    known = [name.removeprefix(PREFIX) for name in files("common").joinpath("variables.txt").read_text().split()]
    sentences = []
    for name in sorted(names):
        own = name.removeprefix(PREFIX)
        if own != name and own not in known:
            near = [f"; {PREFIX}{each} is one" for each in get_close_matches(own, known, n=1)]
            sentences.append(f"{name}: no setting of Tidings{''.join(near)}. It changes nothing.")
    return sentences


def is_production() -> bool:
    """For programs that are for development alone."""
    return _read(ProcessSettings).env is Environment.PRODUCTION


def tracing_endpoint() -> str | None:
    """The standard variable that switches tracing on."""
    return os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None


def existing_file(value: str) -> Path | None:
    """The path when a setting names a file rather than a URL."""
    return None if value.startswith(("http://", "https://")) else Path(value)
