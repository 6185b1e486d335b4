"""Who is calling, as routes see it. A route names the role it needs by its parameter's type, in one visible place:

    async def open_incident(body: OpenIncident, caller: Responder) -> Response:
        async with caller.write() as transaction:
            ...
            transaction.record(event)
            return transaction.answer(201, view)

`caller.write()` is the organization's transaction; with an Idempotency-Key it stores the answer, or gives the stored one.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.responses import Response

from common import loud
from common.authentication import Authenticator
from common.claims import InvalidTokenError, Principal
from common.contracts.values import Role
from common.database import Database, Transaction
from common.envelope import Actor
from common.errors import Problem, unavailable
from common.idempotency import IdempotencyKey
from common.issuers import TokenSettings
from common.known_access import KnownAccess
from common.rates import Rates, RateSettings
from common.settings import load
from common.tokens import KeysUnavailableError, Verifier

log = logging.getLogger(__name__)

# Only for OpenAPI: the header is read below, where every way of being wrong gets the same answer.
_bearer = HTTPBearer(auto_error=False, description="An access token of a configured issuer, or an API key")


class Writing:
    """A tenant's transaction that ends with an answer."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.execute = transaction.execute
        self.record = transaction.record
        self.organization_id = transaction.organization_id
        self.response: Response | None = None

    def answer(
        self, status: int, body: BaseModel | None = None, *, etag: int | None = None, location: str | None = None
    ) -> Response:
        """The answer, to be returned from within the block: an Idempotency-Key stores it together with the effect."""
        headers = {}
        if etag is not None:
            headers["ETag"] = f'"{etag}"'
        if location is not None:
            headers["Location"] = location
        content = body.model_dump_json() if body is not None else None
        self.response = Response(content, status, headers, "application/json" if body is not None else None)
        return self.response


class Caller:
    def __init__(
        self,
        principal: Principal,
        address: str | None,
        database: Database,
        key: IdempotencyKey | None,
        if_match: str | None,
    ) -> None:
        self.principal = principal
        self.organization_id = principal.organization_id
        self.actor = Actor(id=principal.user_id, name=principal.name, address=address)
        self._database = database
        self._key = key
        self._if_match = if_match

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with self._database.transaction(self.organization_id) as transaction:
            yield transaction

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Writing]:
        async with self._database.transaction(self.organization_id, self.actor) as transaction:
            writing = Writing(transaction)
            if self._key is not None:
                await self._key.begin(transaction, self._database.tables)
            yield writing
            if self._key is not None:
                if writing.response is None:
                    raise RuntimeError("a route under an Idempotency-Key must end with writing.answer(...)")
                await self._key.store(transaction, self._database.tables, writing.response)

    def check_version(self, version: int) -> None:
        """Refuse with 412 when If-Match names only versions that are not the present one."""
        if self._if_match is None:
            return
        wanted = [tag.strip().removeprefix("W/") for tag in self._if_match.split(",")]
        if "*" not in wanted and f'"{version}"' not in wanted:
            raise Problem(
                412,
                "stale",
                "Somebody changed it in the meantime",
                f"It is at version {version} now. Read it again, then repeat the change.",
                headers={"ETag": f'"{version}"'},
            )


def _unauthorized() -> Problem:
    return Problem(
        401,
        "invalid-token",
        "The access token or API key is missing or not valid",
        "Send `Authorization: Bearer <token>` with one that has neither expired nor been revoked.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


async def _principal(request: Request) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _unauthorized()
    authenticator: Authenticator = request.app.state.authenticator
    try:
        return await authenticator.principal(token.strip())
    except InvalidTokenError as error:
        log.info("token refused", extra={"reason": str(error)[:200]})
        raise _unauthorized() from error
    except KeysUnavailableError as error:
        log.error("nobody can be let in", extra={"reason": str(error)})
        raise unavailable("Whether you may come in cannot be found out now.", retry_after=5) from error


def authenticate(app: FastAPI, known: KnownAccess) -> None:
    """Give an application what the routes of this module need: the issuers that are believed, and how often one may call.

    `known` is to be kept up to date by whoever starts the application.
    """
    app.state.authenticator = Authenticator(Verifier(load(TokenSettings)), known)
    app.state.rates = Rates(load(RateSettings))


@dataclass(frozen=True)
class Authenticated:
    """The dependency that lets in who has a role, as often as is allowed."""

    role: Role
    keeps: bool = True
    """Whether a request that is no GET counts as a write: not where nothing is kept."""

    @property
    def tidings_access(self) -> str:
        """What common.access asks for."""
        return self.role.name.lower()

    async def __call__(self, request: Request, _: Annotated[object, Depends(_bearer)]) -> Principal:
        found = await _principal(request)
        loud.REQUESTS.count(found.organization_id)
        rates: Rates = request.app.state.rates
        rates.take(found, write=self.keeps and request.method != "GET")
        if found.role < self.role:
            raise Problem(
                403,
                "role-too-low",
                "Your role does not allow this",
                f"This needs the role {self.role.name.lower()} or a higher one.",
            )
        return found


def _at_least(role: Role) -> object:
    async def caller(request: Request, principal: Annotated[Principal, Depends(Authenticated(role))]) -> Caller:
        key = await IdempotencyKey.of(request, f"{principal.issuer} {principal.user_id}")
        address = request.client.host if request.client is not None else None
        return Caller(principal, address, request.app.state.database, key, request.headers.get("if-match"))

    return Depends(caller)


Viewer = Annotated[Caller, _at_least(Role.VIEWER)]
Responder = Annotated[Caller, _at_least(Role.RESPONDER)]
Admin = Annotated[Caller, _at_least(Role.ADMIN)]

ResponderPrincipal = Annotated[Principal, Depends(Authenticated(Role.RESPONDER, keeps=False))]
"""Who is calling, where there is no tenant's transaction: a service that keeps nothing that is an organization's alone."""
