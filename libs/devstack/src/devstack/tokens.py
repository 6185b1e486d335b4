"""The development issuer: an ES256 key made on first start, the JWKS that services read, and tokens signed with it.

The private key never leaves `.tidings/keys/` (mode 0600); the JWKS holds the public half only. Who can read the clone
can therefore be anyone in any organization of this stack, which is the point of a development token.
"""

import json
import os
import re
import time
import uuid
from pathlib import Path

from common import tokens
from common.signing_keys import new_private_key, public_jwk
from devstack.errors import DevstackError
from devstack.stack import AUDIENCE, ISSUER

ROLES = ("admin", "responder", "viewer")
_ORGANIZATION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LIFETIME = 12 * 3600


def ensure_keys(directory: Path) -> Path:
    """Make the key if there is none and write the JWKS beside it. Returns the path of the private key."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_path = directory / "development.pem"
    if not key_path.exists():
        _create_key(key_path)
    key_set = {"keys": [_public_jwk(key_path)]}
    fresh = directory / f"jwks.{os.getpid()}.new"
    fresh.write_text(json.dumps(key_set, indent=1))
    fresh.replace(directory / "jwks.json")
    return key_path


def development_token(directory: Path, organization: str, role: str) -> str:
    """A token for `role` in `organization`, valid for 12 hours, in the form of the outside issuers we accept."""
    if not _ORGANIZATION.fullmatch(organization):
        raise DevstackError(
            f"ORG must be 1 to 64 letters, digits, _ or -, for example ORG=acme; it is {organization!r}."
        )
    if role not in ROLES:
        raise DevstackError(f"ROLE must be one of {', '.join(ROLES)}; it is {role!r}.")
    key_path = ensure_keys(directory)
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"dev-{role}",
        "name": f"Dev {role.capitalize()}",
        "iat": now,
        "nbf": now,
        "exp": now + _LIFETIME,
        "jti": str(uuid.uuid4()),
        "o": {"id": organization, "rol": role},
    }
    return tokens.sign(claims, key_pem=key_path.read_text(), key_id=_public_jwk(key_path)["kid"])


def _create_key(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(new_private_key().encode())
    try:
        # link and not rename: if another process was faster, its key stays.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _public_jwk(path: Path) -> dict[str, str]:
    try:
        return public_jwk(path.read_text())
    except ValueError as error:
        raise DevstackError(f"{path} is not an elliptic curve key: delete it and start again.") from error
