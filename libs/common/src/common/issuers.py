"""Whose tokens are believed, and how they say what we need: settings `TIDINGS_TOKEN_*`, checked as a process starts.

Three presets know how an issuer writes the organization and the role:
- `embedded`: our own, `o: {id, rol}`.
- `clerk`: session tokens, version 2 (`o: {id, rol}`) and version 1 (`org_id`, `org_role`).
- `oidc`: any OpenID Connect provider, by the names of two claims.

One issuer is configured by the variables themselves, others beside it by `TIDINGS_TOKEN_FURTHER`. Each has keys of its own, and each is
believed about every organization: whoever configures two says that they do not give out the same ids.
"""

import json
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlparse

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from common.contracts.values import Role
from common.settings import existing_file


class Preset(StrEnum):
    EMBEDDED = "embedded"
    CLERK = "clerk"
    OIDC = "oidc"


OUR_ROLES = {role.name.lower(): role for role in Role}
DEFAULT_ROLES = {
    Preset.EMBEDDED: OUR_ROLES,
    Preset.CLERK: {**OUR_ROLES, "member": Role.VIEWER},  # what Clerk gives everybody who is no admin
    Preset.OIDC: OUR_ROLES,
}
ALGORITHMS = {
    Preset.EMBEDDED: frozenset({"ES256", "RS256"}),
    Preset.CLERK: frozenset({"RS256"}),
    Preset.OIDC: frozenset({"ES256", "RS256"}),
}


def _parts(text: str) -> list[str]:
    """`a, b` as it is written in the environment."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _listed(value: object) -> object:
    return _parts(value) if isinstance(value, str) else value


def _roles(value: object) -> object:
    """`theirs=ours, ...` as it is written in the environment, or an object as it is in JSON."""
    if isinstance(value, str):
        pairs = [pair.rpartition("=") for pair in _parts(value)]
        value = {theirs.strip(): ours.strip() for theirs, _, ours in pairs}
    if not isinstance(value, dict) or not all(theirs and ours in list(OUR_ROLES) for theirs, ours in value.items()):
        raise ValueError("must be written theirs=ours, with commas, where ours is admin, responder or viewer")
    return {theirs: OUR_ROLES[ours] for theirs, ours in value.items()}


def _json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"must be a JSON list of issuers ({error})") from error


class Issuer(BaseModel):
    """One issuer. `jwks` is an https URL (http only to loopback) or the path of a file: never what a token says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preset: Preset = Field(
        default=Preset.EMBEDDED,
        description="how the issuer writes organization and role: embedded (identity), clerk or oidc",
    )
    issuer: str = Field(min_length=1, description="whose tokens are believed, exactly as they say it in `iss`")
    authorized_parties: Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)] = Field(
        default=frozenset(), validate_default=True, description="who a token may be issued to (`azp`): Clerk's origins"
    )
    audience: str | None = Field(default=None, validate_default=True, description="who tokens are for (`aud`)")
    jwks: str = Field(description="where the issuer's keys are: an https URL, or the path of a file")
    organization_claim: str | None = Field(
        default=None,
        validate_default=True,
        description="for oidc: the claim that names the organization, or a JSON pointer such as /org/id",
    )
    role_claim: str | None = Field(
        default=None,
        validate_default=True,
        description="for oidc: the claim that names the role or roles, or a JSON pointer",
    )
    roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(_roles)] = Field(
        default={},
        description="which of our roles each of theirs is, written theirs=ours with commas; what is not here is no role",
        examples=["boss=admin, crew=responder"],
    )

    @property
    def algorithms(self) -> frozenset[str]:
        return ALGORITHMS[self.preset]

    def role_of(self, names: list[str]) -> Role | None:
        """The highest of our roles that one of theirs stands for."""
        known = self.roles or DEFAULT_ROLES[self.preset]
        return max((known[name] for name in names if name in known), default=None)

    @field_validator("authorized_parties")
    @classmethod
    def _clerk_needs_origins(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        if info.data.get("preset") is Preset.CLERK and not value:
            raise ValueError(
                "Clerk's tokens name no audience, so the origins of your front ends must be listed here, with commas "
                "between them"
            )
        return value

    @field_validator("audience")
    @classmethod
    def _somebody_is_meant(cls, value: str | None, info: ValidationInfo) -> str | None:
        preset = info.data.get("preset")
        if preset is Preset.EMBEDDED and value is None:
            raise ValueError("Field required")
        if preset is Preset.OIDC and value is None and not info.data.get("authorized_parties"):
            raise ValueError("an audience, or TIDINGS_TOKEN_AUTHORIZED_PARTIES, must say whom tokens are meant for")
        return value

    @field_validator("jwks")
    @classmethod
    def _cannot_be_tampered_with_on_the_way(cls, value: str) -> str:
        url = urlparse(value)
        safe = url.scheme == "https" or url.hostname in ("localhost", "127.0.0.1", "::1")
        if existing_file(value) is None and not (safe and url.hostname):
            raise ValueError("must be an https URL or the path of a file")
        return value

    @field_validator("organization_claim", "role_claim")
    @classmethod
    def _named_for_oidc_alone(cls, value: str | None, info: ValidationInfo) -> str | None:
        preset = info.data.get("preset")
        if preset is Preset.OIDC and not value:
            raise ValueError("the preset oidc needs the name of this claim")
        if preset in (Preset.EMBEDDED, Preset.CLERK) and value is not None:
            raise ValueError(f"the preset {preset} knows its claims: leave this out, or use the preset oidc")
        return value


class TokenSettings(BaseSettings, Issuer):
    """Which tokens are believed."""

    model_config = SettingsConfigDict(env_prefix="TIDINGS_TOKEN_", env_ignore_empty=True, extra="ignore", frozen=True)

    further: Annotated[list[Issuer], NoDecode, BeforeValidator(_json)] = Field(
        default=[], description="a JSON list of more issuers, each with the names of these settings in lower case"
    )

    @property
    def issuers(self) -> list[Issuer]:
        return [self, *self.further]

    @field_validator("further")
    @classmethod
    def _each_once(cls, value: list[Issuer], info: ValidationInfo) -> list[Issuer]:
        names: list[Any] = [info.data.get("issuer"), *(issuer.issuer for issuer in value)]
        if len(set(names)) < len(names):
            raise ValueError("an issuer is configured twice")
        return value
