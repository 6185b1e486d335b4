"""From the claims of a token whose signature is good to the Principal that the rest of the system knows, or to a refusal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.contracts.values import ORGANIZATION_ID_PATTERN, Role
from common.issuers import Issuer, Preset

LEEWAY_SECONDS = 10
MAX_LIFETIME_SECONDS = 24 * 3600
_ORGANIZATION_ID = re.compile(ORGANIZATION_ID_PATTERN)


class InvalidTokenError(Exception):
    """The token is not to be believed. The message is for the log, never for the caller."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, for which organization, in which role: all that the rest of the system knows of a token or an API key.

    Times are seconds since 1970. `expires_at` is None where what they came with does not expire.
    """

    issuer: str
    user_id: str
    name: str
    organization_id: str
    role: Role
    session_id: str | None
    actor: str | None
    issued_at: int
    expires_at: int | None


def principal_of(claims: Mapping[str, Any], issuer: Issuer, now: float) -> Principal:
    """Raises InvalidTokenError. That the token is from the issuer, and `exp` and `nbf`, is checked already."""
    issued, expires = _check_times(claims, now)
    _check_recipient(claims, issuer)
    user_id = claims.get("sub")
    if not isinstance(user_id, str) or not 0 < len(user_id) <= 200 or not user_id.isprintable():
        raise InvalidTokenError("no subject")
    organization_id, roles = _membership(claims, issuer)
    role = issuer.role_of(roles)
    if role is None:
        raise InvalidTokenError("no role that is known here")
    name, session_id, actor = claims.get("name"), claims.get("sid"), claims.get("act")
    return Principal(
        issuer=issuer.issuer,
        user_id=user_id,
        name=(_safe_text(name) if isinstance(name, str) else "") or user_id,
        organization_id=organization_id,
        role=role,
        session_id=_safe_text(session_id) if isinstance(session_id, str) else None,
        actor=_safe_text(str(actor.get("sub"))) if isinstance(actor, dict) else None,
        issued_at=int(issued),
        expires_at=int(expires),
    )


def _check_times(claims: Mapping[str, Any], now: float) -> tuple[float, float]:
    issued, expires = _number(claims, "iat"), _number(claims, "exp")
    if "nbf" in claims:
        _number(claims, "nbf")
    if issued > now + LEEWAY_SECONDS or expires - issued > MAX_LIFETIME_SECONDS:
        raise InvalidTokenError("issued in the future or valid for too long")
    return issued, expires


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e11:
        raise InvalidTokenError(f"{name} is no time")
    return float(value)


def _check_recipient(claims: Mapping[str, Any], issuer: Issuer) -> None:
    if issuer.audience is not None:
        audience = claims.get("aud")
        if issuer.audience not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidTokenError("for another audience")
    if issuer.authorized_parties:
        party = claims.get("azp")
        if not isinstance(party, str) or party not in issuer.authorized_parties:
            raise InvalidTokenError("issued to another party")


def _membership(claims: Mapping[str, Any], issuer: Issuer) -> tuple[str, list[str]]:
    """The one organization that the token is for, and what the issuer calls the caller's roles in it."""
    match issuer.preset:
        case Preset.EMBEDDED:
            id, role = _own(claims)
        case Preset.CLERK:
            id, role = _clerk(claims)
        case Preset.OIDC:
            assert issuer.organization_claim is not None
            assert issuer.role_claim is not None
            id = _only(_at(claims, issuer.organization_claim))
            organization_id = _organization_id(id)
            return organization_id, _role_names(_at(claims, issuer.role_claim), organization_id)
    return _organization_id(id), [role] if isinstance(role, str) else []


def _own(claims: Mapping[str, Any]) -> tuple[object, object]:
    organization = claims.get("o")
    if not isinstance(organization, dict):
        raise InvalidTokenError("no organization")
    return organization.get("id"), organization.get("rol")


def _clerk(claims: Mapping[str, Any]) -> tuple[object, object]:
    if claims.get("sts", "active") != "active":
        raise InvalidTokenError("the session is pending")
    match claims.get("v"):
        case None:
            id, role = claims.get("org_id"), claims.get("org_role")
        case 2:
            id, role = _own(claims)
        case _:
            raise InvalidTokenError("a version of session tokens that is not known")
    return id, role.removeprefix("org:") if isinstance(role, str) else None


def _at(claims: Mapping[str, Any], name: str) -> object:
    """A claim by its name, or what is inside of one by a JSON pointer (RFC 6901)."""
    if not name.startswith("/"):
        return claims.get(name)
    found: object = claims
    for part in name[1:].split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _only(found: object) -> object:
    """The id itself, a list with it, or Keycloak's `{alias: {"id": ...}}`. Of several nobody knows which is meant."""
    if isinstance(found, dict):
        ids: list[object] = [value.get("id") if isinstance(value, dict) else None for value in found.values()]
    else:
        ids = found if isinstance(found, list) else [found]
    if len(ids) != 1:
        raise InvalidTokenError(f"{len(ids)} organizations where there must be one")
    return ids[0]


def _organization_id(id: object) -> str:
    if not isinstance(id, str) or _ORGANIZATION_ID.match(id) is None:
        raise InvalidTokenError("the organization's id does not match [A-Za-z0-9_-]{1,64}")
    return id


def _role_names(found: object, organization_id: str) -> list[str]:
    """A name, a list of names, or Zitadel's `{role: {organization: ...}}` or a list of these, where a role is one in some organizations."""
    names: list[str] = []
    for entry in found if isinstance(found, list) else [found]:
        if isinstance(entry, str):
            names.append(entry)
        elif isinstance(entry, dict):
            names += [name for name, where in entry.items() if isinstance(where, dict) and organization_id in where]
    return names


def _safe_text(text: str) -> str:
    """What an issuer says, fit for PostgreSQL and for one line of a log."""
    return "".join(character for character in text if character.isprintable())[:200]
