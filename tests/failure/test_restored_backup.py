"""PostgreSQL is restored from a backup, by the steps of docs/operations.md: what was told of later changes is forgotten as well.

The stream is thrown away with the database, because it tells of changes that are no more. The services publish all that the outboxes hold again,
under a new epoch.
"""

from devstack.scenario import CATALOG, INCIDENTS
from devstack.teststack import Service, Stack, eventually

PAGE = "/api/public/v1/pages/acme"


async def test_after_a_restore_everything_is_as_it_was_and_goes_on(stack: Stack) -> None:
    async with (
        stack.service("catalog") as catalog,
        stack.service("incidents") as incidents,
        stack.service("public-api") as public,
    ):
        settings = {"name": "Acme", "slug": "acme"}
        assert (await catalog.as_()("POST", f"{CATALOG}/page", settings)).status_code == 201
        await _open(incidents, "Before")
        await _shows(public, ["Before"])
        stack.postgres.back_up(stack.database)
        await _open(incidents, "After")
        await _shows(public, ["After", "Before"])

    stack.postgres.restore(stack.database)
    await stack.declare_topology(empty=True)
    async with (
        stack.service("catalog"),
        stack.service("incidents") as incidents,
        stack.service("public-api") as public,
    ):
        await _shows(public, ["Before"])
        await _open(incidents, "Now")
        await _shows(public, ["Now", "Before"])


async def _open(incidents: Service, title: str) -> None:
    opened = {"title": title, "status": "investigating", "message": "We look into it."}

    async def accepted() -> bool:
        # Until it knows the page, incidents says that there is no such organization.
        return (await incidents.as_()("POST", f"{INCIDENTS}/incidents", opened)).status_code == 201

    await eventually(accepted, f"{title} is open")


async def _shows(public: Service, titles: list[str]) -> None:
    async def shown() -> bool:
        page = await public.client.get(PAGE)
        return page.is_success and [incident["title"] for incident in page.json()["incidents"]] == titles

    await eventually(shown, f"the page shows {titles}")
