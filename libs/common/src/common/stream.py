"""Reading the stream in order: the reader behind the fold and the gateway, and the stream of nats-py that it reads.

A `Reader` yields batches of whatever waits, starting after a checkpoint, from an ephemeral pull consumer without acknowledgements.
Invariants
- Messages come in stream order without a gap: a missed message or heartbeat ends the consumer, and a new one starts after the last
  message that was yielded.
- A checkpoint is `(epoch, offset, event id)`. When the stream's epoch is another, its end is before the offset, or the message at the
  offset is another event, then offsets of the checkpoint mean nothing: the reader reports a restart and starts at the beginning of
  the present epoch. It looks when it connects and every minute. Messages that expire may be gone, so it begins with the last one that
  does not; what it finds behind that must be what it read there before.
- Its filter is one subject, because only then can the server's permissions hold it to that (see deploy/nats.conf).
"""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError

from common.envelope import STREAM, Envelope, MalformedEventError
from common.position import Position

log = logging.getLogger(__name__)

EPOCH_KEY = "tidings-epoch"
HEARTBEAT_SECONDS = 1.0
RECHECK_SECONDS = 60.0
REQUEST_SECONDS = 30.0
QUIET_SECONDS = 5.0

STREAM_ERRORS = (nats.errors.Error, JetStreamError, TimeoutError, OSError)
"""What reading or asking may raise while the broker or the stream is away."""


@dataclass(frozen=True, slots=True)
class StreamState:
    epoch: str
    last_offset: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last message that was dealt with. Offset 0 is before the first one; an id of None means that it cannot be compared."""

    position: Position
    event_id: UUID | None


BEGINNING = Checkpoint(Position("-", 0), None)
"""Before the first message, whatever the stream's epoch is."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its place. `event` is None when it is no event; `error` then says why."""

    position: Position
    subject: str
    headers: dict[str, str]
    data: bytes
    event: Envelope | None
    error: str | None = None

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.position, self.event.id if self.event else None)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages in order; `caught_up` when nothing more waited behind them. A change of epoch comes as a batch with `restarted`."""

    messages: list[Message]
    caught_up: bool
    restarted: Position | None = None


async def stream_state(client: Client) -> StreamState:
    """The stream's epoch and last offset. Raises NotFoundError when there is no stream, TimeoutError when nobody answers."""
    info = await client.jetstream(timeout=2).stream_info(STREAM)
    epoch = (info.config.metadata or {}).get(EPOCH_KEY, "")
    return StreamState(epoch, info.state.last_seq)


def unread(state: StreamState, read: Position | None, quiet_seconds: float) -> int:
    """How many messages of the stream a reader has before it: at most, where it reads some of them only.

    `quiet_seconds` ago it last knew that nothing waited, which it hears of every second.
    """
    if quiet_seconds < QUIET_SECONDS:
        return 0
    begins_at = read.offset if read is not None and read.epoch == state.epoch else 0
    return max(0, state.last_offset - begins_at)


class GapError(Exception):
    """The consumer lost its place or went silent."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as a consumer gets it."""

    offset: int
    subject: str
    headers: Mapping[str, str]
    data: bytes


class Consumer(Protocol):
    """An ephemeral consumer, from its first message on."""

    caught_up: bool
    """Whether nothing waited when it was made, or when `next` returned last."""

    async def next(self) -> Sequence[Received]:
        """What waits now, in order and without a gap, or nothing after a while. Raises GapError or one of STREAM_ERRORS."""


class Stream(Protocol):
    async def state(self) -> StreamState:
        """Raises one of STREAM_ERRORS."""

    def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AbstractAsyncContextManager[Consumer]:
        """A consumer of one subject, from the offset `start` on, while the block runs. Raises one of STREAM_ERRORS."""


class Reader:
    def __init__(
        self, stream: Stream, *, name: str, subject: str, after: Checkpoint | None, batch_size: int = 200
    ) -> None:
        """`after` None starts behind the stream's present end. `name` prefixes the ephemeral consumer's name."""
        self._stream = stream
        self._name = name
        self._subject = subject
        self._after = after.position if after else None
        self._anchor = after if after and after.event_id and after.position.offset else None
        self._read_behind_anchor: dict[int, str | None] = {}
        self._batch_size = batch_size
        self.connected = False

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """For ever. Faults of broker and stream are waited out here."""
        delay = 0.05
        while True:
            try:
                # Closed here, so that a caller who closes this one leaves no consumer behind.
                async with contextlib.aclosing(self._read()) as batches:
                    async for batch in batches:
                        delay = 0.05
                        yield batch
            except (*STREAM_ERRORS, GapError) as error:
                self.connected = False
                log.info("reading pauses", extra={"reason": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)

    async def _read(self) -> AsyncGenerator[Batch, None]:
        state = await self._stream.state()
        if self._after is None:
            self._after = Position(state.epoch, state.last_offset)
            yield Batch([], caught_up=True, restarted=self._after)
        if self._after == BEGINNING.position:
            self._after = Position(state.epoch, 0)
        if self._after.epoch != state.epoch or self._after.offset > state.last_offset:
            yield self._restart(state)
        # Begin with the message that is known to have been read, where there is one, to see whether it is still the same.
        anchor = self._anchor
        start = anchor.position.offset if anchor else self._after.offset + 1
        async with self._stream.consumer(self._name, self._subject, start, self._batch_size) as consumer:
            self.connected = True
            if consumer.caught_up:
                yield Batch([], caught_up=True)
            recheck_at = asyncio.get_running_loop().time() + RECHECK_SECONDS
            while True:
                messages = await consumer.next()
                if anchor and messages:
                    if not _is(messages[0], anchor):
                        yield self._restart(state)
                        return
                    anchor = None
                if any(self._was_replaced(message) for message in messages):
                    yield self._restart(state)
                    return
                batch = [_message(state.epoch, message) for message in messages]
                batch = [message for message in batch if message.position.offset > self._after.offset]
                if batch:
                    self._after = batch[-1].position
                    lasting = [message for message in batch if message.event and "Nats-TTL" not in message.headers]
                    if lasting:
                        self._anchor = lasting[-1].checkpoint()
                        self._read_behind_anchor = {}
                    self._read_behind_anchor.update((m.position.offset, m.headers.get("ce-id")) for m in batch)
                    yield Batch(batch, caught_up=consumer.caught_up)
                elif consumer.caught_up:
                    yield Batch([], caught_up=True)
                if asyncio.get_running_loop().time() > recheck_at:
                    recheck_at = asyncio.get_running_loop().time() + RECHECK_SECONDS
                    fresh = await self._stream.state()
                    if fresh.epoch != state.epoch or fresh.last_offset < self._after.offset:
                        return

    def _was_replaced(self, message: Received) -> bool:
        """Whether another message was read at this offset, or none."""
        if self._after is None or self._anchor is None or message.offset > self._after.offset:
            return False
        behind_anchor = message.offset > self._anchor.position.offset
        return behind_anchor and self._read_behind_anchor.get(message.offset) != message.headers.get("ce-id")

    def _restart(self, state: StreamState) -> Batch:
        log.warning("the stream is another one: reading it from its beginning", extra={"before": str(self._after)})
        self._after = Position(state.epoch, 0)
        self._anchor = None
        return Batch([], caught_up=False, restarted=self._after)


class JetStream:
    """The stream as nats-py reads it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def state(self) -> StreamState:
        return await stream_state(self.client)

    @contextlib.asynccontextmanager
    async def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AsyncIterator[Consumer]:
        unique = f"{name}-{secrets.token_hex(6)}"
        js = self.client.jetstream(timeout=3)
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox)
        try:
            info = await js.add_consumer(
                STREAM,
                ConsumerConfig(
                    name=unique,
                    filter_subject=subject,
                    deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                    opt_start_seq=start,
                    ack_policy=AckPolicy.NONE,
                    mem_storage=True,
                    num_replicas=1,
                    inactive_threshold=60,
                ),
            )
            try:
                yield _Consumer(
                    self.client, unique, inbox, subscription, batch_size, nothing_waits=not info.num_pending
                )
            finally:
                if self.client.is_connected:
                    with contextlib.suppress(*STREAM_ERRORS):
                        await js.delete_consumer(STREAM, unique)
        finally:
            with contextlib.suppress(*STREAM_ERRORS):
                await subscription.unsubscribe()


class _Consumer:
    """An ephemeral pull consumer and the subscription its messages arrive on."""

    def __init__(
        self,
        client: Client,
        name: str,
        inbox: str,
        subscription: Subscription,
        batch_size: int,
        *,
        nothing_waits: bool,
    ) -> None:
        self._client = client
        self._request_subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{name}"
        self._inbox = inbox
        self._subscription = subscription
        self._batch_size = batch_size
        self._outstanding = 0
        self._sequence = 0
        self.caught_up = nothing_waits

    async def next(self) -> Sequence[Received]:
        if self._outstanding <= 0:
            await self._request()
        messages: list[Received] = []
        pending = 0
        message: Msg | None = await self._subscription.next_msg(timeout=HEARTBEAT_SECONDS * 2.5)
        while message is not None:
            status = (message.headers or {}).get("Status") if not message.data else None
            if status is None:
                metadata = message.metadata
                self._sequence += 1
                if metadata.sequence.consumer != self._sequence:
                    raise GapError(f"message {metadata.sequence.consumer} instead of {self._sequence}")
                self._outstanding -= 1
                pending = metadata.num_pending
                messages.append(_received(message))
            elif status == "100":
                self.caught_up = True
            elif status in ("404", "408"):
                self._outstanding = 0
            else:
                raise GapError(f"status {status} {(message.headers or {}).get('Description', '')}")
            message = None
            if len(messages) < self._batch_size and self._subscription.pending_msgs > 0:
                message = await self._subscription.next_msg(timeout=1)
        if messages:
            self.caught_up = pending == 0
        return messages

    async def _request(self) -> None:
        request = {
            "batch": self._batch_size,
            "expires": int(REQUEST_SECONDS * 1e9),
            "idle_heartbeat": int(HEARTBEAT_SECONDS * 1e9),
        }
        self._outstanding = self._batch_size
        await self._client.publish(self._request_subject, json.dumps(request).encode(), reply=self._inbox)


def _received(message: Msg) -> Received:
    return Received(message.metadata.sequence.stream, message.subject, message.headers or {}, message.data)


def _message(epoch: str, message: Received) -> Message:
    position = Position(epoch, message.offset)
    headers = dict(message.headers)
    try:
        event = Envelope.read(message.subject, headers, message.data)
    except MalformedEventError as error:
        return Message(position, message.subject, headers, message.data, None, str(error))
    return Message(position, message.subject, headers, message.data, event)


def _is(message: Received, checkpoint: Checkpoint) -> bool:
    return message.offset == checkpoint.position.offset and message.headers.get("ce-id") == str(checkpoint.event_id)
