"""What deploy/nats.conf lets each user do, asked of a real server: the server, not the services, separates audiences."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from common.topology import DURABLES
from devstack.nats import USERS, Nats
from devstack.processes import free_port

CONFIG = Path(__file__).parents[3] / "deploy" / "nats.conf"
CREATE = "$JS.API.CONSUMER.CREATE.STATUS"
WRITERS = ("catalog", "incidents", "maintenance")
PUBLIC_READERS = ("public-api", "realtime-gateway")


class User:
    """A connection as one user, on its own inbox prefix as services connect."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Client()
        self._refusals: list[str] = []

    async def connect(self, server: Nats) -> None:
        async def note(error: Exception) -> None:
            self._refusals.append(str(error).lower())

        prefix = f"_INBOX_{self.name}".encode()
        password = server.passwords[self.name]
        await self.client.connect(server.url, user=self.name, password=password, inbox_prefix=prefix, error_cb=note)

    async def may_publish(self, subject: str, payload: bytes = b"") -> bool:
        self._refusals.clear()
        await self.client.publish(subject, payload, reply=self.client.new_inbox())
        return await self._was_accepted()

    async def may_subscribe(self, subject: str) -> bool:
        self._refusals.clear()
        await self.client.subscribe(subject)
        return await self._was_accepted()

    async def create_consumer(self, consumer: str, subject_filter: str, **config: Any) -> dict[str, Any]:
        """The server's answer to a create request whose subject says `subject_filter` and whose body says `config`."""
        body = {"stream_name": "STATUS", "config": {"name": consumer, "ack_policy": "none", **config}}
        answer = await self.client.request(f"{CREATE}.{consumer}.{subject_filter}", json.dumps(body).encode())
        document: dict[str, Any] = json.loads(answer.data)
        return document

    async def _was_accepted(self) -> bool:
        # The refusal may come just behind the answer to the first ping, never behind the second.
        await self.client.flush()
        await self.client.flush()
        return not any("permissions violation" in refusal for refusal in self._refusals)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats(tmp_path_factory.mktemp("nats") / "nats", free_port(), CONFIG)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def users(server: Nats) -> AsyncIterator[dict[str, User]]:
    """Every user, connected, and the stream with the durables in place."""
    users = {name: User(name) for name in USERS}
    for user in users.values():
        await user.connect(server)
    topology = users["topology"].client.jetstream()
    await topology.add_stream(StreamConfig(name="STATUS", subjects=["status.>"], allow_direct=True))
    for name, filters in DURABLES.items():
        durable = ConsumerConfig(durable_name=name, filter_subjects=filters, ack_policy=AckPolicy.EXPLICIT)
        await topology.add_consumer("STATUS", durable)
    yield users
    for user in users.values():
        await user.client.close()


@pytest.mark.parametrize("name", USERS)
async def test_nobody_listens_to_events_or_to_others_answers(users: dict[str, User], name: str) -> None:
    assert await users[name].may_subscribe(f"_INBOX_{name}.x.>")
    others = [f"_INBOX_{other}.>" for other in USERS if other != name]
    for subject in ["_INBOX.>", "status.>", "status.acme.public.>", "$JS.>", "$SYS.>", ">", *others]:
        assert not await users[name].may_subscribe(subject), subject


@pytest.mark.parametrize("name", WRITERS)
async def test_a_writing_service_publishes_as_itself_to_both_audiences(users: dict[str, User], name: str) -> None:
    writer = users[name]
    other = next(other for other in WRITERS if other != name)
    assert await writer.may_publish(f"status.acme.internal.{name}.thing.changed")
    assert await writer.may_publish(f"status.acme.public.{name}.thing.changed")
    assert not await writer.may_publish(f"status.acme.internal.{other}.thing.changed")
    assert not await writer.may_publish(f"status.acme.other.{name}.thing.changed")
    assert not await writer.may_publish("status.acme.public.public-api.page.changed")


@pytest.mark.parametrize("name", WRITERS)
async def test_a_writing_service_reads_through_its_own_durable_only(users: dict[str, User], name: str) -> None:
    writer = users[name]
    other = next(other for other in WRITERS if other != name)
    assert await writer.may_publish(f"$JS.API.CONSUMER.INFO.STATUS.{name}")
    assert await writer.may_publish(f"$JS.API.CONSUMER.MSG.NEXT.STATUS.{name}", b'{"no_wait":true}')
    assert await writer.may_publish(f"$JS.ACK.STATUS.{name}.1.1.1.0.0")
    assert await writer.may_publish("$JS.API.STREAM.INFO.STATUS")
    assert not await writer.may_publish(f"$JS.API.CONSUMER.MSG.NEXT.STATUS.{other}")
    assert not await writer.may_publish(f"$JS.ACK.STATUS.{other}.1.1.1.0.0")
    assert not await writer.may_publish(f"{CREATE}.mine.status.acme.internal.>")
    for administration in ("STREAM.CREATE", "STREAM.UPDATE", "STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.DELETE"):
        assert not await writer.may_publish(f"$JS.API.{administration}.STATUS"), administration
    assert not await writer.may_publish(f"$JS.API.CONSUMER.DELETE.STATUS.{name}")


@pytest.mark.parametrize("name", PUBLIC_READERS)
@pytest.mark.parametrize(
    "subject_filter",
    ["status.*.public.>", "status.acme.public.>", "status.*.public.catalog.page_settings.>"],
)
async def test_a_public_reader_creates_consumers_of_the_public_audience(
    users: dict[str, User], name: str, subject_filter: str
) -> None:
    answer = await users[name].create_consumer(f"{name}-test", subject_filter, filter_subject=subject_filter)
    assert answer["config"]["filter_subject"] == subject_filter
    assert await users[name].may_publish(f"$JS.API.CONSUMER.MSG.NEXT.STATUS.{name}-test", b'{"no_wait":true}')
    assert await users[name].may_publish(f"$JS.API.CONSUMER.INFO.STATUS.{name}-test")
    assert await users[name].may_publish(f"$JS.API.CONSUMER.DELETE.STATUS.{name}-test")


@pytest.mark.parametrize("name", PUBLIC_READERS)
async def test_a_public_reader_cannot_ask_for_another_audience(users: dict[str, User], name: str) -> None:
    for subject_filter in ("status.*.internal.>", "status.acme.internal.>", "status.>", "status.*.*.>", "*.*.*.>", ">"):
        assert not await users[name].may_publish(f"{CREATE}.x.{subject_filter}"), subject_filter
    for without_filter in (CREATE, f"{CREATE}.x", "$JS.API.CONSUMER.DURABLE.CREATE.STATUS.x"):
        assert not await users[name].may_publish(without_filter), without_filter


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
    users: dict[str, User], name: str, config: dict[str, Any]
) -> None:
    answer = await users[name].create_consumer(f"{name}-x", "status.*.public.>", **config)
    assert answer["error"]["code"] == 400


@pytest.mark.parametrize("name", PUBLIC_READERS)
@pytest.mark.parametrize("durable", DURABLES)
async def test_a_public_reader_cannot_touch_the_durables_of_services(
    users: dict[str, User], name: str, durable: str
) -> None:
    for action in ("MSG.NEXT", "INFO", "DELETE"):
        assert not await users[name].may_publish(f"$JS.API.CONSUMER.{action}.STATUS.{durable}"), action
    assert not await users[name].may_publish(f"{CREATE}.{durable}.status.acme.public.>")
    # Nor by giving the durable's name in the body only: the name in the subject counts.
    body = {"filter_subject": "status.*.public.>", "name": durable}
    answer = await users[name].create_consumer(f"{name}-x", "status.*.public.>", **body)
    assert answer["name"] == f"{name}-x"


@pytest.mark.parametrize("name", [*WRITERS, *PUBLIC_READERS])
async def test_no_service_reads_single_messages(users: dict[str, User], name: str) -> None:
    assert await users[name].may_publish("$JS.API.STREAM.INFO.STATUS")
    for subject in ("$JS.API.DIRECT.GET.STATUS", "$JS.API.STREAM.MSG.GET.STATUS"):
        assert not await users[name].may_publish(subject, b'{"seq":1}'), subject


async def test_the_operator_declares_what_topology_declares(users: dict[str, User]) -> None:
    operator = users["operator"].client.jetstream()
    await operator.update_stream(StreamConfig(name="STATUS", subjects=["status.>"], allow_direct=True))
    for name, filters in DURABLES.items():
        durable = ConsumerConfig(durable_name=name, filter_subjects=filters, ack_policy=AckPolicy.EXPLICIT)
        await operator.add_consumer("STATUS", durable)
        await operator.consumer_info("STATUS", name)


@pytest.mark.parametrize("audience", ["internal", "public"])
async def test_the_operator_reads_every_audience_and_single_messages(users: dict[str, User], audience: str) -> None:
    operator = users["operator"]
    subject_filter = f"status.acme.{audience}.>"
    answer = await operator.create_consumer("operator-test", subject_filter, filter_subject=subject_filter)
    assert answer["config"]["filter_subject"] == subject_filter
    for action in ("MSG.NEXT", "DELETE"):
        assert await operator.may_publish(f"$JS.API.CONSUMER.{action}.STATUS.operator-test", b'{"no_wait":true}')
    js, subject = operator.client.jetstream(), f"status.acme.{audience}.catalog.thing.changed"
    stored = await js.publish(subject, audience.encode())
    for message in (
        await js.get_msg("STATUS", stored.seq, direct=True),
        await js.get_last_msg("STATUS", subject, direct=True),
    ):
        assert message.data == audience.encode()


async def test_the_operator_removes_nothing_and_takes_nothing_from_a_service(users: dict[str, User]) -> None:
    operator = users["operator"]
    for administration in ("STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.DELETE"):
        assert not await operator.may_publish(f"$JS.API.{administration}.STATUS"), administration
    for durable in DURABLES:
        for action in ("MSG.NEXT", "DELETE"):
            assert not await operator.may_publish(f"$JS.API.CONSUMER.{action}.STATUS.{durable}"), action
        assert not await operator.may_publish(f"$JS.ACK.STATUS.{durable}.1.1.1.0.0")


@pytest.mark.parametrize("audience", ["internal", "public"])
async def test_the_operator_sends_again_what_writing_services_recorded(users: dict[str, User], audience: str) -> None:
    for service in WRITERS:
        assert await users["operator"].may_publish(f"status.acme.{audience}.{service}.thing.changed")
    assert not await users["operator"].may_publish(f"status.acme.{audience}.elsewhere.thing.changed")


@pytest.mark.parametrize("name", WRITERS)
async def test_a_writing_service_reads_the_last_message_of_its_own_subjects_only(
    users: dict[str, User], name: str
) -> None:
    writer = users[name]
    other = next(other for other in WRITERS if other != name)
    last_of = "$JS.API.DIRECT.GET.STATUS"
    assert await writer.may_publish(f"{last_of}.status.acme.internal.{name}.thing.changed")
    for subject in (f"status.acme.internal.{other}.thing.changed", "status.acme.internal.*.thing.changed", "status.>"):
        assert not await writer.may_publish(f"{last_of}.{subject}"), subject
    # A body could say otherwise; with this subject the server takes none.
    answer = await writer.client.request(f"{last_of}.status.acme.internal.{name}.thing.changed", b'{"seq":1}')
    assert (answer.headers or {})["Status"] == "408"


async def test_only_public_api_publishes_pages(users: dict[str, User]) -> None:
    subject = "status.acme.public.public-api.page.changed"
    publishers = [name for name, user in users.items() if await user.may_publish(subject)]
    assert publishers == ["public-api"]
    for other in ("status.acme.internal.public-api.page.changed", "status.acme.public.incidents.incident.opened"):
        assert not await users["public-api"].may_publish(other), other


async def test_another_teams_system_has_one_durable_on_the_public_audience(users: dict[str, User]) -> None:
    subscriber = users["subscriber"]
    answer = await subscriber.create_consumer(
        "subscriber", "status.acme.public.>", durable_name="subscriber", filter_subject="status.acme.public.>"
    )
    assert answer["config"]["filter_subject"] == "status.acme.public.>"
    for action in ("MSG.NEXT", "INFO", "DELETE"):
        assert await subscriber.may_publish(f"$JS.API.CONSUMER.{action}.STATUS.subscriber", b'{"no_wait":true}')
        assert not await subscriber.may_publish(f"$JS.API.CONSUMER.{action}.STATUS.catalog"), action
    assert await subscriber.may_publish("$JS.ACK.STATUS.subscriber.1.1.1.0.0")
    assert not await subscriber.may_publish("$JS.ACK.STATUS.catalog.1.1.1.0.0")
    for refused in ("other.status.acme.public.>", "subscriber.status.acme.internal.>", "subscriber.status.>", ""):
        assert not await subscriber.may_publish(f"{CREATE}.{refused}".rstrip(".")), refused
    for event in ("public.catalog.service.created", "internal.catalog.service.created"):
        assert not await subscriber.may_publish(f"status.acme.{event}")
    assert not await subscriber.may_publish("$JS.API.DIRECT.GET.STATUS", b'{"seq":1}')


@pytest.mark.parametrize("name", PUBLIC_READERS)
async def test_nobody_takes_messages_away_from_another_teams_system(users: dict[str, User], name: str) -> None:
    for action in ("MSG.NEXT", "INFO", "DELETE"):
        assert not await users[name].may_publish(f"$JS.API.CONSUMER.{action}.STATUS.subscriber"), action
    assert not await users[name].may_publish(f"{CREATE}.subscriber.status.acme.public.>")


def test_a_wrong_password_is_refused(server: Nats) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b'CONNECT {"user":"catalog","pass":"wrong","verbose":true}\r\nPING\r\n')
        with connection.makefile() as answers:
            assert "Authorization Violation" in answers.read()
