"""The issuer of tests: a key and a key set in a directory, and tokens for any organization and role, in the form of our own.

No service that ships believes it; a test's stack tells its services to.
"""

import json
import os
import time
import uuid
from pathlib import Path

from common import tokens
from common.signing_keys import new_private_key, public_jwk
from devstack.stack import AUDIENCE

ISSUER = "tidings-tests"
_LIFETIME = 12 * 3600


def make_keys(directory: Path) -> None:
    """Make the key and the key set in a directory that has none."""
    pem = new_private_key()
    with os.fdopen(os.open(directory / "key.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(pem)
    (directory / "jwks.json").write_text(json.dumps({"keys": [public_jwk(pem)]}))


def token_of_tests(directory: Path, organization: str, role: str) -> str:
    """Of `dev-<role>`, for 12 hours."""
    pem = (directory / "key.pem").read_text()
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
    return tokens.sign(claims, key_pem=pem, key_id=public_jwk(pem)["kid"])
