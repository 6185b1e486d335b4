"""The relay: in order, fair, once, and undisturbed by refusals, failures and other replicas. A scripted publisher makes faults exact."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from common import outbox
from common.contracts.values import Audience
from common.envelope import Envelope
from common.outbox import Held, RefusedError, Relay
from common.outbox_table import OutboxTable
from common.position import Position
from common.stream import StreamState
from common.tables import Infrastructure
from devstack.fixtures import Sql
from devstack.teststack import Stack, eventually

Record = Callable[..., Awaitable[None]]


class ScriptedPublisher:
    """Stores what it is given. `fail(event)` may raise before it does, `gate` holds every publish back."""

    def __init__(self) -> None:
        self.stored: list[Envelope] = []
        self.attempts: Counter[str] = Counter()
        self.ttls: dict[str, str | None] = {}
        self.fail: Callable[[Envelope], None] = lambda event: None
        self.reached = asyncio.Event()
        self.waiting = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.interruptions = 0

    async def publish(self, event: Envelope, *, ttl: str | None = None) -> Position:
        self.reached.set()
        self.waiting += 1
        await self.gate.wait()
        self.waiting -= 1
        self.attempts[str(event.id)] += 1
        self.fail(event)
        self.stored.append(event)
        self.ttls[event.type] = ttl
        return Position("abcdefghijkl", len(self.stored))

    async def state(self) -> StreamState:
        return StreamState("abcdefghijkl", len(self.stored))

    async def last(self, subject: str) -> Held | None:
        held = [
            Held(event.id, offset, event.republished)
            for offset, event in enumerate(self.stored, 1)
            if event.subject == subject
        ]
        return held[-1] if held else None

    @property
    def aggregates(self) -> list[str]:
        """What was stored for the members, in order."""
        return [event.aggregate_id for event in self.stored if event.audience == "internal"]


@pytest.fixture
def publisher() -> ScriptedPublisher:
    return ScriptedPublisher()


@pytest.fixture
def store(relay_engine: AsyncEngine, tables: Infrastructure) -> OutboxTable:
    return OutboxTable(relay_engine, tables.outbox, "catalog", derived=["layout.changed"])


@pytest.fixture
def make_relay(store: OutboxTable, publisher: ScriptedPublisher) -> Callable[[], Relay]:
    return lambda: Relay(store, publisher)


@pytest.fixture
def relay(make_relay: Callable[[], Relay]) -> Relay:
    return make_relay()


async def drain(relay: Relay) -> None:
    while await relay.publish_waiting():
        pass


async def test_events_are_published_in_the_order_of_their_commits(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    ids = [f"service-{number}" for number in range(150)]
    for start in range(0, 150, 50):
        await record("acme", *ids[start : start + 50])
    await drain(relay)
    assert publisher.aggregates == ids
    assert set(publisher.attempts.values()) == {1}


async def test_one_organization_with_much_to_say_does_not_delay_another(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", *(f"service-{number}" for number in range(100)))  # 200 rows
    await record("globex", "lonely")
    assert await relay.publish_waiting() == 20 + 2
    assert "lonely" in publisher.aggregates


async def test_many_organizations_with_much_to_say_delay_nobody(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    """Together they have more than a pass takes."""
    for organization in range(8):
        await record(f"loud{organization}", *(f"service-{number}" for number in range(20)))
    await record("quiet", "lonely")
    assert await relay.publish_waiting() == 100
    assert "lonely" in publisher.aggregates


async def test_where_the_stream_stored_an_event_is_written_down(
    relay: Relay, publisher: ScriptedPublisher, record: Record, sql: Sql
) -> None:
    await record("acme", "a", "b")
    await drain(relay)
    rows = await sql("SELECT id, epoch FROM catalog.outbox WHERE published_at IS NOT NULL ORDER BY stream_offset")
    assert [row.id for row in rows] == [event.id for event in publisher.stored]
    assert {row.epoch for row in rows} == {"abcdefghijkl"}


async def test_only_what_one_reader_gets_waits_for_its_turn(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", "a", "b")
    await record("globex", "a", "b")
    publisher.gate.clear()
    publishing = asyncio.create_task(relay.publish_waiting())
    await eventually(lambda: publisher.waiting == 4, "each organization's first row is on its way to each audience")
    publisher.gate.set()
    assert await publishing == 8
    for organization in ("acme", "globex"):
        for audience in Audience:
            chain = (organization, audience)
            found = [
                event.aggregate_id for event in publisher.stored if (event.organization_id, event.audience) == chain
            ]
            assert found == ["a", "b"]


async def test_a_transient_failure_stops_the_pass_and_the_next_one_goes_on_there(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", "a", "b", "c")

    def fail_once_at_b(event: Envelope) -> None:
        if (event.aggregate_id, event.audience) == ("b", "internal") and publisher.attempts[str(event.id)] == 1:
            raise TimeoutError

    publisher.fail = fail_once_at_b
    with pytest.raises(TimeoutError):
        await relay.publish_waiting()
    assert publisher.aggregates == ["a"]
    await drain(relay)
    assert publisher.aggregates == ["a", "b", "c"]
    assert sum(publisher.attempts.values()) == len(publisher.stored) + 1, "only what failed was sent again"


async def test_a_lost_answer_is_repeated_with_the_same_message_id(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", "a")
    sent: list[str] = []

    def lose_the_first_answer(event: Envelope) -> None:
        sent.append(event.headers()["Nats-Msg-Id"])
        if len(sent) == 1:
            raise TimeoutError

    publisher.fail = lose_the_first_answer
    with pytest.raises(TimeoutError):
        await relay.publish_waiting()
    await drain(relay)
    assert sent[0] == sent[1]


async def test_what_the_stream_refuses_for_good_is_parked_and_what_follows_goes_on(
    relay: Relay, store: OutboxTable, publisher: ScriptedPublisher, record: Record, sql: Sql
) -> None:
    await record("acme", "good", "bad", "also good")

    def refuse(event: Envelope) -> None:
        if event.aggregate_id == "bad":
            raise RefusedError("10054 message size exceeds maximum allowed")

    publisher.fail = refuse
    await drain(relay)
    assert publisher.aggregates == ["good", "also good"]
    [(reason, count)] = await sql(
        "SELECT parked_because, count(*) FROM catalog.outbox WHERE parked_at IS NOT NULL GROUP BY 1"
    )
    assert (reason, count) == ("10054 message size exceeds maximum allowed", 2)
    backlog = await store.backlog()
    assert (backlog.waiting, backlog.parked) == (0, 2)


async def test_the_backlog_says_how_much_waits(store: OutboxTable, record: Record) -> None:
    assert (await store.backlog()).oldest_seconds == 0
    await record("acme", "a")
    backlog = await store.backlog()
    assert (backlog.waiting, backlog.parked) == (2, 0)
    assert backlog.oldest_seconds > 0


async def test_a_note_says_what_waits_for_long_and_what_is_parked(
    relay: Relay, store: OutboxTable, publisher: ScriptedPublisher, record: Record, sql: Sql
) -> None:
    await record("acme", "a")
    await sql("UPDATE catalog.outbox SET occurred_at = now()")
    assert await store.note() is None
    await sql("UPDATE catalog.outbox SET occurred_at = now() - interval '60 s'")
    note = await store.note()
    assert re.fullmatch(
        "Outbox: 2 events wait to be published, the oldest for 6[0-9] s. Run `tidings doctor`", note or ""
    )

    def refuse(event: Envelope) -> None:
        raise RefusedError("10054 message size exceeds maximum allowed")

    publisher.fail = refuse
    await drain(relay)
    assert await store.note() == "Outbox: events that the stream refuses for good: 2. Run `tidings doctor`"


@pytest.mark.parametrize("name", ["catalog", "public-api"])
async def test_readiness_of_every_service_that_publishes_tells_of_parked_events(
    stack: Stack, sql: Sql, name: str
) -> None:
    schema = name.replace("-", "_")
    await sql(
        f"INSERT INTO {schema}.outbox (id, organization_id, audience, type, aggregate_id, sequence, occurred_at, data, parked_at)"
        " VALUES (gen_random_uuid(), 'acme', 'public', 'page.changed', 'acme', 1, now(), '{}', now())"
    )
    async with stack.service(name) as service:
        notes = (await service.client.get("/health/ready")).json()["notes"]
    assert any("refuses for good: 1" in note for note in notes)


async def test_a_replica_does_nothing_while_another_publishes(
    make_relay: Callable[[], Relay], publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", "a")
    publisher.gate.clear()
    first = asyncio.create_task(make_relay().publish_waiting())
    try:
        await publisher.reached.wait()
        assert await make_relay().publish_waiting() == 0
    finally:
        publisher.gate.set()
    assert await first == 2


async def test_two_replicas_publish_everything_once_and_in_order(
    make_relay: Callable[[], Relay], store: OutboxTable, publisher: ScriptedPublisher, record: Record
) -> None:
    relays = [make_relay(), make_relay()]
    for relay in relays:
        relay.start()
    try:
        for number in range(60):
            await record("acme", f"service-{number}")

        async def nothing_waits() -> (
            bool
        ):  # also not for its place to be written down, or stopping would leave it in doubt
            return (await store.backlog()).waiting == 0

        await eventually(nothing_waits, "all is published")
    finally:
        for relay in relays:
            await relay.stop()
    assert publisher.aggregates == [f"service-{number}" for number in range(60)]
    assert set(publisher.attempts.values()) == {1}


async def test_a_commit_through_another_replica_wakes_the_relay(
    relay: Relay, publisher: ScriptedPublisher, record: Record, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "POLL_SECONDS", 3600)  # so that only a notification can wake it
    relay.start()
    try:
        listening = "SELECT 1 FROM pg_stat_activity WHERE query ILIKE 'listen%outbox_catalog%' AND state = 'idle'"

        async def listens() -> bool:
            return bool(await sql(listening))

        await eventually(listens, "the relay listens")
        await record("acme", "a")
        await eventually(lambda: publisher.aggregates == ["a"], "it was woken")
    finally:
        await relay.stop()


async def test_what_waits_when_a_service_stops_is_published_before_it_ends(
    relay: Relay, publisher: ScriptedPublisher, record: Record
) -> None:
    await record("acme", "a")
    await relay.stop()
    assert publisher.aggregates == ["a"]


async def test_events_made_from_others_are_short_lived(
    relay: Relay, publisher: ScriptedPublisher, record: Record, sql: Sql
) -> None:
    await record("acme", "a", "b", "c")
    await sql("UPDATE catalog.outbox SET type = 'layout.changed' WHERE aggregate_id <> 'c'")
    await drain(relay)
    assert publisher.ttls == {"layout.changed": "24h", "service.deleted": None}
    await sql("UPDATE catalog.outbox SET published_at = now() - interval '25 hours' WHERE aggregate_id <> 'b'")
    relay.start()  # a relay sweeps when it starts and then now and then
    try:

        async def kept() -> bool:
            rows = await sql("SELECT DISTINCT aggregate_id FROM catalog.outbox ORDER BY 1")
            return [row.aggregate_id for row in rows] == ["b", "c"]

        await eventually(kept, "only the old derived event is gone")
    finally:
        await relay.stop()
