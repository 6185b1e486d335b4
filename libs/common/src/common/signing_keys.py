"""Private keys that sign tokens (ES256), and how the public half is shown in a key set."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def new_private_key() -> str:
    """A new key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    encryption = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


def public_jwk(private_pem: str) -> dict[str, str]:
    """The public half, as a key set has it. Raises ValueError for what is no key on the curve P-256."""
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("no key on the curve P-256")
    numbers = key.public_key().public_numbers()
    members = {"crv": "P-256", "kty": "EC", "x": _base64url(numbers.x), "y": _base64url(numbers.y)}
    # The key's thumbprint (RFC 7638) is its id: a new key can never be mistaken for an old one in a cache.
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return {**members, "kid": thumbprint, "alg": "ES256", "use": "sig"}


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
