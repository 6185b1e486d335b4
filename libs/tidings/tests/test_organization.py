"""ORG on the command line is an organization's id, or a slug that its page has or had."""

import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from devstack.fixtures import Sql
from devstack.teststack import Stack
from tidings.organization import organization_of

SLUGS = """INSERT INTO catalog.slug VALUES
    ('acme', 'org_1', NULL), ('acme-before', 'org_1', now() + interval '9 days'),
    ('globex', 'org_2', NULL), ('org-3', 'org_2', now() + interval '9 days'), ('initech', 'org-3', NULL)"""


async def test_a_slug_of_now_or_before_leads_to_the_organization_and_an_id_to_itself(
    stack: Stack, sql: Sql, subtests: pytest.Subtests
) -> None:
    await sql(SLUGS)
    async with create_async_engine(stack.admin_url(), poolclass=NullPool).connect() as database:
        for named, meant in {
            "acme": "org_1",
            "acme-before": "org_1",
            "org_1": "org_1",
            "globex": "org_2",
            "org-3": "org-3",  # an id first, whoever had it for a slug
            "without-a-page": "without-a-page",
        }.items():
            with subtests.test(named):
                assert await organization_of(database, named) == meant
