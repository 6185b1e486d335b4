"""`tidings migrate`, `topology` and `republish`: from nothing, or from a stream that is gone, to one that everybody has read."""

import re

from nats.js.api import ConsumerConfig, DeliverPolicy

from common.envelope import REPUBLISHED, STREAM
from common.topology import DURABLES
from devstack import operating
from devstack.fixtures import Sql
from devstack.operating import Running, Settled, Tidings
from devstack.teststack import SCHEMAS, Stack, eventually


async def delete_stream(stack: Stack) -> None:
    client = await stack.connect("topology")
    await client.jetstream().delete_stream(STREAM)
    await client.close()


async def stored(stack: Stack) -> list[tuple[str, bool]]:
    """Every event in the stream, in order: its id, and whether it was published again."""
    client = await stack.connect("operator")
    js = client.jetstream()
    config = ConsumerConfig(name="check", filter_subject="status.>", deliver_policy=DeliverPolicy.ALL)
    left = (await js.add_consumer(STREAM, config)).num_pending or 0
    subscription = await js.pull_subscribe_bind(consumer="check", stream=STREAM)
    messages = await subscription.fetch(left, timeout=5) if left else []
    await js.delete_consumer(STREAM, "check")
    await client.close()
    return [((message.headers or {})["ce-id"], REPUBLISHED in (message.headers or {})) for message in messages]


async def test_migrate_makes_every_table_of_an_empty_database(stack: Stack, tidings: Tidings) -> None:
    stack.postgres.sql("CREATE DATABASE empty")
    try:
        url = stack.postgres.url("empty", "postgres", stack.postgres.password)
        outcome = await tidings("migrate", TIDINGS_ADMIN_DATABASE_URL=url)
        assert (outcome.code, outcome.output) == (
            0,
            "The tables of catalog, identity, incidents, maintenance, public-api are up to date.\n",
        )
        for schema in SCHEMAS.values():
            assert stack.postgres.sql(f"SELECT count(*) FROM {schema}.outbox", "empty") == "0"
        assert (await tidings("migrate", TIDINGS_ADMIN_DATABASE_URL=url)).code == 0, "twice changes nothing"
    finally:
        stack.postgres.sql("DROP DATABASE empty WITH (FORCE)")


async def test_what_is_missing_or_away_is_named_with_its_exit_code(tidings: Tidings) -> None:
    missing = await tidings("migrate", TIDINGS_CATALOG_APP_PASSWORD="")
    assert missing.code == 78
    assert "TIDINGS_CATALOG_APP_PASSWORD is missing" in missing.output
    away = "postgresql+asyncpg://postgres:secret@127.0.0.1:1/tidings"
    unreachable = await tidings("migrate", TIDINGS_ADMIN_DATABASE_URL=away)
    assert unreachable.code == 1
    assert "correct TIDINGS_ADMIN_DATABASE_URL" in unreachable.output
    assert "secret" not in unreachable.output
    refused = await tidings("topology", TIDINGS_NATS_PASSWORD="wrong")
    assert refused.code == 1
    assert "correct TIDINGS_NATS_URL, TIDINGS_NATS_USER and TIDINGS_NATS_PASSWORD" in refused.output
    assert (await tidings("topology", "--no-such-option")).code == 2


async def test_tables_of_a_newer_version_are_left_alone(tidings: Tidings, sql: Sql) -> None:
    await sql("UPDATE incidents.alembic_version SET version_num = '9999'")
    outcome = await tidings("migrate")
    assert outcome.code == 1
    assert "incidents cannot be migrated: " in outcome.output
    assert "run that version's `tidings migrate`" in outcome.output


async def test_topology_declares_what_is_missing_and_keeps_the_epoch_unless_told(
    stack: Stack, tidings: Tidings
) -> None:
    epoch = await stack.epoch()
    client = await stack.connect("topology")
    js = client.jetstream()
    for durable in DURABLES:
        await js.delete_consumer(STREAM, durable)
    outcome = await tidings("topology")
    assert (outcome.code, f"in epoch {epoch}" in outcome.output) == (0, True)
    for durable in DURABLES:
        await js.consumer_info(STREAM, durable)
    assert (await tidings("topology", "--new-epoch")).code == 0
    assert await stack.epoch() != epoch
    await delete_stream(stack)
    assert (await tidings("topology")).code == 0
    assert re.fullmatch("[a-z]{12}", await stack.epoch())
    await client.close()


async def test_a_lost_stream_is_filled_again_from_the_outboxes_and_read_by_everybody(
    stack: Stack, running: Running, tidings: Tidings, settled: Settled, sql: Sql
) -> None:
    await running.organization()
    await settled()
    before = [id for id, _ in await stored(stack)]
    derived = {str(row.id) for row in await sql("SELECT id FROM public_api.outbox")}
    page = await running.shown_by_all()

    await delete_stream(stack)
    assert (await tidings("topology")).code == 0
    # The relays of the services that run do the same meanwhile; together they send each event once or twice.
    outcome = await tidings("republish")
    assert outcome.code == 0, outcome.output
    assert re.search(
        r"catalog: \d+ events published again\nidentity: 0 events published again\nincidents: \d+ events",
        outcome.output,
    )

    async def back() -> bool:
        found = await stored(stack)
        return {id for id, _ in found if id not in derived} == set(before) - derived

    await eventually(back, "every recorded event is in the stream")
    assert all(again for id, again in await stored(stack) if id not in derived)
    epoch = await stack.epoch()

    async def read_again() -> bool:
        return str((await running.shown_by_all())["position"]).startswith(epoch)

    await eventually(read_again, "public-api has read the new stream")
    after = await running.shown_by_all()
    assert {**after, "position": ""} == {**page, "position": ""}


async def test_republish_sends_again_in_the_old_order_only_what_is_lost_or_with_all_everything(
    stack: Stack, tidings: Tidings, settled: Settled, sql: Sql
) -> None:
    async with operating.running(stack) as services:
        await services.organization()
        await settled()
    in_order = "SELECT id FROM incidents.outbox ORDER BY stream_offset"
    recorded = await sql(in_order)
    republish = ("republish", "--service", "incidents")
    assert (await tidings(*republish)).output == "incidents: 0 events published again\n"
    everything = await tidings(*republish, "--all")
    assert everything.output == f"incidents: {len(recorded)} events published again\n"
    assert await sql(in_order) == recorded, "the stream knew them all, and they are where they were"

    await delete_stream(stack)
    await tidings("topology")
    lost = await tidings(*republish)
    assert (lost.code, lost.output) == (0, f"incidents: {len(recorded)} events published again\n")
    assert [id for id, _ in await stored(stack)] == [str(row.id) for row in recorded]


async def test_republish_without_a_stream_says_where_to_look(stack: Stack, tidings: Tidings) -> None:
    await delete_stream(stack)
    outcome = await tidings("republish")
    assert outcome.code == 1
    assert "look with `tidings doctor`" in outcome.output


async def test_republish_knows_its_services(tidings: Tidings) -> None:
    outcome = await tidings("republish", "--service", "public-api")
    assert outcome.code == 2
    assert "catalog, identity, incidents" in outcome.output
