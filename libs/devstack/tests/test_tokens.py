"""Development tokens: accepted by the services' own verifier, refused in form before they are made."""

import json
from pathlib import Path

import pytest

from common.issuers import TokenSettings
from common.tokens import Verifier
from devstack.errors import DevstackError
from devstack.stack import AUDIENCE, ISSUER
from devstack.tokens import ROLES, development_token, ensure_keys


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("organization", ["acme", "org_2ab-C", "x" * 64])
async def test_services_accept_a_development_token(tmp_path: Path, role: str, organization: str) -> None:
    token = development_token(tmp_path, organization, role)
    settings = TokenSettings(issuer=ISSUER, audience=AUDIENCE, jwks=str(tmp_path / "jwks.json"))
    principal = await Verifier(settings).verify(token)
    assert principal.organization_id == organization
    assert principal.role.name.lower() == role
    assert principal.user_id == f"dev-{role}"
    assert principal.name == f"Dev {role.capitalize()}"


@pytest.mark.parametrize("organization", ["", "a.b", "a b", "a*", ">", "x" * 65, "acmé"])
def test_an_organization_that_is_no_subject_token_is_refused(tmp_path: Path, organization: str) -> None:
    with pytest.raises(DevstackError, match="ORG"):
        development_token(tmp_path, organization, "admin")


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DevstackError, match="ROLE"):
        development_token(tmp_path, "acme", "owner")


def test_the_key_is_made_once_and_only_its_public_half_is_published(tmp_path: Path) -> None:
    key = ensure_keys(tmp_path)
    before = key.read_bytes()
    assert ensure_keys(tmp_path).read_bytes() == before
    assert key.stat().st_mode & 0o777 == 0o600
    [published] = json.loads((tmp_path / "jwks.json").read_text())["keys"]
    assert published.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
