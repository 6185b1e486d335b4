"""`make -s token`: an access token of somebody of the demo for an organization of the demo's admin, who invites them where that is needed."""

from devstack.asking import Edge, client
from devstack.errors import DevstackError
from devstack.people import ADMIN, PEOPLE, Access, Browser
from devstack.stack import Stack

PATIENCE = 10.0


async def token(stack: Stack, organization: str, role: str) -> str:
    """Of whoever has this role there. `organization` is the slug of its page, or its id."""
    if role not in PEOPLE:
        raise DevstackError(f"ROLE must be one of {', '.join(PEOPLE)}; it is {role!r}.")
    async with client(stack.url) as http:
        edge = Edge(http, f"A token for {organization}", PATIENCE)
        admin, browser = (Browser(stack, edge, person) for person in (ADMIN, PEOPLE[role]))
        id = _find(await admin.access(), organization)
        if browser.person is not ADMIN:
            await browser.join(id, await admin.token(id))
        access = await browser.access(id)
        if access is None or access.token is None or access.organizations[id].role != role:
            raise DevstackError(
                f"{browser.person.email} has another role in {organization} by now: make it {role} again."
            )
        return access.token


def _find(access: Access | None, named: str) -> str:
    """The id of an organization that the demo's admin is an admin of."""
    if access is None:
        raise DevstackError(f"{ADMIN.email} has no account yet: wait until `make run` is ready.")
    slugs = {id: belonging.slug or id for id, belonging in access.organizations.items() if belonging.role == ADMIN.role}
    for id, slug in slugs.items():
        if named in (id, slug):
            return id
    raise DevstackError(
        f"ORG must be an organization that {ADMIN.email} is an admin of ({', '.join(slugs.values())}), by the slug of its "
        f"page or by its id; it is {named!r}."
    )
