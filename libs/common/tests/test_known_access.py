"""What a process knows of API keys and revocations follows from identity's events alone, in whatever order and however often they come."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from common.claims import InvalidTokenError, Principal
from common.clock import now, uuid7
from common.contracts.events import Payload, Tombstone
from common.contracts.identity import AccessRevoked, ApiKey, RoleName
from common.contracts.values import Audience, Role
from common.envelope import Envelope
from common.known_access import SUBJECTS, AccessUnknownError, KnownAccess
from common.stream import Stream
from common.tasks import end_task

NOW = now().replace(microsecond=0)
ADA = Principal(
    "issuer", "ada", "Ada", "acme", Role.ADMIN, None, None, int(NOW.timestamp()), int(NOW.timestamp()) + 600
)


def event(type: str, aggregate_id: str, version: int, payload: Payload, organization: str = "acme") -> Envelope:
    data = payload.model_dump_json().encode()
    return Envelope(uuid7(), organization, Audience.INTERNAL, "identity", type, aggregate_id, version, NOW, data)


def made(key: str, *, id: str = "ci", expires_at: datetime | None = None, organization: str = "acme") -> Envelope:
    payload = ApiKey(
        id=id,
        name="CI",
        role=RoleName.RESPONDER,
        key_hash=sha256(key.encode()).hexdigest(),
        created_at=NOW,
        expires_at=expires_at,
        version=1,
    )
    return event("api_key.created", id, 1, payload, organization)


def gone(id: str = "ci") -> Envelope:
    return event("api_key.revoked", id, 2, Tombstone(id=id, deleted_at=NOW))


def revoked(not_before: datetime, version: int = 1) -> Envelope:
    return event("access.revoked", "ada", version, AccessRevoked(subject="ada", not_before=not_before))


@pytest.fixture
def known() -> KnownAccess:
    """Of a process that has read the stream."""
    known = KnownAccess("catalog")
    known._unread.clear()
    return known


async def refused(known: KnownAccess, key: str) -> bool:
    try:
        await known.find_key(key)
    except InvalidTokenError:
        return True
    return False


async def test_a_key_says_who_calls_until_it_is_revoked(known: KnownAccess) -> None:
    known.learn(made("tdk_one"))
    principal = (await known.find_key("tdk_one")).principal()
    assert (principal.organization_id, principal.user_id, principal.role) == ("acme", "ci", Role.RESPONDER)
    assert principal.expires_at is None
    assert known.allows(principal)
    known.learn(gone())
    assert not known.allows(principal)
    assert await refused(known, "tdk_one")


@given(st.lists(st.sampled_from(["made", "gone"]), min_size=1))
def test_a_revoked_key_never_comes_back(order: list[str]) -> None:
    known = KnownAccess("catalog")
    for what in order:
        known.learn(made("tdk_one") if what == "made" else gone())
    principal = replace(ADA, issuer="api-key", user_id="ci")
    assert known.allows(principal) == ("gone" not in order)


async def test_a_key_expires_by_itself(known: KnownAccess) -> None:
    known.learn(made("tdk_one", expires_at=now() + timedelta(hours=1)))
    principal = (await known.find_key("tdk_one")).principal()
    assert known.allows(principal)
    known.learn(made("tdk_two", id="two", expires_at=now() - timedelta(seconds=1)))
    assert await refused(known, "tdk_two")
    assert not known.allows(replace(principal, user_id="two"))


async def test_a_key_that_was_made_a_moment_ago_is_waited_for(known: KnownAccess) -> None:
    finding = asyncio.create_task(known.find_key("tdk_one"))
    await asyncio.sleep(0)
    known.learn(made("tdk_other", id="other"))
    known.learn(made("tdk_one"))
    assert (await finding).id == "ci"


async def test_before_everything_was_read_nothing_is_said_about_keys() -> None:
    known = KnownAccess("catalog")
    known.learn(made("tdk_one"))
    with pytest.raises(AccessUnknownError):
        await known.find_key("tdk_one")
    assert known.allows(ADA), "people go on working"
    assert await known.note() is not None


@given(st.permutations([NOW - timedelta(minutes=1), NOW, NOW + timedelta(seconds=1)]))
def test_tokens_of_before_the_latest_revocation_are_refused(order: list[datetime]) -> None:
    known = KnownAccess("catalog")
    for version, not_before in enumerate(order, start=1):
        known.learn(revoked(not_before, version))
    assert not known.allows(ADA)
    assert known.allows(replace(ADA, issued_at=ADA.issued_at + 1))
    assert known.allows(replace(ADA, organization_id="globex"))
    assert known.allows(replace(ADA, user_id="grace"))


def test_who_is_to_be_told_is_told_of_which_organization(known: KnownAccess) -> None:
    told: list[str] = []
    known.on_change(told.append)
    known.learn(made("tdk_one", organization="globex"))
    known.learn(revoked(NOW))
    known.learn(replace(revoked(NOW), data=b"{"))
    assert told == ["globex", "acme"], "what is no event is no change"


def test_the_filters_name_what_identity_publishes() -> None:
    subjects = [made("tdk_one").subject, gone().subject, revoked(NOW).subject]
    assert [subject.replace("acme", "*").rpartition(".")[0] + ".>" for subject in subjects] == [
        SUBJECTS[0],
        SUBJECTS[0],
        SUBJECTS[1],
    ]


async def test_whoever_stops_following_waits_for_a_reader_that_lost_the_first_cancellation() -> None:
    reading = asyncio.Semaphore(0)

    class OneLosesIt(KnownAccess):
        async def _read(self, stream: Stream, subject: str) -> None:
            loses = subject == SUBJECTS[0]
            reading.release()
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if not loses:
                        raise
                    loses = False  # as nats-py may, before Python 3.12

    async def connected() -> Client:
        return Client()

    before = asyncio.all_tasks()
    following = asyncio.create_task(OneLosesIt("catalog").follow(connected))
    for _ in SUBJECTS:
        await reading.acquire()
    await end_task(following)
    assert asyncio.all_tasks() == before
