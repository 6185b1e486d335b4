"""What doctor asks NATS: whether the stream and its consumers are as declared, have room and keep up, and whether what the databases
say of the stream is true of the stream that there is."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from nats.aio.client import Client
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, PersistMode, RawStreamMsg, StreamInfo
from nats.js.errors import NotFoundError
from sqlalchemy import exists, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from common.clock import now
from common.envelope import STREAM
from common.position import Position
from common.settings import load
from common.stream import EPOCH_KEY, Checkpoint
from common.topology import DURABLES, drift, durables, stream_config
from tidings.access import RECORD, SERVICES, OperatorSettings, Service
from tidings.findings import Finding

DECLARE = "Run `tidings topology`."
REPUBLISH = "The services that run publish them again; `tidings republish` does it now."
BEGIN_ANEW = "After a restore the stream has to be made anew: see Restore in docs/operations.md."
FULL = 0.8
LAG_SECONDS = 10.0
FOLD = "public-api"
FOLDED = [f"status.*.public.{service.name}.>" for service in RECORD]


@dataclass(frozen=True)
class Record:
    """What a service's database says of the stream."""

    service: Service
    checkpoint: Checkpoint | None
    published: dict[str, int]
    """How many events it published, by the epoch they were published in."""
    last_offset: dict[str, int]
    """The highest offset it was given, by epoch."""


async def read_records(engine: AsyncEngine) -> list[Record]:
    """None of a database whose tables cannot be read, which is a finding of `database_checks`."""
    try:
        return [await _read_record(engine, service) for service in SERVICES]
    except DBAPIError:
        return []


async def _read_record(engine: AsyncEngine, service: Service) -> Record:
    outbox, place = service.tables.outbox.c, service.tables.checkpoint.c
    published = (
        select(outbox.epoch, func.count().label("events"), func.max(outbox.stream_offset).label("last"))
        .where(outbox.published_at.is_not(None), outbox.type.not_in(service.derived))
        .group_by(outbox.epoch)
    )
    async with engine.connect() as connection:
        rows = (await connection.execute(published)).all()
        read_to = select(place.epoch, place.stream_offset, place.event_id).where(place.consumer == service.name)
        row = (await connection.execute(read_to)).one_or_none()
    checkpoint = Checkpoint(Position(row.epoch, row.stream_offset), row.event_id) if row else None
    return Record(service, checkpoint, {row.epoch: row.events for row in rows}, {row.epoch: row.last for row in rows})


async def examine(client: Client, records: list[Record]) -> list[Finding]:
    """Everything, of a server that lets the operator in."""
    js = client.jetstream(timeout=5)
    settings = load(OperatorSettings)
    findings = [_server(client, settings)]
    try:
        info = await js.stream_info(STREAM)
    except NotFoundError:
        return [*findings, Finding("stream", "missing", f"{DECLARE} {REPUBLISH}")]
    findings += [_declared(info, settings), await _room(js, info)]
    for durable in durables(settings, _epoch(info)):
        findings.append(await _durable(js, durable))
    for record in records:
        if record.service in RECORD:
            findings.append(_published(record, info))
        if record.service.name == FOLD:
            findings.append(await _fold(js, record, info))
    return findings


async def newest_events(client: Client) -> dict[Service, UUID]:
    """The event that the stream has last of each service whose outbox is the record."""
    js, newest = client.jetstream(timeout=5), {}
    for service in RECORD:
        with suppress(NotFoundError, NoRespondersError):  # there is none, or no stream
            message = await js.get_msg(STREAM, subject=f"status.*.*.{service.name}.>", direct=True)
            newest[service] = UUID((message.headers or {})["ce-id"])
    return newest


async def examine_newest(engine: AsyncEngine, newest: Mapping[Service, UUID]) -> list[Finding]:
    """Whether outboxes know what the stream has of them. An event is in its outbox before it is published, and stays."""
    findings = []
    for service, id in newest.items():
        about = f"stream in the {service.name} outbox"
        outbox = service.tables.outbox.c
        async with engine.connect() as connection:
            is_known = await connection.scalar(select(exists().where(outbox.id == id)))
        if is_known:
            findings.append(Finding(about, "knows the newest event"))
        else:
            fact = f"does not know event {id}, which the stream has: this database is older than the stream"
            findings.append(Finding(about, fact, BEGIN_ANEW))
    return findings


def _server(client: Client, settings: OperatorSettings) -> Finding:
    largest = stream_config(settings, "").max_msg_size or 0
    if client.max_payload < largest:
        fact = f"takes messages of at most {client.max_payload} bytes"
        return Finding("NATS", fact, f"Set max_payload to {largest} at least: see deploy/nats.conf.")
    version = client.connected_server_version
    fact = f"lets {settings.nats_user} in, version {version.major}.{version.minor}.{version.patch}"
    return Finding("NATS", f"{fact}; sync_interval and max_file_store are told to no client: see deploy/nats.conf")


def _declared(info: StreamInfo, settings: OperatorSettings) -> Finding:
    epoch = _epoch(info)
    if not epoch:
        return Finding("stream", "has no epoch", DECLARE)
    if differences := drift(stream_config(settings, epoch), info.config):
        return Finding("stream", ", ".join(differences), DECLARE)
    if info.config.persist_mode is PersistMode.ASYNC:
        return Finding("stream", "acknowledges before it stores", "Create it anew without persist_mode async.")
    return Finding("stream", f"as declared, in epoch {epoch}, {info.state.messages} messages")


async def _room(js: JetStreamContext, info: StreamInfo) -> Finding:
    """Room in the stream, and in the server's file storage as far as the server tells."""
    limits = {"the stream's max_bytes": (info.state.bytes, info.config.max_bytes or 0)}
    account = await js.account_info()
    limits["the account's max_storage"] = (account.storage, account.limits.max_storage)
    for name, (used, limit) in limits.items():
        if 0 < limit * FULL < used:
            fact = f"{used / limit:.0%} of {name} is used; when it is full, nothing is published any more"
            return Finding("file storage", fact, "Raise TIDINGS_STREAM_MAX_BYTES, and max_file_store in nats.conf.")
    return Finding("file storage", f"{info.state.bytes} of {info.config.max_bytes} bytes used")


async def _durable(js: JetStreamContext, declared: ConsumerConfig) -> Finding:
    name = declared.durable_name or ""
    about = f"consumer {name}"
    try:
        info = await js.consumer_info(STREAM, name)
    except NotFoundError:
        return Finding(about, "missing", DECLARE)
    if differences := drift(declared, info.config):
        return Finding(about, ", ".join(differences), DECLARE)
    waiting = (info.num_pending or 0) + (info.num_ack_pending or 0)
    fact = f"as declared, {waiting} messages wait"
    if name not in DURABLES:
        return Finding(about, f"{fact} for a system of others")
    done = info.ack_floor.stream_seq if info.ack_floor else 0
    return await _keeps_up(js, about, name, DURABLES[name], done, fact)


def _published(record: Record, info: StreamInfo) -> Finding:
    """Whether the stream holds what the outbox says it does."""
    about = f"{record.service.name} outbox in the stream"
    epoch = _epoch(info)
    if lost := sum(events for elsewhere, events in record.published.items() if elsewhere != epoch):
        return Finding(about, f"{lost} events are recorded as published and not in this stream", REPUBLISH)
    if (last := record.last_offset.get(epoch, 0)) > info.state.last_seq:
        fact = f"was published up to offset {last}, and the stream ends at {info.state.last_seq}"
        return Finding(about, fact, REPUBLISH)
    return Finding(about, f"{record.published.get(epoch, 0)} events, in its epoch and before its end")


async def _fold(js: JetStreamContext, record: Record, info: StreamInfo) -> Finding:
    """Whether public-api's place in the stream exists, and whether it keeps up."""
    about = f"{FOLD} checkpoint"
    restart = f"{FOLD} begins again by itself when it runs; its /health/ready says what it lacks."
    checkpoint = record.checkpoint
    if checkpoint is None:
        return await _keeps_up(js, about, FOLD, FOLDED, 0, "none yet")
    epoch, offset = checkpoint.position.epoch, checkpoint.position.offset
    if epoch != _epoch(info):
        return Finding(about, f"is in epoch {epoch}, and the stream in {_epoch(info)}", restart)
    if offset > info.state.last_seq:
        return Finding(about, f"is at {offset}, and the stream ends at {info.state.last_seq}", restart)
    if checkpoint.event_id is not None:
        message = await _next(js, ">", offset)
        found = (message.headers or {}).get("ce-id") if message and message.seq == offset else None
        if found != str(checkpoint.event_id):
            return Finding(about, f"names another event than the stream has at offset {offset}", restart)
    return await _keeps_up(js, about, FOLD, FOLDED, offset, f"at offset {offset} of {info.state.last_seq}")


async def _keeps_up(
    js: JetStreamContext, about: str, service: str, subjects: list[str], done: int, fact: str
) -> Finding:
    """A problem when a message behind `done` has waited for long, else the fact."""
    for subject in subjects:
        message = await _next(js, subject, done + 1)
        if message is not None and message.time is not None:
            waits = (now() - message.time).total_seconds()
            if waits > LAG_SECONDS:
                found = f"a message at offset {message.seq} has waited for {waits:.0f} s"
                return Finding(about, found, f"Is {service} running? Its /health/ready says what it lacks.")
    return Finding(about, fact)


async def _next(js: JetStreamContext, subject: str, offset: int) -> RawStreamMsg | None:
    """The first message on a subject at the offset or behind it."""
    try:
        return await js.get_msg(STREAM, seq=max(offset, 1), subject=subject, next=True, direct=True)
    except NotFoundError:
        return None


def _epoch(info: StreamInfo) -> str:
    return (info.config.metadata or {}).get(EPOCH_KEY, "")
