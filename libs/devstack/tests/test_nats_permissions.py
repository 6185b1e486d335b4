"""What each user of deploy/nats.conf needs, in one table, and that a real server refuses it all else: every subject is tried for every user."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from common import known_access, nats_access
from common.topology import DURABLES
from devstack.nats import USERS, Nats
from devstack.nats_user import NatsUser, api_subjects
from devstack.processes import free_port

CONFIG = Path(__file__).parents[3] / "deploy" / "nats.conf"
WRITERS = ("catalog", "incidents", "maintenance")
PUBLIC_READERS = ("public-api", "realtime-gateway")
SYSTEM = "acme_billing"
MINE = "mine"
"""A consumer that is no durable: services that read the public audience make such, and the operator does."""

PUBLIC = ("status.*.public.>", "status.acme.public.>", "status.acme.public.*.page_settings.>")
INTERNAL = ("status.*.internal.>", "status.acme.internal.>")
ACCESS = known_access.SUBJECTS
ANY = ("status.>", "status.*.*.>", "*.*.*.>", ">")
OWN_PUBLIC = tuple(f"status.acme.public.{service}.thing.changed" for service in WRITERS)
OWN = (*OWN_PUBLIC, *(f"status.acme.internal.{service}.thing.changed" for service in WRITERS))
EVENTS = (
    *(
        f"status.acme.{audience}.{service}.thing.changed"
        for audience in ("public", "internal", "other")
        for service in (*WRITERS, *PUBLIC_READERS, "identity", "elsewhere")
    ),
    "status.acme.public.public-api.page.changed",
)
CONSUMERS = (*DURABLES, SYSTEM, MINE)
SUBJECTS = (
    *EVENTS,
    *api_subjects("$JS.API", CONSUMERS, (*PUBLIC, *INTERNAL, *ACCESS, *ANY, *OWN)),
    *api_subjects(nats_access.API_PREFIX, CONSUMERS, PUBLIC),
    *(f"$JS.ACK.STATUS.{consumer}.1.1.1.0.0" for consumer in CONSUMERS),
    *("$JS.FC.STATUS.x", "$JS.SNAPSHOT.ACK.STATUS.x", "$JS.EVENT.ADVISORY.x", "$KV.x.y", "$O.x.C.y"),
    *("$SYS.REQ.SERVER.PING", "$SYS.REQ.SERVER.PING.IDZ", "$SYS.REQ.SERVER.PING.VARZ", "$SYS.REQ.SERVER.X.RELOAD"),
    *("$SYS.REQ.SERVER.X.KICK", "$SYS.REQ.ACCOUNT.TIDINGS.CONNZ", "$SYS.REQ.USER.INFO", "_INBOX.x", "_R_.x", "x"),
    *(f"_INBOX_{user}.x" for user in USERS),
    *("use.acme.key", "use.acme", "use.acme.key.x"),
    *("realtime.tickets.x", "realtime.tickets", "realtime.tickets.x.y", "realtime.x"),
)


def stream(*actions: str) -> set[str]:
    return {f"$JS.API.{action}.STATUS" for action in actions}


def consumers(names: tuple[str, ...], *actions: str) -> set[str]:
    return {f"$JS.API.CONSUMER.{action}.STATUS.{name}" for action in actions for name in names}


def creating(names: tuple[str, ...], filters: tuple[str, ...]) -> set[str]:
    return {f"$JS.API.CONSUMER.CREATE.STATUS.{name}.{subject}" for name in names for subject in filters}


def last_of(*subjects: str) -> set[str]:
    return {f"$JS.API.DIRECT.GET.STATUS.{subject}" for subject in subjects}


def events_of(*services: str) -> set[str]:
    return {
        f"status.acme.{audience}.{service}.thing.changed" for audience in ("public", "internal") for service in services
    }


LEARNING_ACCESS = creating((MINE,), ACCESS) | consumers((MINE,), "DELETE", "MSG.NEXT") | {"use.acme.key"}
"""Every service reads which API keys there are and whose access was revoked, by a consumer of its own, and tells of a key's use."""


def writer(name: str) -> set[str]:
    """It tells what it did, to both audiences, looks for its last event in the stream, and reads by its durable."""
    return (
        events_of(name)
        | stream("STREAM.INFO")
        | last_of(*(events_of(name)))
        | consumers((name,), "INFO", "MSG.NEXT")
        | {f"$JS.ACK.STATUS.{name}.1.1.1.0.0"}
        | LEARNING_ACCESS
    )


READER = stream("STREAM.INFO") | consumers((MINE,), "INFO", "DELETE", "MSG.NEXT") | LEARNING_ACCESS
"""It reads by consumers of its own, and by no durable of anybody."""
EVERY_FILTER = (*PUBLIC, *INTERNAL, *ACCESS, *ANY, *OWN)
DECLARING = (
    stream("STREAM.INFO", "STREAM.CREATE", "STREAM.UPDATE")
    | creating(CONSUMERS, EVERY_FILTER)
    | consumers(CONSUMERS, "INFO", "CREATE", "DURABLE.CREATE")
)
SINGLE_MESSAGES = stream("DIRECT.GET") | last_of(*PUBLIC, *INTERNAL, *ACCESS, *OWN, "status.>", "status.*.*.>")
OF_IDENTITY = "status.acme.internal.identity.thing.changed"
NEEDS: dict[str, set[str]] = {
    # It throws a stream away too, which only tests and experiments ask of it.
    "topology": DECLARING
    | SINGLE_MESSAGES
    | stream("STREAM.DELETE", "STREAM.MSG.GET", "STREAM.MSG.DELETE")
    | consumers(CONSUMERS, "DELETE", "MSG.NEXT"),
    # It sends again what writing services recorded, and takes nothing away from anybody's durable.
    "operator": DECLARING
    | SINGLE_MESSAGES
    | events_of(*WRITERS)
    | {"$JS.API.INFO", OF_IDENTITY}
    | consumers((MINE,), "MSG.NEXT")
    | consumers((MINE, SYSTEM), "DELETE"),
    # No consumer of the internal audience but those two.
    "public-api": READER
    | creating((MINE,), (*PUBLIC, *OWN_PUBLIC))
    | {f"status.acme.public.public-api.{event}.changed" for event in ("page", "thing")},
    # Its one reader is of every audience; a permission for that filter is one for every narrower one.
    # Its replicas redeem each other's tickets, and answer into the inbox that they share.
    "realtime-gateway": READER
    | creating((MINE,), (*PUBLIC, *INTERNAL, "status.>", "status.*.*.>", *OWN))
    | {"realtime.tickets.x", "_INBOX_realtime-gateway.x"},
    # It reads everything that members may know, by its durable.
    "identity": {OF_IDENTITY, "$JS.ACK.STATUS.identity.1.1.1.0.0"}
    | stream("STREAM.INFO")
    | consumers(("identity",), "INFO", "MSG.NEXT")
    | LEARNING_ACCESS
    | last_of(*ACCESS),
    "reload": {"$SYS.REQ.SERVER.PING.IDZ", "$SYS.REQ.SERVER.X.RELOAD"},
    **{name: writer(name) for name in WRITERS},
}
SYSTEM_NEEDS = {
    *(f"{nats_access.API_PREFIX}.CONSUMER.{action}.STATUS.{SYSTEM}" for action in ("INFO", "MSG.NEXT")),
    f"$JS.ACK.STATUS.{SYSTEM}.1.1.1.0.0",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats(tmp_path_factory.mktemp("nats") / "nats", free_port(), CONFIG)
    nats_access.prepare(server.access, DURABLES)
    nats_access.add(server.access, DURABLES, SYSTEM, "acme", "for-tests-only")
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def users(server: Nats) -> AsyncIterator[dict[str, NatsUser]]:
    """Every user, connected, and the stream with the durables in place."""
    users = {name: NatsUser(name) for name in (*USERS, SYSTEM)}
    for name, user in users.items():
        await user.connect(server.url, server.passwords.get(name, "for-tests-only"))
    topology = users["topology"].client.jetstream()
    await topology.add_stream(StreamConfig(name="STATUS", subjects=["status.>"], allow_direct=True))
    for name, filters in {**DURABLES, SYSTEM: ["status.acme.public.>"]}.items():
        durable = ConsumerConfig(durable_name=name, filter_subjects=filters, ack_policy=AckPolicy.EXPLICIT)
        await topology.add_consumer("STATUS", durable)
    yield users
    for user in users.values():
        await user.client.close()


def test_the_table_is_of_every_user() -> None:
    assert NEEDS.keys() == set(USERS)
    assert set().union(*NEEDS.values(), SYSTEM_NEEDS) <= set(SUBJECTS), "what is needed is tried too"


@pytest.mark.parametrize("name", [*USERS, SYSTEM])
async def test_a_user_may_publish_on_what_it_needs_and_nothing_else(users: dict[str, NatsUser], name: str) -> None:
    needs = NEEDS.get(name, SYSTEM_NEEDS)
    accepted = await users[name].publishable(SUBJECTS)
    assert (sorted(accepted - needs), sorted(needs - accepted)) == ([], [])


@pytest.mark.parametrize("name", [*USERS, SYSTEM])
async def test_nobody_listens_to_events_or_to_others_answers(users: dict[str, NatsUser], name: str) -> None:
    inboxes = [f"_INBOX_{user}.>" for user in (*USERS, SYSTEM)]
    events = [
        "status.>",
        "status.acme.public.>",
        "status.acme.internal.>",
        "status.acme.public.catalog.service.created",
    ]
    others = ["_INBOX.>", "$JS.>", "$JS.API.>", "$JS.EVENT.>", "$SYS.>", "_R_.>", ">", "*", "*.>"]
    own = {"identity": {"use.*.*"}, "realtime-gateway": {"realtime.tickets.*"}}
    asked = ["use.*.*", "use.>", "realtime.tickets.*", "realtime.>"]
    heard = await users[name].subscribable([*inboxes, *events, *others, *asked])
    assert heard == {f"_INBOX_{name}.>"} | own.get(name, set())


def test_a_wrong_password_is_refused(server: Nats) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(b'CONNECT {"user":"catalog","pass":"wrong","verbose":true}\r\nPING\r\n')
        with connection.makefile() as answers:
            assert "Authorization Violation" in answers.read()
