"""Every known way to get a forged, stale or foreign token past python-jose, asked of our verifier: all get InvalidTokenError, nothing else.

The attacks are the same for each preset of issuers; what only one of them has to refuse is in test_presets.py.
"""

import base64
import json
import math
import time
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.claims import InvalidTokenError
from common.contracts.values import Role
from common.tokens import Verifier
from devstack.forgery import (
    EC_KEY,
    FORGES,
    KEY_SET,
    NOW,
    RSA_KEY,
    WEAK_RSA_KEY,
    Forge,
    PrivateKey,
    b64,
    encode,
    jwk,
    nested,
    public,
    verifier_of_all,
    write_key_set,
)

EMBEDDED = FORGES["embedded"]
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
ORGANIZATION_IDS = ["", "a.b", "a b", "*", ">", "acme\n", "é", "x" * 65, "\ud800", 7, {"id": 7}, [], True]

NO_TIMES: dict[str, object] = {
    "digits in a string": str(NOW + 60),
    "a word": "soon",
    "a bool": True,
    "a list": [NOW],
    "an object": {},
    "infinite": math.inf,
    "not a number": math.nan,
    "negative": -1,
    "huge": 10**30,
}


def attacks(forge: Forge) -> dict[str, str]:
    """What all presets have to refuse."""
    good = forge.make()
    head, body, signed = good.split(".")
    return {
        **{f"alg {name!r}": forge.unsigned(name) for name in ("none", "None", "NONE", "nOnE", "", None, 1, ["ES256"])},
        "alg none with a signature": forge.unsigned("none", signed),
        "HS256 with the EC key in PEM": forge.hmac_signed(public(EC_KEY, PEM), "ec"),
        "HS256 with the RSA key in PEM": forge.hmac_signed(public(RSA_KEY, PEM), "rsa"),
        "HS256 with the RSA key in PEM, CRLF": forge.hmac_signed(public(RSA_KEY, PEM).replace(b"\n", b"\r\n"), "rsa"),
        "HS256 with the RSA key in DER": forge.hmac_signed(public(RSA_KEY, DER), "rsa"),
        "HS256 with the RSA key in bare base64": forge.hmac_signed(base64.b64encode(public(RSA_KEY, DER)), "rsa"),
        "HS256 with the EC key in DER": forge.hmac_signed(public(EC_KEY, DER), "ec"),
        "HS256 with the key as JWK": forge.hmac_signed(json.dumps(KEY_SET["keys"][0]).encode(), "ec"),
        "HS256 with an empty secret": forge.hmac_signed(b"", "ec"),
        "HS256 with a secret of the key set": forge.hmac_signed(b"secret", "shared"),
        "a stranger's key": forge.make(key=forge.strangers_key),
        "a stranger's key, embedded": forge.make(
            key=forge.strangers_key, header={"jwk": jwk(forge.strangers_key, forge.key_id)}
        ),
        "a stranger's key, linked": forge.make(
            key=forge.strangers_key, header={"jku": "http://127.0.0.1:1/", "x5u": "http://x/"}
        ),
        "RSA 1024": forge.make(key=WEAK_RSA_KEY, header={"kid": "weak"}),
        "a key for encryption": forge.make(key=RSA_KEY, header={"kid": "encryption"}),
        "a key of an algorithm we do not use": forge.make(key=RSA_KEY, header={"kid": "rs512"}),
        "a key set that gives its private half away": forge.make(key=EC_KEY, header={"kid": "private"}),
        "a malformed key": forge.make(key=EC_KEY, header={"kid": "broken"}),
        "RSA key labelled ES256": forge.make(key=RSA_KEY, header={"kid": "mislabelled", "alg": "ES256"}),
        "RS256 with the EC key's id": forge.make(key=RSA_KEY, header={"kid": "ec"}),
        "ES256 with the RSA key's id": forge.make(key=EC_KEY, header={"kid": "rsa"}),
        "RS512 declared": forge.make(key=RSA_KEY, header={"alg": "RS512"}),
        "no signature": f"{head}.{body}.",
        "zero signature": f"{head}.{body}.{b64(bytes(64))}",
        "another token's signature": f"{head}.{encode({**forge.claims, 'sub': 'root'})}.{signed}",
        "padded segment": f"{head}=.{body}.{signed}",
        "padded signature": f"{good}==",
        "trailing newline": f"{good}\n",
        "two tokens": f"{good}.{good}",
        "five parts, a JWE": f"{good}.{body}.{signed}",
        "lone surrogates": f"{head}.\ud800{body}.{signed}",
        "empty": "",
        "only dots": "..",
        "20 MB of junk": "a" * 20_000_000,
        "20 MB in three parts": ".".join(["a" * 7_000_000] * 3),
        "crit": forge.make(header={"crit": ["exp"]}),
        "crit b64": forge.make(header={"crit": ["b64"], "b64": False}),
        "typ of a logout token": forge.make(header={"typ": "logout+jwt"}),
        "typ is a number": forge.make(header={"typ": 1}),
        "header is a list": forge.make(header=b"[]"),
        "header is no JSON": forge.make(header=b"{"),
        "header is no UTF-8": forge.make(header=b"\xff\xfe"),
        "header bomb": forge.make(header=nested(250)),
        "header bomb within its limit": forge.make(header=b"[" * 1500),
        "payload bomb": forge.make(b"[" * 9000),
        "payload of nested objects": forge.make(nested(1400)),
        "payload is a list": forge.make([]),
        "payload is no JSON": forge.make(b"{"),
        **{
            f"kid {kid!r:.20}": forge.make(header={"kid": kid})
            for kid in ("", "x" * 201, "../../dev/null", "' OR 1=1", 1, ["ec"])
        },
        "kid is an object": forge.make(header={"kid": {"ec": "ec"}}),
        "kid is null": forge.make(header={"kid": None}),
        **{
            f"no {claim}": forge.make({**forge.claims, claim: None})
            for claim in ("exp", "iat", "sub", "iss", forge.recipient)
        },
        "expired": forge.make(iat=NOW - 7200, nbf=NOW - 7200, exp=NOW - 3600),
        "not valid yet": forge.make(nbf=NOW + 3600),
        "issued in the future": forge.make(iat=NOW + 3600, exp=NOW + 7200),
        "valid for too long": forge.make(exp=NOW + 25 * 3600),
        **{
            f"{claim} is {kind}": forge.make({**forge.claims, claim: value})
            for claim in ("exp", "iat", "nbf")
            for kind, value in NO_TIMES.items()
        },
        "exp of 4000 digits": forge.make(
            json.dumps({**forge.claims, "exp": 1}).replace('"exp": 1', '"exp": 1' + "0" * 4000).encode()
        ),
        "for somebody else": forge.make({**forge.claims, forge.recipient: "https://evil.test"}),
        "for others in a list": forge.make({**forge.claims, forge.recipient: ["other", ["tidings"]]}),
        "for an object": forge.make({**forge.claims, forge.recipient: {forge.claims[forge.recipient]: 1}}),
        "wrong issuer": forge.make(iss="https://evil.test"),
        "issuer is a list": forge.make(iss=[forge.claims["iss"]]),
        "issuer with a slash more": forge.make(iss=forge.claims["iss"] + "/"),
        **{f"sub {sub!r:.20}": forge.make(sub=sub) for sub in (7, "", "x" * 201, "a\x00b", "\ud800", ["user_1"])},
        "issuer of another preset": forge.make(
            iss=f"https://{'oidc' if forge is not FORGES['oidc'] else 'clerk'}.test"
        ),
        "no membership": forge.make(**dict.fromkeys(forge.member("", ""))),
        **{f"organization id {id!r:.20}": forge.make(**forge.member(id, "admin")) for id in ORGANIZATION_IDS},
        "no organization id": forge.make(**forge.member(None, "admin")),
        **{
            f"role {role!r}": forge.make(**forge.member("acme", role))
            for role in ("owner", "", "ADMIN", "org:", None, 3)
        },
    }


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    return verifier_of_all(write_key_set(tmp_path_factory.mktemp("keys")))


ATTACKS = {(name, attack): token for name, forge in FORGES.items() for attack, token in attacks(forge).items()}


@pytest.mark.parametrize("attack", ATTACKS, ids=" ".join)
async def test_an_attack_is_refused_as_an_invalid_token(verifier: Verifier, attack: tuple[str, str]) -> None:
    with pytest.raises(InvalidTokenError):
        await verifier.verify(ATTACKS[attack])


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["ES256", "RS256"])
async def test_a_good_token_says_who_is_calling(verifier: Verifier, key: PrivateKey) -> None:
    principal = await verifier.verify(EMBEDDED.make(key=key))
    assert (principal.issuer, principal.user_id, principal.name) == (EMBEDDED.claims["iss"], "user_1", "Ada Lovelace")
    assert (principal.organization_id, principal.role) == ("org_2ab", Role.RESPONDER)
    assert (principal.session_id, principal.actor, principal.expires_at) == ("session_1", None, NOW + 3600)


GOOD_TOKENS: dict[str, Callable[[], str]] = {
    "unknown headers are ignored": lambda: EMBEDDED.make(header={"cat": "cl_1", "oiat": 1}),
    "typ at+jwt": lambda: EMBEDDED.make(header={"typ": "at+jwt"}),
    "several audiences": lambda: EMBEDDED.make(aud=["other", "tidings"]),
    "just expired, within the leeway": lambda: EMBEDDED.make(exp=int(time.time()) - 2),
    "fractional times": lambda: EMBEDDED.make(exp=time.time() + 60.5),
    "no nbf": lambda: EMBEDDED.make(nbf=None),
}


@pytest.mark.parametrize("kind", GOOD_TOKENS)
async def test_an_unusual_but_good_token_is_accepted(verifier: Verifier, kind: str) -> None:
    assert (await verifier.verify(GOOD_TOKENS[kind]())).user_id == "user_1"


async def test_an_impersonator_is_named(verifier: Verifier) -> None:
    assert (await verifier.verify(EMBEDDED.make(act={"sub": "support_7"}))).actor == "support_7"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada\x00\n\x1b[31m Lovelace", "Ada[31m Lovelace"),
        ("\ud800Ada", "Ada"),
        ("x" * 300, "x" * 200),
        ("\x00", "user_1"),
        (7, "user_1"),
    ],
    ids=["control characters", "surrogate", "long", "nothing printable", "no string"],
)
async def test_a_name_is_made_fit_for_logs_and_tables(verifier: Verifier, name: object, shown: str) -> None:
    assert (await verifier.verify(EMBEDDED.make(name=name))).name == shown


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{2,40}")))
async def test_arbitrary_text_is_an_invalid_token(verifier: Verifier, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        await verifier.verify(token)


_json = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claim=st.sampled_from(sorted(EMBEDDED.claims)), value=_json)
async def test_a_signed_token_with_any_claim_is_accepted_or_invalid(
    verifier: Verifier, claim: str, value: object
) -> None:
    # What is signed may still be odd: an issuer with a bug must not be able to crash a service.
    try:
        principal = await verifier.verify(EMBEDDED.make({**EMBEDDED.claims, claim: value}))
    except InvalidTokenError:
        return
    assert principal.organization_id == "org_2ab"
