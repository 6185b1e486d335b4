"""Several public-api on one database and one stream: they answer alike, record each change once, and outlive streams and poison."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

import pytest

from common.clock import uuid7
from common.contracts.public_api import PageChanged
from common.envelope import Envelope
from common.stream import Message
from devstack.teststack import Service, Stack, eventually
from public_api.fold import Fold
from public_api.view import Known, View, build

PAGE = "/api/public/v1/pages/acme"
Replica = Callable[[], AbstractAsyncContextManager[Service]]
Publish = Callable[..., Awaitable[int]]
MakeEvent = Callable[..., Envelope]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
Rows = Callable[[str], Awaitable[list[Any]]]


async def answers(service: Service) -> list[tuple[int, dict[str, str], bytes]]:
    """What the service says in every coding, with the bytes as they are sent."""
    found = []
    for coding in ("identity", "gzip"):
        async with service.client.stream("GET", PAGE, headers={"Accept-Encoding": coding}) as response:
            body = b"".join([chunk async for chunk in response.aiter_raw()])
        found.append((response.status_code, dict(response.headers), body))
    return found


async def some_history(publish: Publish) -> int:
    """A page, services and incidents that change. Returns the last offset."""
    await publish("page_settings.provisioned")
    for number in range(10):
        await publish("service.created", f"service-{number}", name=f"Service {number} ✓")
    for number in range(30):
        named = [{"service_id": f"service-{number % 10}", "status": "degraded"}]
        last = await publish("incident.opened", f"incident-{number}", title=f"Störung {number}", services=named)
    return last


async def test_replicas_answer_alike_byte_for_byte_and_record_each_change_once(
    replica: Replica, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    async with replica() as one, replica() as other:
        last = await some_history(publish)
        document, _ = await asyncio.gather(page_at(one, last), page_at(other, last))
        assert await answers(one) == await answers(other)

    told: dict[str, Any] = {}
    version = 0
    for row in await rows("SELECT data FROM public_api.outbox WHERE type = 'page.changed' ORDER BY position"):
        change = PageChanged.model_validate_json(row.data)
        assert (change.previous_version, change.page_version) == (version, version + 1)
        version, told = change.page_version, told | change.sections
    assert document == {**told, "page_version": version, "position": document["position"]}


async def test_a_replica_that_starts_later_catches_up_and_answers_alike(
    replica: Replica, publish: Publish, page_at: PageAt
) -> None:
    async with replica() as one:
        await page_at(one, await some_history(publish))
        async with replica() as late:
            last = await publish("service.updated", "service-1", version=2, name="Renamed")
            await asyncio.gather(page_at(one, last), page_at(late, last))
            assert await answers(one) == await answers(late)


async def test_a_new_stream_with_everything_published_again_changes_nothing(
    stack: Stack, public_api: Service, publish: Publish, event: MakeEvent, page_at: PageAt
) -> None:
    history = [event("page_settings.provisioned"), *(event("service.created", id, name=id) for id in "abcde")]
    for sent in history:
        last = await publish(sent)
    before = await page_at(public_api, last)

    epoch = await stack.declare_topology(empty=True)
    for sent in [*history, event("service.updated", "a", version=2, name="A")]:
        last = await publish(sent)
    after = await page_at(public_api, last)
    assert after["position"].startswith(epoch)
    assert after["services"][0]["name"] == "A"
    assert after["page_version"] == before["page_version"] + 1, "what came again made no version"


async def test_a_stream_that_lost_its_end_is_read_again_from_its_beginning(
    stack: Stack, replica: Replica, publish: Publish, page_at: PageAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch = await stack.declare_topology()
    async with replica() as service:
        await publish("page_settings.provisioned")
        await publish("service.created", "a")
        await page_at(service, await publish("service.created", "b"))

    # The same epoch, other messages at the offsets that are folded already, and more of them.
    monkeypatch.setattr("common.topology.new_epoch", lambda: epoch)
    assert await stack.declare_topology(empty=True) == epoch
    await publish("service.created", "new")
    await publish("page_settings.provisioned")
    await publish("service.created", "b")
    await publish("service.created", "a")
    last = await publish("service.updated", "a", version=2)
    async with replica() as service:
        document = await page_at(service, last)
        assert sorted(row["id"] for row in document["services"]) == ["a", "b", "new"]


async def test_replicas_go_back_to_a_checkpoint_that_was_set_back(
    replica: Replica, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    async with replica() as one, replica() as other:
        await publish("page_settings.provisioned")
        last = await publish("service.created", "a")
        await asyncio.gather(page_at(one, last), page_at(other, last))

        await rows("DELETE FROM public_api.entity")
        await rows("UPDATE public_api.checkpoint SET stream_offset = 0, event_id = NULL")
        last = await publish("service.created", "b")
        documents = await asyncio.gather(page_at(one, last), page_at(other, last))
        assert [[row["id"] for row in document["services"]] for document in documents] == [["a", "b"]] * 2


async def test_a_checkpoint_of_an_offset_that_was_lost_since_is_not_believed(
    replica: Replica, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    """Another replica folded a message there, the stream lost it, and this one, which was behind, reads what came in its place."""
    async with replica() as service:
        before = await publish("page_settings.provisioned")
        await page_at(service, before)
        await rows(f"UPDATE public_api.checkpoint SET stream_offset = {before + 1}, event_id = '{uuid7()}'")
        await publish("service.created", "in its place")
        document = await page_at(service, await publish("service.created", "behind"))
        assert {row["id"] for row in document["services"]} == {"in its place", "behind"}


async def test_a_stream_that_lost_a_parked_message_is_read_again_from_its_beginning(
    stack: Stack, replica: Replica, publish: Publish, page_at: PageAt, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_unless_broken(known: Known, moment: datetime, *rest: Any) -> View:
        assert all(service.id != "broken" for service in known.services)
        return build(known, moment, *rest)

    monkeypatch.setattr("public_api.fold.build", build_unless_broken)
    monkeypatch.setattr("public_api.fold.RETRY_DELAYS", (0.0,))
    epoch = await stack.declare_topology()
    async with replica():
        await publish("page_settings.provisioned")
        broken = await publish("service.created", "broken")
        at = "SELECT stream_offset FROM public_api.checkpoint"

        async def is_parked() -> bool:
            return [row.stream_offset for row in await rows(at)] == [broken]

        await eventually(is_parked, "the message that breaks the fold is parked")

    # The same epoch, other messages at the offsets that are folded already, and more of them.
    monkeypatch.setattr("common.topology.new_epoch", lambda: epoch)
    assert await stack.declare_topology(empty=True) == epoch
    await publish("page_settings.provisioned")
    await publish("service.created", "in its place")
    last = await publish("service.created", "behind")
    async with replica() as service:
        document = await page_at(service, last)
        assert {row["id"] for row in document["services"]} == {"in its place", "behind"}


async def test_a_replica_that_failed_takes_over_what_others_folded_meanwhile(
    replica: Replica, publish: Publish, page_at: PageAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with replica() as one, replica() as other:
        last = await publish("page_settings.provisioned")
        await asyncio.gather(page_at(one, last), page_at(other, last))
        fold_once = Fold._fold_once
        failures = 0

        async def fail_behind_the_other(fold: Fold, messages: Sequence[Message]) -> None:
            nonlocal failures
            if fold._pages is other.app.state.pages and not failures:
                await page_at(one, messages[-1].position.offset)
                failures += 1
                raise ConnectionResetError
            await fold_once(fold, messages)

        monkeypatch.setattr(Fold, "_fold_once", fail_behind_the_other)
        last = await publish("service.created", "a")
        document = await page_at(other, last)
        assert failures == 1
        assert [row["id"] for row in document["services"]] == ["a"]


async def test_every_replica_takes_over_a_document_that_somebody_else_made_anew(
    replica: Replica, publish: Publish, page_at: PageAt, rows: Rows
) -> None:
    async with replica() as one, replica() as other:
        last = await publish("page_settings.provisioned")
        await asyncio.gather(page_at(one, last), page_at(other, last))
        await rows("UPDATE public_api.page SET page_version = 7, document = replace(document, 'Acme', 'Acme Ltd')")
        told = '\'{"page_version": 7, "previous_version": 1, "position": "", "sections": {}}\''
        await rows(
            "INSERT INTO public_api.outbox (id, organization_id, audience, type, aggregate_id, sequence, occurred_at, data)"
            f" VALUES (gen_random_uuid(), 'acme', 'public', 'page.changed', 'acme', 7, now(), {told})"
        )

        async def shown() -> bool:
            pages = [(await service.client.get(PAGE)).json() for service in (one, other)]
            return [page["organization"]["name"] for page in pages] == ["Acme Ltd"] * 2

        await eventually(shown, "both replicas show the new document")


HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "018f3e5c-7c1d-7000-8000-000000000001",
    "ce-type": "tidings.service.created.v1",
    "ce-subject": "a",
    "ce-sequence": "1",
    "ce-time": "2026-11-22T12:00:00Z",
    "ce-organizationid": "acme",
}


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        pytest.param({}, b"{}", id="no attributes"),
        pytest.param(HEADERS, b"not json", id="no JSON"),
        pytest.param(HEADERS, b"\xff\xfe\x00", id="no text"),
        pytest.param(HEADERS, b'{"id": "a", "name": "\\ud800"}', id="a lone surrogate"),
        pytest.param(HEADERS, json.dumps({"id": "a"}).encode(), id="fields missing"),
        pytest.param({**HEADERS, "ce-organizationid": "globex"}, b"{}", id="another tenant"),
        pytest.param({**HEADERS, "ce-sequence": "many"}, b"{}", id="no number"),
        pytest.param({**HEADERS, "ce-type": "tidings.service.invented.v1"}, b"{}", id="another type"),
    ],
)
async def test_a_poison_message_is_parked_and_the_next_one_flows(
    stack: Stack,
    public_api: Service,
    publish: Publish,
    page_at: PageAt,
    rows: Rows,
    headers: dict[str, str],
    data: bytes,
) -> None:
    await publish("page_settings.provisioned")
    client = await stack.connect("catalog")
    poison = await client.jetstream().publish("status.acme.public.catalog.service.created", data, headers=headers)
    await client.close()
    last = await publish("service.created", "fine")
    document = await page_at(public_api, last)
    assert [row["id"] for row in document["services"]] == ["fine"]
    parked = await rows("SELECT stream_offset, subject, error FROM public_api.dead_letter")
    assert [row.stream_offset for row in parked] == [poison.seq]
    assert parked[0].subject == "status.acme.public.catalog.service.created"
    assert parked[0].error


async def test_the_database_comes_back_while_events_arrive(
    stack: Stack, public_api: Service, publish: Publish, page_at: PageAt
) -> None:
    await page_at(public_api, await publish("page_settings.provisioned"))
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'public-api%'"
    last = 0
    for number in range(10):
        stack.postgres.sql(ended + f" AND datname = '{stack.database}'")
        last = await publish("service.created", f"service-{number}")
    document = await page_at(public_api, last)
    assert len(document["services"]) == 10
