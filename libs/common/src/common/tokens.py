"""Token verification: the one module that imports python-jose, because used plainly it lets a lot through.

What it does not do by itself is done here, before or after it: size and shape before parsing, asymmetric algorithms only, `crit` refused,
keys bound to (kid, algorithm) when the key set is loaded, and kept for each issuer apart. `common.claims` then judges what the token says.
Every failure is the same InvalidTokenError; why goes to the log only.
"""

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
from jose import jwk, jws, jwt
from jose.backends.base import Key

from common.claims import LEEWAY_SECONDS, InvalidTokenError, Principal, principal_of
from common.issuers import ALGORITHMS as ALLOWED
from common.issuers import Issuer, Preset, TokenSettings
from common.settings import existing_file

log = logging.getLogger(__name__)

ALGORITHMS = frozenset().union(*ALLOWED.values())
TOKEN_MAX_CHARACTERS = 16 * 1024
JWKS_MAX_BYTES = 256 * 1024
FRESH_SECONDS = 300
USABLE_SECONDS = 24 * 3600
REFETCH_SECONDS = 30
LOAD_SECONDS = 3
_COMPACT = re.compile(r"[A-Za-z0-9_-]{2,2048}\.[A-Za-z0-9_-]{2,12288}\.[A-Za-z0-9_-]{2,1024}\Z")
_KEY_TYPES = {"ES256": "EC", "RS256": "RSA"}
_CLERK_CATEGORIES = (None, "cl_B7d4PD111AAA", "cl_I7d4PD111III")
"""Session tokens, and "of no category". Clerk signs tokens for machines and from templates with the same key."""
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})


class KeysUnavailableError(Exception):
    """No key set could be had, so nothing can be said about the token."""


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
        self._keys: dict[tuple[str, str], Key] = {}
        self._loaded_at = float("-inf")
        self._tried_at = float("-inf")
        self._answers = True
        self._lock = asyncio.Lock()

    async def find(self, key_id: str, algorithm: str) -> Key:
        """Raises InvalidTokenError for an unknown key, KeysUnavailableError when that cannot be known: no key set was ever had, the
        last is too old, or its place did not answer whether the key is new.
        """
        known = (key_id, algorithm) in self._keys
        age = self._clock() - self._loaded_at
        if not known or age > FRESH_SECONDS:
            await self._refresh(wait=not known or age > USABLE_SECONDS)
        if self._clock() - self._loaded_at > USABLE_SECONDS:
            raise KeysUnavailableError(f"no key set from {self._url}")
        key = self._keys.get((key_id, algorithm))
        if key is None and not self._answers:
            raise KeysUnavailableError(f"a key that may be new, and no answer from {self._url}")
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
                self._keys, self._loaded_at, self._answers = keys, self._clock(), True
            except (OSError, ValueError, httpx.HTTPError, RecursionError) as error:
                self._answers = False
                log.warning(
                    "key set cannot be loaded",
                    extra={"location": self._url, "reason": f"{type(error).__name__}: {error}"},
                )

    async def _load(self) -> bytes:
        if self._path is not None:
            return await asyncio.to_thread(_read, self._path)
        async with (
            asyncio.timeout(LOAD_SECONDS),  # httpx's own begins again with each byte
            httpx.AsyncClient(timeout=LOAD_SECONDS, follow_redirects=False) as client,
            # Not compressed: what is unpacked would be measured too late.
            client.stream("GET", self._url, headers={"Accept-Encoding": "identity"}) as response,
        ):
            response.raise_for_status()
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > JWKS_MAX_BYTES:
                    raise ValueError("the key set is too large")
            return body


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(JWKS_MAX_BYTES)


class Verifier:
    """Turns a token of a configured issuer into a Principal."""

    def __init__(self, settings: TokenSettings) -> None:
        self._issuers = {issuer.issuer: (issuer, KeySet(issuer.jwks)) for issuer in settings.issuers}

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
        # Not believed: it only says whose keys to try, and is checked again with the signature.
        issuer, keys = self._issuer_of(jwt.get_unverified_claims(token).get("iss"))
        algorithm, key_id = _check_header(header, issuer)
        claims = jwt.decode(
            token,
            await keys.find(key_id, algorithm),
            algorithms=[algorithm],
            issuer=issuer.issuer,
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
        if claims.get("iss") != issuer.issuer:
            raise InvalidTokenError("of another issuer")
        return principal_of(claims, issuer, time.time())

    def _issuer_of(self, name: object) -> tuple[Issuer, KeySet]:
        found = self._issuers.get(name) if isinstance(name, str) else None
        if found is None:
            raise InvalidTokenError("of another issuer")
        return found


def _check_header(header: Mapping[str, Any], issuer: Issuer) -> tuple[str, str]:
    """The algorithm and the key's id. What else a header says is ignored."""
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in issuer.algorithms:
        raise InvalidTokenError("algorithm not allowed")
    if str(header.get("typ", "JWT")).upper() not in ("JWT", "AT+JWT") or "crit" in header:
        raise InvalidTokenError("header not allowed")
    if issuer.preset is Preset.CLERK and header.get("cat") not in _CLERK_CATEGORIES:
        raise InvalidTokenError("no session token")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= 200:
        raise InvalidTokenError("no key id")
    return str(algorithm), key_id
