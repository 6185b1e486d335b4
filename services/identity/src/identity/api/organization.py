"""Organizations and their members."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from common.caller import Admin, Caller, Viewer
from common.clock import now, uuid7
from common.contracts import identity as contract
from common.contracts.identity import RoleName
from common.contracts.values import SLUG_PATTERN, Role, Title
from common.database import Transaction
from common.errors import Problem, not_found
from common.known_access import KEY_ISSUER
from common.openapi import tells
from identity.api import PREFIX, Input, Person, actor_of, load_organization
from identity.domain.account import Account
from identity.domain.member import Member
from identity.domain.organization import Organization, check_room
from identity.store import Work
from identity.store import organization as store

router = APIRouter(prefix=PREFIX, tags=["organization"])

Slug = Annotated[str, Field(pattern=SLUG_PATTERN)]


class NewOrganization(Input):
    """`slug` is the address that its page is to have; when it is taken, the page gets another."""

    name: Title
    slug: Slug


class Rename(Input):
    name: Title


class ChangeMember(Input):
    role: RoleName


class Members(BaseModel):
    items: list[contract.Member]


async def create(unit: Work, person: Account, body: NewOrganization) -> Organization:
    """A new organization, with this person as its admin."""
    moment = now()
    transaction = await unit.enter(str(uuid7()), actor_of(person))
    organization, created = Organization.create(transaction.organization_id, name=body.name, slug=body.slug, now=moment)
    member, joined = Member.join(
        None, account_id=person.id, name=person.name, email=person.email, role=Role.ADMIN, now=moment
    )
    await store.save_organization(transaction, organization)
    await store.save_member(transaction, member)
    transaction.record(created)
    transaction.record(joined)
    return organization


async def acting_member(transaction: Transaction, caller: Caller, role: Role) -> Member:
    """The caller's membership as it is now: here it counts at once, wherever else when the token is renewed or refused."""
    if caller.principal.issuer == KEY_ISSUER:
        raise Problem(403, "needs-a-person", "API keys cannot do this", "Sign in: this is for people.")
    member = await store.load_member(transaction, _account_id(caller.principal.user_id))
    if member is None:
        raise not_found("organization")
    if member.role < role:
        raise Problem(
            403,
            "role-too-low",
            "Your role does not allow this",
            f"This needs the role {role.name.lower()} or a higher one.",
        )
    return member


async def check_admin(transaction: Transaction, caller: Caller) -> None:
    """Let a person pass who is an admin now. Of an organization of another issuer only the token says who is one."""
    if caller.principal.issuer == KEY_ISSUER or await store.load_organization(transaction) is not None:
        await acting_member(transaction, caller, Role.ADMIN)


def _account_id(text: str) -> UUID:
    """People of other issuers have no account here, and their organizations are not kept here."""
    try:
        return UUID(text)
    except ValueError:
        raise not_found("organization") from None


@router.post("/organizations", status_code=201, response_model=contract.Organization)
async def create_organization(body: NewOrganization, person: Person) -> Response:
    """A new organization, with this person as its admin. `POST /session/refresh` then gives a token for it."""
    # Held, so that nobody renames themselves meanwhile and keeps their former name in this one.
    async with person.visit(whole_account=True) as visit:
        check_room(len(await store.organizations_of(visit.unit, visit.account.id)))
        organization = await create(visit.unit, visit.account, body)
    return Response(organization.payload().model_dump_json(), 201, media_type="application/json")


@router.get("/organization", response_model=contract.Organization, responses=tells(200, "ETag"))
async def read_organization(caller: Viewer) -> Response:
    """The organization that the token is for."""
    async with caller.read() as transaction:
        await acting_member(transaction, caller, Role.VIEWER)
        organization = await load_organization(transaction)
    headers = {"ETag": f'"{organization.version}"'}
    return Response(organization.payload().model_dump_json(), headers=headers, media_type="application/json")


@router.patch("/organization", response_model=contract.Organization, responses=tells(200, "ETag"))
async def rename_organization(body: Rename, caller: Admin) -> Response:
    async with caller.write() as writing:
        await acting_member(writing.transaction, caller, Role.ADMIN)
        organization = await load_organization(writing.transaction, for_update=True)
        caller.check_version(organization.version)
        event = organization.rename(body.name, now())
        if event is not None:
            await store.save_organization(writing.transaction, organization)
            writing.record(event)
        return writing.answer(200, organization.payload(), etag=organization.version)


@router.get("/members", response_model=Members)
async def list_members(caller: Viewer) -> Members:
    """Everybody, in the order in which they joined."""
    async with caller.read() as transaction:
        await acting_member(transaction, caller, Role.VIEWER)
        return Members(items=[member.payload() for member in await store.list_members(transaction)])


@router.delete("/members/me", status_code=204)
async def leave(caller: Viewer) -> Response:
    """Leave the organization. The last admin cannot."""
    async with caller.write() as writing:
        await load_organization(writing.transaction, for_update=True)
        member = await acting_member(writing.transaction, caller, Role.VIEWER)
        await _remove(writing.transaction, member.account_id)
        return writing.answer(204)


@router.patch("/members/{account_id}", response_model=contract.Member)
async def change_member(account_id: UUID, body: ChangeMember, caller: Admin) -> Response:
    """Give a member another role. The last admin stays one."""
    async with caller.write() as writing:
        await load_organization(writing.transaction, for_update=True)
        await acting_member(writing.transaction, caller, Role.ADMIN)
        member = await _held(writing.transaction, account_id)
        others = await store.other_admins(writing.transaction, account_id)
        for event in member.change_role(Role[body.role.name], other_admins=others, now=now()):
            writing.record(event)
        await store.save_member(writing.transaction, member)
        return writing.answer(200, member.payload())


@router.delete("/members/{account_id}", status_code=204)
async def remove_member(account_id: UUID, caller: Admin) -> Response:
    async with caller.write() as writing:
        await load_organization(writing.transaction, for_update=True)
        await acting_member(writing.transaction, caller, Role.ADMIN)
        await _remove(writing.transaction, account_id)
        return writing.answer(204)


async def _remove(transaction: Transaction, account_id: UUID) -> None:
    member = await _held(transaction, account_id)
    others = await store.other_admins(transaction, account_id)
    for event in member.remove(other_admins=others, now=now()):
        transaction.record(event)
    await store.save_member(transaction, member)


async def _held(transaction: Transaction, account_id: UUID) -> Member:
    """The member. The organization is held before it: admins are counted."""
    member = await store.load_member(transaction, account_id, for_update=True)
    if member is None:
        raise not_found("member")
    return member
