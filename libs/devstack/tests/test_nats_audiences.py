"""What the server looks at behind a permitted subject: the body of a request says no more than its subject, so audiences stay apart."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from common.topology import DURABLES
from devstack.nats import USERS, Nats
from devstack.nats_user import NatsUser
from devstack.processes import free_port

CONFIG = Path(__file__).parents[3] / "deploy" / "nats.conf"
WRITERS = ("catalog", "incidents", "maintenance")
PUBLIC_READERS = ("public-api", "realtime-gateway")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats(tmp_path_factory.mktemp("nats") / "nats", free_port(), CONFIG)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture
async def users(server: Nats) -> AsyncIterator[dict[str, NatsUser]]:
    """Every user, connected, and the stream with the durables in place."""
    users = {name: NatsUser(name) for name in USERS}
    for name, user in users.items():
        await user.connect(server.url, server.passwords[name])
    topology = users["topology"].client.jetstream()
    await topology.add_stream(StreamConfig(name="STATUS", subjects=["status.>"], allow_direct=True))
    for name, filters in DURABLES.items():
        durable = ConsumerConfig(durable_name=name, filter_subjects=filters, ack_policy=AckPolicy.EXPLICIT)
        await topology.add_consumer("STATUS", durable)
    yield users
    for user in users.values():
        await user.client.close()


@pytest.mark.parametrize("name", PUBLIC_READERS)
@pytest.mark.parametrize(
    "subject_filter",
    ["status.*.public.>", "status.acme.public.>", "status.*.public.catalog.page_settings.>"],
)
async def test_a_public_reader_creates_consumers_of_the_public_audience(
    users: dict[str, NatsUser], name: str, subject_filter: str
) -> None:
    answer = await users[name].create_consumer(f"{name}-test", subject_filter, filter_subject=subject_filter)
    assert answer["config"]["filter_subject"] == subject_filter
    assert await users[name].may_publish(f"$JS.API.CONSUMER.DELETE.STATUS.{name}-test")


@pytest.mark.parametrize("name", PUBLIC_READERS)
@pytest.mark.parametrize(
    "config",
    [
        {"filter_subject": "status.*.internal.>"},
        {"filter_subjects": ["status.*.internal.>"]},
        {"filter_subjects": ["status.*.public.>", "status.*.internal.>"]},
        {},
    ],
)
async def test_the_server_refuses_a_body_that_says_otherwise(
    users: dict[str, NatsUser], name: str, config: dict[str, Any]
) -> None:
    answer = await users[name].create_consumer(f"{name}-x", "status.*.public.>", **config)
    assert answer["error"]["code"] == 400


@pytest.mark.parametrize("name", PUBLIC_READERS)
@pytest.mark.parametrize("durable", DURABLES)
async def test_a_durable_that_only_the_body_names_is_not_touched(
    users: dict[str, NatsUser], name: str, durable: str
) -> None:
    body = {"filter_subject": "status.*.public.>", "name": durable}
    answer = await users[name].create_consumer(f"{name}-x", "status.*.public.>", **body)
    assert answer["name"] == f"{name}-x", "the name in the subject counts"


@pytest.mark.parametrize("name", WRITERS)
async def test_a_writing_service_asks_for_the_last_message_of_a_subject_and_for_no_other(
    users: dict[str, NatsUser], name: str
) -> None:
    subject = f"$JS.API.DIRECT.GET.STATUS.status.acme.internal.{name}.thing.changed"
    # A body could say otherwise; with this subject the server takes none.
    answer = await users[name].client.request(subject, b'{"seq":1}')
    assert (answer.headers or {})["Status"] == "408"


async def test_the_operator_declares_what_topology_declares(users: dict[str, NatsUser]) -> None:
    operator = users["operator"].client.jetstream()
    await operator.update_stream(StreamConfig(name="STATUS", subjects=["status.>"], allow_direct=True))
    for name, filters in DURABLES.items():
        durable = ConsumerConfig(durable_name=name, filter_subjects=filters, ack_policy=AckPolicy.EXPLICIT)
        await operator.add_consumer("STATUS", durable)
        await operator.consumer_info("STATUS", name)


@pytest.mark.parametrize("audience", ["internal", "public"])
async def test_the_operator_reads_every_audience_and_single_messages(users: dict[str, NatsUser], audience: str) -> None:
    operator = users["operator"]
    subject_filter = f"status.acme.{audience}.>"
    answer = await operator.create_consumer("operator-test", subject_filter, filter_subject=subject_filter)
    assert answer["config"]["filter_subject"] == subject_filter
    js, subject = operator.client.jetstream(), f"status.acme.{audience}.catalog.thing.changed"
    assert await js.delete_consumer("STATUS", "operator-test")
    stored = await js.publish(subject, audience.encode())
    for message in (
        await js.get_msg("STATUS", stored.seq, direct=True),
        await js.get_last_msg("STATUS", subject, direct=True),
    ):
        assert message.data == audience.encode()
