"""Who is connected, what they get, and when: the gateway without network.

Invariants
- `position` is how far the stream was read. Every frame up to it is in its ring (as far as rings reach) and queued for every client
  that follows its channel; nothing after it is anywhere.
- A client's missed frames are taken from the ring and the client made a follower in one step without `await`, and an event is put
  into the ring and into the followers' queues in one step: no event can fall between replay and live, or into both.
- A recovery is complete or is declared not to be one; never partial.
- Who was told of an event was told before `publish` returned, or will be in the next round of their crowd (`crowd.py`).
- An event that nobody can hear costs no frame: members' channels are kept while somebody listens.
"""

import asyncio
import contextlib
import ipaddress
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from common.clock import now
from common.envelope import Envelope
from common.position import Position
from common.stream import STREAM_ERRORS
from realtime_gateway.channels import Channel, channels_of
from realtime_gateway.client import CLOSE_SECONDS, Client, Connection
from realtime_gateway.crowd import Crowd, Follower, Sent
from realtime_gateway.history import Past
from realtime_gateway.protocol import (
    NOT_READY,
    RESTARTED,
    SHUTDOWN,
    TOO_MANY,
    Frame,
    Refused,
    Types,
    heartbeat,
    hello,
)
from realtime_gateway.ring import RING_FRAMES, Ring, Rings
from realtime_gateway.settings import GatewaySettings

log = logging.getLogger(__name__)

AHEAD_SECONDS = 5.0
LOADS_AT_ONCE = 8
LOAD_SECONDS = 10.0
AGAIN_SECONDS = 0.2
SWEEP_SECONDS = 1.0
GOODBYES_AT_ONCE = 100

Key = TypeVar("Key")

LoadPast = Callable[[Position, Channel, int, int], Awaitable[Past]]
"""Reads (in the epoch of this position, of this channel, up to this offset, this many) messages of the stream."""


class Hub:
    def __init__(self, settings: GatewaySettings, load_past: LoadPast) -> None:
        self.position: Position | None = None
        self._settings = settings
        self._load_past = load_past
        self._rings = Rings(0, settings.rings_max_bytes)
        self._clients: set[Follower] = set()
        self._crowds: dict[Channel, Crowd] = {}
        self._full: list[Crowd] = []
        self._per_address: Counter[str] = Counter()
        self._per_organization: Counter[str] = Counter()
        self._per_channel: Counter[Channel] = Counter()
        self._advanced = asyncio.Event()
        self._loads: dict[Channel, asyncio.Task[None]] = {}
        self._loading = asyncio.Semaphore(LOADS_AT_ONCE)
        self._stopping = False
        self._nobody = asyncio.Event()
        self._nobody.set()

    @property
    def ring_bytes(self) -> int:
        return self._rings.size

    # The stream's side

    def begin(self, position: Position) -> None:
        """From now on every event after `position` comes. Whoever is connected followed another life of the stream."""
        self.position = position
        self._rings = Rings(position.offset, self._settings.rings_max_bytes)
        for client in list(self._clients):  # some leave when they are told
            client.end(RESTARTED)
        self._tell_waiting()

    def wants(self, event: Envelope) -> bool:
        """Whether anybody may hear of it, now or later: only then is it worth a frame."""
        return any(self._rings.keeps(channel) for channel in channels_of(event))

    def publish(self, event: Envelope, frame: Frame, sent: Sent | None = None) -> int:
        """Give an event to everybody who follows a channel of it; says to how many. `sent` is called when all who keep up have it."""
        channels = [channel for channel in channels_of(event) if self._rings.keeps(channel)]
        for channel in channels:
            self._rings.append(channel, frame)
        crowds = [self._crowds[channel] for channel in channels if channel in self._crowds]
        last = _last_of(len(crowds), sent) if sent is not None else None
        for crowd in crowds:
            crowd.publish(frame, last)
            if crowd.is_full:
                self._full.append(crowd)
        return sum(len(crowd) for crowd in crowds)

    async def turn(self) -> None:
        """Let what was published be sent. Takes longer where more waits to be written than is good for memory."""
        await asyncio.sleep(0)
        while self._full:
            await self._full.pop().room()

    def advance(self, position: Position) -> None:
        """Everything up to `position` was published."""
        self.position = position
        self._rings.advance(position.offset)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        self._advanced.set()
        self._advanced = asyncio.Event()

    # The clients' side

    def admit(self, client: Follower, channel: Channel, address: str) -> "Seat":
        """A place for a client of this channel, which counts in the limits until it leaves. Raises Refused."""
        if self._stopping:
            raise Refused(SHUTDOWN)
        address = _limited_as(address)
        if self._per_address[address] >= self._settings.sockets_per_address:
            raise Refused(TOO_MANY, "Too many connections from your address.")
        if self._per_organization[channel.organization_id] >= self._settings.sockets_per_organization:
            raise Refused(TOO_MANY, "Too many connections to this page.")
        self._per_address[address] += 1
        self._per_organization[channel.organization_id] += 1
        self._per_channel[channel] += 1
        self._clients.add(client)
        self._nobody.clear()
        return Seat(self, client, channel, address)

    def free(self, seat: "Seat") -> None:
        """Its client is not here any more."""
        channel = seat.channel
        self._clients.discard(seat.client)
        if not self._clients:
            self._nobody.set()
        crowd = self._crowds.get(channel)
        if crowd is not None:
            crowd.discard(seat.client)
            if not len(crowd):
                del self._crowds[channel]
        _decrement(self._per_address, seat.address)
        _decrement(self._per_organization, channel.organization_id)
        _decrement(self._per_channel, channel)
        if channel not in self._per_channel:
            self._rings.close(channel)

    @contextlib.contextmanager
    def admitted(self, channel: Channel, types: Types, connection: Connection, address: str) -> Iterator[Client]:
        """A client with a queue, admitted while the block runs. Raises Refused."""
        client = Client(connection, types, self._settings.unsent_max_bytes)
        seat = self.admit(client, channel, address)
        try:
            yield client
        finally:
            seat.leave()

    async def follow(self, client: Follower, channel: Channel, since: Position | None) -> None:
        """Bring the client from `since` to the present and keep it there."""
        if since is not None:
            await self._make_recoverable(channel, since)
        self.follow_at_once(client, channel, since)

    def has_to_wait(self, channel: Channel, since: Position | None) -> bool:
        """Whether what somebody missed who has seen everything up to `since` is still to come, or to be loaded."""
        return since is not None and (self._is_ahead(since) or self._is_to_be_loaded(self._rings.of(channel), since))

    def follow_at_once(self, client: Follower, channel: Channel, since: Position | None) -> None:
        """As `follow`, in one step: with what is here now."""
        if self.position is None:
            raise Refused(NOT_READY)
        ring = self._rings.of(channel)
        missed = [] if since is None else self._missed(channel, ring, since)
        wanted = [frame for frame in missed or [] if client.types.wants(frame)]
        # A client stands at what it has seen; once nothing is missing to it, that is where the gateway stands.
        stands_at = since if since is not None and wanted else self.position
        client.begin([hello(stands_at, channel.audience, recovered=missed is not None), *wanted])
        crowd = self._crowds.get(channel)
        if crowd is None:
            crowd = self._crowds[channel] = Crowd()
        crowd.add(client)

    def _missed(self, channel: Channel, ring: Ring, since: Position) -> list[Frame] | None:
        if self.position is None or since.epoch != self.position.epoch or since.offset > self.position.offset:
            return None
        missed = ring.after(since.offset)
        if missed and channel.replay is not None and min(frame.time for frame in missed) < now() - channel.replay:
            return None
        return missed

    async def _make_recoverable(self, channel: Channel, since: Position) -> None:
        """Wait for the tail when the client is ahead of it; load the channel's past when it is behind its ring."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AHEAD_SECONDS):
                while self._is_ahead(since):
                    await self._advanced.wait()
        ring = self._rings.of(channel)
        if self._is_to_be_loaded(ring, since):
            load = self._loads.get(channel)
            if load is None:
                load = self._loads[channel] = asyncio.create_task(self._load(channel, ring))
                load.add_done_callback(lambda _: self._loads.pop(channel))
            # Shielded, because others wait for it too when this client leaves.
            await asyncio.shield(load)

    def _is_ahead(self, since: Position) -> bool:
        if self.position is None or self._stopping:
            return False
        return since.epoch == self.position.epoch and since.offset > self.position.offset

    def _is_to_be_loaded(self, ring: Ring, since: Position) -> bool:
        same_epoch = self.position is not None and since.epoch == self.position.epoch
        return same_epoch and since.offset < ring.complete_after and ring.can_grow_back

    async def _load(self, channel: Channel, ring: Ring) -> None:
        async with self._loading:
            position, until = self.position, ring.complete_after
            if position is None:
                return
            past = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOAD_SECONDS):
                    # A busy server answers late. Trying again costs less than everybody who is told to load the page.
                    while past is None and self._rings.has(channel, ring):
                        past = await self._try_to_load(position, channel, until)
            if past is None:
                return
        # Meanwhile the stream may have become another one, the ring been filled and trimmed by new events, or everybody left.
        if self._rings.has(channel, ring) and ring.complete_after == until:
            self._rings.prepend(channel, frames_of(past, channel, position.epoch), past.complete_after)

    async def _try_to_load(self, position: Position, channel: Channel, until: int) -> Past | None:
        try:
            return await self._load_past(position, channel, until, RING_FRAMES)
        except STREAM_ERRORS as error:
            log.warning(
                "a channel's past cannot be read",
                extra={"organization_id": channel.organization_id, "reason": f"{type(error).__name__}: {error}"},
            )
            await asyncio.sleep(AGAIN_SECONDS)
            return None

    # Time

    async def heartbeats(self) -> None:
        """Tell every client how far it has seen everything, for ever. Queued behind what it says was sent."""
        while True:
            await asyncio.sleep(self._settings.heartbeat_seconds)
            if self.position is not None:
                frame = heartbeat(self.position)
                for crowd in self._crowds.values():
                    crowd.publish(frame)

    async def sweep(self) -> None:
        """End clients that take nothing, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, self._settings.stalled_seconds))
            for client in list(self._clients):
                client.end_if_stalled(loop.time(), self._settings.stalled_seconds)

    async def shut_down(self) -> None:
        """Say goodbye to everybody and wait until they are gone, which takes no longer than dropping the stalled ones."""
        self._stopping = True
        self._tell_waiting()
        for number, client in enumerate(list(self._clients)):
            client.end(SHUTDOWN)
            if number % GOODBYES_AT_ONCE == 0:
                await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS + 1):
                await self._nobody.wait()


class Seat:
    """That a client counts, and is in its channel's crowd."""

    __slots__ = ("_hub", "address", "channel", "client")

    def __init__(self, hub: Hub, client: Follower, channel: Channel, address: str) -> None:
        self._hub = hub
        self.client = client
        self.channel = channel
        self.address = address

    def leave(self) -> None:
        self._hub.free(self)


def _last_of(count: int, then: Sent) -> Sent:
    """What does something when it is called for the last of so many times."""

    def call() -> None:
        nonlocal count
        count -= 1
        if count == 0:
            then()

    return call


def frames_of(past: Past, channel: Channel, epoch: str) -> list[Frame]:
    """The frames that live clients would have got."""
    frames = []
    for offset, event in past.events:
        if channel in channels_of(event) and not event.republished:
            with contextlib.suppress(ValueError):
                frames.append(Frame.of(event, Position(epoch, offset)))
    return frames


def _limited_as(address: str) -> str:
    """A household has one IPv4 address, and as many IPv6 addresses as it wants in one /64."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _decrement(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]
