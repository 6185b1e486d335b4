"""Invitations by e-mail. The code in the mail proves the address, so that no other proof is asked of whoever accepts."""

import re
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from common.caller import Admin
from common.clock import now, uuid7
from common.contracts.identity import RoleName
from common.contracts.rules import RuleError
from common.contracts.values import Role, Title, UtcDatetime
from common.errors import not_found
from identity.api import (
    PREFIX,
    Email,
    Input,
    OneTimeToken,
    Password,
    Public,
    actor_of,
    attempt,
    load_organization,
    mails,
    slowly,
)
from identity.api.account import about
from identity.api.answers import Access, access, begin_session, signs_in
from identity.api.organization import acting_member
from identity.domain.account import Account, normalised_email
from identity.domain.invitation import Invitation, check_room
from identity.domain.limits import CODES_FROM_ADDRESS, INVITATIONS_OF_ORGANIZATION, INVITATIONS_TO_ADDRESS
from identity.domain.member import Member
from identity.domain.organization import check_room as check_room_of_person
from identity.domain.password import check_password, hash_password
from identity.domain.secrets import digest, new_secret
from identity.store import Work
from identity.store import account as accounts
from identity.store import organization as store
from identity.store.mail import add_mail

router = APIRouter(prefix=PREFIX, tags=["invitation"])

_CODE = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})")


class Invite(Input):
    email: Email
    role: RoleName


class Accepting(Input):
    """Name and password are for an address without an account; for one that has an account they are left out."""

    token: OneTimeToken
    name: Title | None = None
    password: Password | None = None


class InvitationView(BaseModel):
    id: UUID
    email: str
    role: RoleName
    created_at: UtcDatetime
    expires_at: UtcDatetime


class Invitations(BaseModel):
    items: list[InvitationView]


@router.post("/invitations", status_code=201, response_model=InvitationView)
async def invite(body: Invite, caller: Admin, request: Request) -> Response:
    """Mail somebody a code to join with. It takes the place of an invitation that they have not used."""
    email, moment, secret = normalised_email(body.email), now(), new_secret()
    async with caller.write() as writing:
        transaction = writing.transaction
        organization = await load_organization(transaction, for_update=True)
        inviter = await acting_member(transaction, caller, Role.ADMIN)
        if any(member.email == email for member in await store.list_members(transaction)):
            raise RuleError("already-member", "body.email", "The address is a member's.", conflict=True)
        await attempt(transaction, INVITATIONS_OF_ORGANIZATION, caller.organization_id)
        await attempt(transaction, INVITATIONS_TO_ADDRESS, caller.organization_id, email)
        await store.withdraw_former(transaction, email, moment)
        check_room(len(await store.open_invitations(transaction, moment)))
        invitation = Invitation.create(
            uuid7(),
            email=email,
            role=Role[body.role.name],
            secret_hash=digest(secret),
            invited_by=inviter.account_id,
            now=moment,
        )
        await store.save_invitation(transaction, invitation)
        subject, text = mails.INVITED
        console = request.app.state.settings.console
        said = {"organization": organization.name, "inviter": inviter.name, "role": body.role}
        code = f"{caller.organization_id}.{secret}"
        await add_mail(transaction, email, subject.format(**said), text.format(**said, code=code, console=console))
        return writing.answer(201, _view(invitation))


@router.get("/invitations", response_model=Invitations)
async def list_invitations(caller: Admin) -> Invitations:
    """Those that can be accepted, in the order in which they were sent."""
    async with caller.read() as transaction:
        await acting_member(transaction, caller, Role.ADMIN)
        return Invitations(items=[_view(found) for found in await store.open_invitations(transaction, now())])


@router.delete("/invitations/{invitation_id}", status_code=204)
async def withdraw(invitation_id: UUID, caller: Admin) -> Response:
    async with caller.write() as writing:
        await acting_member(writing.transaction, caller, Role.ADMIN)
        invitation = await store.load_invitation(writing.transaction, invitation_id)
        if invitation is None:
            raise not_found("invitation")
        invitation.withdraw(now())
        await store.save_invitation(writing.transaction, invitation)
        return writing.answer(204)


@router.post(
    "/invitations/accept",
    status_code=201,
    response_model=Access,
    responses=signs_in(201)
    | {204: {"description": "The address has an account, which is a member now: sign in with it"}},
)
async def accept(body: Accepting, visitor: Public) -> Response:
    """Join by the code in a mail. An address without an account gets one, with this name and password, and is signed in."""
    code = _CODE.fullmatch(body.token)
    if code is None:
        raise _unknown()
    moment = now()
    await visitor.attempt((CODES_FROM_ADDRESS, visitor.place))
    async with visitor.work() as unit:
        email = (await _open(unit, code[1], code[2])).email
        known = await accounts.find_account(unit, email)
    password_hash = None
    if known is None or known.verified_at is None:
        if body.name is None or body.password is None:
            raise RuleError("account-needed", "body", "The address has no account yet: choose a name and a password.")
        check_password(body.password, where="body.password", about=about(email, body.name))
        password_hash = await slowly(hash_password, body.password)
    async with visitor.work() as unit:
        account = await _account(unit, email, body.name, password_hash)
        check_room_of_person(len(await store.organizations_of(unit, account.id)))
        invitation = await _open(unit, code[1], code[2])
        invitation.accept(moment)
        transaction = await unit.enter(code[1], actor_of(account))
        await load_organization(transaction, for_update=True)
        former = await store.load_member(transaction, account.id, former=True, for_update=True)
        member, joined = Member.join(
            former, account_id=account.id, name=account.name, email=email, role=invitation.role, now=moment
        )
        await store.save_member(transaction, member)
        await store.save_invitation(transaction, invitation)
        transaction.record(joined)
        if password_hash is None:
            return Response(status_code=204)
        session, token = await begin_session(unit, account, code[1], moment)
        return await access(unit, visitor.settings, account, session, token, moment, status=201)


async def _account(unit: Work, email: str, name: str | None, password_hash: str | None) -> Account:
    """The account of the address, held; with a password it is new, or nobody had proven the address before."""
    moment = now()
    if password_hash is not None and name is not None:
        made = Account.sign_up(uuid7(), email=email, name=name, password_hash=password_hash, now=moment)
        made.verify(moment)
        if await accounts.add_account(unit, made):
            return made
    found = await accounts.find_account(unit, email)
    account = found and await accounts.load_account(unit, found.id, for_update=True)
    if account is None:
        raise _unknown()
    if account.verified_at is None and password_hash is not None and name is not None:
        account.name = name
        account.change_password(password_hash, moment)
        account.verify(moment)
        await accounts.save_account(unit, account)
    return account


async def _open(unit: Work, organization_id: str, secret: str) -> Invitation:
    """The invitation with this code, held, if it can be accepted."""
    transaction = await unit.enter(organization_id, None)
    invitation = await store.find_invitation(transaction, digest(secret))
    if invitation is None:
        raise _unknown()
    if not invitation.is_open(now()):
        invitation.accept(now())  # refuses, and says why
    return invitation


def _unknown() -> RuleError:
    return RuleError("link-not-valid", "body.token", "There is no such invitation.")


def _view(invitation: Invitation) -> InvitationView:
    return InvitationView(
        id=invitation.id,
        email=invitation.email,
        role=RoleName(invitation.role.name.lower()),
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )
