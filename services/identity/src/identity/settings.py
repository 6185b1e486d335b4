"""Settings of identity beside those of every service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from common.setting_types import WebAddress, WritablePath, split, writable
from common.settings import DatabaseSettings


class SignUp(StrEnum):
    OPEN = "open"
    INVITED = "invited"


def _way_of_mail(value: SecretStr) -> SecretStr:
    parts = split(value.get_secret_value())
    if parts is not None and parts.scheme in ("smtp", "smtps") and parts.hostname:
        return value
    # A server's name without smtp:// must not be taken for a folder's.
    if parts is None or parts.scheme or not parts.path.startswith("/"):
        raise ValueError(
            "must be smtp://user:password@host:587, smtps://user:password@host:465, or the path of a folder from /, with "
            "/, ?, # and @ of the password written as %2F, %3F, %23 and %40"
        )
    writable(Path(parts.path))
    return value


def _sender(value: str) -> str:
    name, _, domain = value.rpartition("@")
    if not name or not domain or any(letter in value for letter in "\r\n"):
        raise ValueError("must be an address such as status@example.org")
    return value


class IdentitySettings(DatabaseSettings):
    """`identity_issuer` is where people's browsers reach /api/identity; tokens say it in `iss`."""

    identity_issuer: WebAddress = Field(
        description="where browsers reach identity; tokens name it, and the console is on the same host",
        examples=["https://app.example.org/api/identity"],
    )
    identity_audience: str = Field(
        default="tidings",
        min_length=1,
        description="whom identity's tokens are for; TIDINGS_TOKEN_AUDIENCE must say the same",
    )
    identity_key_set: WritablePath | None = Field(
        default=None,
        description="a file that identity keeps its public keys in as well, for services that TIDINGS_TOKEN_JWKS names it to",
        examples=["/identity-keys/jwks.json"],
    )
    sign_up: SignUp = Field(
        default=SignUp.INVITED, description="`invited`, or `open`: anybody may make an account and an organization"
    )
    mail: Annotated[SecretStr, AfterValidator(_way_of_mail)] = Field(
        description="how mail is sent: smtp:// (with STARTTLS), smtps://, or the path of a folder that it is put into",
        examples=["smtp://user:password@mail.example.org:587"],
    )
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        default="tidings@localhost", description="who mail is from", examples=["status@example.org"]
    )

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
