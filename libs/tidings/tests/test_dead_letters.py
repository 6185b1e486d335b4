"""`tidings dead-letters`: what a consumer set aside is listed, shown, sent again once its cause is mended, or forgotten."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from common.clock import now, uuid7
from common.contracts.catalog import Service as ServiceData
from common.contracts.values import Audience
from common.envelope import Envelope
from devstack.fixtures import Sql
from devstack.operating import Tidings
from devstack.teststack import Service, Stack, eventually

Publish = Callable[..., Awaitable[int]]
ID = "018f3e5c-7c1d-7000-8000-000000000001"
SUBJECT = "status.acme.internal.catalog.service.created"


@pytest_asyncio.fixture
async def publish(stack: Stack) -> AsyncIterator[Publish]:
    """publish(data) publishes as catalog that a service was created, with this data."""
    client = await stack.connect("catalog")

    async def publish(data: bytes) -> int:
        event = Envelope(uuid7(), "acme", Audience.INTERNAL, "catalog", "service.created", ID, 1, now(), data)
        return (await client.jetstream().publish(event.subject, event.data, headers=event.headers())).seq

    yield publish
    await client.close()


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Service]:
    """Reads what catalog publishes."""
    async with stack.service("incidents") as service:
        yield service


@pytest.fixture
def parked(sql: Sql) -> Callable[[int], Awaitable[None]]:
    """parked(n) waits until incidents has set aside so many messages."""

    async def parked(count: int) -> None:
        async def are_parked() -> bool:
            return len(await sql("SELECT 1 FROM incidents.dead_letter")) == count

        await eventually(are_parked, f"{count} messages are set aside")

    return parked


Parked = Callable[[int], Awaitable[None]]


def created(name: str = "Website") -> bytes:
    moment = now()
    service = ServiceData(id=ID, name=name, description="", version=1, created_at=moment, updated_at=moment)
    return service.model_dump_json().encode()


async def test_an_empty_list_says_so(tidings: Tidings) -> None:
    outcome = await tidings("dead-letters", "list")
    assert (outcome.code, outcome.output) == (0, "There are no dead letters.\n")


async def test_a_poison_message_is_listed_and_shown_whole(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings
) -> None:
    offset = await publish(b'{"id": "a", "name": 7}')
    await parked(1)
    listed = await tidings("dead-letters", "list")
    [line] = [line for line in listed.output.splitlines() if line.startswith("incidents-1")]
    assert SUBJECT in line
    assert "does not fit its contract" in line
    shown = await tidings("dead-letters", "show", "incidents-1")
    assert shown.code == 0
    for fact in (
        f"-{offset}\n",
        f"subject   {SUBJECT}\n",
        "header    ce-organizationid: acme\n",
        'data      {"id": "a", "name": 7}\n',
    ):
        assert fact in shown.output


async def test_what_strangers_wrote_forges_no_line_and_moves_no_cursor(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings
) -> None:
    await publish(b"\x1b[2J\nsubject   forged\n")
    await parked(1)
    for command in (("list",), ("show", "incidents-1")):
        output = (await tidings("dead-letters", *command)).output
        assert "\x1b" not in output
        assert "\nsubject   forged" not in output


async def test_a_message_whose_cause_was_mended_is_applied_when_it_is_replayed(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings, sql: Sql, stack: Stack
) -> None:
    await publish(b'{"id": "a", "name": 7}')
    await parked(1)
    # What a repaired service would now understand: here the message itself is mended.
    await sql("UPDATE incidents.dead_letter SET data = :data", data=created().decode())
    outcome = await tidings("dead-letters", "replay", "incidents-1")
    assert outcome.code == 0, outcome.output
    assert await sql("SELECT 1 FROM incidents.dead_letter") == []

    async def known() -> bool:
        return bool(await sql("SELECT 1 FROM incidents.known_service WHERE id = :id", id=ID))

    await eventually(known, "incidents knows the service")
    client = await stack.connect("operator")
    message = await client.jetstream().get_msg("STATUS", subject=SUBJECT, direct=True)
    await client.close()
    assert (message.headers or {})["tidings-republished"] == "true", "sockets do not get it"


async def test_a_message_that_fails_again_is_a_dead_letter_again(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings, sql: Sql
) -> None:
    await publish(b"no json")
    await parked(1)
    assert (await tidings("dead-letters", "replay", "incidents-1")).code == 0
    await parked(1)
    assert [row.id for row in await sql("SELECT id FROM incidents.dead_letter")] == [2]


async def test_a_replay_that_the_stream_does_not_take_keeps_the_letter(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings, stack: Stack, sql: Sql
) -> None:
    await publish(b"no json")
    await parked(1)
    topology = await stack.connect("topology")
    await topology.jetstream().delete_stream("STATUS")
    await topology.close()
    outcome = await tidings("dead-letters", "replay", "incidents-1")
    assert outcome.code == 1
    assert "tidings doctor" in outcome.output
    assert len(await sql("SELECT 1 FROM incidents.dead_letter")) == 1


async def test_dropping_asks_first(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings, sql: Sql
) -> None:
    await publish(b"no json")
    await parked(1)
    refused = await tidings("dead-letters", "drop", "incidents-1", answer="n\n")
    assert refused.code == 1
    assert SUBJECT in refused.output
    assert len(await sql("SELECT 1 FROM incidents.dead_letter")) == 1
    assert (await tidings("dead-letters", "drop", "incidents-1", answer="y\n")).code == 0
    assert await sql("SELECT 1 FROM incidents.dead_letter") == []


async def test_dropping_does_not_ask_when_told_so(
    incidents: Service, publish: Publish, parked: Parked, tidings: Tidings, sql: Sql
) -> None:
    await publish(b"no json")
    await parked(1)
    assert (await tidings("dead-letters", "drop", "incidents-1", "--yes")).code == 0
    assert await sql("SELECT 1 FROM incidents.dead_letter") == []


@pytest.mark.parametrize("command", [("show",), ("replay",), ("drop", "--yes")])
async def test_an_id_that_there_is_not_is_a_problem_and_one_that_is_none_is_wrong_usage(
    tidings: Tidings, command: tuple[str, ...]
) -> None:
    missing = await tidings("dead-letters", *command, "catalog-99")
    assert missing.code == 1
    assert "`tidings dead-letters list` shows those there are" in missing.output
    for no_id in ("nobody-1", "catalog", "catalog-x", "1"):
        assert (await tidings("dead-letters", *command, no_id)).code == 2
