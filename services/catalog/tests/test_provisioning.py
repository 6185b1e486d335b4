"""An organization that was made gets its page: under the slug that was proposed or the next one, once, whatever else happens."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from catalog.domain.page import slug_of
from common.clock import now, uuid7
from common.contracts.identity import Organization
from common.contracts.values import Audience
from common.envelope import Actor, Envelope
from devstack.fixtures import Sql
from devstack.teststack import Service

PAGE = "/api/catalog/v1/page"
Happen = Callable[..., Awaitable[None]]
Told = Callable[..., Awaitable[list[tuple[str, dict[str, Any]]]]]


def made(organization: str, slug: str, *, name: str = "Acme", event: str = "created", version: int = 1) -> Envelope:
    """What identity publishes of an organization."""
    moment = now()
    data = Organization(
        id=organization, name=name, proposed_slug=slug, created_at=moment, updated_at=moment, version=version
    )
    return Envelope(
        id=uuid7(),
        organization_id=organization,
        audience=Audience.INTERNAL,
        service="identity",
        type=f"organization.{event}",
        aggregate_id=organization,
        sequence=version,
        time=moment,
        data=data.model_dump_json().encode(),
        actor=Actor(id="user_7", name="Grace"),
    )


async def slug(catalog: Service, organization: str) -> str:
    return str((await catalog.as_(organization)("GET", PAGE)).json()["slug"])


async def test_an_organization_that_was_made_has_a_page_with_its_name_and_the_slug_it_proposed(
    catalog: Service, happen: Happen, sql: Sql
) -> None:
    await happen(made("org_1", "acme", name="Acme Inc."))
    page = (await catalog.as_("org_1", "viewer")("GET", PAGE)).json()
    assert (page["name"], page["slug"], page["time_zone"], page["version"]) == ("Acme Inc.", "acme", "UTC", 1)
    events = await sql("SELECT type, audience, actor->>'name' AS actor FROM catalog.outbox ORDER BY audience")
    assert [(event.type, event.audience, event.actor) for event in events] == [
        ("page_settings.provisioned", "internal", "Grace"),
        ("page_settings.provisioned", "public", None),
    ]


async def test_a_slug_that_is_taken_or_reserved_gets_a_number(catalog: Service, happen: Happen) -> None:
    await happen(made("org_1", "acme"), made("org_2", "acme"), made("org_3", "admin"), made("org_4", "acme"))
    assert [await slug(catalog, f"org_{number}") for number in range(1, 5)] == ["acme", "acme-2", "admin-2", "acme-3"]


async def test_hundreds_that_want_one_slug_are_passed_over_at_once(catalog: Service, happen: Happen, sql: Sql) -> None:
    await sql("INSERT INTO catalog.slug VALUES ('acme', 'org_1')")
    await sql("INSERT INTO catalog.slug SELECT 'acme-' || n, 'org_' || n FROM generate_series(2, 950) AS n")
    await happen(made("late", "acme"))
    assert await slug(catalog, "late") == "acme-951"


async def test_what_comes_again_or_later_changes_nothing(
    catalog: Service, happen: Happen, told: Told, sql: Sql
) -> None:
    await happen(made("org_1", "acme"), made("org_1", "acme"))
    await happen(made("org_1", "acme", name="Renamed", event="updated", version=2))
    again = await catalog.as_("org_1")("POST", PAGE, {"name": "By hand", "slug": "by-hand"})
    assert (again.status_code, again.json()["name"], again.json()["slug"]) == (200, "Acme", "acme")
    assert [type for type, _ in await told("internal", "page_settings")] == ["page_settings.provisioned"]
    assert await sql("SELECT 1 FROM catalog.dead_letter") == []


async def test_a_page_that_was_provisioned_by_hand_stays_as_it_is(catalog: Service, happen: Happen, sql: Sql) -> None:
    page = (await catalog.as_("org_1")("POST", PAGE, {"name": "By hand", "slug": "by-hand"})).json()
    await happen(made("org_1", "acme"))
    assert (await catalog.as_("org_1")("GET", PAGE)).json() == page
    assert [row.slug for row in await sql("SELECT slug FROM catalog.slug")] == ["by-hand"]


async def test_two_ways_at_once_lead_to_one_page_each(catalog: Service, happen: Happen, sql: Sql) -> None:
    async def by_hand(organization: str) -> int:
        body = {"name": "Acme", "slug": "acme"}
        return (await catalog.as_(organization)("POST", PAGE, body)).status_code

    organizations = [f"org_{number}" for number in range(6)]
    answers = await asyncio.gather(
        happen(*(made(organization, "acme") for organization in organizations)), *map(by_hand, organizations)
    )
    assert set(answers[1:]) <= {200, 201}
    slugs = sorted([await slug(catalog, organization) for organization in organizations])
    assert slugs == ["acme", *(f"acme-{number}" for number in range(2, 7))]
    assert await sql("SELECT 1 FROM catalog.dead_letter") == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("acme-inc", "Acme"), "acme-inc"),
        (("a--b", ""), "a--b"),
        ((None, "Café Société & Söhne"), "cafe-societe-sohne"),
        (("AB_CD", "x"), "ab-cd"),
        (("", "é"), "page"),
        (("no", "-Yes!-"), "yes"),
        (("株式会社", None), "page"),
        (("x" * 62 + "-y", ""), "x" * 62),
    ],
)
def test_whatever_an_organization_is_called_there_is_a_slug(texts: tuple[str | None, ...], expected: str) -> None:
    assert slug_of(*texts) == expected
