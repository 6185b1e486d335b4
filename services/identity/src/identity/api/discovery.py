"""Where services find the keys: the discovery document of OpenID Connect and the key set."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from common.clock import now
from common.openapi import tells
from identity.api import PREFIX, Public
from identity.issuing import key_set

router = APIRouter(tags=["discovery"])

# Shorter than a new key is shown before it signs.
_CACHED = {"Cache-Control": "public, max-age=300"}


@router.get(
    "/api/identity/.well-known/openid-configuration",
    response_model=dict[str, Any],
    responses=tells(200, "Cache-Control"),
)
async def discover(visitor: Public) -> Response:
    """Below the issuer's address, where the standard has it. Signing in is not OpenID Connect's: the document names the keys."""
    issuer = visitor.settings.identity_issuer
    document = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/v1/jwks.json",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_supported": ["iss", "aud", "sub", "name", "iat", "nbf", "exp", "jti", "sid", "o"],
    }
    return JSONResponse(document, headers=_CACHED)


@router.get(f"{PREFIX}/jwks.json", response_model=dict[str, Any], responses=tells(200, "Cache-Control"))
async def read_keys(visitor: Public) -> Response:
    """Public keys of access tokens, those too that will sign soon or signed lately."""
    async with visitor.work() as unit:
        return JSONResponse(await key_set(unit, now()), headers=_CACHED)
