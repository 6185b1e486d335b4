"""Every known way to get a forged, stale or foreign token past python-jose, asked of our verifier: all get InvalidTokenError, nothing else."""

import base64
import hashlib
import hmac
import json
import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.contracts.values import Role
from common.settings import TokenSettings
from common.tokens import InvalidTokenError, Verifier

ISSUER, AUDIENCE = "https://issuer.test", "tidings"
NOW = int(time.time())
EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK_RSA_KEY = rsa.generate_private_key(65537, 1024)
STRANGERS_KEY = ec.generate_private_key(ec.SECP256R1())
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "user_1",
    "name": "Ada Lovelace",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 3600,
    "sid": "session_1",
    "o": {"id": "org_2ab", "rol": "responder"},
}


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


def make(
    claims: object = CLAIMS, *, key: PrivateKey = EC_KEY, header: dict[str, Any] | bytes | None = None, **changes: Any
) -> str:
    """A correctly signed token, with claims and header as the attacker wants them. A change to None leaves the claim out."""
    algorithm, kid = ("RS256", "rsa") if isinstance(key, rsa.RSAPrivateKey) else ("ES256", "ec")
    head = header if isinstance(header, bytes) else {"alg": algorithm, "kid": kid, "typ": "JWT", **(header or {})}
    if isinstance(claims, dict):
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    signing_input = f"{encode(head)}.{encode(claims)}"
    return f"{signing_input}.{b64(signature(key, signing_input.encode()))}"


def signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def hmac_signed(secret: bytes, kid: str) -> str:
    signing_input = f"{encode({'alg': 'HS256', 'kid': kid, 'typ': 'JWT'})}.{encode(CLAIMS)}"
    return f"{signing_input}.{b64(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


def public(key: PrivateKey, encoding: serialization.Encoding) -> bytes:
    return key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def unsigned(algorithm: object, signature_part: str = "") -> str:
    return f"{encode({'alg': algorithm, 'kid': 'ec', 'typ': 'JWT'})}.{encode(CLAIMS)}.{signature_part}"


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
GOOD = make()
HEAD, BODY, SIGNATURE = GOOD.split(".")
ORGANIZATION_IDS = ["", "a.b", "a b", "*", ">", "acme\n", "é", "x" * 65, "\ud800", 7, ["acme"], {"id": "acme"}, True]

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

ATTACKS: dict[str, str] = {
    **{f"alg {name!r}": unsigned(name) for name in ("none", "None", "NONE", "nOnE", "", None, 1, ["ES256"])},
    "alg none with a signature": unsigned("none", SIGNATURE),
    "HS256 with the EC key in PEM": hmac_signed(public(EC_KEY, PEM), "ec"),
    "HS256 with the RSA key in PEM": hmac_signed(public(RSA_KEY, PEM), "rsa"),
    "HS256 with the RSA key in PEM, CRLF": hmac_signed(public(RSA_KEY, PEM).replace(b"\n", b"\r\n"), "rsa"),
    "HS256 with the RSA key in DER": hmac_signed(public(RSA_KEY, DER), "rsa"),
    "HS256 with the RSA key in bare base64": hmac_signed(base64.b64encode(public(RSA_KEY, DER)), "rsa"),
    "HS256 with the EC key in DER": hmac_signed(public(EC_KEY, DER), "ec"),
    "HS256 with the key as JWK": hmac_signed(json.dumps(KEY_SET["keys"][0]).encode(), "ec"),
    "HS256 with an empty secret": hmac_signed(b"", "ec"),
    "HS256 with a secret of the key set": hmac_signed(b"secret", "shared"),
    "a stranger's key": make(key=STRANGERS_KEY),
    "a stranger's key, embedded": make(key=STRANGERS_KEY, header={"jwk": jwk(STRANGERS_KEY, "ec")}),
    "a stranger's key, linked": make(key=STRANGERS_KEY, header={"jku": "http://127.0.0.1:1/", "x5u": "http://x/"}),
    "RSA 1024": make(key=WEAK_RSA_KEY, header={"kid": "weak"}),
    "a key for encryption": make(key=RSA_KEY, header={"kid": "encryption"}),
    "a key of an algorithm we do not use": make(key=RSA_KEY, header={"kid": "rs512"}),
    "a key set that gives its private half away": make(header={"kid": "private"}),
    "a malformed key": make(header={"kid": "broken"}),
    "RSA key labelled ES256": make(key=RSA_KEY, header={"kid": "mislabelled", "alg": "ES256"}),
    "RS256 with the EC key's id": make(key=RSA_KEY, header={"kid": "ec"}),
    "ES256 with the RSA key's id": make(header={"kid": "rsa"}),
    "RS512 declared": make(key=RSA_KEY, header={"alg": "RS512"}),
    "no signature": f"{HEAD}.{BODY}.",
    "zero signature": f"{HEAD}.{BODY}.{b64(bytes(64))}",
    "another token's signature": f"{HEAD}.{encode({**CLAIMS, 'sub': 'root'})}.{SIGNATURE}",
    "padded segment": f"{HEAD}=.{BODY}.{SIGNATURE}",
    "padded signature": f"{GOOD}==",
    "trailing newline": f"{GOOD}\n",
    "two tokens": f"{GOOD}.{GOOD}",
    "five parts, a JWE": f"{GOOD}.{BODY}.{SIGNATURE}",
    "lone surrogates": f"{HEAD}.\ud800{BODY}.{SIGNATURE}",
    "empty": "",
    "only dots": "..",
    "20 MB of junk": "a" * 20_000_000,
    "20 MB in three parts": ".".join(["a" * 7_000_000] * 3),
    "crit": make(header={"crit": ["exp"]}),
    "crit b64": make(header={"crit": ["b64"], "b64": False}),
    "typ of a logout token": make(header={"typ": "logout+jwt"}),
    "typ is a number": make(header={"typ": 1}),
    "header is a list": make(header=b"[]"),
    "header is no JSON": make(header=b"{"),
    "header is no UTF-8": make(header=b"\xff\xfe"),
    "header bomb": make(header=nested(250)),
    "header bomb within its limit": make(header=b"[" * 1500),
    "payload bomb": make(b"[" * 9000),
    "payload of nested objects": make(nested(1400)),
    "payload is a list": make([]),
    "payload is no JSON": make(b"{"),
    **{
        f"kid {kid!r:.20}": make(header={"kid": kid})
        for kid in ("", "x" * 201, "../../dev/null", "' OR 1=1", 1, ["ec"])
    },
    "kid is an object": make(header={"kid": {"ec": "ec"}}),
    "kid is null": make(header={"kid": None}),
    **{f"no {claim}": make({**CLAIMS, claim: None}) for claim in ("exp", "iat", "sub", "iss", "aud", "o")},
    "expired": make(iat=NOW - 7200, nbf=NOW - 7200, exp=NOW - 3600),
    "not valid yet": make(nbf=NOW + 3600),
    "issued in the future": make(iat=NOW + 3600, exp=NOW + 7200),
    "valid for too long": make(exp=NOW + 25 * 3600),
    **{
        f"{claim} is {kind}": make({**CLAIMS, claim: value})
        for claim in ("exp", "iat", "nbf")
        for kind, value in NO_TIMES.items()
    },
    "exp of 4000 digits": make(json.dumps({**CLAIMS, "exp": 1}).replace('"exp": 1', '"exp": 1' + "0" * 4000).encode()),
    "wrong audience": make(aud="other"),
    "list of wrong audiences": make(aud=["other", ["tidings"]]),
    "audience is an object": make(aud={"tidings": 1}),
    "wrong issuer": make(iss="https://evil.test"),
    "issuer is a list": make(iss=[ISSUER]),
    "issuer with a slash more": make(iss=ISSUER + "/"),
    **{f"sub {sub!r:.20}": make(sub=sub) for sub in (7, "", "x" * 201, "a\x00b", "\ud800", ["user_1"])},
    "organization is a string": make(o="acme"),
    **{f"organization id {id!r:.20}": make(o={"id": id, "rol": "admin"}) for id in ORGANIZATION_IDS},
    "no organization id": make(o={"rol": "admin"}),
    **{
        f"role {role!r}": make(o={"id": "acme", "rol": role}) for role in ("owner", "", "org:admin", None, 3, ["admin"])
    },
    "no role": make(o={"id": "acme"}),
}


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Verifier:
    path = tmp_path_factory.mktemp("keys") / "jwks.json"
    path.write_text(json.dumps(KEY_SET))
    return Verifier(TokenSettings(token_issuer=ISSUER, token_audience=AUDIENCE, token_jwks=str(path)))


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused_as_an_invalid_token(verifier: Verifier, attack: str) -> None:
    with pytest.raises(InvalidTokenError):
        await verifier.verify(ATTACKS[attack])


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["ES256", "RS256"])
async def test_a_good_token_says_who_is_calling(verifier: Verifier, key: PrivateKey) -> None:
    principal = await verifier.verify(make(key=key))
    assert (principal.issuer, principal.user_id, principal.name) == (ISSUER, "user_1", "Ada Lovelace")
    assert (principal.organization_id, principal.role) == ("org_2ab", Role.RESPONDER)
    assert (principal.session_id, principal.actor, principal.expires_at) == ("session_1", None, NOW + 3600)


GOOD_TOKENS: dict[str, Callable[[], str]] = {
    "unknown headers are ignored": lambda: make(header={"cat": "cl_1", "oiat": 1}),
    "typ at+jwt": lambda: make(header={"typ": "at+jwt"}),
    "several audiences": lambda: make(aud=["other", AUDIENCE]),
    "just expired, within the leeway": lambda: make(exp=int(time.time()) - 2),
    "fractional times": lambda: make(exp=NOW + 60.5),
    "no nbf": lambda: make(nbf=None),
}


@pytest.mark.parametrize("kind", GOOD_TOKENS)
async def test_an_unusual_but_good_token_is_accepted(verifier: Verifier, kind: str) -> None:
    assert (await verifier.verify(GOOD_TOKENS[kind]())).user_id == "user_1"


async def test_an_impersonator_is_named(verifier: Verifier) -> None:
    assert (await verifier.verify(make(act={"sub": "support_7"}))).actor == "support_7"


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
    assert (await verifier.verify(make(name=name))).name == shown


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{2,40}")))
async def test_arbitrary_text_is_an_invalid_token(verifier: Verifier, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        await verifier.verify(token)


_json = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claim=st.sampled_from(sorted(CLAIMS)), value=_json)
async def test_a_signed_token_with_any_claim_is_accepted_or_invalid(
    verifier: Verifier, claim: str, value: object
) -> None:
    # What is signed may still be odd: an issuer with a bug must not be able to crash a service.
    try:
        principal = await verifier.verify(make({**CLAIMS, claim: value}))
    except InvalidTokenError:
        return
    assert principal.organization_id == "org_2ab"
