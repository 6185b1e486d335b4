"""Secrets that are shown once and kept as hashes: API keys, links in mails, and the parts of a refresh token.

They are 256 random bits, so a plain SHA-256 of them cannot be searched; only passwords, which people choose, need a slow hash.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

SECRET_BYTES = 32


def new_secret() -> str:
    return written(secrets.token_bytes(SECRET_BYTES))


def written(secret: bytes) -> str:
    """A secret as letters, digits, - and _."""
    return urlsafe_b64encode(secret).rstrip(b"=").decode()


def digest(secret: str) -> bytes:
    """What is kept of a secret. Whatever a caller sent can be hashed, a lone surrogate too."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are the same, in the same time wherever they differ."""
    return hmac.compare_digest(one, other)
