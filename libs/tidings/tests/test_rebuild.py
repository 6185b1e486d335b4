"""`tidings rebuild` makes pages anew from the outboxes, whatever became of public-api's tables, and every replica shows them."""

import asyncio
import json
from itertools import cycle
from typing import Any

import pytest

from catalog.domain.custom_domain import CustomDomain, Finding
from catalog.store import custom_domain as custom_domains
from common.clock import now, uuid7
from common.contracts.public_api import PageChanged
from devstack.fixtures import Sql
from devstack.operating import Running, Settled, Tidings
from devstack.teststack import eventually
from public_api.rebuild import Rebuilt


@pytest.fixture(autouse=True)
def no_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage that goes on is counted on every five minutes, which would look like a repair."""
    monkeypatch.setattr("public_api.fold.REFRESH_POLL_SECONDS", 3600.0)


def lasting(page: dict[str, Any]) -> dict[str, Any]:
    """What a page says, but for its version, and for days where nobody remembers until when they were counted."""
    return {**page, "page_version": 0, "uptime": [row["id"] for row in page["uptime"]["services"]]}


DAMAGE = {
    "all entities are gone": ["DELETE FROM public_api.entity"],
    "all entities and the page are gone": ["DELETE FROM public_api.entity", "DELETE FROM public_api.page"],
    "an incident says something else": [
        "UPDATE public_api.entity SET data = replace(data, 'Down', 'Fine') WHERE aggregate = 'incident'"
    ],
    "an entity has a version that nobody gave it": [
        "UPDATE public_api.entity SET version = 900, data = NULL WHERE aggregate = 'service'"
    ],
    "there is an entity that nobody made": [
        "INSERT INTO public_api.entity (organization_id, aggregate, id, version, data)"
        " SELECT organization_id, aggregate, 'invented', 1, replace(data, id, 'invented')"
        " FROM public_api.entity WHERE aggregate = 'service'"
    ],
    "a hidden service is taken for a deleted one": [
        "UPDATE public_api.entity SET hidden = NOT hidden WHERE aggregate = 'service'",
        "UPDATE public_api.entity SET data = replace(data, 'Down', 'Fine') WHERE aggregate = 'incident'",
    ],
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_whatever_became_of_the_tables_the_page_says_what_was_recorded(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled, damage: list[str]
) -> None:
    service = await running.organization()
    await settled()
    before = await running.shown_by_all()
    entities = await sql("SELECT * FROM public_api.entity ORDER BY aggregate, id")

    for statement in damage:
        await sql(statement)
    # The fold, which trusts its tables, spreads the damage to what visitors see.
    renamed = await running.catalog.as_()("PATCH", f"/api/catalog/v1/services/{service}", {"name": "Website 2"})
    assert renamed.status_code == 200, renamed.text
    await settled()

    outcome = await tidings("rebuild")
    assert outcome.code == 0, outcome.output
    assert "1 documents rebuilt: 1 differed" in outcome.output
    await settled()

    after = await running.shown_by_all()
    assert [row["name"] for row in after["services"]] == ["Website 2"]
    assert after["services"][0]["causes"] == before["services"][0]["causes"]
    for section in ("organization", "status", "groups", "incidents"):
        untouched = json.dumps(before[section]).replace("Website", "Website 2")
        assert json.dumps(after[section]) == untouched
    assert after["page_version"] > before["page_version"]
    assert len(await sql("SELECT * FROM public_api.entity")) == len(entities)


DAMAGE_TO_THE_PAST = [
    "DELETE FROM public_api.service_change",
    "DELETE FROM public_api.service_day",
    "UPDATE public_api.service_day SET major_outage = 0, partial_outage = 7, degraded = 7",
    "INSERT INTO public_api.service_day SELECT organization_id, service_id, day - 1, 0, 0, 0, 9, 0, 0, 0 FROM public_api.service_day",
    "INSERT INTO public_api.service_period SELECT DISTINCT organization_id, service_id, 'maintenance', 'invented', NULL, now(), NULL::timestamptz"
    " FROM public_api.service_change",
]


async def test_the_past_of_services_is_restored_and_the_page_that_was_right_is_left_alone(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled, subtests: pytest.Subtests
) -> None:
    service = await running.organization()
    statuses = cycle(["major_outage", "operational"])

    async def counted() -> bool:
        """The second in which it went down has to be over before anything of it is counted."""
        body = {"status": next(statuses)}
        await running.catalog.as_()("PUT", f"/api/catalog/v1/services/{service}/status", body)
        return bool(await sql("SELECT 1 FROM public_api.service_day"))

    await eventually(counted, "the outage is counted")
    await settled()
    tables = ["service_change", "service_period", "service_day", "page"]
    before = [await sql(f"SELECT * FROM public_api.{table} ORDER BY 1, 2, 3, 4") for table in tables]
    for damage in DAMAGE_TO_THE_PAST:
        with subtests.test(damage):
            await sql(damage)
            outcome = await tidings("rebuild")
            assert (outcome.code, "1 documents rebuilt: 0 differed" in outcome.output) == (0, True), outcome.output
            assert ", 0 entities" not in outcome.output
            assert [await sql(f"SELECT * FROM public_api.{table} ORDER BY 1, 2, 3, 4") for table in tables] == before


async def test_a_page_whose_row_is_gone_is_told_to_be_newer_than_any_that_visitors_may_have(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    await running.organization()
    await settled()
    before = await running.shown_by_all()
    await sql("DELETE FROM public_api.page")
    await sql("DELETE FROM public_api.outbox")  # its events are kept for a day only

    assert (await tidings("rebuild", "acme")).code == 0
    await settled()
    after = await running.shown_by_all()
    assert after["page_version"] > 1_000_000_000
    assert after["position"] == before["position"], "nothing new happened in the organization"
    assert lasting(after) == lasting(before)


async def test_a_page_is_at_its_custom_domain_again(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled, subtests: pytest.Subtests
) -> None:
    await running.organization()
    async with running.catalog.app.state.database.transaction("acme") as transaction:
        domain, _ = CustomDomain.request("acme", uuid7(), name="status.acme.test", now=now())
        await custom_domains.save(transaction, domain)
        await custom_domains.note_finding(transaction, domain.id, Finding.FOUND, began_at=now())

    async def is_there() -> bool:
        pages = [await replica.client.get("/p/status.acme.test/") for replica in running.replicas]
        return [page.status_code for page in pages] == [200, 200]

    await eventually(is_there, "both replicas have it")
    for damage in (
        "DELETE FROM public_api.entity WHERE aggregate = 'custom_domain'",
        "UPDATE public_api.page SET domains = '[]'",
    ):
        with subtests.test(damage):
            await settled()
            await sql(damage)
            renamed = await running.catalog.as_()("PATCH", "/api/catalog/v1/page", {"description": damage})
            assert renamed.status_code == 200, renamed.text
            await settled()
            assert (await tidings("rebuild")).code == 0
            await eventually(is_there, "both replicas have it again")
            [page] = await sql("SELECT domains FROM public_api.page")
            assert [held["name"] for held in page.domains] == ["status.acme.test"]


async def test_a_page_that_is_right_is_left_alone(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    await running.organization("acme")
    await running.organization("globex")
    await settled()
    before = await sql("SELECT * FROM public_api.page ORDER BY organization_id")
    told = await sql("SELECT id FROM public_api.outbox ORDER BY position")
    outcome = await tidings("rebuild")
    assert (outcome.code, "2 documents rebuilt: 0 differed" in outcome.output) == (0, True)
    assert await sql("SELECT * FROM public_api.page ORDER BY organization_id") == before
    assert await sql("SELECT id FROM public_api.outbox ORDER BY position") == told


async def test_each_document_that_differs_is_announced_once_and_the_others_are_not(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    await running.organization("acme")
    await running.organization("globex")
    await settled()
    told = await sql("SELECT id FROM public_api.outbox")
    await sql(
        "UPDATE public_api.page SET document = replace(document, 'Down', 'Fine') WHERE organization_id = 'globex'"
    )
    assert (await tidings("rebuild")).code == 0
    await settled()

    new = "SELECT organization_id, data FROM public_api.outbox ORDER BY position DESC LIMIT :new"
    [event] = await sql(new, new=len(await sql("SELECT id FROM public_api.outbox")) - len(told))
    change = PageChanged.model_validate_json(event.data)
    assert event.organization_id == "globex"
    assert set(change.sections) == {"services", "incidents"}, "a cause says the incident's title too"
    assert change.page_version == change.previous_version + 1
    assert (await running.shown_by_all("globex"))["page_version"] == change.page_version


async def test_a_page_row_that_is_damaged_is_replaced(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled, subtests: pytest.Subtests
) -> None:
    await running.organization()
    await settled()
    for damage in (
        "document = 'no json'",
        "slug = 'elsewhere'",
        "epoch = 'aaaaaaaaaaaa'",
        "stream_offset = 1000000",
        "page_version = 1",
    ):
        with subtests.test(damage):
            before = await running.shown_by_all()
            await sql(f"UPDATE public_api.page SET {damage}")
            assert (await tidings("rebuild")).code == 0
            await settled()
            [page] = await sql("SELECT * FROM public_api.page")
            assert page.page_version == before["page_version"] + 1
            assert lasting(json.loads(page.document)) == lasting(before)
            assert (page.slug, f"{page.epoch}-{page.stream_offset}") == ("acme", before["position"])


async def test_an_organization_that_the_record_does_not_know_is_named_and_left_as_it_is(
    running: Running, tidings: Tidings, sql: Sql
) -> None:
    await running.organization()
    await sql("UPDATE public_api.page SET organization_id = 'stranger'")
    outcome = await tidings("rebuild", "stranger")
    assert outcome.code == 1
    assert "stranger: the record holds no settings of its page: it stays as it is" in outcome.output
    assert len(await sql("SELECT 1 FROM public_api.page WHERE organization_id = 'stranger'")) == 1


async def test_before_public_api_ever_read_anything_there_is_nothing_to_rebuild(tidings: Tidings, sql: Sql) -> None:
    outcome = await tidings("rebuild", "acme")
    assert outcome.code == 1
    assert "acme: public-api has no checkpoint: start it" in outcome.output


async def test_what_is_committed_and_not_published_counts_too(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    """The fold may have seen it although the relay has not written that down: a rebuild must not take it back."""
    await running.organization()
    await settled()
    before = await running.shown_by_all()
    # Parked, so that the relay leaves it alone.
    await sql("UPDATE incidents.outbox SET published_at = NULL, epoch = NULL, stream_offset = NULL, parked_at = now()")
    outcome = await tidings("rebuild")
    assert (outcome.code, "0 differed" in outcome.output) == (0, True), outcome.output
    assert await running.shown_by_all() == before


async def test_an_event_that_cannot_be_read_is_named_and_its_entity_stays(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    service = await running.organization()
    await settled()
    before = await running.shown_by_all()
    await sql("UPDATE catalog.outbox SET data = '{}' WHERE type = 'service.created'")
    outcome = await tidings("rebuild")
    assert outcome.code == 1
    assert (
        f"acme: cannot be read, so its page keeps what it said before: service.created {service} version 1"
        in outcome.output
    )
    assert await running.shown_by_all() == before


async def test_a_rebuild_beside_writers_and_folds_loses_nothing_and_no_version_goes_back(
    running: Running, tidings: Tidings, sql: Sql, settled: Settled
) -> None:
    service = await running.organization()
    api = running.catalog.as_()

    async def rename() -> None:
        for number in range(40):
            renamed = await api("PATCH", f"/api/catalog/v1/services/{service}", {"name": f"Website {number}"})
            assert renamed.status_code == 200, renamed.text

    async def damage_and_rebuild() -> None:
        for _ in range(4):
            await sql("DELETE FROM public_api.entity WHERE aggregate = 'incident'")
            outcome = await tidings("rebuild")
            assert outcome.code == 0, outcome.output

    await asyncio.gather(rename(), damage_and_rebuild())
    await settled()

    async def shown() -> bool:
        pages = [await running.page(replica) for replica in running.replicas]
        return all([row["name"] for row in page["services"]] == ["Website 39"] for page in pages)

    await eventually(shown, "both replicas have rendered what was folded last")
    page = await running.shown_by_all()
    assert len(page["incidents"]) == 1
    told = await sql("SELECT sequence FROM public_api.outbox ORDER BY position")
    assert [row.sequence for row in told] == list(range(1, page["page_version"] + 1))


async def test_one_that_was_interrupted_says_how_it_goes_on(tidings: Tidings, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilt: list[str] = []

    async def everybody(*_: object) -> list[str]:
        return ["org_1", "org_2", "org_3"]

    async def rebuild(_engine: object, _outboxes: object, id: str) -> Rebuilt:
        if id == "org_3" and len(rebuilt) < 3:
            raise OSError("gone")
        rebuilt.append(id)
        return Rebuilt(repaired=0, page_version=None, unreadable=[])

    monkeypatch.setattr("public_api.rebuild.organizations", everybody)
    monkeypatch.setattr("public_api.rebuild.rebuild", rebuild)
    interrupted = await tidings("rebuild")
    assert interrupted.code == 1
    assert "2 of 3 are done; the others: tidings rebuild --after org_2" in interrupted.output
    rebuilt.append("the server is back")
    assert (await tidings("rebuild", "--after", "org_2")).code == 0
    assert rebuilt == ["org_1", "org_2", "the server is back", "org_3"]
    assert (await tidings("rebuild", "acme", "--after", "org_2")).code == 2
