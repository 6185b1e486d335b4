"""Custom domains: host names of an organization's own for its page, and the records that prove them."""

import math
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from catalog.api import PREFIX, Input, load_page
from catalog.domain.custom_domain import CustomDomain, Finding, check_room, normalized
from catalog.proof import Prover
from catalog.store import custom_domain as store
from catalog.store import page as page_store
from common.caller import Admin
from common.clock import now, uuid7
from common.contracts.catalog import DomainStatus
from common.contracts.values import UtcDatetime
from common.errors import Problem, not_found
from common.openapi import tells

router = APIRouter(prefix=f"{PREFIX}/page/domains", tags=["custom domains"])

NAME_TYPED_MAX = 1000
"""As people write a name it may be longer than DNS allows for its own form."""


class AddDomain(Input):
    name: str = Field(
        max_length=NAME_TYPED_MAX, description="as people write it; `status.bücher.example` is understood"
    )


class RecordView(BaseModel):
    """What to put into the domain's zone."""

    type: str
    name: str
    value: str


class DomainView(BaseModel):
    """A custom domain. `finding` is what the last look for its record found, at `checked_at`.

    `proof` is the record that shows the name to be the organization's; it has to stay. `address` leads visitors to the page; a name that may
    have no CNAME, such as example.com itself, needs that host's addresses instead. `ends_at`: when it is released (`failing`), or not looked
    for any more (`pending`), unless the record is found until then.
    """

    id: UUID
    name: str
    status: DomainStatus
    proof: RecordView
    address: RecordView
    finding: Finding | None
    checked_at: UtcDatetime | None
    next_check_at: UtcDatetime | None
    proved_at: UtcDatetime | None
    failing_since: UtcDatetime | None
    ends_at: UtcDatetime | None
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class Domains(BaseModel):
    items: list[DomainView]


@router.get("")
async def list_domains(caller: Admin, request: Request) -> Domains:
    """In order of creation."""
    async with caller.read() as transaction:
        domains = await store.load_all(transaction)
    return Domains(items=[_view(domain, request) for domain in domains])


@router.post("", status_code=201, response_model=DomainView, responses=tells(201, "Location"))
async def add_domain(body: AddDomain, caller: Admin, request: Request) -> Response:
    """Ask for a host name. Its record is looked for from now on, for 7 days; at most 5 an organization."""
    name = normalized(body.name, _prover(request).base_domain)
    async with caller.write() as writing:
        await page_store.lock_organization(writing.transaction)
        await load_page(writing.transaction)
        domains = await store.load_all(writing.transaction)
        if any(domain.name == name for domain in domains):
            raise Problem(
                409, "domain-exists", "The organization has this domain already", f"{name} is among its domains."
            )
        check_room(len(domains))
        domain, event = CustomDomain.request(caller.organization_id, uuid7(), name=name, now=now())
        await store.save(writing.transaction, domain)
        writing.record(event)
        return writing.answer(201, _view(domain, request), location=f"{router.prefix}/{domain.id}")


@router.post("/{domain_id}/check", response_model=DomainView)
async def check_domain(domain_id: UUID, caller: Admin, request: Request) -> Response:
    """Look for the record now, at most every 10 s. Where looking had ended it begins once more."""
    async with caller.read() as transaction:
        present, began_at = await store.begin_look(transaction, domain_id)
    domain = _found(present)
    if pause := domain.check_pause(now()):
        wait = math.ceil(pause.total_seconds())
        detail = f"It was checked a moment ago. Try again in {wait} s."
        raise Problem(429, "checked-just-now", "Checked just now", detail, headers={"Retry-After": str(wait)})
    finding = await _prover(request).look(domain)  # with no transaction open: it may take seconds
    async with caller.write() as writing:
        noted = await store.note_finding(writing.transaction, domain_id, finding, began_at=began_at, anew=True)
        return writing.answer(200, _view(_found(noted), request))


@router.delete("/{domain_id}", status_code=204)
async def remove_domain(domain_id: UUID, caller: Admin) -> Response:
    """Give it up: the page is not at it any more, and another organization may prove it."""
    async with caller.write() as writing:
        domain = _found(await store.load(writing.transaction, domain_id, for_update=True))
        await store.remove(writing.transaction, domain)
        writing.record(domain.delete(now()))
        return writing.answer(204)


def _found(domain: CustomDomain | None) -> CustomDomain:
    if domain is None:
        raise not_found("domain")
    return domain


def _prover(request: Request) -> Prover:
    prover: Prover = request.app.state.prover
    return prover


def _view(domain: CustomDomain, request: Request) -> DomainView:
    return DomainView(
        id=domain.id,
        name=domain.name,
        status=domain.status,
        proof=RecordView(type="TXT", name=domain.record_name, value=domain.record_value),
        address=RecordView(type="CNAME", name=domain.name, value=_prover(request).base_domain),
        finding=domain.finding,
        checked_at=domain.checked_at,
        next_check_at=domain.next_check_at(),
        proved_at=domain.proved_at,
        failing_since=domain.failing_since,
        ends_at=domain.ends_at,
        version=domain.version,
        created_at=domain.created_at,
        updated_at=domain.updated_at,
    )
