"""`tidings doctor` has nothing to say against a healthy system, and for each fault one line that names it and what to do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from nats.js.api import ConsumerConfig

from common.clock import now, uuid7
from common.contracts.values import Audience
from common.envelope import STREAM, Envelope
from devstack.fixtures import Sql
from devstack.operating import Running, Settled, Tidings
from devstack.teststack import SCHEMAS, Stack
from tidings.database_checks import clock_finding

OUTBOX_ROW = """INSERT INTO catalog.outbox
    (id, organization_id, audience, type, aggregate_id, sequence, occurred_at, data, published_at, epoch, stream_offset, parked_at)
    VALUES (gen_random_uuid(), 'acme', 'internal', 'service.created', 'a', 1, now() - interval '1 minute', '{}', """


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all services run here, so what they would read waits, for as long as a test takes. One test is about that."""
    monkeypatch.setattr("tidings.stream_checks.LAG_SECONDS", float("inf"))


async def test_a_healthy_system_has_no_problems(running: Running, tidings: Tidings, settled: Settled) -> None:
    await running.organization()
    await settled()
    outcome = await tidings("doctor")
    assert outcome.problems == []
    assert outcome.code == 0
    *findings, summary = outcome.output.splitlines()
    assert all(finding.startswith("ok  ") for finding in findings)
    assert summary == f"{len(findings)} checks, 0 problems."


async def test_an_empty_system_without_services_has_none_either(tidings: Tidings) -> None:
    outcome = await tidings("doctor")
    assert (outcome.problems, outcome.code) == ([], 0)


async def test_servers_that_are_away_are_two_problems_and_no_password_is_told(tidings: Tidings) -> None:
    away = {
        "TIDINGS_ADMIN_DATABASE_URL": "postgresql+asyncpg://postgres:secret@127.0.0.1:1/tidings",
        "TIDINGS_NATS_URL": "nats://127.0.0.1:1",
    }
    outcome = await tidings("doctor", **away)
    assert outcome.code == 1
    assert [problem.partition(".")[0] for problem in outcome.problems] == [
        "PROBLEM  PostgreSQL: not reachable",
        "PROBLEM  NATS: not reachable",
    ]
    assert "secret" not in outcome.output


async def test_a_database_without_tables_is_found_and_nats_is_looked_at_all_the_same(
    tidings: Tidings, sql: Sql
) -> None:
    for schema in SCHEMAS.values():
        await sql(f"DROP SCHEMA {schema} CASCADE")
    outcome = await tidings("doctor")
    assert outcome.code == 1
    for service in SCHEMAS:
        assert any(problem.startswith(f"PROBLEM  {service} migrations:") for problem in outcome.problems)
    assert all("Run `tidings migrate`" in problem for problem in outcome.problems)
    assert "ok       stream: as declared" in outcome.output


DATABASE_FAULTS = {
    "a role is not let in": (
        [],
        {"TIDINGS_CATALOG_RELAY_PASSWORD": "wrong"},
        r"role catalog_relay: cannot log in: .*Correct TIDINGS_CATALOG_RELAY_PASSWORD",
    ),
    "a table differs": (
        ["ALTER TABLE incidents.outbox ADD COLUMN surprise text"],
        {},
        r"incidents migrations: .*surprise.*tidings migrate",
    ),
    "a migration is missing": (
        ["UPDATE public_api.alembic_version SET version_num = '0001'"],
        {},
        r"public-api migrations: Target database is not up to date.*tidings migrate",
    ),
    "an outbox waits": (
        [f"{OUTBOX_ROW} NULL, NULL, NULL, NULL)"],
        {},
        r"catalog outbox: 1 events wait, the oldest for 6\d s. Is catalog running",
    ),
    "the stream refused an event": (
        [f"{OUTBOX_ROW} NULL, NULL, NULL, now())"],
        {},
        r"catalog outbox: the stream refused 1 events for good. See parked_because",
    ),
    "an event is of another stream": (
        [f"{OUTBOX_ROW} now(), 'aaaaaaaaaaaa', 1, NULL)"],
        {},
        r"catalog outbox in the stream: 1 events are recorded .* not in this stream.*tidings republish",
    ),
    "a message was set aside": (
        [
            "INSERT INTO incidents.dead_letter (consumer, epoch, stream_offset, subject, headers, data, error)"
            " VALUES ('incidents', 'e', 1, 's', '{}', '', 'e')"
        ],
        {},
        r"incidents dead letters: 1 messages .*tidings dead-letters list",
    ),
    "public-api is in another epoch": (
        ["INSERT INTO public_api.checkpoint VALUES ('public-api', 'aaaaaaaaaaaa', 1)"],
        {},
        r"public-api checkpoint: is in epoch aaaaaaaaaaaa, and the stream in [a-z]{12}. public-api begins again",
    ),
}


@pytest.mark.parametrize(("damage", "variables", "line"), DATABASE_FAULTS.values(), ids=DATABASE_FAULTS)
async def test_a_fault_in_a_database_is_found(
    tidings: Tidings, sql: Sql, damage: list[str], variables: dict[str, str], line: str
) -> None:
    for statement in damage:
        await sql(statement)
    outcome = await tidings("doctor", **variables)
    assert outcome.code == 1
    [problem] = outcome.problems
    assert re.search(line, problem), problem


async def test_a_database_that_is_older_than_the_stream_is_found(
    running: Running, tidings: Tidings, settled: Settled, sql: Sql
) -> None:
    await running.organization()
    await settled()
    await sql("DELETE FROM catalog.outbox WHERE position = (SELECT max(position) FROM catalog.outbox)")
    [problem] = (await tidings("doctor")).problems
    assert re.search(r"stream in the catalog outbox: does not know event .* older than the stream.*Restore", problem)


async def test_a_stream_that_is_gone_is_found(tidings: Tidings, stack: Stack) -> None:
    client = await stack.connect("topology")
    await client.jetstream().delete_stream(STREAM)
    await client.close()
    [problem] = (await tidings("doctor")).problems
    assert problem.startswith("PROBLEM  stream: missing. Run `tidings topology`.")


async def test_a_stream_that_is_not_as_declared_is_found(tidings: Tidings, stack: Stack) -> None:
    client = await stack.connect("topology")
    js = client.jetstream()
    config = (await js.stream_info(STREAM)).config
    config.duplicate_window = 1
    await js.update_stream(config)
    await client.close()
    [problem] = (await tidings("doctor")).problems
    assert "stream: duplicate_window is 1.0 instead of 300. Run `tidings topology`." in problem


async def test_consumers_that_are_missing_or_not_as_declared_are_found(tidings: Tidings, stack: Stack) -> None:
    client = await stack.connect("topology")
    js = client.jetstream()
    await js.delete_consumer(STREAM, "catalog")
    config: ConsumerConfig = (await js.consumer_info(STREAM, "incidents")).config
    config.max_ack_pending = 7
    await js.add_consumer(STREAM, config)
    await client.close()
    outcome = await tidings("doctor")
    assert [problem.removeprefix("PROBLEM  ") for problem in outcome.problems] == [
        "consumer catalog: missing. Run `tidings topology`.",
        "consumer incidents: max_ack_pending is 7 instead of 1. Run `tidings topology`.",
    ]


async def test_a_stream_that_is_nearly_full_is_found(tidings: Tidings, stack: Stack) -> None:
    client = await stack.connect("incidents")
    for number in range(5):
        event = Envelope(
            uuid7(), "acme", Audience.PUBLIC, "incidents", "incident.opened", str(number), 1, now(), b"x" * 190_000
        )
        await client.jetstream().publish(event.subject, event.data, headers=event.headers())
    await client.close()
    topology = {"TIDINGS_STREAM_MAX_BYTES": str(1 << 20)}
    assert (await tidings("topology", **topology)).code == 0
    [problem, _] = (await tidings("doctor", **topology)).problems  # the outbox knows nothing of these events
    assert re.search(r"file storage: 9\d% of the stream's max_bytes is used.*Raise TIDINGS_STREAM_MAX_BYTES", problem)


async def test_readers_that_do_not_keep_up_are_found(
    tidings: Tidings, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidings.stream_checks.LAG_SECONDS", 0.0)
    client = await stack.connect("incidents")
    for audience in Audience:
        event = Envelope(uuid7(), "acme", audience, "incidents", "incident.opened", "i", 1, now(), b"{}")
        await client.jetstream().publish(event.subject, event.data, headers=event.headers())
    await client.close()
    outcome = await tidings("doctor")
    waiting = r"PROBLEM  {}: a message at offset \d has waited for \d+ s. Is {} running"
    assert len(outcome.problems) == 4, "the last one: the outbox knows nothing of these events"
    assert re.match(waiting.format("consumer catalog", "catalog"), outcome.problems[0])
    assert re.match(waiting.format("consumer identity", "identity"), outcome.problems[1])
    assert re.match(waiting.format("public-api checkpoint", "public-api"), outcome.problems[2])


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ("stream_offset = 1000", r"is at 1000, and the stream ends at \d+"),
        ("event_id = gen_random_uuid()", r"names another event than the stream has at offset \d+"),
    ],
)
async def test_a_checkpoint_that_does_not_fit_the_stream_is_found(
    stack: Stack, running: Running, tidings: Tidings, settled: Settled, sql: Sql, damage: str, line: str
) -> None:
    await running.organization()
    await settled()
    await sql(f"UPDATE public_api.checkpoint SET {damage}")
    [problem] = (await tidings("doctor")).problems
    assert re.search(f"public-api checkpoint: {line}. public-api begins again", problem), problem


@pytest.mark.parametrize(
    ("theirs", "is_problem"),
    [
        pytest.param(lambda before, after: before + (after - before) / 2, False, id="alike"),
        pytest.param(lambda before, after: before - timedelta(seconds=0.5), False, id="a little behind"),
        pytest.param(lambda before, after: before - timedelta(seconds=90), True, id="behind"),
        pytest.param(lambda before, after: after + timedelta(seconds=90), True, id="ahead"),
    ],
)
def test_clocks_that_are_apart_are_found(theirs: Callable[[datetime, datetime], datetime], is_problem: bool) -> None:
    before = datetime(2026, 11, 22, 12, tzinfo=UTC)
    after = before + timedelta(seconds=5)  # a slow answer is no difference
    finding = clock_finding(before, theirs(before, after), after)
    assert (finding.remedy is not None) == is_problem
    assert not is_problem or "90.0 s apart" in finding.fact
