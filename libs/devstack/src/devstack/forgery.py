"""Tokens as attackers make them, for tests: correctly signed ones with any header and claims, forged ones, and a key set with traps in it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from common.issuers import TokenSettings
from common.tokens import Verifier

NOW = int(time.time())
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_RSA_KEY = rsa.generate_private_key(65537, 1024)
STRANGERS_EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_RSA_KEY = rsa.generate_private_key(65537, 2048)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwk(key: PrivateKey, kid: str, **members: str) -> dict[str, str]:
    if isinstance(key, rsa.RSAPrivateKey):
        public = key.public_key().public_numbers()
        return {"kid": kid, "kty": "RSA", "n": number(public.n), "e": number(public.e), **members}
    point = key.public_key().public_numbers()
    return {"kid": kid, "kty": "EC", "crv": "P-256", "x": number(point.x), "y": number(point.y), **members}


KEY_SET = {
    "keys": [
        jwk(EC_KEY, "ec", alg="ES256", use="sig"),
        jwk(RSA_KEY, "rsa", alg="RS256", use="sig"),
        jwk(WEAK_RSA_KEY, "weak", alg="RS256"),
        jwk(RSA_KEY, "encryption", alg="RS256", use="enc"),
        jwk(RSA_KEY, "rs512", alg="RS512"),
        jwk(EC_KEY, "private", alg="ES256", d=number(EC_KEY.private_numbers().private_value)),
        {"kid": "shared", "kty": "oct", "alg": "HS256", "k": b64(b"secret")},
        {"kid": "broken", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        jwk(RSA_KEY, "mislabelled", alg="ES256"),
        {"no": "kid"},
        "no key",
    ]
}


def encode(part: object) -> str:
    return b64(part if isinstance(part, bytes) else json.dumps(part).encode())


def signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public(key: PrivateKey, encoding: serialization.Encoding) -> bytes:
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


Claims = dict[str, Any]


@dataclass(frozen=True)
class Forge:
    """What is needed to write like one issuer: the claims of a good token, and how it says who is a member of what."""

    claims: Claims
    member: Callable[[object, object], Claims]
    """The claims that say this organization and this role."""
    recipient: str = "aud"
    """The claim that says whom the token is meant for."""
    key: PrivateKey = EC_KEY

    @property
    def key_id(self) -> str:
        return "rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "ec"

    @property
    def strangers_key(self) -> PrivateKey:
        return STRANGERS_RSA_KEY if isinstance(self.key, rsa.RSAPrivateKey) else STRANGERS_EC_KEY

    def make(
        self,
        claims: object = None,
        *,
        key: PrivateKey | None = None,
        header: Mapping[str, Any] | bytes | None = None,
        **changes: Any,
    ) -> str:
        """A correctly signed token, with claims and header as the attacker wants them. A change to None leaves the claim out."""
        key, claims = key or self.key, self.claims if claims is None else claims
        algorithm, kid = ("RS256", "rsa") if isinstance(key, rsa.RSAPrivateKey) else ("ES256", "ec")
        head = header if isinstance(header, bytes) else {"alg": algorithm, "kid": kid, "typ": "JWT", **(header or {})}
        if isinstance(claims, dict):
            claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        signing_input = f"{encode(head)}.{encode(claims)}"
        return f"{signing_input}.{b64(signature(key, signing_input.encode()))}"

    def hmac_signed(self, secret: bytes, kid: str) -> str:
        signing_input = f"{encode({'alg': 'HS256', 'kid': kid, 'typ': 'JWT'})}.{encode(self.claims)}"
        return f"{signing_input}.{b64(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"

    def unsigned(self, algorithm: object, signature_part: str = "") -> str:
        head = {"alg": algorithm, "kid": self.key_id, "typ": "JWT"}
        return f"{encode(head)}.{encode(self.claims)}.{signature_part}"


def _good(issuer: str, **claims: Any) -> Claims:
    times = {"iat": NOW, "nbf": NOW, "exp": NOW + 3600}
    return {"iss": issuer, "sub": "user_1", "name": "Ada Lovelace", "sid": "session_1", **times, **claims}


def _embedded(id: object, role: object) -> Claims:
    return {"o": {"id": id, "rol": role}}


def _clerk_1(id: object, role: object) -> Claims:
    return {"org_id": id, "org_role": f"org:{role}" if isinstance(role, str) and role else role, "org_slug": "acme"}


def _clerk_2(id: object, role: object) -> Claims:
    return {"o": {"id": id, "rol": role, "slg": "acme", "per": "read", "fpm": "1"}}


def _oidc(id: object, role: object) -> Claims:
    return {"https://tidings.test/organization": id, "realm_access": {"roles": [role, "offline_access"]}}


_CLERK, _FRONT_END = "https://clerk.test", "https://console.test"
_OF_CLERK: Claims = {"azp": _FRONT_END, "fva": [0, -1]}

FORGES = {
    "embedded": Forge(_good("tidings-embedded", aud="tidings", **_embedded("org_2ab", "responder")), _embedded),
    "clerk 1": Forge(_good(_CLERK, **_OF_CLERK, **_clerk_1("org_2ab", "responder")), _clerk_1, "azp", RSA_KEY),
    "clerk 2": Forge(
        _good(_CLERK, v=2, sts="active", **_OF_CLERK, **_clerk_2("org_2ab", "responder")), _clerk_2, "azp", RSA_KEY
    ),
    "oidc": Forge(_good("https://oidc.test", aud="tidings", **_oidc("org_2ab", "staff")), _oidc),
}
"""One for each form that a preset accepts."""


def write_key_set(directory: Path) -> str:
    """The key set as a file. Returns its path."""
    path = directory / "jwks.json"
    path.write_text(json.dumps(KEY_SET))
    return str(path)


def verifier_of_all(jwks: str) -> Verifier:
    """A verifier that believes all of these issuers. They share a key set, so that nothing but the claims tells them apart."""
    oidc = {
        "preset": "oidc",
        "issuer": "https://oidc.test",
        "audience": "tidings",
        "jwks": jwks,
        "organization_claim": "https://tidings.test/organization",
        "role_claim": "/realm_access/roles",
        "roles": "staff=responder, admin=admin",
    }
    clerk = {"preset": "clerk", "issuer": _CLERK, "authorized_parties": _FRONT_END, "jwks": jwks}
    return Verifier(
        TokenSettings.model_validate(
            {"issuer": "tidings-embedded", "audience": "tidings", "jwks": jwks, "further": [clerk, oidc]}
        )
    )
