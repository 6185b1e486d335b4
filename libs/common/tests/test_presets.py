"""What each preset of issuers makes of the claims of its own, and what only it has to refuse."""

import time
from typing import Any

import pytest

from common.claims import InvalidTokenError, principal_of
from common.contracts.values import Role
from common.issuers import Issuer
from common.tokens import Verifier
from devstack.forgery import EC_KEY, FORGES, NOW, verifier_of_all, write_key_set

EMBEDDED, CLERK_1, CLERK_2, OIDC = (FORGES[name] for name in ("embedded", "clerk 1", "clerk 2", "oidc"))


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return verifier_of_all(write_key_set(tmp_path_factory.mktemp("keys")))


@pytest.mark.parametrize("name", FORGES)
async def test_a_good_token_of_each_form_is_accepted(verifier: Verifier, name: str) -> None:
    forge = FORGES[name]
    principal = await verifier.verify(forge.make())
    assert (principal.issuer, principal.user_id) == (forge.claims["iss"], "user_1")
    assert (principal.organization_id, principal.role) == ("org_2ab", Role.RESPONDER)
    assert (principal.session_id, principal.expires_at) == ("session_1", NOW + 3600)


@pytest.mark.parametrize("name", FORGES)
async def test_clocks_may_differ_by_a_few_seconds_and_not_more(verifier: Verifier, name: str) -> None:
    forge, now = FORGES[name], int(time.time())
    await verifier.verify(forge.make(iat=now + 5, nbf=now + 5, exp=now + 60))
    await verifier.verify(forge.make(iat=now - 60, nbf=now - 60, exp=now - 5))
    for claims in (
        {"iat": now + 60, "nbf": now, "exp": now + 90},
        {"iat": now, "nbf": now + 60, "exp": now + 90},
        {"iat": now - 90, "nbf": now - 90, "exp": now - 60},
    ):
        with pytest.raises(InvalidTokenError):
            await verifier.verify(forge.make({**forge.claims, **claims}))


OF_CLERK = {
    "a session that is pending": CLERK_2.make(sts="pending"),
    "a session in a state that is not known": CLERK_2.make(sts="impersonating"),
    "version 1 that is pending": CLERK_1.make(sts="pending"),
    "a version that is not known": CLERK_2.make(v=3),
    "a version in a string": CLERK_2.make(v="2"),
    "version 2 with the claims of version 1": CLERK_1.make(v=2),
    "version 1 with the claims of version 2": CLERK_2.make({**CLERK_2.claims, "v": None}),
    "no active organization": CLERK_2.make(o=None),
    "an origin with a slash more": CLERK_2.make(azp="https://console.test/"),
    "an origin in a list": CLERK_2.make(azp=["https://console.test"]),
    "an origin that is null": CLERK_2.make(b'{"azp": null}'),
    "the audience in place of the origin": CLERK_2.make(azp=None, aud="https://console.test"),
    "a token for machines": CLERK_2.make(header={"cat": "cl_B7d4PD333AAA"}),
    "a token from a template": CLERK_2.make(header={"cat": "cl_B7d4PD222AAA"}),
    "a category that is a list": CLERK_2.make(header={"cat": []}),
    "a role twice prefixed": CLERK_1.make(org_role="org:org:admin"),
    "ES256, which Clerk does not use": CLERK_2.make(key=EC_KEY),
}


@pytest.mark.parametrize("attack", OF_CLERK)
async def test_a_token_that_is_no_session_of_clerks_is_refused(verifier: Verifier, attack: str) -> None:
    with pytest.raises(InvalidTokenError):
        await verifier.verify(OF_CLERK[attack])


@pytest.mark.parametrize(
    "token",
    [
        CLERK_2.make(header={"cat": "cl_B7d4PD111AAA", "oiat": NOW}),
        CLERK_2.make(header={"cat": "cl_I7d4PD111III"}),
        CLERK_2.make(o={"id": "org_2ab", "rol": "org:responder"}),
    ],
    ids=["of a session", "of no category", "with the prefix of version 1"],
)
async def test_a_session_of_clerks_is_accepted(verifier: Verifier, token: str) -> None:
    assert (await verifier.verify(token)).role is Role.RESPONDER


async def test_a_member_who_is_no_admin_at_clerk_may_read(verifier: Verifier) -> None:
    assert (await verifier.verify(CLERK_1.make(org_role="org:member"))).role is Role.VIEWER


async def test_who_acts_for_somebody_else_is_named(verifier: Verifier) -> None:
    acting = CLERK_2.make(act={"iss": "https://dashboard.test", "sid": "s", "sub": "support\n7"})
    assert (await verifier.verify(acting)).actor == "support7"


async def test_the_issuers_keys_and_claims_are_kept_apart(verifier: Verifier) -> None:
    # All of them sign with these keys here: the claims of one are still not those of another.
    for forge in (EMBEDDED, CLERK_2, OIDC):
        for other in (EMBEDDED, CLERK_2, OIDC):
            if forge is not other:
                with pytest.raises(InvalidTokenError):
                    await verifier.verify(forge.make(iss=other.claims["iss"]))


def role_by(found: object, claim: str = "roles") -> Role | None:
    """The role that a provider's claim means in organization `a`."""
    roles = "owner=admin, ops=responder, staff=viewer"
    provider = {"preset": "oidc", "issuer": "x", "audience": "y", "jwks": "z", "organization_claim": "org"}
    issuer = Issuer.model_validate({**provider, "role_claim": claim, "roles": roles})
    claims: dict[str, Any] = {"iat": 1, "exp": 2, "aud": "y", "sub": "u", "org": "a", "roles": found}
    try:
        return principal_of(claims, issuer, now=1).role
    except InvalidTokenError:
        return None


@pytest.mark.parametrize(
    ("found", "role"),
    [
        ("ops", Role.RESPONDER),
        (["staff", "owner", "unknown"], Role.ADMIN),
        ({"owner": {"b": "b.test"}, "staff": {"a": "a.test", "b": "b.test"}}, Role.VIEWER),
        ([{"ops": {"a": "a.test"}}, {"owner": {"b": "b.test"}}], Role.RESPONDER),
        ({"owner": {"b": "b.test"}}, None),
        ({"owner": "a"}, None),
        ({"owner": ["a"]}, None),
        ("admin", None),
        ("owner ops", None),
        ([], None),
        ([["owner"]], None),
        (None, None),
    ],
    ids=str,
)
def test_a_role_counts_in_the_organization_that_it_is_one_in(found: object, role: Role | None) -> None:
    assert role_by(found) is role


def test_a_role_may_be_deep_inside_of_a_claim() -> None:
    assert role_by({"https://x.test/y~z": {"names": ["ops"]}}, "/roles/https:~1~1x.test~1y~0z/names") is Role.RESPONDER
    assert role_by(["ops"], "/roles/0") is None
    assert role_by("ops", "/roles/") is None


@pytest.mark.parametrize(
    ("organization", "id"),
    [
        ("org_1", "org_1"),
        (["org_1"], "org_1"),
        ({"acme": {"id": "org_1"}}, "org_1"),
        (["org_1", "org_2"], None),
        ({"acme": {"id": "org_1"}, "globex": {"id": "org_2"}}, None),
        ({"acme": {}}, None),
        ({"acme": "org_1"}, None),
        ([], None),
        ({}, None),
        ([["org_1"]], None),
    ],
    ids=str,
)
async def test_exactly_one_organization_is_meant(verifier: Verifier, organization: object, id: str | None) -> None:
    token = OIDC.make(**OIDC.member(organization, "staff"))
    if id is None:
        with pytest.raises(InvalidTokenError):
            await verifier.verify(token)
    else:
        assert (await verifier.verify(token)).organization_id == id
