"""Pieces of the stream that the tail does not bring: the last events of one channel, and the last message of each subject.

Each is read once through short-lived consumers of one filter each.
"""

import contextlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.envelope import STREAM, Envelope, MalformedEventError
from common.stream import STREAM_ERRORS, JetStream, Stream
from realtime_gateway.channels import Channel

NAME = "realtime-gateway"
PAGE_SETTINGS = "status.*.public.catalog.page_settings.>"
_TIMEOUT = 3.0
_FETCH = 200


@dataclass(frozen=True, slots=True)
class Past:
    """The newest messages of one channel up to some offset, oldest first, complete after `complete_after`.

    `events` leaves out what is no event; such a message counts as read all the same.
    """

    events: list[tuple[int, Envelope]]
    complete_after: int


class GatewayStream(Stream, Protocol):
    """What the gateway reads: the stream, and the pieces of it that the tail does not bring. All raise STREAM_ERRORS."""

    async def last_page_settings(self) -> list[Envelope]:
        """What every page is now: the last of each organization's page_settings events, by type."""

    async def past(self, channel: Channel, until: int, count: int) -> Past:
        """About the last `count` messages of a channel, those after `until` left out."""


class GatewayJetStream(JetStream):
    async def last_page_settings(self) -> list[Envelope]:
        return await last_page_settings(self.client)

    async def past(self, channel: Channel, until: int, count: int) -> Past:
        return await past(self.client, channel, until, count)


async def past(client: Client, channel: Channel, until: int, count: int) -> Past:
    """About the last `count` messages of a channel, those after `until` left out. Raises STREAM_ERRORS."""
    js = client.jetstream(timeout=_TIMEOUT)
    parts = [await _past_of_subject(js, subject, until, count) for subject in channel.subjects]
    complete_after = max(part.complete_after for part in parts)
    # What one subject has from before where another begins would be a past with holes.
    found = {offset: event for part in parts for offset, event in part.events if offset > complete_after}
    return Past(sorted(found.items()), complete_after)


async def _past_of_subject(js: JetStreamContext, subject: str, until: int, count: int) -> Past:
    start = await _start_of_last(js, subject, until, count)
    config = ConsumerConfig(filter_subject=subject, deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=start)
    events: list[tuple[int, Envelope]] = []
    async with contextlib.aclosing(_read(js, config)) as messages:
        async for message in messages:
            offset = message.metadata.sequence.stream
            if offset > until:
                break
            event = _event(message)
            if event is not None:
                events.append((offset, event))
    return Past(events, start - 1)


async def last_page_settings(client: Client) -> list[Envelope]:
    """What every page is now: the last of each organization's page_settings events, by type. Raises STREAM_ERRORS."""
    config = ConsumerConfig(filter_subject=PAGE_SETTINGS, deliver_policy=DeliverPolicy.LAST_PER_SUBJECT)
    events = [_event(message) async for message in _read(client.jetstream(timeout=_TIMEOUT), config)]
    return [event for event in events if event is not None]


async def _start_of_last(js: JetStreamContext, subject: str, until: int, count: int) -> int:
    """An offset from which on there are `count` messages or a few more; 1 when there are fewer in all.

    The server has no "last n" for one filter, but says how many messages a new consumer has before it. So: bisect.
    """
    enough, too_few, middle = 1, until + 1, 1
    while True:
        config = ConsumerConfig(
            filter_subject=subject, deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=middle
        )
        async with _consumer(js, config) as (_, pending):
            pass
        if pending < count:
            too_few = middle
        else:
            enough = middle
        if count <= pending <= 2 * count or too_few - enough <= 1:
            return enough
        middle = (enough + too_few) // 2


async def _read(js: JetStreamContext, config: ConsumerConfig) -> AsyncGenerator[Msg, None]:
    """Every message that the consumer finds when it is created."""
    async with _consumer(js, config) as (name, pending):
        if not pending:
            return
        subscription = await js.pull_subscribe_bind(consumer=name, stream=STREAM)
        try:
            while pending:
                messages = await subscription.fetch(min(pending, _FETCH), timeout=_TIMEOUT)
                for message in messages:
                    yield message
                pending = messages[-1].metadata.num_pending
        finally:
            with contextlib.suppress(*STREAM_ERRORS):
                await subscription.unsubscribe()


@contextlib.asynccontextmanager
async def _consumer(js: JetStreamContext, config: ConsumerConfig) -> AsyncIterator[tuple[str, int]]:
    """A new consumer: its name, and how many messages wait for it."""
    name = f"{NAME}-{secrets.token_hex(6)}"
    info = await js.add_consumer(
        STREAM,
        config.evolve(name=name, ack_policy=AckPolicy.NONE, mem_storage=True, num_replicas=1, inactive_threshold=10),
    )
    try:
        yield name, info.num_pending or 0
    finally:
        with contextlib.suppress(*STREAM_ERRORS):
            await js.delete_consumer(STREAM, name)


def _event(message: Msg) -> Envelope | None:
    try:
        return Envelope.read(message.subject, message.headers, message.data)
    except MalformedEventError:
        return None
