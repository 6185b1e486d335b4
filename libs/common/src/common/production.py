"""What TIDINGS_ENV=production refuses: one table of settings, each with the rule that says what is wrong with its value.

Each process looks at the settings it has. A rule gets the value as it was read, a default too: what is good for trying things
on one machine must be replaced by whoever means it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

Rule = Callable[[Any], str | None]

WELL_KNOWN = frozenset(
    "postgres password passwd secret changeme change-me change_me default admin root test guest example nats tidings "
    "tidings-dev for-tests-only letmein qwerty 1234 12345 123456 12345678".split()
)
DEVELOPMENT_FOLDER = ".tidings"
"""Where `make run` keeps everything of one clone, its keys too."""


def weak(password: str | None, user: str | None = None) -> str | None:
    """What is wrong with a password."""
    if not password:
        return "a password is needed in production"
    if password.lower() in WELL_KNOWN or password == user:
        return "this password is known to everybody; take a random one"
    return None


def _password(value: SecretStr | None) -> str | None:
    return weak(value.get_secret_value() if value else None)


def _password_if_given(value: SecretStr | None) -> str | None:
    return _password(value) if value else None


def _database(value: SecretStr) -> str | None:
    parts = urlsplit(value.get_secret_value())
    return weak(unquote(parts.password or ""), parts.username)


def _is_of_this_machine(host: str | None) -> bool:
    return host in ("127.0.0.1", "::1") or host == "localhost" or (host or "").endswith(".localhost")


def _https(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme != "https":
        return "must be an https URL in production"
    if _is_of_this_machine(parts.hostname):
        return "is an address of this machine alone, for development"
    return None


def _keys(value: str | Path | None) -> str | None:
    if str(value).startswith(("http://", "https://")):
        return _https(str(value))
    if value is not None and DEVELOPMENT_FOLDER in Path(value).parts:
        return "these are keys of `make run`, for development"
    return None


def _origins(value: Iterable[str]) -> str | None:
    return next((wrong for origin in value if "://" in origin and (wrong := _https(origin))), None)


def _is_folder(mail: SecretStr) -> bool:
    return mail.get_secret_value().startswith("/")


def _domain(value: str) -> str | None:
    return "is a name of this machine alone, for development" if _is_of_this_machine(value) else None


RULES: dict[str, Rule] = {
    "TIDINGS_FAULT": lambda value: "crash points are for tests" if value else None,
    "TIDINGS_NATS_PASSWORD": _password,
    "TIDINGS_NATS_RELOAD_PASSWORD": _password_if_given,
    "TIDINGS_DATABASE_URL": _database,
    "TIDINGS_RELAY_DATABASE_URL": _database,
    "TIDINGS_ADMIN_DATABASE_URL": _database,
    "TIDINGS_TOKEN_ISSUER": _https,
    "TIDINGS_TOKEN_JWKS": _keys,
    "TIDINGS_TOKEN_AUTHORIZED_PARTIES": _origins,
    "TIDINGS_IDENTITY_ISSUER": _https,
    "TIDINGS_IDENTITY_KEY_SET": _keys,
    "TIDINGS_PAGE_BASE_DOMAIN": _domain,
    "TIDINGS_PAGE_ADDRESS": _https,
    "TIDINGS_CONSOLE_ORIGINS": lambda value: _origins(part.strip() for part in value.split(",")),
}

REMARKS: dict[str, Rule] = {
    "TIDINGS_SIGN_UP": lambda value: (
        "anybody who reaches the console may make an organization" if value == "open" else None
    ),
    "TIDINGS_MAIL": lambda value: "mail is put into a folder, and sent to nobody" if _is_folder(value) else None,
}
"""What is allowed, and said."""


def refusals(settings: BaseSettings) -> list[str]:
    """A sentence for each setting that is not good enough for production, beginning with its name."""
    return list(_sentences(RULES, settings))


def remarks(settings: BaseSettings) -> list[str]:
    """Likewise what an operator should know and may want."""
    return list(_sentences(REMARKS, settings))


def _sentences(rules: Mapping[str, Rule], settings: BaseSettings) -> Iterator[str]:
    prefix = settings.model_config.get("env_prefix", "")

    def look(part: BaseModel, before: str) -> Iterator[str]:
        for field, value in part:
            name = field.upper()
            rule = rules.get(prefix + name)
            if rule is not None and (wrong := rule(value)):
                yield f"{before}{name}: {wrong}"
            # What a list holds (further issuers) is ruled as the settings that stand beside the list.
            for number, inner in enumerate(value if isinstance(value, list) else ()):
                yield from look(inner, f"{before}{name}_{number}_")

    return look(settings, prefix)
