"""Settings of identity beside those of every service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from common.settings import DatabaseSettings


class SignUp(StrEnum):
    OPEN = "open"
    INVITED = "invited"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or value.endswith("/"):
        raise ValueError("must be a URL without a slash at its end, such as https://app.example.org/api/identity")
    return value


def _way_of_mail(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if (
        parts.scheme not in ("", "smtp", "smtps")
        or (parts.scheme and not parts.hostname)
        or not parts.path + parts.netloc
    ):
        raise ValueError(
            "must be smtp://user:password@host:587, smtps://user:password@host:465, or the path of a folder"
        )
    return value


class IdentitySettings(DatabaseSettings):
    """`identity_issuer` is where people's browsers reach /api/identity; tokens say it in `iss`."""

    identity_issuer: Annotated[str, AfterValidator(_web_address)]
    identity_audience: str = "tidings"
    identity_key_set: Path | None = Field(default=None, description="a file that the key set is kept in as well")
    sign_up: SignUp = SignUp.INVITED
    mail: Annotated[SecretStr, AfterValidator(_way_of_mail)] = Field(
        description="how mail is sent: smtp:// (with STARTTLS), smtps://, or the path of a folder that it is put into"
    )
    mail_from: str = "tidings@localhost"

    @property
    def console(self) -> str:
        """Where people use Tidings: on the origin on which browsers reach identity, as its cookie is for that host alone."""
        parts = urlsplit(self.identity_issuer)
        return f"{parts.scheme}://{parts.netloc}"


class MailServer:
    """Where mail is handed over. `folder` is set instead of `host` where mails are put into files."""

    def __init__(self, mail: SecretStr) -> None:
        parts = urlsplit(mail.get_secret_value())
        self.folder = None if parts.scheme else Path(mail.get_secret_value())
        self.host = parts.hostname or ""
        self.is_tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.is_tls else 587)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password or "")

    @property
    def is_here(self) -> bool:
        """Whether nothing leaves this machine, so that it need not be encrypted."""
        return self.host in ("localhost", "127.0.0.1", "::1")
