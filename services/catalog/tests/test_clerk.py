"""Clerk's webhook: what Clerk signed provisions a page, once; nothing else does anything."""

import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr, ValidationError
from starlette.datastructures import Headers

from catalog.api.clerk import ClerkSettings, is_signed
from devstack.fixtures import Sql
from devstack.teststack import Service, Stack

WEBHOOK = "/api/catalog/v1/clerk/webhook"
PAGE = "/api/catalog/v1/page"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + b64encode(b"another secret, also long").decode()
ORGANIZATION = "org_29w9IfBrPmcpi0IeBVaKtA7R94W"


def signature(body: bytes, *, id: str = "msg_1", at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    signed = hmac.digest(b64decode(secret.removeprefix("whsec_")), f"{id}.{timestamp}.".encode() + body, "sha256")
    return {"svix-id": id, "svix-timestamp": timestamp, "svix-signature": f"v1,{b64encode(signed).decode()}"}


def created(**changes: object) -> bytes:
    """As Clerk writes it; it tells more than we read."""
    data = {"id": ORGANIZATION, "name": "Acme Inc.", "slug": "acme", "object": "organization", "created_by": "user_1"}
    return json.dumps({"type": "organization.created", "object": "event", "data": data | changes}).encode()


async def send(service: Service, body: bytes, headers: dict[str, str] | None = None) -> int:
    signed = signature(body) if headers is None else headers
    return (
        await service.client.post(WEBHOOK, content=body, headers={"Content-Type": "application/json", **signed})
    ).status_code


@pytest_asyncio.fixture
async def catalog(stack: Stack) -> AsyncIterator[Service]:
    stack.extra["TIDINGS_CLERK_WEBHOOK_SECRET"] = SECRET
    async with stack.service("catalog") as service:
        yield service


async def test_an_organization_of_clerk_has_a_page_however_often_clerk_tells_of_it(catalog: Service, sql: Sql) -> None:
    assert [await send(catalog, created()) for _ in range(2)] == [204, 204]
    assert await send(catalog, created(name="Renamed", slug="renamed"), None) == 204
    page: dict[str, Any] = (await catalog.as_(ORGANIZATION)("GET", PAGE)).json()
    assert (page["name"], page["slug"], page["version"]) == ("Acme Inc.", "acme", 1)
    assert {row.actor for row in await sql("SELECT actor->>'name' AS actor FROM catalog.outbox")} == {"Clerk", None}


async def test_a_page_goes_live_whatever_clerk_calls_the_organization(catalog: Service) -> None:
    for number, (name, slug) in enumerate([("Acme", "acme"), ("Acme", "acme"), ("Café", None), ("株" * 300, "ab")]):
        assert await send(catalog, created(id=f"org_{number}", name=name, slug=slug)) == 204
    pages = [(await catalog.as_(f"org_{number}")("GET", PAGE)).json() for number in range(4)]
    assert [page["slug"] for page in pages] == ["acme", "acme-2", "cafe", "page"]
    assert len(pages[3]["name"]) == 200


async def test_what_clerk_did_not_sign_does_nothing(catalog: Service, sql: Sql, subtests: pytest.Subtests) -> None:
    body, moment = created(), time.time()
    good = signature(body)
    for what, headers in {
        "no signature": {},
        "an empty one": {**good, "svix-signature": ""},
        "of another secret": signature(body, secret=OTHER),
        "of another body": signature(created(name="Mallory")),
        "for another message": {**good, "svix-id": "msg_2"},
        "moved to another time": {**good, "svix-timestamp": str(int(moment) + 1)},
        "too old": signature(body, at=moment - 301),
        "from the future": signature(body, at=moment + 302),
        "no time": {**good, "svix-timestamp": "now"},
        "a time of too many digits": {**good, "svix-timestamp": "9" * 5000},
        "another version": {**good, "svix-signature": good["svix-signature"].replace("v1,", "v2,")},
        "no text": {**good, "svix-signature": "v1,\xe9"},
    }.items():
        with subtests.test(what):
            encoded = {name: value.encode("latin-1") for name, value in headers.items()}
            sent = {b"content-type": b"application/json", **{name.encode(): value for name, value in encoded.items()}}
            answer = await catalog.client.post(WEBHOOK, content=body, headers=sent)
            assert (answer.status_code, answer.json()["type"]) == (401, "urn:tidings:problem:invalid-signature")
    assert await sql("SELECT 1 FROM catalog.page_settings") == []


async def test_what_is_signed_and_means_nothing_to_us_is_taken_or_refused_in_words(catalog: Service, sql: Sql) -> None:
    other = {"type": "user.created", "object": "event", "data": {"id": "user_1"}}
    assert await send(catalog, json.dumps(other).encode()) == 204
    for body in (b"", b"[]", b"{}", created(id="a.b"), created(id=None), created(name="")):
        assert await send(catalog, body) == 422, body
    assert await sql("SELECT 1 FROM catalog.page_settings") == []


def test_svixs_own_example_is_right_and_one_of_several_signatures_is_enough() -> None:
    key, body, at = ClerkSettings(webhook_secret=SecretStr(SECRET)).key, b'{"test": 2432232314}', 1614265330
    right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert key is not None
    for prefix in ("svix", "webhook"):
        for signatures in (right, f"v1,AAAA {right}", f"{right} v1a,AAAA"):
            names = {"id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "timestamp": str(at), "signature": signatures}
            headers = Headers({f"{prefix}-{name}": value for name, value in names.items()})
            assert is_signed(key, headers, body, at + 300), signatures
            assert not is_signed(key, headers, body, at + 301)


async def test_without_a_secret_there_is_no_webhook(stack: Stack) -> None:
    async with stack.service("catalog") as service:
        assert await send(service, created()) == 404


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "whsec_???", SECRET.removeprefix("whsec_")])
def test_what_cannot_be_clerks_secret_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(ValidationError, match="whsec_"):
        ClerkSettings(webhook_secret=SecretStr(secret))
