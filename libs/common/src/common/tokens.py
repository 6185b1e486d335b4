"""Token verification: the one module that imports python-jose, because used plainly it lets a lot through.

What it does not do by itself is done here, before or after it: size and shape before parsing, asymmetric algorithms only, `crit` refused,
keys bound to (kid, algorithm) when the key set is loaded, `exp`, `iat`, `sub`, `iss` and `aud` required and typed, lifetime limited.
Every failure is the same InvalidTokenError; why goes to the log only.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx
from jose import jwk, jws, jwt
from jose.backends.base import Key

from common.contracts.values import ORGANIZATION_ID_PATTERN, Role
from common.settings import TokenSettings, existing_file

log = logging.getLogger(__name__)

ALGORITHMS = frozenset({"ES256", "RS256"})
LEEWAY_SECONDS = 10
MAX_LIFETIME_SECONDS = 24 * 3600
TOKEN_MAX_CHARACTERS = 16 * 1024
JWKS_MAX_BYTES = 256 * 1024
FRESH_SECONDS = 300
USABLE_SECONDS = 24 * 3600
REFETCH_SECONDS = 30
_COMPACT = re.compile(r"[A-Za-z0-9_-]{2,2048}\.[A-Za-z0-9_-]{2,12288}\.[A-Za-z0-9_-]{2,1024}\Z")
_ORGANIZATION_ID = re.compile(ORGANIZATION_ID_PATTERN)
_KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})


class InvalidTokenError(Exception):
    """The token is not to be believed. The message is for the log, never for the caller."""


class KeysUnavailableError(Exception):
    """No key set could be had, so nothing can be said about the token."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, for which organization, in which role: all that the rest of the system knows of a token."""

    issuer: str
    user_id: str
    name: str
    organization_id: str
    role: Role
    session_id: str | None
    actor: str | None
    expires_at: int


def sign(claims: Mapping[str, Any], *, key_pem: str, key_id: str) -> str:
    """A token of our own issuer, signed with an EC P-256 private key in PEM."""
    return str(jwt.encode(dict(claims), key_pem, algorithm="ES256", headers={"kid": key_id}))


def bind_keys(document: object) -> dict[tuple[str, str], Key]:
    """Verification keys of a JWKS by (kid, algorithm). What cannot verify signatures, or is too weak, is left out."""
    keys: dict[tuple[str, str], Key] = {}
    entries = document.get("keys") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
            continue
        algorithm = entry.get("alg") or ("ES256" if entry.get("kty") == "EC" else "RS256")
        if algorithm not in ALGORITHMS or entry.get("kty") != _KEY_TYPES[algorithm]:
            continue
        if entry.get("use", "sig") != "sig" or _PRIVATE_MEMBERS & entry.keys():
            continue
        if algorithm == "RS256" and len(str(entry.get("n", ""))) < 342:  # 2048 bits in base64url
            continue
        try:
            keys[entry["kid"], algorithm] = jwk.construct(entry, algorithm)
        except Exception as error:  # python-jose raises many types on malformed keys; such a key is just not used
            log.warning(
                "key of the key set left out", extra={"kid": entry["kid"][:200], "reason": type(error).__name__}
            )
    return keys


class KeySet:
    """The issuer's keys, from its configured place: refreshed every 5 minutes, usable for a day when the place does not answer.

    An unknown key id leads to at most one more look every 30 s, whatever callers send.
    """

    def __init__(self, location: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._path = existing_file(location)
        self._url = location
        if self._path is None:
            url = urlparse(location)
            if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
                raise ValueError("TIDINGS_TOKEN_JWKS must be an https URL or the path of a file")
        self._keys: dict[tuple[str, str], Key] = {}
        self._loaded_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, key_id: str, algorithm: str) -> Key:
        """Raises InvalidTokenError for an unknown key, KeysUnavailableError when no key set was ever had or the last is too old."""
        known = (key_id, algorithm) in self._keys
        age = self._clock() - self._loaded_at
        if not known or age > FRESH_SECONDS:
            await self._refresh(wait=not known or age > USABLE_SECONDS)
        if self._clock() - self._loaded_at > USABLE_SECONDS:
            raise KeysUnavailableError(f"no key set from {self._url}")
        key = self._keys.get((key_id, algorithm))
        if key is None:
            raise InvalidTokenError("unknown key")
        return key

    async def _refresh(self, *, wait: bool) -> None:
        if not wait and self._lock.locked():
            return
        async with self._lock:
            if self._clock() - self._tried_at < REFETCH_SECONDS:
                return
            self._tried_at = self._clock()
            try:
                keys = bind_keys(json.loads(await self._load()))
                if not keys:
                    raise ValueError("no key in it can be used")
                self._keys, self._loaded_at = keys, self._clock()
            except (OSError, ValueError, httpx.HTTPError, RecursionError) as error:
                log.warning(
                    "key set cannot be loaded",
                    extra={"location": self._url, "reason": f"{type(error).__name__}: {error}"},
                )

    async def _load(self) -> bytes:
        if self._path is not None:
            return await asyncio.to_thread(_read, self._path)
        async with (
            httpx.AsyncClient(timeout=3, follow_redirects=False) as client,
            client.stream("GET", self._url) as response,
        ):
            response.raise_for_status()
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > JWKS_MAX_BYTES:
                    raise ValueError("the key set is too large")
            return body


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(JWKS_MAX_BYTES)


class Verifier:
    """Turns a token of the configured issuer into a Principal."""

    def __init__(self, settings: TokenSettings) -> None:
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._keys = KeySet(settings.token_jwks)

    async def verify(self, token: str) -> Principal:
        """Raises InvalidTokenError, whatever is wrong, or KeysUnavailableError."""
        try:
            return await self._verify(token)
        except (InvalidTokenError, KeysUnavailableError):
            raise
        except (
            Exception
        ) as error:  # python-jose leaks RecursionError, TypeError, OverflowError and more on hostile tokens
            raise InvalidTokenError(f"{type(error).__name__}: {error}") from error

    async def _verify(self, token: str) -> Principal:
        if len(token) > TOKEN_MAX_CHARACTERS or _COMPACT.match(token) is None:
            raise InvalidTokenError("no compact JWS")
        header = jws.get_unverified_header(token)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise InvalidTokenError("algorithm not allowed")
        if str(header.get("typ", "JWT")).upper() not in ("JWT", "AT+JWT") or "crit" in header:
            raise InvalidTokenError("header not allowed")
        if not isinstance(key_id, str) or not 0 < len(key_id) <= 200:
            raise InvalidTokenError("no key id")
        key = await self._keys.find(key_id, algorithm)
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=self._issuer,
            options={
                "verify_aud": False,
                "verify_at_hash": False,
                "require_exp": True,
                "require_iat": True,
                "require_iss": True,
                "require_sub": True,
                "leeway": LEEWAY_SECONDS,
            },
        )
        return self._principal(claims)

    def _principal(self, claims: dict[str, Any]) -> Principal:
        now = time.time()
        issued, expires = _number(claims, "iat"), _number(claims, "exp")
        if "nbf" in claims:
            _number(claims, "nbf")
        if issued > now + LEEWAY_SECONDS or expires - issued > MAX_LIFETIME_SECONDS:
            raise InvalidTokenError("issued in the future or valid for too long")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidTokenError("for another audience")
        if claims.get("iss") != self._issuer:
            raise InvalidTokenError("of another issuer")
        user_id = claims["sub"]
        if not isinstance(user_id, str) or not 0 < len(user_id) <= 200 or not user_id.isprintable():
            raise InvalidTokenError("no subject")
        organization = claims.get("o")
        if not isinstance(organization, dict):
            raise InvalidTokenError("no organization")
        organization_id, role = organization.get("id"), organization.get("rol")
        if not isinstance(organization_id, str) or _ORGANIZATION_ID.match(organization_id) is None:
            raise InvalidTokenError("the organization's id does not match [A-Za-z0-9_-]{1,64}")
        if not isinstance(role, str) or role.upper() not in Role.__members__:
            raise InvalidTokenError("unknown role")
        name, session_id, actor = claims.get("name"), claims.get("sid"), claims.get("act")
        return Principal(
            issuer=self._issuer,
            user_id=user_id,
            name=(_safe_name(name) if isinstance(name, str) else "") or user_id,
            organization_id=organization_id,
            role=Role[role.upper()],
            session_id=session_id if isinstance(session_id, str) else None,
            actor=str(actor.get("sub")) if isinstance(actor, dict) else None,
            expires_at=int(expires),
        )


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e11:
        raise InvalidTokenError(f"{name} is no time")
    return float(value)


def _safe_name(name: str) -> str:
    """What an issuer calls somebody, fit for PostgreSQL and for one line of a log."""
    return "".join(character for character in name if character.isprintable())[:200]
