"""Routes of identity. Which need what is said by the type of a parameter: `Viewer`, `Responder`, `Admin` (a token for an organization, as in
every service), `Person` (the cookie of a session), or `Public`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from common.access import needs, public
from common.clock import now
from common.database import Database, Transaction
from common.envelope import Actor
from common.errors import Problem, not_found
from identity.domain.account import Account
from identity.domain.limits import Limit, network_of
from identity.domain.member import Member
from identity.domain.organization import Organization
from identity.domain.password import LENGTH_MAX
from identity.domain.secrets import digest
from identity.domain.session import RefreshToken, Session
from identity.settings import IdentitySettings
from identity.store import Unit, Work, attempts, work
from identity.store import account as store
from identity.store import organization as organizations

PREFIX = "/api/identity/v1"
COOKIE = "tidings_session"

Email = Annotated[str, StringConstraints(max_length=320)]
Password = Annotated[str, StringConstraints(max_length=LENGTH_MAX)]
OneTimeToken = Annotated[str, StringConstraints(max_length=200)]

Result = TypeVar("Result")

# Two at a time: a hash takes 64 MiB and a core for a while, and whoever floods sign-in must not take all of both.
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hashing")


class Input(BaseModel):
    """Base of every request body: what is not known is refused, so that a typing error is never half applied."""

    model_config = ConfigDict(extra="forbid")


async def slowly(hash: Callable[..., Result], *arguments: object) -> Result:
    """Do something with a password beside the event loop. Never while a row is held."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, hash, *arguments)


def actor_of(account: Account) -> Actor:
    return Actor(id=str(account.id), name=account.name)


async def load_organization(transaction: Transaction, *, for_update: bool = False) -> Organization:
    """The organization of the transaction; 404 when it is another issuer's. Held before its members are counted or changed."""
    organization = await organizations.load_organization(transaction, for_update=for_update)
    if organization is None:
        raise not_found("organization")
    return organization


async def held_memberships(unit: Work, account: Account, by: Actor) -> AsyncIterator[tuple[Transaction, Member]]:
    """All that the account has, each held and in the transaction of its organization, as `by`. One is done with before the next."""
    for id in await organizations.organizations_of(unit, account.id):
        transaction = await unit.enter(id, by)
        member = await organizations.load_member(transaction, account.id, for_update=True)
        if member is not None:
            yield transaction, member


async def attempt(unit: Unit, limit: Limit, *of: str) -> None:
    """Count one in this transaction. Raises a 429 when it is too many."""
    wait = await attempts.take(unit, limit, *of)
    if wait is not None:
        raise Problem(
            429,
            "too-many-attempts",
            "That was tried too often",
            f"Try again in {wait} s.",
            headers={"Retry-After": str(wait)},
        )


@dataclass(frozen=True)
class Visitor:
    """Anybody, whether signed in or not."""

    database: Database
    settings: IdentitySettings
    address: str | None
    """Where the request comes from."""

    @property
    def place(self) -> str:
        """The network that tries are counted for."""
        return network_of(self.address) if self.address is not None else ""

    async def attempt(self, *tries: tuple[Limit, str]) -> None:
        """Count these, in a transaction of their own: what is tried counts, whatever comes of it. Raises a 429 when one is too many."""
        async with work(self.database) as unit:
            for limit, of in tries:
                await attempt(unit, limit, of)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        async with work(self.database, self.address) as unit:
            yield unit


@dataclass(frozen=True)
class Visit:
    """A transaction of somebody who is signed in."""

    unit: Work
    account: Account
    session: Session
    token: RefreshToken
    moment: datetime


@dataclass(frozen=True)
class SignedIn(Visitor):
    """Who sent the cookie of a session."""

    token: RefreshToken | None

    @asynccontextmanager
    async def visit(self, *, whole_account: bool = False) -> AsyncIterator[Visit]:
        """Raises a 401 when nobody is signed in. That an old token ended the session is kept all the same.

        With `whole_account` the account is held before the session: two who end each other's sessions must not wait for one another.
        """
        if self.token is None:
            raise signed_out()
        selector, moment, accepted = digest(self.token.selector), now(), False
        async with self.work() as unit:
            account = await store.account_of_session(unit, selector, for_update=whole_account)
            session = await store.find_session(unit, selector) if account is not None else None
            if account is not None and session is not None:
                accepted = session.accepts(self.token, moment)
                if accepted:
                    yield Visit(unit, account, session, self.token, moment)
                else:
                    await store.save_session(unit, session)
        if not accepted:
            raise signed_out()


def signed_out() -> Problem:
    return Problem(401, "signed-out", "Nobody is signed in", "The session is over, or there was none. Sign in.")


def _check_origin(request: Request) -> None:
    """Refuse what a page of another origin sends with the cookie; SameSite lets pages of sister hosts through."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "foreign-origin", "Not from here", "Another site cannot ask this in your name.")


def _services(request: Request) -> tuple[Database, IdentitySettings, str | None]:
    state = request.app.state
    address = request.client.host if request.client is not None else None
    return state.database, state.settings, address


@public
def _visitor(request: Request) -> Visitor:
    _check_origin(request)
    return Visitor(*_services(request))


@needs("a person")
def _signed_in(request: Request) -> SignedIn:
    _check_origin(request)
    return SignedIn(*_services(request), RefreshToken.parse(request.cookies.get(COOKIE, "")))


Public = Annotated[Visitor, Depends(_visitor)]
Person = Annotated[SignedIn, Depends(_signed_in)]
