"""The first admin: whoever has the one-time code that this installation printed makes an account and an organization."""

from fastapi import APIRouter
from starlette.responses import Response

from common.clock import now, uuid7
from common.contracts.rules import RuleError
from common.contracts.values import Title
from identity.api import PREFIX, Email, Input, OneTimeToken, Password, Public, slowly
from identity.api.account import about
from identity.api.answers import Access, access, begin_session, signs_in
from identity.api.organization import NewOrganization, create
from identity.domain.account import Account, normalised_email
from identity.domain.limits import CODES_FROM_ADDRESS
from identity.domain.link import Purpose, unusable
from identity.domain.password import check_password, hash_password
from identity.domain.secrets import digest
from identity.store import account as store

router = APIRouter(prefix=PREFIX, tags=["first admin"])


class FirstAdmin(Input):
    token: OneTimeToken
    email: Email
    name: Title
    password: Password
    organization: NewOrganization


@router.post("/first-admin", status_code=201, response_model=Access, responses=signs_in(201))
async def make_first_admin(body: FirstAdmin, visitor: Public) -> Response:
    """Makes the account, without asking for proof of its address, and its organization. Signs in."""
    email = normalised_email(body.email)
    check_password(body.password, where="body.password", about=about(email, body.name))
    await visitor.attempt((CODES_FROM_ADDRESS, visitor.place))
    async with visitor.work() as unit:
        link = await store.find_link(unit, digest(body.token))
        if link is None:
            raise unusable()
        link.use(Purpose.FIRST_ADMIN, now())  # and not saved: hashing is for those who have a code
    password_hash = await slowly(hash_password, body.password)
    moment = now()
    async with visitor.work() as unit:
        link = await store.find_link(unit, digest(body.token))
        if link is None:
            raise unusable()
        link.use(Purpose.FIRST_ADMIN, moment)
        await store.save_link(unit, link)
        account = Account.sign_up(uuid7(), email=email, name=body.name, password_hash=password_hash, now=moment)
        account.verify(moment)
        if not await store.add_account(unit, account):
            raise RuleError("email-taken", "body.email", "The address has an account already.", conflict=True)
        organization = await create(unit, account, body.organization)
        session, token = await begin_session(unit, account, organization.id, moment)
        return await access(unit, visitor.settings, account, session, token, moment, status=201)
