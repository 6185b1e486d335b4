"""The fold against a naive model that keeps the highest version of everything, whatever the stream does to the order."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from common.clock import now, rfc3339
from common.contracts.catalog import Layout, PageSettings, Service, ServiceStatusState
from common.contracts.events import Payload
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.public_api import PageChanged
from common.contracts.values import ServiceStatus
from common.database import create_engine
from common.envelope import Envelope
from common.position import Position
from common.stream import Message
from devstack.teststack import Stack
from public_api.app import compare_parts
from public_api.carry import make_archive
from public_api.days import Change, Past, Period, count
from public_api.documents import StoredDocuments
from public_api.fold import Fold
from public_api.history import change_rows, period_rows
from public_api.pages import Pages
from public_api.store.entity import load_known
from public_api.store.page import PageRecord, all_pages, save_pages
from public_api.uptime import Uptime
from public_api.view import Known, build

EPOCH = "abcdefghijkl"
Rows = Callable[[str], Awaitable[list[Any]]]
MakeEvent = Callable[..., Envelope]

STATUSES = ["operational", "degraded", "partial_outage", "major_outage"]


@dataclass(frozen=True)
class Step:
    """A version of an aggregate, as some event of the stream carries it. What is in it follows from the version alone."""

    organization: str
    aggregate: str
    id: str
    version: int

    def event(self, make: MakeEvent) -> Envelope:
        number = self.version
        status = STATUSES[number % 4]
        of_services = [{"service_id": id, "status": status} for id in ("a", "b")[: number % 3]]
        types_and_fields: dict[str, tuple[str, dict[str, Any]]] = {
            "page_settings": ("updated", {"slug": self.organization, "name": f"Name {number // 2}"}),
            "layout": ("changed", {"entries": [{"type": "service", "id": id} for id in "ab"[:: (-1) ** number]]}),
            "service": ("updated", {"name": f"Name {number}"}),
            "service_status": ("changed", {"status": status, "changed_at": hours_ago(80 - 11 * number)}),
            "maintenance": ("started", window(number, of_services)),
            "incident": ("updated", {"impact": ["none", "minor", "critical"][number % 3], "services": of_services}),
        }
        what, fields = types_and_fields[self.aggregate]
        if self.version == LAST and self.aggregate in ("service", "incident", "maintenance"):
            what = "deleted"
        elif self.aggregate == "service" and self.version > 2:
            what = ("hidden", "shown", "updated")[self.version - 3]
            fields |= {"deleted_at": hours_ago(30), "updated_at": hours_ago(20), "start_date": hours_ago(60)[:10]}
        elif self.id == "backfilled":
            what = "backfilled"
            fields |= {
                "status": "resolved",
                "started_at": hours_ago(70 - number),
                "resolved_at": hours_ago(60 - number),
            }
            fields |= {"created_at": hours_ago(1)}
        elif self.version == LAST - 1 and self.aggregate == "incident":
            fields |= {
                "status": "resolved",
                "resolved_at": ["2026-11-21T12:00:00Z", "2020-01-01T00:00:00Z"][self.id == "j"],
            }
        return make(f"{self.aggregate}.{what}", self.id, version=number, organization=self.organization, **fields)


def hours_ago(hours: int) -> str:
    return rfc3339(BEGAN - timedelta(hours=hours))


def window(version: int, services: list[dict[str, str]]) -> dict[str, Any]:
    """A window that is planned, then in progress, then over."""
    return {
        "services": services,
        "status": ("scheduled", "in_progress", "completed")[min(version // 2, 2)],
        "started_at": hours_ago(50) if version > 1 else None,
        "completed_at": hours_ago(40) if version > 3 else None,
    }


BEGAN = now()
LAST = 6
ids: dict[str, Sequence[str]] = {
    "page_settings": "",
    "layout": "",
    "service": "ab",
    "service_status": "ab",
    "incident": ("i", "j", "backfilled"),
    "maintenance": "w",
}
steps = st.builds(
    lambda organization, which, version: Step(organization, which[0], which[1] or organization, version),
    st.sampled_from(["acme", "globex"]),
    st.sampled_from([(aggregate, id) for aggregate, named in ids.items() for id in (named or [""])]),
    st.integers(1, LAST),
)
batches = st.lists(st.lists(steps, min_size=1, max_size=12), min_size=1, max_size=8)


def model(events: list[Envelope], shown: dict[str, tuple[int, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Every organization's sections, from the highest version of everything and all that ever happened to services.

    Days are counted until when the document shown says that they were.
    """
    highest: dict[tuple[str, str, str], tuple[Envelope, Payload]] = {}
    for event in events:
        key = (event.organization_id, event.aggregate, event.aggregate_id)
        if key not in highest or event.sequence > highest[key][0].sequence:
            highest[key] = (event, event.payload())
    found = {}
    for organization in {event.organization_id for event in events}:
        newest = [pair for key, pair in highest.items() if key[0] == organization]
        alive = [payload for _, payload in newest]
        pages = [payload for payload in alive if isinstance(payload, PageSettings)]
        if not pages:
            continue
        gone = {(event.aggregate_id, event.type) for event, _ in newest if event.type.startswith("service.")}
        known = Known(
            page=pages[0],
            layout=next((payload for payload in alive if isinstance(payload, Layout)), None),
            services=[payload for payload in alive if isinstance(payload, Service)],
            states=[payload for payload in alive if isinstance(payload, ServiceStatusState)],
            incidents=[payload for payload in alive if isinstance(payload, Incident)],
            windows=[payload for payload in alive if isinstance(payload, Maintenance)],
            deleted_services=frozenset(id for id, type in gone if type == "service.deleted"),
            hidden_services=frozenset(id for id, type in gone if type == "service.hidden"),
        )
        mine = [event for event in events if event.organization_id == organization]
        found[organization] = build(known, now()).sections | {
            "uptime": model_of_uptime(known, mine, newest, shown[organization][1]["uptime"])
        }
    return found


def model_of_uptime(
    known: Known, events: list[Envelope], newest: list[tuple[Envelope, Payload]], shown: dict[str, Any]
) -> dict[str, Any]:
    uptime = Uptime(known, None, now())
    until = {entry["id"]: datetime.fromisoformat(entry["to"]) for entry in shown["services"]}
    changes = {
        (row["service_id"], row["aggregate"], row["version"]): row
        for e in events
        for row in change_rows(e, e.payload())
    }
    periods = [row for event in newest for row in period_rows(*event)]
    days = {}
    for service in known.services:
        of_service = [row for row in changes.values() if row["service_id"] == service.id]
        past = Past(
            uptime.begins_at(service),
            [
                Change(row["version"], row["changed_at"], ServiceStatus(row["value"]))
                for row in of_service
                if row["aggregate"] == "service_status"
            ],
            [
                Change(row["version"], row["changed_at"], row["value"] == "gone")
                for row in of_service
                if row["aggregate"] == "service"
            ],
            [
                Period(row["started_at"], row["ended_at"], row["status"] and ServiceStatus(row["status"]))
                for row in periods
                if row["service_id"] == service.id
            ],
        )
        days[service.id] = count(past, uptime.zone, uptime.kept_from, until[service.id])
    return uptime.section(days, days.keys(), until)


@dataclass
class Replica:
    """A fold on a database of its own, fed with batches as a reader would feed it."""

    fold: Fold
    pages: Pages
    offset: int = 0
    epoch: str = EPOCH
    seen: list[Envelope] = field(default_factory=list)

    async def feed(self, events: list[Envelope]) -> None:
        messages = []
        for event in events:
            self.offset += 1
            messages.append(Message(Position(self.epoch, self.offset), event.subject, {}, event.data, event))
        await self.fold.fold(messages)
        self.seen += events


@pytest_asyncio.fixture
async def engine(stack: Stack) -> AsyncIterator[AsyncEngine]:
    url = SecretStr(stack.environment("public-api")["TIDINGS_DATABASE_URL"])
    engine = create_engine(url, application_name="test fold")
    yield engine
    await engine.dispose()


@pytest.fixture
def new_replica(engine: AsyncEngine) -> Callable[[], Replica]:
    """A fold as a process that just started has it. Its relay is not running: the outbox keeps what it recorded."""

    def make() -> Replica:
        pages = Pages(None, lambda record, since: {})
        return Replica(Fold(StoredDocuments(engine), pages, lambda: None, compare_parts), pages)

    return make


async def read_sections(rows: Rows) -> dict[str, tuple[int, dict[str, Any]]]:
    """Each organization's page version and sections."""
    found = {}
    for row in await rows("SELECT organization_id, page_version, document FROM public_api.page"):
        document = json.loads(row.document)
        assert document.pop("page_version") == row.page_version
        document.pop("position")
        found[row.organization_id] = (row.page_version, document)
    return found


async def archives(engine: AsyncEngine) -> dict[str, str]:
    async with engine.connect() as connection:
        return {page.organization_id: page.archive async for page in all_pages(connection)}


async def archives_made_anew(engine: AsyncEngine, organizations: list[str]) -> dict[str, str]:
    async with engine.connect() as connection:
        known = await load_known(connection, organizations, now())
        return {
            id: await make_archive(connection, id, found, Uptime(found, None, now())) for id, found in known.items()
        }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches)
async def test_whatever_the_order_the_documents_are_those_of_the_highest_versions(
    engine: AsyncEngine,
    new_replica: Callable[[], Replica],
    event: MakeEvent,
    rows: Rows,
    batches: list[list[Step]],
) -> None:
    await rows(
        "TRUNCATE public_api.entity, public_api.service_change, public_api.service_period, public_api.service_day,"
        " public_api.page, public_api.outbox, public_api.checkpoint"
    )
    replica = new_replica()
    before: dict[str, tuple[int, dict[str, Any]]] = {}
    for batch in batches:
        await replica.feed([step.event(event) for step in batch])
        after = await read_sections(rows)
        assert {id: sections for id, (_, sections) in after.items()} == model(replica.seen, after)
        assert await archives(engine) == await archives_made_anew(engine, list(after))
        for id, (version, sections) in after.items():
            known_version, known_sections = before.get(id, (0, {}))
            assert version == known_version + (sections != known_sections), "one version for one change, none for none"
        before = after

    changes = "SELECT organization_id, data FROM public_api.outbox WHERE type = 'page.changed' ORDER BY position"
    told: dict[str, tuple[int, dict[str, Any]]] = {}
    for row in await rows(changes):
        change = PageChanged.model_validate_json(row.data)
        version, sections = told.get(row.organization_id, (0, {}))
        assert (change.previous_version, change.complete) == (version, True)
        told[row.organization_id] = (change.page_version, sections | change.sections)
    assert told == before, "each page.changed turns the document before it into the one after it"

    again = new_replica()
    again.epoch, again.offset = "zyxwvutsrqpo", 0
    await rows("DELETE FROM public_api.checkpoint")
    await again.feed(replica.seen)
    assert await read_sections(rows) == before, "the whole stream a second time changes nothing"
    assert len(await rows(changes)) == sum(version for version, _ in before.values())
    for row in await rows("SELECT epoch FROM public_api.page"):
        assert row.epoch == "zyxwvutsrqpo"


async def test_a_deleted_service_never_comes_back(
    new_replica: Callable[[], Replica], event: MakeEvent, rows: Rows
) -> None:
    replica = new_replica()
    await replica.feed([event("page_settings.provisioned"), event("service.created", "a")])
    await replica.feed([event("service.deleted", "a", version=3)])
    await replica.feed([event("service.updated", "a", version=2), event("service.created", "a")])
    assert (await read_sections(rows))["acme"][1]["services"] == []


async def test_a_message_that_breaks_the_fold_is_tried_six_times_and_parked_without_stopping_its_neighbours(
    new_replica: Callable[[], Replica], event: MakeEvent, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.fold.RETRY_DELAYS", (0.0,) * 5)
    replica = new_replica()
    too_large_for_its_column = event("service.created", "b", version=2**40)
    await replica.feed([event("page_settings.provisioned"), too_large_for_its_column, event("service.created", "a")])
    assert [row["id"] for row in (await read_sections(rows))["acme"][1]["services"]] == ["a"]
    parked = await rows("SELECT stream_offset, error FROM public_api.dead_letter")
    assert [row.stream_offset for row in parked] == [2]
    assert "DBAPIError" in parked[0].error


async def test_events_of_aggregates_that_are_not_on_the_page_pass(
    new_replica: Callable[[], Replica], event: MakeEvent, rows: Rows
) -> None:
    replica = new_replica()
    provisioned = event("page_settings.provisioned")
    unknown = Envelope(provisioned.id, "acme", provisioned.audience, "identity", "member.joined", "m", 1, now(), b"{}")
    await replica.feed([unknown, provisioned, unknown])
    assert await rows("SELECT * FROM public_api.dead_letter") == []
    assert replica.pages.find("acme") is not None


@pytest.mark.parametrize("portion", [2, 5, 7])
async def test_all_documents_are_loaded_however_many_portions_they_are(
    engine: AsyncEngine, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.store.page.PORTION", portion)
    at = Position("abcdefghijkl", 1)
    records = [PageRecord(f"org{number}", f"org{number}", (), 1, "{}", at, None) for number in range(5)]
    async with engine.begin() as connection:
        await save_pages(connection, records)
        assert [record async for record in all_pages(connection)] == records
