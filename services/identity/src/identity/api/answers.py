"""What a browser gets when it is signed in: an access token for one organization, and the cookie of its session."""

import secrets
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from common.clock import uuid7
from common.contracts.identity import RoleName
from common.errors import not_found
from common.openapi import Answers, tells
from identity.api import COOKIE, Visit, actor_of, load_organization, signed_out
from identity.domain.account import Account
from identity.domain.member import Member
from identity.domain.secrets import SECRET_BYTES, new_secret
from identity.domain.session import IDLE_MAX, RefreshToken, Session
from identity.domain.signing import ACCESS_LIFETIME
from identity.issuing import access_token
from identity.settings import IdentitySettings
from identity.store import Work
from identity.store import account as accounts
from identity.store import organization as organizations
from identity.store import page as pages


class Person(BaseModel):
    id: UUID
    email: str
    name: str


class Belonging(BaseModel):
    """An organization that the person is a member of. `slug` is its page's; null in the moment before its page is there."""

    id: str
    slug: str | None
    name: str
    role: RoleName


class Access(BaseModel):
    """`access_token` is for `organization_id`; both are null while the person belongs to none."""

    account: Person
    organizations: list[Belonging]
    organization_id: str | None
    access_token: str | None
    token_type: str = "Bearer"
    expires_in: int


def signs_in(status: int) -> Answers:
    """For OpenAPI: what `access` answers."""
    return tells(status, "Cache-Control", "Set-Cookie")


async def begin_session(
    unit: Work, account: Account, organization_id: str | None, now: datetime
) -> tuple[Session, RefreshToken]:
    token = RefreshToken(new_secret(), new_secret())
    session = Session.begin(uuid7(), account.id, organization_id, token=token, now=now)
    await accounts.add_session(unit, session)
    return session, token


async def memberships(unit: Work, account: Account) -> dict[str, tuple[Belonging, Member]]:
    """By the organization's id, in an order that stays."""
    found = {}
    for id in await organizations.organizations_of(unit, account.id):
        transaction = await unit.enter(id, actor_of(account))
        member = await organizations.load_member(transaction, account.id)
        if member is not None:
            organization = await load_organization(transaction)
            role = RoleName(member.role.name.lower())
            found[id] = (
                Belonging(id=id, slug=await pages.slug_of(transaction), name=organization.name, role=role),
                member,
            )
    return found


async def access(
    unit: Work,
    settings: IdentitySettings,
    account: Account,
    session: Session,
    token: RefreshToken,
    now: datetime,
    *,
    status: int = 200,
    organization_id: str | None = None,
) -> Response:
    """The answer to who is signed in. `organization_id` is the one they ask for; else it is the session's, else the first."""
    known = await memberships(unit, account)
    if organization_id is not None and organization_id not in known:
        raise not_found("organization")
    wanted = organization_id or session.organization_id
    session.organization_id = wanted if wanted in known else next(iter(known), None)
    await accounts.save_session(unit, session)
    chosen = session.organization_id
    signed = chosen and await access_token(unit, settings, account, session, chosen, known[chosen][1], now)
    body = Access(
        account=Person(id=account.id, email=account.email, name=account.name),
        organizations=[belonging for belonging, _ in known.values()],
        organization_id=chosen,
        access_token=signed,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
    )
    response = Response(body.model_dump_json(), status, {"Cache-Control": "no-store"}, "application/json")
    set_cookie(response, settings, str(token), int(IDLE_MAX.total_seconds()))
    return response


async def renewed(visit: Visit, settings: IdentitySettings, *, organization_id: str | None = None) -> Response:
    """The same, with the cookie that follows the one that came."""
    token = visit.session.refresh(visit.token, nonce=secrets.token_bytes(SECRET_BYTES), now=visit.moment)
    if token is None:  # never, as it was accepted at this moment
        raise signed_out()
    return await access(
        visit.unit, settings, visit.account, visit.session, token, visit.moment, organization_id=organization_id
    )


def set_cookie(response: Response, settings: IdentitySettings, value: str, max_age: int) -> None:
    """Scripts do not see it, other sites do not send it, and no route but identity's gets it."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=max_age,
        path="/api/identity",
        secure=settings.identity_issuer.startswith("https://"),
        httponly=True,
        samesite="strict",
    )
