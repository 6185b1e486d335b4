"""An organization's page: provisioned once under a slug that always goes live, renamed, and its old slug kept for it."""

import asyncio

import pytest

from devstack.fixtures import Sql
from devstack.teststack import Api, Service

PAGE = "/api/catalog/v1/page"
RESERVED = ["app", "www", "api", "admin", "auth", "status", "static", "mail", "realtime", "sign-in", "first-admin"]


async def provision(catalog: Service, organization: str, slug: str) -> str:
    """The slug that the organization got."""
    response = await catalog.as_(organization)("POST", PAGE, {"name": organization, "slug": slug})
    assert response.status_code == 201, response.text
    return str(response.json()["slug"])


async def test_a_page_has_what_it_was_provisioned_with(catalog: Service) -> None:
    fields = {"name": "Acme", "slug": "acme", "description": "All systems", "time_zone": "Europe/Berlin"}
    response = await catalog.as_("org_1")("POST", PAGE, fields)
    assert response.status_code == 201
    assert response.headers["ETag"] == '"1"'
    page = response.json()
    assert {name: page[name] for name in fields} == fields
    assert (page["organization_id"], page["version"], page["retired_slugs"]) == ("org_1", 1, [])
    assert (await catalog.as_("org_1", "viewer")("GET", PAGE)).json() == page


async def test_provisioning_again_leaves_the_page_as_it_is(api: Api, sql: Sql) -> None:
    again = await api("POST", PAGE, {"name": "Other", "slug": "other"})
    assert (again.status_code, again.json()["name"], again.json()["slug"]) == (200, "Acme", "acme")
    assert [row.type for row in await sql("SELECT type FROM catalog.outbox")] == ["page_settings.provisioned"] * 2


async def test_provisioning_ten_times_at_once_makes_one_page(catalog: Service, sql: Sql) -> None:
    api = catalog.as_("acme")
    answers = await asyncio.gather(*(api("POST", PAGE, {"name": "Acme", "slug": "acme"}) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert {answer.json()["slug"] for answer in answers} == {"acme"}
    assert [row.slug for row in await sql("SELECT slug FROM catalog.slug")] == ["acme"]


async def test_a_taken_slug_gets_a_number(catalog: Service) -> None:
    assert [await provision(catalog, f"org_{number}", "acme") for number in range(3)] == ["acme", "acme-2", "acme-3"]


async def test_a_reserved_slug_gets_a_number(catalog: Service) -> None:
    for number, slug in enumerate(RESERVED):
        assert await provision(catalog, f"acme-{number}", slug) == f"{slug}-2"


async def test_a_number_keeps_a_long_slug_within_its_length(catalog: Service) -> None:
    long = "a" * 60 + "-bc"
    assert await provision(catalog, "org_1", long) == long
    assert await provision(catalog, "org_2", long) == "a" * 60 + "-2"


async def test_what_is_no_slug_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    for slug in ("", "a", "ab", "-abc", "abc-", "Abc", "a_b", "a.b", "a b", "é" * 3, "a" * 64, "abc\n"):
        for method in ("POST", "PATCH"):
            with subtests.test(f"{method} {slug!r}"):
                response = await api(method, PAGE, {"name": "Acme", "slug": slug})
                assert (response.status_code, response.json()["errors"][0]["where"]) == (422, "body.slug")


async def test_an_unknown_time_zone_is_refused(api: Api) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "UTC\n"):
        response = await api("PATCH", PAGE, {"time_zone": zone})
        assert (response.status_code, response.json()["errors"][0]["where"]) == (422, "body.time_zone"), zone


async def test_changing_to_a_taken_slug_proposes_three_that_are_free(catalog: Service, api: Api) -> None:
    await provision(catalog, "org_1", "globex")
    await provision(catalog, "org_2", "globex")  # has globex-2
    refused = await api("PATCH", PAGE, {"slug": "globex", "name": "Renamed"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:tidings:problem:slug-taken")
    assert refused.json()["proposals"] == ["globex-3", "globex-4", "globex-5"]
    assert (await api("GET", PAGE)).json()["name"] == "Acme", "nothing of the change was kept"
    assert (await api("PATCH", PAGE, {"slug": "globex-4"})).json()["slug"] == "globex-4"


async def test_a_reserved_slug_cannot_be_taken_by_a_change(api: Api) -> None:
    refused = await api("PATCH", PAGE, {"slug": "admin"})
    assert (refused.status_code, refused.json()["proposals"]) == (409, ["admin-2", "admin-3", "admin-4"])


async def test_a_retired_slug_is_kept_for_its_organization_for_90_days(catalog: Service, api: Api, sql: Sql) -> None:
    [retired] = (await api("PATCH", PAGE, {"slug": "acme-inc"})).json()["retired_slugs"]
    assert retired["slug"] == "acme"
    [(days,)] = await sql(
        "SELECT round(extract(epoch FROM retired_until - now()) / 86400) FROM catalog.slug WHERE slug = 'acme'"
    )
    assert days == 90
    assert await provision(catalog, "globex", "acme") == "acme-2"


async def test_a_retired_slug_is_free_afterwards(catalog: Service, api: Api, sql: Sql) -> None:
    await api("PATCH", PAGE, {"slug": "acme-inc"})
    await sql("UPDATE catalog.slug SET retired_until = now() - interval '1 second' WHERE slug = 'acme'")
    assert await provision(catalog, "globex", "acme") == "acme"
    changed = await api("PATCH", PAGE, {"name": "Acme Inc."})
    assert changed.json()["retired_slugs"] == [], "it redirects no more"
    owners = await sql("SELECT organization_id FROM catalog.slug WHERE slug = 'acme'")
    assert [row.organization_id for row in owners] == ["globex"]


async def test_its_owner_may_claim_a_retired_slug_back(api: Api) -> None:
    await api("PATCH", PAGE, {"slug": "acme-inc"})
    back = (await api("PATCH", PAGE, {"slug": "acme"})).json()
    assert back["slug"] == "acme"
    assert [retired["slug"] for retired in back["retired_slugs"]] == ["acme-inc"]


async def test_two_organizations_that_want_one_slug_at_once_do_not_both_get_it(catalog: Service) -> None:
    slugs = await asyncio.gather(*(provision(catalog, f"org_{number}", "acme") for number in range(8)))
    assert sorted(slugs) == ["acme", *(f"acme-{number}" for number in range(2, 9))]


async def test_a_change_that_changes_nothing_makes_no_version(api: Api, sql: Sql) -> None:
    assert (await api("PATCH", PAGE, {"name": "Acme", "slug": "acme"})).json()["version"] == 1
    assert len(await sql("SELECT 1 FROM catalog.outbox")) == 2


async def test_a_stale_change_is_refused(api: Api) -> None:
    assert (await api("PATCH", PAGE, {"name": "New"}, headers={"If-Match": '"1"'})).headers["ETag"] == '"2"'
    stale = await api("PATCH", PAGE, {"name": "Newer"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')


async def test_nothing_works_before_an_organization_has_a_page(catalog: Service, subtests: pytest.Subtests) -> None:
    for method, path, body in (
        ("GET", "/page", None),
        ("PATCH", "/page", {"name": "x"}),
        ("PUT", "/layout", {"entries": []}),
        ("POST", "/services", {"name": "x"}),
    ):
        with subtests.test(f"{method} {path}"):
            refused = await catalog.as_("acme")(method, f"/api/catalog/v1{path}", body)
            problem = (refused.status_code, refused.json()["type"])
            assert problem == (409, "urn:tidings:problem:organization-not-provisioned")
