"""Declares the stream and its durable consumers: `python -m common.topology`, before the services start.

The one place that creates anything in JetStream. Idempotent: what exists is brought to this form, the stream's epoch stays. `--watch`
goes on looking every 5 s: a stream that vanished with its disk is declared again, and one that lost its end gets a new epoch, because
other messages may have taken the lost offsets. `--new-epoch` says the same by hand, for instance after restoring JetStream from a backup.

Durables are those of our services, and those of others' systems, which `tidings nats-access` records in a directory. The latter belong to
one epoch: in another one they begin anew, as their readers must.
"""

import argparse
import asyncio
import dataclasses
import enum
import logging
import secrets
import string
import sys
from datetime import datetime
from pathlib import Path
from typing import Self

import nats
import nats.errors
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RawStreamMsg,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError
from pydantic import Field

from common import nats_access, telemetry
from common.envelope import STREAM, SUBJECTS
from common.nats_client import connect_options
from common.settings import Settings, load

log = logging.getLogger(__name__)

EPOCH_KEY = "tidings-epoch"
ACK_WAIT_SECONDS = 5.0
WATCH_SECONDS = 5.0

DURABLES: dict[str, list[str]] = {
    "catalog": [
        "status.*.internal.incidents.>",
        "status.*.internal.maintenance.>",
        "status.*.internal.identity.organization.>",
    ],
    "identity": ["status.*.internal.>"],
    "incidents": ["status.*.internal.catalog.service.>", "status.*.internal.catalog.page_settings.>"],
    "maintenance": ["status.*.internal.catalog.service.>", "status.*.internal.catalog.page_settings.>"],
}
"""Each durable is named after the service that reads it, one message in flight, redelivered until it is acknowledged."""


class TopologySettings(Settings):
    stream_replicas: int = Field(
        default=1, ge=1, le=5, description="on how many NATS servers each event is stored: 3 in a cluster"
    )
    stream_max_bytes: int = Field(
        default=1 << 30,
        ge=1 << 20,
        description="how large the stream may get; when it is full, publishing is refused and outboxes back up",
    )
    nats_access: Path | None = Field(
        default=None,
        description="the directory `access` beside nats.conf, where systems of others are recorded",
        examples=["/nats-access"],
    )


def new_epoch() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))


def stream_config(settings: TopologySettings, epoch: str) -> StreamConfig:
    return StreamConfig(
        name=STREAM,
        subjects=[SUBJECTS],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        max_bytes=settings.stream_max_bytes,
        max_msg_size=256 * 1024,
        duplicate_window=300,
        num_replicas=settings.stream_replicas,
        deny_delete=True,
        allow_direct=True,
        allow_msg_ttl=True,
        metadata={EPOCH_KEY: epoch},
    )


def durable_config(name: str) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=name,
        filter_subjects=DURABLES[name],
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        max_ack_pending=1,
        max_deliver=-1,
    )


def durables(settings: TopologySettings, epoch: str) -> list[ConsumerConfig]:
    """Every durable that there shall be: those of services, then those of others' systems."""
    systems = nats_access.systems(settings.nats_access)
    return [
        *(durable_config(name) for name in DURABLES),
        *(nats_access.durable_config(user, organization, EPOCH_KEY, epoch) for user, organization in systems.items()),
    ]


async def ensure(js: JetStreamContext, settings: TopologySettings, *, renew_epoch: bool = False) -> str:
    """Bring stream and durables to their form. Returns the epoch."""
    try:
        info = await js.stream_info(STREAM)
    except NotFoundError:
        epoch = new_epoch()
        await js.add_stream(stream_config(settings, epoch))
        log.info("stream created", extra={"epoch": epoch})
    else:
        known = (info.config.metadata or {}).get(EPOCH_KEY)
        epoch = new_epoch() if renew_epoch or known is None else known
        config = stream_config(settings, epoch)
        # Else nothing is written, which could take back the epoch that somebody gives the stream at this moment.
        if epoch != known or drift(config, info.config):
            await js.update_stream(config)
    for durable in durables(settings, epoch):
        if await _found(js, durable) is Found.OF_ANOTHER_EPOCH:
            await js.delete_consumer(STREAM, durable.durable_name or "")
        await js.add_consumer(STREAM, durable)
    return epoch


def drift(declared: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig) -> list[str]:
    """Where what NATS has is not what is declared. What is not declared, NATS decides."""
    wanted = {field.name: getattr(declared, field.name) for field in dataclasses.fields(declared)}
    return [
        f"{name} is {getattr(found, name)} instead of {value}"
        for name, value in wanted.items()
        if value is not None and name != "metadata" and getattr(found, name) != value
    ]


async def missing(js: JetStreamContext, settings: TopologySettings) -> bool:
    """Whether the stream or a durable is not there."""
    try:
        info = await js.stream_info(STREAM)
    except NotFoundError:
        return True
    epoch = (info.config.metadata or {}).get(EPOCH_KEY, "")
    return any([await _found(js, durable) is not Found.AS_DECLARED for durable in durables(settings, epoch)])


class Found(enum.Enum):
    NOTHING = enum.auto()
    OF_ANOTHER_EPOCH = enum.auto()
    AS_DECLARED = enum.auto()


async def _found(js: JetStreamContext, durable: ConsumerConfig) -> Found:
    """Whether there is the durable, and whether it is of the epoch that it shall be of. A service's may be of any: a checkpoint guards it."""
    try:
        info = await js.consumer_info(STREAM, durable.durable_name or "")
    except NotFoundError:
        return Found.NOTHING
    declared = (durable.metadata or {}).get(EPOCH_KEY)
    found = (info.config.metadata or {}).get(EPOCH_KEY)
    return Found.AS_DECLARED if declared in (None, found) else Found.OF_ANOTHER_EPOCH


@dataclasses.dataclass(frozen=True)
class Anchor:
    """A message that the stream held, and that does not expire. The same event, published again to its old place, is another one."""

    offset: int
    event_id: str
    stored_at: datetime | None

    @classmethod
    def of(cls, message: RawStreamMsg) -> Self:
        return cls(message.seq or 0, (message.headers or {}).get("ce-id", ""), message.time)


async def last_lasting_message(js: JetStreamContext) -> Anchor | None:
    """The last message for members; what expires is for the public alone. None while there is none."""
    try:
        return Anchor.of(await js.get_last_msg(STREAM, "status.*.internal.>"))
    except NotFoundError:
        return None


async def holds(js: JetStreamContext, anchor: Anchor) -> bool:
    """Whether the stream still has the message in its place. One that lost its end, and went on, has another there or none."""
    try:
        return Anchor.of(await js.get_msg(STREAM, seq=anchor.offset)) == anchor
    except NotFoundError:
        return False


async def watch_over(js: JetStreamContext, settings: TopologySettings) -> None:
    """Look every 5 s whether everything is there, for ever. Raises only when the first look fails."""
    anchor = await last_lasting_message(js)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            if await missing(js, settings):
                log.warning("stream or consumers are missing: declaring them again")
                await ensure(js, settings)
            # Asked first: what is lost after this is looked for the next time.
            newest = await last_lasting_message(js)
            if anchor is not None and not await holds(js, anchor):
                log.warning("the stream lost messages that it had: offsets mean nothing any more")
                await ensure(js, settings, renew_epoch=True)
            anchor = newest
        except (nats.errors.Error, JetStreamError, TimeoutError, OSError) as error:
            log.warning("cannot look at the topology", extra={"reason": f"{type(error).__name__}: {error}"})


async def run(settings: TopologySettings, *, watch: bool, renew_epoch: bool) -> None:
    options = connect_options(settings, "topology")
    if not watch:
        # A step that is run once gives up with a sentence, where one that watches waits for the server.
        options |= {"allow_reconnect": False, "max_reconnect_attempts": 2}
    client = await nats.connect(**options)
    try:
        js = client.jetstream()
        epoch = await ensure(js, settings, renew_epoch=renew_epoch)
        log.info("topology is in place", extra={"epoch": epoch})
        if watch:
            await watch_over(js, settings)
    finally:
        await client.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.topology", description=__doc__)
    parser.add_argument("--watch", action="store_true", help="go on, and declare again what vanishes")
    parser.add_argument("--new-epoch", action="store_true", help="declare that offsets from before mean nothing")
    arguments = parser.parse_args()
    settings = load(TopologySettings)
    telemetry.configure("topology", settings.log_level)
    try:
        asyncio.run(run(settings, watch=arguments.watch, renew_epoch=arguments.new_epoch))
    except KeyboardInterrupt:
        return
    except (nats.errors.Error, JetStreamError, TimeoutError, OSError) as error:
        sys.exit(f"The topology could not be declared on {settings.nats_url}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
