"""The topology step: declares what is missing, mends what drifted, keeps the epoch, and never anything that could lose messages."""

import asyncio
import logging
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, DeliverPolicy, DiscardPolicy, PersistMode, RetentionPolicy, StorageType
from nats.js.errors import NotFoundError

from common import topology
from common.envelope import STREAM
from common.stream import stream_state
from common.tasks import end_task
from common.topology import DURABLES, TopologySettings
from devstack.teststack import Stack, eventually

NATS_CONF = Path(__file__).parents[3] / "deploy" / "nats.conf"


@pytest_asyncio.fixture
async def client(stack: Stack) -> AsyncIterator[Client]:
    client = await stack.connect("topology")
    yield client
    await client.close()


@pytest.fixture
def settings(stack: Stack) -> TopologySettings:
    return TopologySettings(**stack.settings("topology").model_dump())


@pytest_asyncio.fixture
async def catalog(stack: Stack) -> AsyncIterator[Client]:
    client = await stack.connect("catalog")
    yield client
    await client.close()


async def publish(catalog: Client, id: str) -> None:
    await catalog.jetstream().publish("status.acme.internal.catalog.service.updated", b"{}", headers={"ce-id": id})


async def test_the_stream_loses_nothing_it_acknowledged(client: Client) -> None:
    config = (await client.jetstream().stream_info(STREAM)).config
    assert config.subjects == ["status.>"]
    assert config.storage == StorageType.FILE
    assert config.retention == RetentionPolicy.LIMITS
    assert config.discard == DiscardPolicy.NEW, "full means refused, never that old events go"
    assert config.deny_delete
    assert config.persist_mode in (None, PersistMode.DEFAULT), "async would switch fsync before the acknowledgement off"
    assert config.max_bytes == TopologySettings.model_fields["stream_max_bytes"].default
    assert config.duplicate_window == 300
    assert config.allow_msg_ttl


@pytest.mark.parametrize("durable", DURABLES)
async def test_a_durable_hands_out_one_message_at_a_time_until_it_is_acknowledged(client: Client, durable: str) -> None:
    config = (await client.jetstream().consumer_info(STREAM, durable)).config
    assert config.filter_subjects == DURABLES[durable]
    assert config.ack_policy == AckPolicy.EXPLICIT
    assert config.deliver_policy == DeliverPolicy.ALL
    assert (config.max_ack_pending, config.ack_wait, config.max_deliver) == (1, 5.0, -1)


@pytest.mark.parametrize("durable", DURABLES)
def test_a_durable_of_a_service_reads_the_internal_audience_only(durable: str) -> None:
    assert all(subject.startswith("status.*.internal.") for subject in DURABLES[durable])


async def test_declaring_again_changes_nothing(client: Client, settings: TopologySettings) -> None:
    js = client.jetstream()
    before = await js.stream_info(STREAM)
    assert await topology.ensure(js, settings) == (before.config.metadata or {})["tidings-epoch"]
    after = await js.stream_info(STREAM)
    assert (after.config, after.created) == (before.config, before.created)


async def test_what_is_as_declared_is_not_written_again(
    client: Client, settings: TopologySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written again it could take back the epoch that an operator gives the stream between the reading and the writing."""
    js = client.jetstream()
    monkeypatch.setattr(js, "update_stream", None)
    await topology.ensure(js, settings)


async def test_an_epoch_is_twelve_letters_and_each_stream_has_its_own(stack: Stack) -> None:
    epochs = {await stack.declare_topology(empty=True) for _ in range(3)}
    assert len(epochs) == 3
    assert all(re.fullmatch("[a-z]{12}", epoch) for epoch in epochs)


async def test_a_new_epoch_is_had_on_demand_and_the_messages_stay(client: Client, settings: TopologySettings) -> None:
    js = client.jetstream()
    before = await stream_state(client)
    created = (await js.stream_info(STREAM)).created
    await topology.run(settings, watch=False, renew_epoch=True)
    assert (await stream_state(client)).epoch != before.epoch
    assert (await js.stream_info(STREAM)).created == created


async def test_what_drifted_is_brought_back(client: Client, settings: TopologySettings) -> None:
    js = client.jetstream()
    stream = await js.stream_info(STREAM)
    consumer = await js.consumer_info(STREAM, "catalog")
    await js.update_stream(replace(stream.config, discard=DiscardPolicy.OLD, max_bytes=5 << 20))
    await js.add_consumer(STREAM, replace(consumer.config, ack_wait=60, max_ack_pending=100))
    await topology.ensure(js, settings)
    assert (await js.stream_info(STREAM)).config == stream.config
    assert (await js.consumer_info(STREAM, "catalog")).config == consumer.config


async def test_watching_declares_again_what_vanished(
    client: Client, settings: TopologySettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(topology, "WATCH_SECONDS", 0.02)
    js = client.jetstream()
    before = await stream_state(client)
    caplog.set_level(logging.INFO)
    watching = asyncio.create_task(topology.run(settings, watch=True, renew_epoch=False))
    try:
        await eventually(lambda: "topology is in place" in caplog.messages, "it has declared everything, and watches")
        await js.delete_consumer(STREAM, "incidents")

        async def consumer_is_back() -> bool:
            try:
                await js.consumer_info(STREAM, "incidents")
            except NotFoundError:
                return False
            return True

        await eventually(consumer_is_back, "the consumer is declared again")
        assert (await stream_state(client)).epoch == before.epoch
        await js.delete_stream(STREAM)

        async def all_is_back() -> bool:
            return not await topology.missing(js, settings)

        await eventually(all_is_back, "the stream and its consumers are declared again")
        assert (await stream_state(client)).epoch != before.epoch
    finally:
        await end_task(watching)


@pytest.mark.parametrize("with_consumers", [True, False])
@pytest.mark.parametrize("instead", ["another", "acknowledged"])
async def test_an_end_that_is_lost_right_after_a_look_is_missed_at_the_next_one(
    client: Client,
    catalog: Client,
    settings: TopologySettings,
    monkeypatch: pytest.MonkeyPatch,
    with_consumers: bool,
    instead: str,
) -> None:
    """Also when the old copy is from before there were consumers, and when the lost event has its old place again."""
    monkeypatch.setattr(topology, "WATCH_SECONDS", 0.02)
    js = client.jetstream()
    epoch = await topology.ensure(js, settings)
    await publish(catalog, "acknowledged")
    holds = topology.holds

    async def looks_and_then_it_is_lost(js: JetStreamContext, anchor: topology.Anchor) -> bool:
        monkeypatch.setattr(topology, "holds", holds)
        held = await holds(js, anchor)
        await js.delete_stream(STREAM)
        await js.add_stream(topology.stream_config(settings, epoch))
        if with_consumers:
            await topology.ensure(js, settings)
        await publish(catalog, instead)
        return held

    monkeypatch.setattr(topology, "holds", looks_and_then_it_is_lost)
    watching = asyncio.create_task(topology.run(settings, watch=True, renew_epoch=False))
    try:

        async def has_another_epoch() -> bool:
            with suppress(NotFoundError):
                return (await stream_state(client)).epoch != epoch
            return False

        await eventually(has_another_epoch, "another epoch")
    finally:
        await end_task(watching)


@pytest.mark.parametrize("wrong", [{"TIDINGS_NATS_PASSWORD": "no"}, {"TIDINGS_NATS_URL": "nats://127.0.0.1:1"}])
def test_a_step_that_is_run_once_gives_up_with_a_sentence(stack: Stack, wrong: dict[str, str]) -> None:
    environment = {**os.environ, **stack.environment("topology"), **wrong}
    command = [sys.executable, "-m", "common.topology"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith("The topology could not be declared on nats://")


def test_the_server_syncs_before_it_acknowledges_and_stays_below_the_size_of_its_disk() -> None:
    lines = [line.strip() for line in NATS_CONF.read_text().splitlines()]
    assert "sync_interval: always" in lines
    assert any(line.startswith("max_file_store:") for line in lines)
