"""The issuer's keys: rotated, removed, flooded with unknown ids, and with their place away. Time is set, not waited for."""

import asyncio
import base64
import gzip
import json
import secrets
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from common import tokens
from common.claims import InvalidTokenError
from common.tokens import (
    FRESH_SECONDS,
    REFETCH_SECONDS,
    USABLE_SECONDS,
    KeySet,
    KeysUnavailableError,
)
from devstack.forgery import FORGES, KEY_SET, encode, verifier_of_all

from .clock import Clock


class Issuer:
    """An HTTP server with a key set that tests change."""

    def __init__(self) -> None:
        self.kids = ["first"]
        self.status = 200
        self.loads = 0
        self.junk = b""
        self.drips = False
        self.encoding = "identity"
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.loads += 1
                self.send_response(issuer.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Encoding", issuer.encoding)
                self.end_headers()
                try:
                    while issuer.drips:
                        self.wfile.write(b" ")
                        time.sleep(0.01)  # one byte at a time, for ever
                    self.wfile.write(issuer.junk or json.dumps({"keys": [_jwk(kid) for kid in issuer.kids]}).encode())
                except ConnectionError:
                    pass

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"


def _jwk(kid: str) -> dict[str, str]:
    """The example key of RFC 7517, under any id."""
    x, y = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
    return {"kid": kid, "kty": "EC", "crv": "P-256", "alg": "ES256", "x": x, "y": y}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    thread = Thread(target=issuer.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()
    thread.join()


@pytest.fixture
def keys(issuer: Issuer, clock: Clock) -> KeySet:
    return KeySet(issuer.url, clock=clock)


async def test_the_keys_are_loaded_once_while_they_are_fresh(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    for _ in range(10):
        await keys.find("first", "ES256")
        clock.seconds += FRESH_SECONDS / 20
    assert issuer.loads == 1


async def test_a_new_key_is_accepted_after_one_more_look(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    await keys.find("first", "ES256")
    issuer.kids = ["first", "second"]
    clock.seconds += REFETCH_SECONDS
    await keys.find("second", "ES256")
    assert issuer.loads == 2


async def test_a_removed_key_is_refused_when_the_keys_are_fresh_again(
    issuer: Issuer, keys: KeySet, clock: Clock
) -> None:
    await keys.find("first", "ES256")
    issuer.kids = ["second"]
    clock.seconds += FRESH_SECONDS + 1
    with pytest.raises(InvalidTokenError):
        await keys.find("first", "ES256")


async def test_a_key_is_bound_to_its_algorithm(keys: KeySet) -> None:
    with pytest.raises(InvalidTokenError):
        await keys.find("first", "RS256")


async def test_a_flood_of_unknown_key_ids_looks_twice_at_most(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    await keys.find("first", "ES256")
    for number in range(10_000):
        clock.seconds += REFETCH_SECONDS / 10_000
        with pytest.raises(InvalidTokenError):
            await keys.find(f"random-{number}", "ES256")
        assert issuer.loads <= 2


async def test_a_flood_of_tokens_looks_for_keys_once_for_each_issuer_and_once_more(issuer: Issuer) -> None:
    issuer.junk = json.dumps(KEY_SET).encode()
    verifier = verifier_of_all(issuer.url)
    good = [FORGES[name].make() for name in ("embedded", "clerk 2", "oidc")]
    for token in good:
        await verifier.verify(token)
    for token in good:
        head, body, signature = token.split(".")
        header = json.loads(base64.urlsafe_b64decode(head + "=="))
        for _ in range(10_000):
            with pytest.raises(InvalidTokenError):
                await verifier.verify(f"{encode({**header, 'kid': secrets.token_hex(8)})}.{body}.{signature}")
        await verifier.verify(token)
    assert issuer.loads <= 2 * len(good)


@pytest.mark.parametrize("answer", [(500, b""), (302, b""), (200, b"{"), (200, b"[" * 50_000), (200, b" " * 300_000)])
async def test_known_keys_stay_usable_for_a_day_while_their_place_answers_nonsense(
    issuer: Issuer, keys: KeySet, clock: Clock, answer: tuple[int, bytes]
) -> None:
    await keys.find("first", "ES256")
    issuer.status, issuer.junk = answer
    clock.seconds += USABLE_SECONDS - 1
    await keys.find("first", "ES256")
    assert issuer.loads == 2


async def test_keys_of_yesterday_are_not_believed(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    await keys.find("first", "ES256")
    issuer.status = 500
    clock.seconds += USABLE_SECONDS + 1
    with pytest.raises(KeysUnavailableError):
        await keys.find("first", "ES256")


async def test_keys_whose_place_never_answered_are_unavailable_until_it_does(tmp_path: Path, clock: Clock) -> None:
    place = tmp_path / "jwks.json"
    keys = KeySet(str(place), clock=clock)
    with pytest.raises(KeysUnavailableError):
        await keys.find("first", "ES256")
    place.write_text(json.dumps({"keys": [_jwk("first")]}))
    clock.seconds += REFETCH_SECONDS
    await keys.find("first", "ES256")


async def test_keys_that_come_byte_by_byte_are_not_waited_for(
    issuer: Issuer, keys: KeySet, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.find("first", "ES256")
    monkeypatch.setattr(tokens, "LOAD_SECONDS", 0.2)
    issuer.drips = True
    clock.seconds += FRESH_SECONDS + 1
    await asyncio.gather(*(keys.find("first", "ES256") for _ in range(20)))
    assert issuer.loads == 2, "one waited as long as is allowed, and the others for nothing of their own"
    issuer.drips = False


async def test_a_compressed_answer_is_not_unpacked(issuer: Issuer, keys: KeySet) -> None:
    # What is small may be large inside, and would be measured after it was unpacked.
    issuer.encoding, issuer.junk = "gzip", gzip.compress(json.dumps({"keys": [_jwk("first")]}).encode())
    with pytest.raises(KeysUnavailableError):
        await keys.find("first", "ES256")


async def test_a_key_that_may_be_new_is_not_called_wrong_while_nobody_can_be_asked(
    issuer: Issuer, keys: KeySet, clock: Clock
) -> None:
    await keys.find("first", "ES256")
    issuer.status = 500
    clock.seconds += REFETCH_SECONDS
    with pytest.raises(KeysUnavailableError):
        await keys.find("second", "ES256")
    issuer.status, issuer.kids = 200, ["second"]
    clock.seconds += REFETCH_SECONDS
    await keys.find("second", "ES256")


async def test_keys_change_while_in_use_and_no_good_one_is_refused(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    # As an issuer does it: the next key is published, then signed with, and the former stays until its tokens have expired.
    for number in range(1, 20):
        before, now = f"key-{number - 1}", f"key-{number}"
        issuer.kids = [before, now]
        clock.seconds += FRESH_SECONDS
        for kid in (before, now, before, now):
            await keys.find(kid, "ES256")
            clock.seconds += REFETCH_SECONDS / 4
        with pytest.raises(InvalidTokenError):
            await keys.find(f"key-{number - 2}", "ES256")


async def test_many_who_bring_a_new_key_at_once_cause_one_look(issuer: Issuer, keys: KeySet, clock: Clock) -> None:
    await keys.find("first", "ES256")
    issuer.kids = ["second"]
    clock.seconds += REFETCH_SECONDS
    await asyncio.gather(*(keys.find("second", "ES256") for _ in range(50)))
    assert issuer.loads == 2
