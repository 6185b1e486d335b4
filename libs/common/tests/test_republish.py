"""The relay after the stream lost what it had acknowledged: a real server whose stream is deleted, or set back to an old copy of its disk."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from common import outbox, topology
from common.bus import Bus
from common.clock import now, uuid7
from common.contracts.values import Audience
from common.envelope import SUBJECTS, Envelope
from common.outbox import Relay, republish
from common.outbox_table import OutboxTable
from common.position import Position
from common.stream import Checkpoint, JetStream, Reader, stream_state
from common.tables import Infrastructure
from common.topology import TopologySettings
from devstack.fixtures import Sql
from devstack.nats import USERS, Nats
from devstack.processes import free_port
from devstack.teststack import PASSWORD, Stack, eventually

CONFIG = Path(__file__).parents[3] / "deploy" / "nats.conf"
Record = Callable[..., Awaitable[None]]


class Disk:
    """The server of these tests, whose disk can be copied, and set back to the copy."""

    def __init__(self, home: Path) -> None:
        self.server = Nats(home / "nats", free_port(), CONFIG, passwords=dict.fromkeys(USERS, PASSWORD))
        self._copy = home / "copy"

    def copy(self) -> None:
        self.server.stop()
        shutil.copytree(self.server.home, self._copy)
        self.server.start()

    def set_back(self) -> None:
        self.server.kill()
        shutil.rmtree(self.server.home)
        shutil.copytree(self._copy, self.server.home)
        self.server.start()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path)
    disk.server.start()
    yield disk
    disk.server.stop()


@pytest_asyncio.fixture
async def own_stack(stack: Stack, disk: Disk) -> Stack:
    """The test's database on a server of its own."""
    own = replace(stack, nats=disk.server)
    await own.declare_topology()
    return own


@asynccontextmanager
async def connected(stack: Stack, service: str) -> AsyncIterator[Bus]:
    bus = Bus(stack.settings(service), service)
    bus.start()
    await bus.connected()
    try:
        yield bus
    finally:
        await bus.stop()


@pytest_asyncio.fixture
async def bus(own_stack: Stack) -> AsyncIterator[Bus]:
    async with connected(own_stack, "catalog") as bus:
        yield bus


@pytest.fixture
def store(relay_engine: AsyncEngine, tables: Infrastructure) -> OutboxTable:
    return OutboxTable(relay_engine, tables.outbox, "catalog", derived=["layout.changed"])


@pytest.fixture
def relay(store: OutboxTable, bus: Bus) -> Relay:
    return Relay(store, bus)


async def set_back(disk: Disk, bus: Bus) -> None:
    """Set the disk back, and wait until the relay's connection is one to the server that has it."""
    before = bus.interruptions
    disk.set_back()
    await eventually(lambda: bus.interruptions > before, "the connection was lost and is there again")


async def drain(relay: Relay) -> None:
    """Until nothing is left to do, through the errors of a connection that comes back."""

    async def nothing_left() -> bool:
        try:
            return await relay.publish_waiting() == 0
        except Exception:
            return False

    await eventually(nothing_left, "everything is published")


async def in_stream(stack: Stack) -> list[Envelope]:
    """What the stream holds for the members, in order."""
    client = await stack.connect("topology")
    state = await stream_state(client)
    everything = Reader(
        JetStream(client), name="test", subject=SUBJECTS, after=Checkpoint(Position(state.epoch, 0), None)
    )
    events: list[Envelope] = []
    batches = everything.batches()
    async for batch in batches:
        events += [message.event for message in batch.messages if message.event]
        if batch.caught_up:
            break
    await batches.aclose()
    await client.close()
    return [event for event in events if event.audience is Audience.INTERNAL]


def seen(events: list[Envelope]) -> list[tuple[str, bool]]:
    return [(event.aggregate_id, event.republished) for event in events]


async def renew_epoch(stack: Stack) -> str:
    """What `topology --new-epoch` does."""
    client = await stack.connect("topology")
    settings = TopologySettings(**stack.settings("topology").model_dump())
    epoch = await topology.ensure(client.jetstream(), settings, renew_epoch=True)
    await client.close()
    return epoch


async def others_publish(stack: Stack, count: int) -> None:
    """Events of another service, over the offsets that were lost."""
    async with connected(stack, "incidents") as bus:
        for _ in range(count):
            await bus.publish(
                Envelope(uuid7(), "acme", Audience.PUBLIC, "incidents", "incident.deleted", "x", 1, now(), b"{}")
            )


async def test_a_stream_declared_again_gets_everything_in_order_and_marked(
    own_stack: Stack, relay: Relay, record: Record
) -> None:
    names = [f"service-{number}" for number in range(60)]
    await record("acme", *names)
    await drain(relay)
    await own_stack.declare_topology(empty=True)
    await record("acme", "after")
    await drain(relay)
    found = seen(await in_stream(own_stack))
    assert [name for name, republished in found if republished] == names
    assert ("after", False) in found
    await drain(relay)
    assert seen(await in_stream(own_stack)) == found, "once is enough"


async def test_new_events_wait_for_one_slice_at_most(
    own_stack: Stack, relay: Relay, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SLICE", 4)
    monkeypatch.setattr(outbox, "LOOK_SECONDS", -1.0)  # no event tells of the new stream here, so each pass looks
    await record("acme", *(f"old-{number}" for number in range(10)))
    await drain(relay)
    await own_stack.declare_topology(empty=True)
    await relay.publish_waiting()
    await record("acme", "new")
    await drain(relay)
    names = [name for name, _ in seen(await in_stream(own_stack))]
    assert names.index("new") == 2, "behind the two events for the members that one slice holds"
    assert len(names) == 11


@pytest.mark.parametrize("overwritten", [0, 1, 30])
async def test_a_lost_end_is_published_again_even_where_others_have_written_over_it(
    own_stack: Stack, disk: Disk, bus: Bus, relay: Relay, record: Record, sql: Sql, overwritten: int
) -> None:
    await record("acme", "a", "b")
    await record("globex", "c")
    await drain(relay)
    disk.copy()
    await record("acme", "d", "e")
    await record("globex", "f")
    await drain(relay)
    await set_back(disk, bus)
    await others_publish(own_stack, overwritten)
    await record("acme", "g")
    await drain(relay)
    events = [event for event in await in_stream(own_stack) if event.service == "catalog"]
    assert sorted(seen(events)) == [
        *(("a", False), ("b", False), ("c", False)),
        *(("d", True), ("e", True), ("f", True), ("g", False)),
    ]
    rows = await sql("SELECT id, stream_offset FROM catalog.outbox WHERE epoch = :epoch", epoch=await own_stack.epoch())
    assert len(rows) == 2 * 7, "and each row says where it is now"


async def test_a_new_epoch_of_a_stream_that_kept_its_events_sends_nothing_again(
    own_stack: Stack, relay: Relay, record: Record, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LOOK_SECONDS", -1.0)
    await record("acme", "a", "b")
    await record("globex", "c")
    await drain(relay)
    places = await sql("SELECT id, stream_offset FROM catalog.outbox ORDER BY id")
    epoch = await renew_epoch(own_stack)
    await record("acme", "b", version=2)
    await drain(relay)
    assert [republished for _, republished in seen(await in_stream(own_stack))] == [False] * 4
    rows = await sql("SELECT id, stream_offset FROM catalog.outbox WHERE epoch = :epoch ORDER BY id", epoch=epoch)
    assert len(rows) == 2 * 4, "each row has the new epoch"
    assert set(places) < set(rows), "and its old offset"


async def test_a_new_epoch_of_a_stream_that_lost_its_end_sends_that_alone_again(
    own_stack: Stack, disk: Disk, bus: Bus, relay: Relay, record: Record
) -> None:
    await record("acme", "a", "b")
    await drain(relay)
    disk.copy()
    await record("acme", "c")
    await record("globex", "d")
    await drain(relay)
    await set_back(disk, bus)
    await others_publish(own_stack, 20)
    await renew_epoch(own_stack)
    await drain(relay)
    events = [event for event in await in_stream(own_stack) if event.service == "catalog"]
    assert sorted(seen(events)) == [("a", False), ("b", False), ("c", True), ("d", True)]


async def test_an_event_that_comes_to_its_old_offset_by_chance_proves_nothing(
    own_stack: Stack, store: OutboxTable, relay: Relay, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new stream; somebody began to publish again and died. What was last is where it was, what was before it is not."""
    monkeypatch.setattr(outbox, "LOOK_SECONDS", -1.0)
    await record("acme", "a", "b")
    await drain(relay)
    epoch = await own_stack.epoch()
    async with store.locked() as held:
        assert held is not None
        newest = await held.newest(epoch, other_than=[])
    assert newest is not None
    event, offset = newest
    await own_stack.declare_topology(empty=True)
    await others_publish(own_stack, offset - 1)
    async with connected(own_stack, "catalog") as dying:
        assert (await dying.publish(replace(event, republished=True))).offset == offset
    await drain(relay)
    assert {name for name, republished in seen(await in_stream(own_stack)) if republished} == {"a", "b"}
    async with store.locked() as held:
        assert held is not None
        assert await held.epochs() == [await own_stack.epoch()]


async def test_a_restart_that_lost_nothing_sends_nothing_again(
    own_stack: Stack, disk: Disk, relay: Relay, record: Record
) -> None:
    await record("acme", "a", "b")
    await drain(relay)
    disk.server.kill()
    disk.server.start()
    await record("acme", "b", version=2)
    await drain(relay)
    assert seen(await in_stream(own_stack)) == [("a", False), ("b", False), ("b", False)]


async def test_events_made_from_others_are_not_published_again(
    own_stack: Stack, relay: Relay, record: Record, sql: Sql
) -> None:
    await record("acme", "derived", "other")
    await sql("UPDATE catalog.outbox SET type = 'layout.changed' WHERE aggregate_id = 'derived'")
    await drain(relay)
    await own_stack.declare_topology(empty=True)
    await record("acme", "new")
    await drain(relay)
    assert sorted(seen(await in_stream(own_stack))) == [("new", False), ("other", True)]


async def test_an_operator_republishes_what_is_lost_or_everything(
    own_stack: Stack, store: OutboxTable, bus: Bus, record: Record
) -> None:
    await record("acme", "a", "b")
    await drain(Relay(store, bus))
    told: list[tuple[int, int]] = []

    async def run(*, everything: bool) -> int:
        told.clear()
        return await republish(
            store, bus, everything=everything, progress=lambda done, total: told.append((done, total))
        )

    assert await run(everything=False) == 0
    await own_stack.declare_topology(empty=True)
    assert await run(everything=False) == 4
    assert (told[0], told[-1]) == ((0, 4), (4, 4))
    await own_stack.declare_topology(empty=True)  # so that no message is known to the server as a duplicate
    assert await run(everything=True) == 4
    assert seen(await in_stream(own_stack)) == [("a", True), ("b", True)]


async def test_whoever_watches_the_topology_gives_a_stream_that_lost_its_end_a_new_epoch(
    own_stack: Stack, disk: Disk, relay: Relay, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a client whose position lies in the lost part would be told that it has missed nothing."""
    monkeypatch.setattr(topology, "WATCH_SECONDS", 0.05)
    await record("acme", "kept")
    await drain(relay)
    disk.copy()
    settings = TopologySettings(**own_stack.settings("topology").model_dump())
    watching = asyncio.create_task(topology.run(settings, watch=True, renew_epoch=False))
    try:
        before = await own_stack.epoch()
        await record("acme", "lost")
        await drain(relay)
        await asyncio.sleep(0.5)  # time for a few looks: nothing is wrong yet
        assert await own_stack.epoch() == before
        disk.set_back()
        await others_publish(own_stack, 5)

        async def has_new_epoch() -> bool:
            return await own_stack.epoch() != before

        await eventually(has_new_epoch, "a new epoch")
        await drain(relay)
        assert [name for name, _ in seen(await in_stream(own_stack))][:2] == ["kept", "lost"]
    finally:
        watching.cancel()
        await asyncio.wait([watching])
