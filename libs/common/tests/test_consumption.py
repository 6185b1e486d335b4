"""Consuming on a real stream: once in effect, poison parked, bugs tried a few times, outages waited out, vanished consumers come back."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from faststream.exceptions import NackMessage
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from common import consumption
from common.bus import Bus
from common.clock import now, uuid7
from common.consumption import RETRY_DELAYS, Consumption, DatabaseInbox
from common.contracts.incidents import Incident
from common.contracts.values import Audience
from common.database import Database, Transaction
from common.envelope import STREAM, Envelope
from common.stream import Received
from common.tables import Infrastructure
from devstack.fixtures import Consumed, Sql
from devstack.teststack import Stack, eventually

PARKED = "SELECT subject, data, error FROM catalog.dead_letter ORDER BY stream_offset"


def opened(title: str = "one") -> Envelope:
    """incident.opened of a new incident."""
    id, moment = uuid7(), now()
    incident = Incident.model_validate(
        {"id": str(id), "title": title, "description": "", "status": "investigating", "impact": "none",
         "started_at": moment, "resolved_at": None, "created_at": moment, "updated_at": moment, "version": 1,
         "services": [], "updates": []}
    )  # fmt: skip
    return Envelope(
        id=uuid7(),
        organization_id="acme",
        audience=Audience.INTERNAL,
        service="incidents",
        type="incident.opened",
        aggregate_id=str(id),
        sequence=1,
        time=moment,
        data=incident.model_dump_json().encode(),
    )


class Handler:
    """Notes what it was given, in a table too, so that the effect is in the transaction. `fail` may raise for an event."""

    def __init__(self, tables: Infrastructure) -> None:
        self.calls: list[str] = []
        self.fail: Callable[[str], None] = lambda title: None
        self._tables = tables

    async def __call__(self, transaction: Transaction, event: Envelope, incident: Incident) -> None:
        self.calls.append(incident.title)
        row = {"id": uuid7(), "organization_id": "acme", "audience": "internal", "type": "effect", "sequence": 1}
        await transaction.execute(
            self._tables.outbox.insert().values(**row, aggregate_id=incident.title, occurred_at=now(), data="{}")
        )
        self.fail(incident.title)


@pytest.fixture
def handler(tables: Infrastructure) -> Handler:
    return Handler(tables)


@pytest_asyncio.fixture
async def bus(stack: Stack, database: Database, handler: Handler) -> AsyncIterator[Bus]:
    """Catalog's durable, read by a handler of this test."""
    bus = Bus(stack.settings("catalog"), "catalog")
    bus.consume("catalog", Consumption(DatabaseInbox(database, "catalog"), bus.epoch, {"incident.opened": handler}))
    bus.start()
    yield bus
    await bus.stop()


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Client]:
    client = await stack.connect("incidents")
    yield client
    await client.close()


@pytest.fixture
def publish(incidents: Client) -> Callable[..., Awaitable[int]]:
    """publish(event) gives the offset that the stream stored it at; `ce_id="…"` and the like replace a header."""

    async def publish(event: Envelope, **headers: str) -> int:
        all_headers = {**event.headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        return (await incidents.jetstream().publish(event.subject, event.data, headers=all_headers)).seq

    return publish


Publish = Callable[..., Awaitable[int]]


@pytest.fixture
def effects(sql: Sql) -> Callable[[], Awaitable[list[str]]]:
    async def effects() -> list[str]:
        return [row[0] for row in await sql("SELECT aggregate_id FROM catalog.outbox ORDER BY position")]

    return effects


Effects = Callable[[], Awaitable[list[str]]]


async def test_events_are_applied_in_order(bus: Bus, consumed: Consumed, publish: Publish, effects: Effects) -> None:
    for title in ("one", "two", "three"):
        last = await publish(opened(title))
    await consumed("catalog", last)
    assert await effects() == ["one", "two", "three"]


async def test_a_message_whose_acknowledgement_was_lost_has_its_effect_once(
    bus: Bus, consumed: Consumed, publish: Publish, effects: Effects, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = []

    def lose_the_first(name: str) -> None:
        if name == "consumer.committed":
            passed.append(name)
            if len(passed) == 1:
                raise ConnectionError

    monkeypatch.setattr(consumption, "crash_point", lose_the_first)  # between the commit and the acknowledgement
    last = await publish(opened("one"))
    await consumed("catalog", last)
    await eventually(lambda: len(passed) == 2, "it was delivered a second time")
    assert await effects() == handler.calls == ["one"]


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda event: replace(event, data=b"{"), id="no JSON"),
        pytest.param(lambda event: replace(event, data=b"\xff\x00"), id="no UTF-8"),
        pytest.param(lambda event: replace(event, data=b'{"id": 1}'), id="not of its contract"),
    ],
)
async def test_poison_is_parked_at_once_and_the_next_message_flows(
    bus: Bus, consumed: Consumed, publish: Publish, effects: Effects, sql: Sql, break_it: Callable[[Envelope], Envelope]
) -> None:
    poison = break_it(opened("poison"))
    await publish(poison)
    last = await publish(opened("next"))
    await consumed("catalog", last)
    assert await effects() == ["next"]
    [parked] = await sql(PARKED)
    assert parked.subject == poison.subject
    assert parked.data == poison.data.decode(errors="backslashreplace").replace("\x00", "\\x00")


async def test_wrong_headers_are_parked_at_once(bus: Bus, consumed: Consumed, publish: Publish, sql: Sql) -> None:
    await publish(opened(), ce_organizationid="globex")
    last = await publish(opened(), ce_sequence="minus one")
    await consumed("catalog", last)
    reasons = [row.error for row in await sql(PARKED)]
    assert reasons[0].startswith("organization globex on subject status.acme.")
    assert "minus one" in reasons[1]


async def test_an_unexpected_error_is_tried_six_times_and_then_parked(
    bus: Bus,
    consumed: Consumed,
    publish: Publish,
    effects: Effects,
    handler: Handler,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sum(RETRY_DELAYS) <= 10
    monkeypatch.setattr(consumption, "RETRY_DELAYS", (0.01,) * len(RETRY_DELAYS))

    def fail(title: str) -> None:
        if title == "bug":
            raise LookupError("a bug of ours")

    handler.fail = fail
    await publish(opened("bug"))
    last = await publish(opened("next"))
    await consumed("catalog", last)
    assert handler.calls == ["bug"] * 6 + ["next"]
    assert await effects() == ["next"], "what failed left nothing behind"
    [parked] = await sql(PARKED)
    assert parked.error == "LookupError: a bug of ours"
    assert json.loads(parked.data)["title"] == "bug"


async def test_a_database_that_is_away_is_waited_for_and_nothing_is_parked(
    bus: Bus,
    consumed: Consumed,
    publish: Publish,
    effects: Effects,
    handler: Handler,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumption, "UNAVAILABLE_DELAY_MAX", 0.01)

    def away(title: str) -> None:
        if len(handler.calls) < 20:
            raise ConnectionRefusedError

    handler.fail = away
    last = await publish(opened("one"))
    await consumed("catalog", last)
    assert handler.calls == ["one"] * 20
    assert await effects() == ["one"]
    assert await sql(PARKED) == []


async def test_a_stream_that_vanished_under_a_message_is_waited_for_and_is_no_error(
    database: Database, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    async def vanished() -> str:
        raise NotFoundError

    consuming = Consumption(DatabaseInbox(database, "catalog"), vanished, {"incident.opened": handler})
    event = opened()
    with pytest.raises(NackMessage):
        await consuming.consume(Received(1, event.subject, event.headers(), event.data), delivered=1)
    assert handler.calls == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_consumer_that_vanished_goes_on_when_it_is_declared_again(
    bus: Bus, consumed: Consumed, publish: Publish, effects: Effects, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.bus.WATCH_SECONDS", 0.05)
    last = await publish(opened("before"))
    await consumed("catalog", last)
    topology = await stack.connect("topology")
    await topology.jetstream().delete_consumer(STREAM, "catalog")

    async def noticed() -> bool:
        return "consumer catalog does not exist" in str(await bus.unready())

    await eventually(noticed, "readiness says that the consumer is missing")
    last = await publish(opened("meanwhile"))
    await stack.declare_topology()
    await consumed("catalog", last)
    await topology.close()
    # Declared again, it reads from the beginning: what is at the checkpoint was applied.
    assert await effects() == ["before", "meanwhile"]


async def test_a_type_without_a_handler_passes(
    bus: Bus, consumed: Consumed, publish: Publish, effects: Effects, sql: Sql
) -> None:
    await publish(replace(opened(), type="incident.renamed"))
    last = await publish(opened("next"))
    await consumed("catalog", last)
    assert await effects() == ["next"]
    assert await sql(PARKED) == []
