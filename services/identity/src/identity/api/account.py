"""Accounts: signing up, proving the address, and passwords.

No answer tells whether an address has an account: signing up and asking for a new password always answer the same, and the mail says the
rest to whoever reads it. A password counts only once somebody who knows it has shown that they read the address's mail: otherwise who
signs up with another's address would wait, knowing the password, until the other confirms it.
"""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from common.clock import now, uuid7
from common.contracts.rules import RuleError
from common.contracts.values import Title
from common.errors import Problem
from identity.api import (
    PREFIX,
    Email,
    Input,
    OneTimeToken,
    Password,
    Person,
    Public,
    Visitor,
    mails,
    slowly,
)
from identity.api.answers import Access, access, begin_session, renewed, signs_in
from identity.api.revocation import end_everything
from identity.api.session import wrong_credentials
from identity.domain.account import Account, normalised_email
from identity.domain.limits import (
    CODES_FROM_ADDRESS,
    FORGOTTEN_FROM_ADDRESS,
    PASSWORD_OF_ACCOUNT,
    RESET_MAILS,
    SIGN_UP_FROM_ADDRESS,
    SIGN_UP_MAILS,
)
from identity.domain.link import Purpose, unusable
from identity.domain.password import check_password, hash_password, matches
from identity.domain.secrets import digest
from identity.links import new_code
from identity.settings import IdentitySettings, SignUp
from identity.store import Work, attempts
from identity.store import account as store
from identity.store.mail import add_mail

router = APIRouter(prefix=PREFIX, tags=["account"])


class SigningUp(Input):
    email: Email
    password: Password
    name: Title


class Confirming(Input):
    token: OneTimeToken
    password: Password


class Forgotten(Input):
    email: Email


class Resetting(Input):
    token: OneTimeToken
    password: Password


class ChangingPassword(Input):
    current: Password
    password: Password


class Noted(BaseModel):
    """What happens next is in a mail to this address."""

    email: str


def about(email: str, name: str) -> tuple[str, ...]:
    """What a password must not be made of."""
    return (email, email.partition("@")[0], name, *name.split(), "tidings")


@router.post("/accounts", status_code=202, response_model=Noted)
async def sign_up(body: SigningUp, visitor: Public) -> Response:
    """Ask for an account. The mail has a code that confirms the address. 403 where people join by invitation only."""
    if visitor.settings.sign_up is not SignUp.OPEN:
        raise Problem(403, "by-invitation-only", "People join by invitation", "Ask an admin to invite you.")
    email = normalised_email(body.email)
    check_password(body.password, where="body.password", about=about(email, body.name))
    await visitor.attempt((SIGN_UP_FROM_ADDRESS, visitor.place))
    password_hash = await slowly(hash_password, body.password)
    moment = now()
    async with visitor.work() as unit:
        if await attempts.take(unit, SIGN_UP_MAILS, email) is not None:
            return JSONResponse({"email": email}, 202)  # mails enough are there
        account = Account.sign_up(uuid7(), email=email, name=body.name, password_hash=password_hash, now=moment)
        if not await store.add_account(unit, account):
            known = await store.find_account(unit, email)
            account = (known and await store.load_account(unit, known.id, for_update=True)) or account
            if account.verified_at is None:
                # Nobody has proven the address yet, so who signed up last counts, and codes of before do no more.
                account.name = body.name
                account.change_password(password_hash, moment)
                await store.save_account(unit, account)
        if account.verified_at is None:
            await _mail_code(unit, account, Purpose.VERIFY_EMAIL, mails.CONFIRM, visitor.settings)
        else:
            await add_mail(unit, email, *mails.KNOWN)
    return JSONResponse({"email": email}, 202)


@router.post("/accounts/confirm", status_code=201, response_model=Access, responses=signs_in(201))
async def confirm(body: Confirming, visitor: Public) -> Response:
    """Prove the address by the code in its mail, and that one chose the password. Signs in."""
    await visitor.attempt((CODES_FROM_ADDRESS, visitor.place))
    found = await _account_of(visitor, body.token, Purpose.VERIFY_EMAIL)
    if not await slowly(matches, body.password, found.password_hash):
        raise wrong_credentials()
    moment = now()
    async with visitor.work() as unit:
        account = await _use(unit, body.token, Purpose.VERIFY_EMAIL)
        if account.password_hash != found.password_hash:
            raise unusable()
        account.verify(moment)
        await store.save_account(unit, account)
        session, token = await begin_session(unit, account, None, moment)
        return await access(unit, visitor.settings, account, session, token, moment, status=201)


@router.post("/password/forgotten", status_code=202, response_model=Noted)
async def forgotten(body: Forgotten, visitor: Public) -> Response:
    """Ask for a code to choose a new password with. It goes to the address, if that has an account."""
    email = normalised_email(body.email)
    await visitor.attempt((FORGOTTEN_FROM_ADDRESS, visitor.place))
    async with visitor.work() as unit:
        account = await store.find_account(unit, email)
        too_many = await attempts.take(unit, RESET_MAILS, email) is not None
        if account is not None and not too_many:  # mails enough are there, and the last one's code is good
            await _mail_code(unit, account, Purpose.RESET_PASSWORD, mails.RESET, visitor.settings)
    return JSONResponse({"email": email}, 202)


@router.post("/password/reset", status_code=204)
async def reset(body: Resetting, visitor: Public) -> Response:
    """Choose a new password by the code in a mail, which proves the address too. Ends everything that is signed in."""
    await visitor.attempt((CODES_FROM_ADDRESS, visitor.place))
    found = await _account_of(visitor, body.token, Purpose.RESET_PASSWORD)
    check_password(body.password, where="body.password", about=about(found.email, found.name))
    password_hash = await slowly(hash_password, body.password)
    moment = now()
    async with visitor.work() as unit:
        account = await _use(unit, body.token, Purpose.RESET_PASSWORD)
        account.change_password(password_hash, moment)
        account.verify(moment)
        await store.save_account(unit, account)
        await end_everything(unit, account, moment)
        await add_mail(unit, account.email, *mails.CHANGED)
    return Response(status_code=204)


@router.put("/account/password", response_model=Access, responses=signs_in(200))
async def change_password(body: ChangingPassword, person: Person) -> Response:
    """Ends everything else that is signed in, and answers as a refresh does."""
    async with person.visit() as visit:
        found = visit.account
    await person.attempt((PASSWORD_OF_ACCOUNT, str(found.id)))
    if not await slowly(matches, body.current, found.password_hash):
        raise RuleError("wrong-password", "body.current", "This is not the present password.")
    check_password(body.password, where="body.password", about=about(found.email, found.name))
    password_hash = await slowly(hash_password, body.password)
    async with person.visit(whole_account=True) as visit:
        account = visit.account
        if account.password_hash != found.password_hash:
            raise RuleError("wrong-password", "body.current", "It was changed a moment ago.", conflict=True)
        account.change_password(password_hash, visit.moment)
        await store.save_account(visit.unit, account)
        await end_everything(visit.unit, account, visit.moment, but=visit.session.id)
        await add_mail(visit.unit, account.email, *mails.CHANGED)
        return await renewed(visit, person.settings)


async def _mail_code(
    unit: Work, account: Account, purpose: Purpose, text: tuple[str, str], settings: IdentitySettings
) -> None:
    code, (subject, body) = await new_code(unit, purpose, account.id), text
    await add_mail(unit, account.email, subject, body.format(code=code, console=settings.console))


async def _account_of(visitor: Visitor, code: str, purpose: Purpose) -> Account:
    """Whose code it is, without using it. Raises a 422 for one that is good no more."""
    async with visitor.work() as unit:
        link = await store.find_link(unit, digest(code))
        if link is None or link.account_id is None:
            raise unusable()
        link.use(purpose, now())  # and not saved
        return await _existing(unit, link.account_id)


async def _use(unit: Work, code: str, purpose: Purpose) -> Account:
    """Use the code up. Returns whose it is, held until the transaction ends."""
    link = await store.find_link(unit, digest(code))
    if link is None or link.account_id is None:
        raise unusable()
    link.use(purpose, now())
    await store.save_link(unit, link)
    return await _existing(unit, link.account_id)


async def _existing(unit: Work, id: UUID) -> Account:
    account = await store.load_account(unit, id, for_update=True)
    if account is None:
        raise unusable()
    return account
