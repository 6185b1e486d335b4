"""Who somebody is: their name and address, and the organizations that they belong to. They change their name themselves."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from common.contracts.values import Title
from common.openapi import tells
from identity.api import PREFIX, Input, Person, actor_of, attempt, held_memberships
from identity.api.answers import Access, Belonging, memberships, renewed, signs_in
from identity.api.answers import Person as PersonView
from identity.domain.limits import NAME_OF_ACCOUNT
from identity.store import account as store
from identity.store import organization as organizations

router = APIRouter(prefix=PREFIX, tags=["account"])


class Me(BaseModel):
    account: PersonView
    organizations: list[Belonging]


class ChangingName(Input):
    name: Title


@router.get("/account", response_model=Me, responses=tells(200, "Cache-Control"))
async def read_account(person: Person) -> Response:
    async with person.visit() as visit:
        known = await memberships(visit.unit, visit.account)
        account = PersonView(id=visit.account.id, email=visit.account.email, name=visit.account.name)
    me = Me(account=account, organizations=[belonging for belonging, _ in known.values()])
    return Response(me.model_dump_json(), headers={"Cache-Control": "no-store"}, media_type="application/json")


@router.patch("/account", response_model=Access, responses=signs_in(200))
async def change_name(body: ChangingName, person: Person) -> Response:
    """Another name, in every organization of theirs. Answers as a refresh does: access tokens say the name.

    What they did before stays as it was told, by the name that they had.
    """
    async with person.visit(whole_account=True) as visit:
        unit, account = visit.unit, visit.account
        await attempt(unit, NAME_OF_ACCOUNT, str(account.id))
        by = actor_of(account)  # by the name until now
        account.name = body.name
        await store.save_account(unit, account)
        async for transaction, member in held_memberships(unit, account, by):
            event = member.rename(body.name, visit.moment)
            if event is not None:
                transaction.record(event)
                await organizations.save_member(transaction, member)
        return await renewed(visit, person.settings)
