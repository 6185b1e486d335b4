"""The layout: groups and the order of services, read and replaced as a whole."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from catalog.api import PREFIX, Input, load_page
from catalog.domain.layout import GROUPS_MAX
from catalog.domain.service import RESTORABLE, SERVICES_MAX
from catalog.store import layout as store
from catalog.store import page as page_store
from catalog.store import service as service_store
from common.caller import Admin, Viewer
from common.clock import now, uuid7
from common.contracts import catalog as contract
from common.contracts.values import Title
from common.openapi import tells

router = APIRouter(prefix=PREFIX, tags=["layout"])


class ServiceEntry(Input):
    type: Literal["service"]
    id: UUID


class GroupEntry(Input):
    """Without an id a new group is made. Its own services come first, then the groups in it."""

    type: Literal["group"]
    id: UUID | None = None
    name: Title
    entries: list[ServiceEntry] = Field(default=[], max_length=SERVICES_MAX)
    collapsed: Annotated[bool, Field(strict=True)] = False
    groups: "list[GroupEntry]" = Field(default=[], max_length=GROUPS_MAX)


class ReplaceLayout(Input):
    entries: Annotated[
        list[Annotated[ServiceEntry | GroupEntry, Field(discriminator="type")]],
        Field(max_length=SERVICES_MAX + GROUPS_MAX),
    ]


@router.get("/layout", response_model=contract.Layout, responses=tells(200, "ETag"))
async def read_layout(caller: Viewer) -> Response:
    """Groups and services in order. Services that were never placed come last."""
    moment = now()
    async with caller.read() as transaction:
        layout = await store.load_layout(transaction, moment)
        services = await service_store.page_services(transaction, restorable_since=moment - RESTORABLE)
    headers = {"ETag": f'"{layout.version}"'}
    return Response(layout.view(services).model_dump_json(), headers=headers, media_type="application/json")


@router.put("/layout", response_model=contract.Layout, responses=tells(200, "ETag"))
async def replace_layout(body: ReplaceLayout, caller: Admin) -> Response:
    """Put a whole new order in place. A deleted service that can be restored keeps its place where its group remains."""
    moment = now()
    async with caller.write() as writing:
        await page_store.lock_organization(writing.transaction)
        await load_page(writing.transaction)
        layout = await store.load_layout(writing.transaction, moment)
        caller.check_version(layout.version)
        services = await service_store.page_services(writing.transaction, restorable_since=moment - RESTORABLE)
        event = layout.replace([_entry(entry) for entry in body.entries], services, moment)
        if event is not None:
            await store.save_layout(writing.transaction, layout)
            writing.record(event)
        return writing.answer(200, layout.view(services), etag=layout.version)


def _entry(entry: ServiceEntry | GroupEntry) -> contract.LayoutEntry:
    return _group(entry) if isinstance(entry, GroupEntry) else _service(entry)


def _service(entry: ServiceEntry) -> contract.ServiceEntry:
    return contract.ServiceEntry(id=str(entry.id))


def _group(group: GroupEntry) -> contract.GroupEntry:
    return contract.GroupEntry(
        id=str(group.id or uuid7()),
        name=group.name,
        entries=tuple(_service(entry) for entry in group.entries),
        collapsed=group.collapsed,
        groups=tuple(_group(inner) for inner in group.groups),
    )
