"""The FastStream broker of a service, with the defaults that lose messages or freeze a process overridden in this one place.

- Reconnects for ever: with a finite number FastStream's pull loop spins once attempts are used up and the whole process hangs.
- Subscribers are durable, pulled one by one and acknowledged explicitly: FastStream's default policy would drop a message whose handler
  raised. What happens on an error is `common.consumption`'s business, which answers with a delayed negative acknowledgement.
- Publishing always names the stream (without it a publish succeeds even if nobody stores it), carries a Nats-Msg-Id and has 5 s.
- Starting happens in the background and waits as long as it takes; a consumer that vanishes is waited for, because FastStream's loop
  would spin on it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import nats.errors
from faststream import AckPolicy
from faststream.message import StreamMessage
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.nats.opentelemetry.provider import NatsTelemetrySettingsProvider
from faststream.opentelemetry.middleware import TelemetryMiddleware
from faststream.response import PublishCommand
from faststream.security import SASLPlaintext
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError
from nats.js.errors import Error as JetStreamError

from common.envelope import REPUBLISHED, STREAM, Envelope
from common.metrics import CONSUMER_WAITING, Look
from common.nats_client import connect_options, inbox_prefix
from common.outbox import Held, RefusedError
from common.position import Position
from common.settings import Settings
from common.stream import StreamState, stream_state
from common.tasks import end_task

log = logging.getLogger(__name__)

PUBLISH_SECONDS = 5.0
EPOCH_SECONDS = 60.0
WATCH_SECONDS = 2.0
_STREAM_FULL = 10077
"""Refusals that are about the stream and not about the message: worth another try."""
_TRANSIENT_REFUSALS = frozenset({_STREAM_FULL, 10023, 10047, 10059, 10060, 10074, 10118})

Handler = Callable[[NatsMessage], Awaitable[None]]


class Bus:
    """One connection to NATS: publishing for the relay, one durable subscriber for consumers."""

    def __init__(self, settings: Settings, service: str) -> None:
        options = connect_options(settings, service)
        user, password = options.pop("user", None), options.pop("password", None)
        self._inbox_prefix = inbox_prefix(settings)
        self.broker = NatsBroker(
            **options,
            security=SASLPlaintext(user, password) if user else None,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            graceful_timeout=5,
            middlewares=[TelemetryMiddleware(settings_provider_factory=lambda _: _SpanNames())],
            logger=None,
        )
        self._durable: str | None = None
        self._state: StreamState | None = None
        self._state_at = 0.0
        self._state_after = 0
        self._last_offset = 0
        self._rewinds = 0
        self._connected = asyncio.Event()
        self._consuming = False
        self._task: asyncio.Task[None] | None = None

    @property
    def client(self) -> Client:
        """The connection itself, for nats-py. Raises when the broker never connected."""
        return self.broker.connection

    async def connected(self) -> Client:
        """The connection, as soon as the broker was reached for the first time; afterwards it heals itself."""
        await self._connected.wait()
        return self.client

    def consume(self, durable: str, handler: Handler) -> None:
        """Hand every message of the durable consumer to the handler, one at a time, in stream order."""
        self._durable = durable
        subscriber = self.broker.subscriber(
            SUBSCRIBE_ALL,
            stream=JStream(STREAM, declare=False),
            durable=durable,
            pull_sub=PullSub(batch_size=1, timeout=5.0),
            inbox_prefix=self._inbox_prefix + b".",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            decoder=_undecoded,
            no_reply=True,
            title=durable,
        )
        subscriber(handler)
        self._subscriber: Any = subscriber

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="bus")

    async def stop(self) -> None:
        if self._task is not None:
            await end_task(self._task)
        with suppress(Exception):  # the connection may never have come about, or be gone
            async with asyncio.timeout(8):
                await self.broker.stop()

    async def publish(self, event: Envelope, *, ttl: str | None = None) -> Position:
        """Store an event in the stream. Raises RefusedError when the server refuses the message for good."""
        headers = event.headers()
        if ttl is not None:
            headers["Nats-TTL"] = ttl
        state = await self._stream_state()
        last_offset = self._last_offset
        try:
            ack = await self.client.jetstream().publish(
                event.subject, event.data, headers=headers, stream=STREAM, timeout=PUBLISH_SECONDS
            )
        except nats.errors.MaxPayloadError as error:
            raise RefusedError(str(error)) from error
        except APIError as error:
            if error.code == 400 and error.err_code not in _TRANSIENT_REFUSALS:
                raise RefusedError(f"{error.err_code} {error.description}") from error
            raise
        if not ack.duplicate:
            if ack.seq <= last_offset:  # which was there before it was sent: others may be acknowledged out of turn
                # The stream lost its end or is a new one, whose epoch must be asked before it is written down.
                self._rewinds += 1
                state = await self._stream_state(fresh=True)
            self._last_offset = max(ack.seq, self._last_offset)
        return Position(state.epoch, ack.seq)

    @property
    def interruptions(self) -> int:
        """How often the connection was lost, or offsets went back. Counted before anything is heard on the new connection."""
        reconnects: int = self.client.stats["reconnects"] if self._connected.is_set() else 0
        return reconnects + self._rewinds

    async def epoch(self) -> str:
        return (await self._stream_state()).epoch

    async def state(self) -> StreamState:
        """The stream as it is now."""
        return await self._stream_state(fresh=True)

    async def last(self, subject: str) -> Held | None:
        """The last message on one of the service's own subjects."""
        try:
            message = await self.client.jetstream(timeout=2).get_last_msg(STREAM, subject, direct=True)
        except NotFoundError:
            return None
        assert message.seq is not None  # every stored message has one
        headers = message.headers or {}
        return Held(UUID(headers["ce-id"]), message.seq, REPUBLISHED in headers)

    async def behind(self) -> int | None:
        """How many messages the durable has not finished with; None when that cannot be found out."""
        if self._durable is None:
            return 0
        try:
            info = await self.client.jetstream(timeout=1).consumer_info(STREAM, self._durable)
        except Exception:  # not connected, not there, no answer: all mean that nobody knows
            return None
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    def look(self) -> Look:
        """At the durable."""

        async def read() -> list[float]:
            behind = await self.behind()
            if behind is None:
                raise TimeoutError("nobody says how far the durable is")
            return [behind]

        return Look("consumer", [CONSUMER_WAITING], read)

    async def unready(self) -> str | None:
        """Why events cannot flow now, or None."""
        if not self._connected.is_set():
            return "NATS: not connected yet"
        if not await self.broker.ping(timeout=1):
            return "NATS does not answer"
        if self._durable is not None and not self._consuming:
            return f"NATS: consumer {self._durable} does not exist; run the topology step"
        try:
            await self._stream_state(fresh=True)
        except NotFoundError:
            return f"NATS: stream {STREAM} does not exist; run the topology step"
        except Exception as error:  # every failure to answer is a reason
            return f"NATS: stream {STREAM} does not answer: {type(error).__name__}"
        return None

    async def _stream_state(self, *, fresh: bool = False) -> StreamState:
        now = asyncio.get_running_loop().time()
        after = self.interruptions
        outdated = now > self._state_at + EPOCH_SECONDS or after != self._state_after
        if fresh or self._state is None or outdated:
            before, self._state = self._state, await stream_state(self.client)
            self._state_at, self._state_after = now, after
            if (before and before.epoch != self._state.epoch) or self._state.last_offset < self._last_offset:
                self._rewinds += 1
            self._last_offset = self._state.last_offset
        return self._state

    async def _run(self) -> None:
        await self.broker.connect()
        self._connected.set()
        if self._durable is None:
            await self.broker.start()
            return
        first = True
        while True:
            exists = await self._consumer_exists()
            if exists and not self._consuming:
                await (self.broker.start() if first else self._subscriber.start())
                first = False
                self._consuming = True
                log.info("consuming", extra={"durable": self._durable})
            elif exists is False and self._consuming:
                log.warning("consumer vanished: waiting for the topology step", extra={"durable": self._durable})
                await self._subscriber.stop()
                self._consuming = False
            await asyncio.sleep(WATCH_SECONDS if self._consuming else 0.1)

    async def _consumer_exists(self) -> bool | None:
        """None: nobody answered, so nothing is known."""
        assert self._durable is not None
        try:
            await self.client.jetstream(timeout=2).consumer_info(STREAM, self._durable)
        except NotFoundError:
            return False
        except (nats.errors.Error, JetStreamError, ServiceUnavailableError, TimeoutError, OSError):
            return None
        return True


SUBSCRIBE_ALL = "status.>"
"""The durable's own filter decides what arrives; binding needs a subject all the same."""


class _SpanNames(NatsTelemetrySettingsProvider):
    """Names of spans without the organization: they must not grow with the number of tenants."""

    def get_publish_destination_name(self, cmd: PublishCommand) -> str:
        return _without_organization(cmd.destination)

    def get_consume_destination_name(self, msg: StreamMessage[Msg]) -> str:
        return _without_organization(msg.raw_message.subject)


def _without_organization(subject: str) -> str:
    tokens = subject.split(".")
    return ".".join([tokens[0], "*", *tokens[2:]])


async def _undecoded(message: NatsMessage) -> bytes:
    """Leave the body alone: what is malformed is for consumption to park, not for FastStream to raise about."""
    return message.body
