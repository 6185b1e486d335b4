"""Access tokens and the key set that verifies them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from common import tokens
from common.signing_keys import new_private_key, public_jwk
from identity.domain.account import Account
from identity.domain.member import Member
from identity.domain.session import Session
from identity.domain.signing import ACCESS_LIFETIME, SigningKey, next_signs_from, shown, signing_key
from identity.settings import IdentitySettings
from identity.store import Unit, signing


async def access_token(
    unit: Unit,
    settings: IdentitySettings,
    account: Account,
    session: Session,
    organization_id: str,
    member: Member,
    now: datetime,
) -> str:
    """A token for the organization, in the form of the outside issuers that we accept."""
    key = signing_key(await _keys(unit, now), now)
    issued = int(member.issued_at(now).timestamp())
    claims = {
        "iss": settings.identity_issuer,
        "aud": settings.identity_audience,
        "sub": str(account.id),
        "name": account.name,
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(ACCESS_LIFETIME.total_seconds()),
        "jti": str(uuid4()),
        "sid": str(session.id),
        "o": {"id": organization_id, "rol": member.role.name.lower()},
    }
    return tokens.sign(claims, key_pem=key.private_pem, key_id=key.id)


async def key_set(unit: Unit, now: datetime) -> dict[str, Any]:
    """The public halves of all keys whose tokens may be met, now or soon."""
    return {"keys": [public_jwk(key.private_pem) for key in shown(await _keys(unit, now), now)]}


async def _keys(unit: Unit, now: datetime) -> list[SigningKey]:
    """All keys; when it is time for another one, with that."""
    keys = await signing.load_keys(unit)
    if next_signs_from(keys, now) is None:
        return keys
    await signing.lock(unit)
    keys = await signing.load_keys(unit)
    signs_from = next_signs_from(keys, now)
    if signs_from is not None:
        pem = new_private_key()
        keys.append(SigningKey(public_jwk(pem)["kid"], pem, signs_from))
        await signing.add_key(unit, keys[-1])
    return keys
