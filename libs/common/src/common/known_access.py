"""Which API keys are valid, and whose access tokens are to be refused, as identity says: known to every process, in memory.

A process reads identity's events about both from the stream's beginning, and goes on reading. It asks nobody while a request waits, and
hears of a revocation as soon as it is in the stream.

Invariants
- Of one key the highest version counts, in whatever order events come: a key that was revoked never comes back.
- Of one subject in one organization the latest `not_before` counts.
- Before everything was read once nothing is said about keys (`find_key` raises), and access tokens are believed until they expire, as
  they are of an issuer who revokes nothing: a service that starts while NATS is away lets people work.
- The stream may become another one: what is known stays known, and what comes again changes nothing.
"""

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from nats.aio.client import Client

from common.claims import LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, InvalidTokenError, Principal
from common.clock import now
from common.contracts.events import Tombstone
from common.contracts.identity import AccessRevoked, ApiKey
from common.contracts.values import Role
from common.envelope import Envelope, MalformedEventError
from common.stream import BEGINNING, STREAM_ERRORS, JetStream, Reader, Stream

log = logging.getLogger(__name__)

KEY_ISSUER = "api-key"
"""What a Principal that came with a key has for an issuer. No configured issuer is called so, as theirs are URLs."""

SUBJECTS = ("status.*.internal.identity.api_key.>", "status.*.internal.identity.access.>")
USES = "use"
"""A key was used: `use.<organization_id>.<key id>`, in core NATS. A measurement and no event: one that is lost comes again."""

USE_NOTED_SECONDS = 60.0
NEW_KEY_SECONDS = 1.0
WAITING_MAX = 100
RETRY_SECONDS = 0.5
_MEANINGLESS_AFTER = timedelta(seconds=MAX_LIFETIME_SECONDS + LEEWAY_SECONDS)


class AccessUnknownError(Exception):
    """Nothing can be said about the key yet."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    id: str
    organization_id: str
    name: str
    role: Role
    expires_at: datetime | None

    def principal(self) -> Principal:
        return Principal(
            issuer=KEY_ISSUER,
            user_id=self.id,
            name=self.name,
            organization_id=self.organization_id,
            role=self.role,
            session_id=None,
            actor=None,
            issued_at=0,
            expires_at=int(self.expires_at.timestamp()) if self.expires_at is not None else None,
        )


class KnownAccess:
    def __init__(self, name: str) -> None:
        """`name` is the process's user of NATS, and begins the names of its consumers."""
        self._name = name
        self._keys: dict[str, KnownKey] = {}
        # The version that counts of each key, and its hash while it is valid.
        self._versions: dict[tuple[str, str], tuple[int, str | None]] = {}
        self._not_before: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._unread = set(SUBJECTS)
        self._callbacks: list[Callable[[str], None]] = []
        self._learned = asyncio.Event()
        self._waiting = 0
        self._client: Client | None = None
        self._used_at: dict[str, float] = {}

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Have it called with the organization's id whenever access to that organization changed."""
        self._callbacks.append(callback)

    def allows(self, principal: Principal) -> bool:
        """Whether what a caller came with is still good."""
        if principal.issuer == KEY_ISSUER:
            _, key_hash = self._versions.get((principal.organization_id, principal.user_id), (0, None))
            return key_hash is not None and _is_valid(self._keys[key_hash])
        not_before = self._not_before.get((principal.organization_id, principal.user_id))
        return not_before is None or principal.issued_at >= not_before.timestamp()

    async def find_key(self, key: str) -> KnownKey:
        """The key as it was sent. One that was made a moment ago is waited for.

        Raises AccessUnknownError, and InvalidTokenError for what is no key, or no more.
        """
        key_hash = sha256(key.encode()).hexdigest()
        # Not for everybody at once, as anybody may send what looks like a key.
        if self._is_new(key_hash) and self._waiting < WAITING_MAX:
            self._waiting += 1
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(NEW_KEY_SECONDS):
                        while self._is_new(key_hash):
                            await self._learned.wait()
            finally:
                self._waiting -= 1
        if self._unread:
            raise AccessUnknownError("API keys were not read from the stream yet")
        found = self._keys.get(key_hash)
        if found is None or not _is_valid(found):
            raise InvalidTokenError("unknown, expired or revoked API key")
        return found

    def _is_new(self, key_hash: str) -> bool:
        """Whether more may be known of it in a moment."""
        return bool(self._unread) or key_hash not in self._keys

    async def note_use(self, key: KnownKey) -> None:
        """Tell identity that the key is in use, once a minute."""
        moment = time.monotonic()
        if moment - self._used_at.get(key.id, float("-inf")) < USE_NOTED_SECONDS or self._client is None:
            return
        self._used_at[key.id] = moment
        with contextlib.suppress(*STREAM_ERRORS):
            await self._client.publish(f"{USES}.{key.organization_id}.{key.id}")

    async def note(self) -> str | None:
        """For an operator."""
        return "API keys and revocations were not read from the stream yet" if self._unread else None

    async def follow(self, connected: Callable[[], Awaitable[Client]]) -> None:
        """Read what identity says, for ever. `connected` gives the connection once there is one."""
        self._client = await connected()
        stream = JetStream(self._client)
        # No task group: that cancels its tasks once, and before Python 3.12 nats-py may lose a cancellation (common.tasks). With exceptions
        # as results, because else the first reader that ends leaves the other one to itself.
        await asyncio.gather(*(self._read(stream, subject) for subject in SUBJECTS), return_exceptions=True)

    async def _read(self, stream: Stream, subject: str) -> None:
        while True:
            reader = Reader(stream, name=self._name, subject=subject, after=BEGINNING)
            try:
                async with contextlib.aclosing(reader.batches()) as batches:
                    async for batch in batches:
                        for message in batch.messages:
                            if message.event is not None:
                                self.learn(message.event)
                        if batch.caught_up and subject in self._unread:
                            self._unread.remove(subject)
                            self._tell_waiting()
            except Exception:
                # Not expected, and no reason to believe what was revoked: it is read again, under the guard of versions.
                log.exception("reading who has access failed and begins again")
                await asyncio.sleep(RETRY_SECONDS)

    def learn(self, event: Envelope) -> None:
        """Take in an event of identity; what is none is logged and passed over."""
        try:
            match event.payload():
                case ApiKey() as key:
                    self._take_key(event, key)
                case Tombstone():
                    self._drop_key(event)
                case AccessRevoked() as revoked:
                    self._revoke(event.organization_id, revoked)
        except MalformedEventError as error:
            log.error("no event about access", extra={"reason": str(error), "event_id": str(event.id)})
            return
        self._tell_waiting()
        for callback in self._callbacks:
            callback(event.organization_id)

    def _tell_waiting(self) -> None:
        self._learned.set()
        self._learned = asyncio.Event()

    def _take_key(self, event: Envelope, key: ApiKey) -> None:
        if self._forget_older(event):
            self._versions[event.organization_id, event.aggregate_id] = (event.sequence, key.key_hash)
            role = Role[key.role.name]
            self._keys[key.key_hash] = KnownKey(key.id, event.organization_id, key.name, role, key.expires_at)

    def _drop_key(self, event: Envelope) -> None:
        if self._forget_older(event):
            self._versions[event.organization_id, event.aggregate_id] = (event.sequence, None)

    def _forget_older(self, event: Envelope) -> bool:
        """Whether the event is news of its key; what the key was before is forgotten then."""
        version, key_hash = self._versions.get((event.organization_id, event.aggregate_id), (0, None))
        if event.sequence <= version:
            return False
        if key_hash is not None:
            del self._keys[key_hash]
        return True

    def _revoke(self, organization_id: str, revoked: AccessRevoked) -> None:
        subject = (organization_id, revoked.subject)
        if subject not in self._not_before or self._not_before[subject] < revoked.not_before:
            self._not_before[subject] = revoked.not_before
            self._not_before.move_to_end(subject)
        # Whatever was issued before these has expired.
        oldest = now() - _MEANINGLESS_AFTER
        while self._not_before and next(iter(self._not_before.values())) < oldest:
            self._not_before.popitem(last=False)


def _is_valid(key: KnownKey) -> bool:
    return key.expires_at is None or now() < key.expires_at
