"""Publishing on a real stream: where an event is, that it is there once, and which refusals are for good."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from common.bus import Bus
from common.clock import now, uuid7
from common.contracts.values import Audience
from common.envelope import STREAM, Envelope
from common.outbox import RefusedError, Relay
from common.outbox_table import OutboxTable
from common.position import Position
from common.stream import stream_state
from common.tables import Infrastructure
from devstack.fixtures import Sql
from devstack.teststack import Stack, eventually


def event(data: bytes = b"{}") -> Envelope:
    return Envelope(
        id=uuid7(),
        organization_id="acme",
        audience=Audience.INTERNAL,
        service="catalog",
        type="service.deleted",
        aggregate_id="a",
        sequence=1,
        time=now(),
        data=data,
    )


@pytest_asyncio.fixture
async def bus(stack: Stack) -> AsyncIterator[Bus]:
    bus = Bus(stack.settings("catalog"), "catalog")
    bus.start()
    await bus.connected()
    yield bus
    await bus.stop()


async def test_the_outbox_says_where_the_stream_has_an_event(
    stack: Stack,
    bus: Bus,
    relay_engine: AsyncEngine,
    tables: Infrastructure,
    record: Callable[..., Awaitable[None]],
    sql: Sql,
) -> None:
    await record("acme", "a", "b")
    relay = Relay(OutboxTable(relay_engine, tables.outbox, "catalog"), bus)
    while await relay.publish_waiting():
        pass
    topology = await stack.connect("topology")  # services may not read single messages
    state = await stream_state(topology)
    rows = await sql("SELECT id, epoch, stream_offset FROM catalog.outbox ORDER BY position")
    assert [row.epoch for row in rows] == [state.epoch] * 4
    for row in rows:
        stored = await topology.jetstream().get_msg(STREAM, row.stream_offset, direct=True)
        assert (stored.headers or {})["ce-id"] == str(row.id)
    await topology.close()


async def test_an_event_sent_again_is_stored_once_and_says_the_same_place(stack: Stack, bus: Bus) -> None:
    sent = event()
    first = await bus.publish(sent)
    await bus.publish(event())
    assert await bus.publish(sent) == first
    assert (await stream_state(bus.client)).last_offset == 2


async def test_a_message_too_large_for_the_stream_is_refused_for_good(bus: Bus) -> None:
    for size in (260 * 1024, 400 * 1024):  # over the stream's limit; over the server's
        with pytest.raises(RefusedError):
            await bus.publish(event(b"x" * size))


async def test_a_full_stream_is_worth_another_try(stack: Stack, bus: Bus) -> None:
    topology = await stack.connect("topology")
    js = topology.jetstream()
    config = (await js.stream_info(STREAM)).config
    await js.update_stream(replace(config, max_msgs=1))
    await bus.publish(event())
    refused = event()
    with pytest.raises(Exception, match="maximum messages exceeded") as failure:
        await bus.publish(refused)
    assert not isinstance(failure.value, RefusedError)
    await js.update_stream(replace(config, max_msgs=-1))
    await bus.publish(refused)
    await topology.close()


async def test_offsets_of_a_stream_declared_again_carry_its_new_epoch(stack: Stack, bus: Bus) -> None:
    before = [await bus.publish(event()) for _ in range(3)][-1]
    epoch = await stack.declare_topology(empty=True)
    assert epoch != before.epoch
    assert await bus.publish(event()) == Position(epoch, 1)


async def test_publishing_fails_while_the_stream_is_missing_and_readiness_says_so(stack: Stack, bus: Bus) -> None:
    topology = await stack.connect("topology")
    await topology.jetstream().delete_stream(STREAM)
    with pytest.raises(Exception, match=r".") as failure:
        await bus.publish(event())
    assert not isinstance(failure.value, RefusedError)
    assert "does not exist; run the topology step" in str(await bus.unready())
    await stack.declare_topology()

    async def ready() -> bool:
        return await bus.unready() is None

    await eventually(ready, "the bus is ready again by itself")
    await topology.close()


async def test_readiness_says_that_the_broker_was_never_reached(stack: Stack) -> None:
    settings = stack.settings("catalog").model_copy(update={"nats_url": "nats://127.0.0.1:1"})
    bus = Bus(settings, "catalog")
    bus.start()
    try:
        assert await bus.unready() == "NATS: not connected yet"
    finally:
        await bus.stop()
