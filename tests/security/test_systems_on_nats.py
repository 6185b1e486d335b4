"""What `tidings nats-access` gives is one organization's public events and nothing else, shown with the user it printed on the real server."""

from collections.abc import AsyncIterator

import nats.errors
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.api import RawStreamMsg

from common import nats_access
from common.envelope import STREAM
from common.topology import DURABLES
from devstack.nats_user import NatsUser, api_subjects
from devstack.operating import exported, tidings_process
from devstack.teststack import Stack

OURS, THEIRS = "acme_billing", "globex_billing"
EVENT = "status.{}.{}.catalog.service.updated"
FORGED = "status.globex.public.incidents.incident.resolved"


@pytest_asyncio.fixture
async def billing(stack: Stack) -> AsyncIterator[NatsUser]:
    """acme's system, connected with what was printed; globex has one too, and both organizations have events that wait."""
    async with stack.service("catalog") as catalog:
        for organization in ("acme", "globex"):
            page = {"name": organization, "slug": organization}
            assert (await catalog.as_(organization)("POST", "/api/catalog/v1/page", page)).status_code == 201
    nats_access.add(stack.nats.access, DURABLES, THEIRS, "globex", "for-tests-only")
    variables = exported(await tidings_process(stack, "nats-access", "acme", "billing"))
    user = NatsUser(variables["NATS_USER"])
    await user.connect(variables["NATS_URL"], variables["NATS_PASSWORD"])
    yield user
    await user.client.close()
    for system in (OURS, THEIRS):  # tests share their server
        nats_access.remove(stack.nats.access, DURABLES, system)


@pytest_asyncio.fixture
async def topology(stack: Stack) -> AsyncIterator[Client]:
    client = await stack.connect("topology")
    yield client
    await client.close()


async def stored(topology: Client) -> list[RawStreamMsg]:
    """Everything in the stream."""
    js = topology.jetstream()
    last = (await js.stream_info(STREAM)).state.last_seq
    return [await js.get_msg(STREAM, seq) for seq in range(1, last + 1)]


async def test_it_may_do_nothing_but_ask_its_own_durable_and_hear_the_answers(billing: NatsUser) -> None:
    own = {f"{nats_access.API_PREFIX}.CONSUMER.{action}.STATUS.{OURS}" for action in ("INFO", "MSG.NEXT")}
    filters = ("status.acme.public.>", "status.acme.internal.>", "status.globex.public.>", "status.>", ">")
    consumers = (OURS, THEIRS, *DURABLES)
    for prefix, allowed in ((nats_access.API_PREFIX, own), ("$JS.API", set[str]())):
        assert await billing.publishable(api_subjects(prefix, consumers, filters)) == allowed
    acknowledgements = {name: f"$JS.ACK.STATUS.{name}.1.1.1.0.0" for name in consumers}
    assert await billing.publishable(acknowledgements.values()) == {acknowledgements[OURS]}
    events = [EVENT.format(whose, audience) for whose in ("acme", "globex") for audience in ("public", "internal")]
    others = ["$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "_INBOX.x", f"_INBOX_{THEIRS}.x", "$JS.EVENT.x", "$KV.x.y"]
    assert await billing.publishable([*events, *others]) == set()
    subjects = ["status.>", "status.acme.public.>", *events, "_INBOX.>", f"_INBOX_{THEIRS}.>", "$SYS.>", "$JS.>", ">"]
    assert await billing.subscribable([*subjects, f"_INBOX_{OURS}.>"]) == {f"_INBOX_{OURS}.>"}


async def test_an_answer_sent_elsewhere_arrives_nowhere(billing: NatsUser, topology: Client) -> None:
    """The server sends answers where the request says, also where its user may not publish."""
    js = billing.client.jetstream(prefix=nats_access.API_PREFIX)
    before = [(message.subject, message.data) for message in await stored(topology)]
    for action in ("INFO", "MSG.NEXT"):
        for subject in (FORGED, f"$JS.ACK.STATUS.{THEIRS}.1.1.1.0.0", "$JS.API.STREAM.DELETE.STATUS"):
            asked = f"{nats_access.API_PREFIX}.CONSUMER.{action}.STATUS.{OURS}"
            await billing.client.publish(asked, b"1", reply=subject)
            await js.consumer_info(STREAM, OURS)  # what was asked afterwards is answered afterwards
            assert [(m.subject, m.data) for m in await stored(topology)] == before, (action, subject)
    theirs = await topology.jetstream().consumer_info(STREAM, THEIRS)
    assert theirs.delivered is not None
    assert (theirs.num_ack_pending, theirs.delivered.consumer_seq) == (0, 0)


async def test_it_reads_no_event_of_others_and_none_for_members(billing: NatsUser, topology: Client) -> None:
    expected = [m.subject for m in await stored(topology) if (m.subject or "").startswith("status.acme.public.")]
    js = billing.client.jetstream(prefix=nats_access.API_PREFIX)
    inbox = f"_INBOX_{OURS}.".encode()
    subscription = await js.pull_subscribe_bind(consumer=OURS, stream=STREAM, inbox_prefix=inbox)
    read = []
    for _ in expected:
        [message] = await subscription.fetch(1, timeout=5)
        read.append(message.subject)
        await message.ack_sync()
    assert read == expected != []
    with pytest.raises(nats.errors.TimeoutError):
        await subscription.fetch(1, timeout=0.5)
