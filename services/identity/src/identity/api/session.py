"""Signing in, staying signed in, and signing out."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from common.clock import now
from common.contracts.rules import RuleError
from common.errors import Problem
from common.openapi import tells
from identity.api import PREFIX, Email, Input, Password, Person, Public, slowly
from identity.api.answers import Access, access, begin_session, renewed, set_cookie, signs_in
from identity.api.revocation import end_everything
from identity.domain.account import normalised_email
from identity.domain.limits import PLACE_KNOWN, SIGN_IN_AT_PLACE, SIGN_IN_FROM_ADDRESS, SIGN_IN_TO_ACCOUNT
from identity.domain.password import hash_password, is_outdated, matches
from identity.store import account as store
from identity.store import attempts

router = APIRouter(prefix=PREFIX, tags=["session"])

OrganizationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


_SIGNED_IN = "signed in to account from address"


class SignIn(Input):
    email: Email
    password: Password
    organization_id: OrganizationId | None = None


class Refresh(Input):
    """`organization_id` is the organization that the person goes on in; left out, it stays the one before."""

    organization_id: OrganizationId | None = None


def wrong_credentials() -> Problem:
    """One answer to an address without an account, to one that was never proven, and to a wrong password."""
    return Problem(
        401,
        "wrong-credentials",
        "The address or the password is wrong",
        "Or the address was not confirmed yet: the mail says how.",
    )


@router.post("/session", response_model=Access, responses=signs_in(200))
async def sign_in(body: SignIn, visitor: Public) -> Response:
    """Begins a session. The cookie keeps it; the access token is for one of the person's organizations."""
    try:
        email = normalised_email(body.email)
    except RuleError:
        email = ""
    async with visitor.work() as unit:
        found = await store.find_account(unit, email)
        known = await attempts.is_remembered(unit, _SIGNED_IN, email, visitor.place)
    tries = [(SIGN_IN_FROM_ADDRESS, visitor.place), (SIGN_IN_AT_PLACE, f"{email} {visitor.place}")]
    await visitor.attempt(*tries, *([] if known else [(SIGN_IN_TO_ACCOUNT, email)]))
    matched = await slowly(matches, body.password, found.password_hash if found is not None else None)
    if found is None or not matched or found.verified_at is None:
        raise wrong_credentials()
    stronger = await slowly(hash_password, body.password) if is_outdated(found.password_hash) else None
    moment = now()
    async with visitor.work() as unit:
        account = await store.load_account(unit, found.id, for_update=True)
        if account is None or account.password_hash != found.password_hash:
            raise wrong_credentials()
        if stronger is not None:
            account.password_hash = stronger
            await store.save_account(unit, account)
        await attempts.forget(unit, SIGN_IN_AT_PLACE, f"{email} {visitor.place}")
        await attempts.remember(unit, _SIGNED_IN, email, visitor.place, time=PLACE_KNOWN)
        session, token = await begin_session(unit, account, body.organization_id, moment)
        return await access(
            unit, visitor.settings, account, session, token, moment, organization_id=body.organization_id
        )


@router.post("/session/refresh", response_model=Access, responses=signs_in(200))
async def refresh(body: Refresh, person: Person) -> Response:
    """A new access token and a new cookie. The cookie before is good for another minute: parallel refreshes get the same new one."""
    async with person.visit() as visit:
        return await renewed(visit, person.settings, organization_id=body.organization_id)


@router.delete("/session", status_code=204, responses=tells(204, "Set-Cookie"))
async def sign_out(person: Person) -> Response:
    """Ends this session. Its last access token is believed until it expires."""
    async with person.visit() as visit:
        visit.session.end(visit.moment)
        await store.save_session(visit.unit, visit.session)
    return _forgotten(person)


@router.delete("/sessions", status_code=204, responses=tells(204, "Set-Cookie"))
async def sign_out_everywhere(person: Person) -> Response:
    """Ends all sessions of the account, and every access token."""
    async with person.visit(whole_account=True) as visit:
        await end_everything(visit.unit, visit.account, visit.moment)
    return _forgotten(person)


def _forgotten(person: Person) -> Response:
    response = Response(status_code=204)
    set_cookie(response, person.settings, "", 0)
    return response
