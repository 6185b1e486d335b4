"""The one reader of the process: it keeps slugs, rings and clients up to date with the stream, of every audience (decision 0025).

Invariants
- The place where the tail begins is taken before the slugs are read, so a change of a slug in between is not missed.
- The process never ends because of NATS: it waits for the server, the stream and the way back to where it was.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from common import loud
from common.clock import now
from common.contracts.values import Audience
from common.envelope import SUBJECTS, Envelope, MalformedEventError
from common.metrics import (
    CONSUMER_BEHIND_SECONDS,
    CONSUMER_WAITING,
    FRAME_BYTES_SENT,
    FRAMES_SENT,
    RING_BYTES,
    Look,
    note_delay,
)
from common.nats_client import connect_options
from common.position import Position
from common.stream import STREAM_ERRORS, Checkpoint, Message, Reader, unread
from common.telemetry import span
from realtime_gateway import history, slugs
from realtime_gateway.channels import Channel
from realtime_gateway.history import GatewayJetStream, GatewayStream, Past
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import Frame
from realtime_gateway.settings import GatewaySettings
from realtime_gateway.slugs import Slugs

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5


class Feed:
    def __init__(self, settings: GatewaySettings) -> None:
        self.slugs = Slugs()
        self.hub = Hub(settings, self._past)
        # A fraction of what may wait for a client before it is called slow.
        self._turn_bytes = settings.unsent_max_bytes // 8
        self._stream: GatewayStream | None = None
        self._reader: Reader | None = None
        self._confirmed_at = now()
        """When it was last known that everything was read, or else when this one was made."""

    @property
    def started(self) -> bool:
        """Whether slugs and position are known. They stay known when NATS goes away."""
        return self.hub.position is not None

    async def not_ready(self) -> str | None:
        """Why clients are not served, or not with anything new; None when all is well."""
        if not self.started:
            return "the pages' slugs are not known yet"
        if self._reader is None or not self._reader.connected:
            return "the stream is not being read"
        return None

    def looks(self) -> list[Look]:
        async def rings() -> list[float]:
            return [self.hub.ring_bytes]

        async def behind() -> list[float]:
            if self._stream is None:
                raise NatsError("not connected")
            quiet = (now() - self._confirmed_at).total_seconds()
            return [quiet, unread(await self._stream.state(), self.hub.position, quiet)]

        return [
            Look("rings", [RING_BYTES], rings),
            Look("consumer", [CONSUMER_BEHIND_SECONDS, CONSUMER_WAITING], behind),
        ]

    async def run(self, connected: Callable[[], Awaitable[Client]]) -> None:
        """Begin and follow once there is a connection; for ever."""
        await self.follow(GatewayJetStream(await connected()))

    async def follow(self, stream: GatewayStream) -> None:
        """Begin and follow, again and again; for ever."""
        self._stream = stream
        try:
            while True:
                try:
                    await self._follow(stream)
                except STREAM_ERRORS as error:
                    await _pause(error)
                except Exception:
                    # Not expected, and no reason to go deaf: beginning again loses nothing, clients resume from their positions.
                    log.exception("the feed failed and begins again")
                    await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._reader = None

    async def _follow(self, stream: GatewayStream) -> None:
        """Begin at the stream's end. Returns when that has to be done again."""
        self._reader = None
        state = await stream.state()
        begin = Position(state.epoch, state.last_offset)
        for event in await stream.last_page_settings():
            try:
                self.slugs.learn(event)
            except MalformedEventError as error:
                log.warning(
                    "page settings that cannot be read", extra={"reason": str(error), "event_id": str(event.id)}
                )
        self.hub.begin(begin)
        log.info("following the stream", extra={"position": str(begin)})
        self._reader = Reader(stream, name=history.NAME, subject=SUBJECTS, after=Checkpoint(begin, None))
        async with contextlib.aclosing(self._reader.batches()) as batches:
            async for batch in batches:
                if batch.restarted is not None:
                    if batch.restarted.epoch == begin.epoch:
                        # The stream lost its end. Reading it all again would send to sockets what they had long ago.
                        return
                    begin = batch.restarted
                    self.hub.begin(begin)
                waiting = 0
                for message in batch.messages:
                    waiting += self._deliver(message)
                    if waiting > self._turn_bytes:
                        # Lets them be sent: a burst is no reason to call anybody slow.
                        await self.hub.turn()
                        waiting = 0
                if waiting:
                    await self.hub.turn()
                if batch.caught_up:
                    self._confirmed_at = now()

    def _deliver(self, message: Message) -> int:
        """One message, in one step; says how many bytes wait now for each client that it goes to."""
        waiting = 0
        event = message.event
        try:
            if event is None:
                raise MalformedEventError(message.error)
            if event.aggregate == slugs.AGGREGATE and event.audience is Audience.PUBLIC:
                self.slugs.learn(event)
            if not event.republished and self.hub.wants(event):
                with span(f"fan out {event.type}", parent=event.traceparent) as current:
                    frame = Frame.of(event, message.position)
                    receivers = self.hub.publish(event, frame, partial(_note_sent, event))
                    current.set_attribute("tidings.receivers", receivers)
                FRAMES_SENT.inc(receivers)
                FRAME_BYTES_SENT.inc(receivers * len(frame.content))
                if receivers:
                    waiting = len(frame.content)
                    loud.FRAMES.count(event.organization_id, receivers)
        except (MalformedEventError, ValueError) as error:
            log.warning("not an event", extra={"position": str(message.position), "reason": str(error)})
        self.hub.advance(message.position)
        return waiting

    async def _past(self, position: Position, channel: Channel, until: int, count: int) -> Past:
        if self._stream is None:
            raise NatsError("not connected")
        past = await self._stream.past(channel, until, count)
        # The offsets mean what they meant only if the stream is still the same one now, and was read up to where it is known.
        state = await self._stream.state()
        if state.epoch != position.epoch or state.last_offset < until:
            raise NatsError("the stream became another one")
        return past


def _note_sent(event: Envelope) -> None:
    note_delay("page_sent" if event.type == "page.changed" else "sent", event.time)


async def connect(settings: GatewaySettings) -> Client:
    """The process's one connection. It may take for ever; afterwards it heals itself."""
    while True:
        try:
            return await nats.connect(**connect_options(settings, history.NAME))
        except (NatsError, TimeoutError, OSError) as error:
            await _pause(error)


async def _pause(error: Exception) -> None:
    log.warning("waiting for the stream", extra={"reason": f"{type(error).__name__}: {error}"})
    await asyncio.sleep(RETRY_SECONDS)
