"""Settings of a service, from the environment (prefix `TIDINGS_`) and nowhere else.

A wrong or missing setting ends the process with a sentence that names it and exit code 78 (EX_CONFIG), which tells a supervisor that
starting again will not help.
"""

import os
import sys
from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78


class Settings(BaseSettings):
    """What every process needs: where it listens, how it logs, where NATS is."""

    model_config = SettingsConfigDict(env_prefix="TIDINGS_", extra="ignore", frozen=True)

    env: str = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: str = "info"
    nats_url: str
    nats_user: str | None = None
    nats_password: SecretStr | None = None
    trusted_proxies: str = Field(
        default="127.0.0.1", description="comma separated addresses whose X-Forwarded-For is believed"
    )
    fault: str | None = Field(default=None, description="a named crash point, for failure tests; see common.faults")


class DatabaseSettings(Settings):
    """A service with tables. Requests use `database_url`; only the relay uses `relay_database_url`."""

    database_url: SecretStr
    relay_database_url: SecretStr


SettingsType = TypeVar("SettingsType", bound=BaseSettings)


def load(kind: type[SettingsType]) -> SettingsType:
    """Read the settings, or end the process with one sentence for each that is wrong."""
    try:
        settings = kind()
    except ValidationError as error:
        for problem in error.errors():
            name = kind.model_config["env_prefix"] + "_".join(str(part) for part in problem["loc"]).upper()
            message = problem["msg"].removeprefix("Value error, ")
            print(f"{name}: {message}. Set it in the environment.", file=sys.stderr)  # noqa: T201 - before logs exist
        raise SystemExit(EX_CONFIG) from None
    if isinstance(settings, Settings) and settings.env == "production" and settings.fault:
        print("TIDINGS_FAULT: crash points are refused when TIDINGS_ENV is production.", file=sys.stderr)  # noqa: T201 - as above
        raise SystemExit(EX_CONFIG)
    return settings


def tracing_endpoint() -> str | None:
    """The standard variable that switches tracing on."""
    return os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")


def existing_file(value: str) -> Path | None:
    """The path when a setting names a file rather than a URL."""
    return None if value.startswith(("http://", "https://")) else Path(value)
