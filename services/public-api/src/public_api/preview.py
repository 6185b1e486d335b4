"""How an incident, a window or the page itself will look, while somebody types it: by the page's own templates. Nothing is kept."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from common.caller import ResponderPrincipal
from common.clock import now, rfc3339
from common.contracts.catalog import Theme
from common.contracts.values import (
    Color,
    IncidentImpact,
    IncidentStatus,
    MailAddress,
    MaintenanceStatus,
    ServiceStatus,
    Text,
    Title,
    UtcDatetime,
    WebAddress,
)
from common.errors import Problem, not_found
from public_api.api import PREFIX, PagesOfService, Slug
from public_api.codings import Content
from public_api.days import day_of
from public_api.declared import CARD
from public_api.pages import RenderedPage
from public_api.site.page import without_script
from public_api.site.rendering import alone, html_of
from public_api.site.times import Times

BODY_MAX_BYTES = 64 * 1024
UPDATES_MAX = 200
SERVICES_MAX = 500
LINKS_MAX = 10
_FIRST_YEAR, _LAST_YEAR = 1970, 9998

router = APIRouter(prefix=PREFIX, tags=["preview"])


def _of_our_time(moment: datetime) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"must be in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


Moment = Annotated[UtcDatetime, AfterValidator(_of_our_time)]
"""One that can be told in every zone."""


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AffectedService(Input):
    service_id: UUID
    status: ServiceStatus | None = Field(None, description="of an incident; what its impact means otherwise")


class IncidentUpdate(Input):
    status: IncidentStatus
    message: Text
    created_at: Moment | None = None


class WindowUpdate(Input):
    status: MaintenanceStatus
    message: Text
    created_at: Moment | None = None


class Typed(Input):
    """What incidents and windows have in common. Services that are not on the page are not on the card."""

    title: Title
    description: Text = ""
    services: list[AffectedService] = Field([], max_length=SERVICES_MAX)
    started_at: Moment | None = None


class TypedIncident(Typed):
    kind: Literal["incident"]
    status: IncidentStatus = IncidentStatus.INVESTIGATING
    impact: IncidentImpact = IncidentImpact.NONE
    resolved_at: Moment | None = None
    updates: list[IncidentUpdate] = Field([], max_length=UPDATES_MAX, description="in the order they are posted")


class TypedWindow(Typed):
    kind: Literal["maintenance"]
    status: MaintenanceStatus = MaintenanceStatus.SCHEDULED
    scheduled_start: Moment
    scheduled_end: Moment
    completed_at: Moment | None = None
    cancelled_at: Moment | None = None
    updates: list[WindowUpdate] = Field([], max_length=UPDATES_MAX, description="in the order they are posted")


class PageLink(Input):
    label: Title
    url: WebAddress


class TypedPage(Input):
    """Of the page's settings those that are seen on it at once."""

    kind: Literal["page"]
    name: Title
    description: Text = ""
    theme: Theme = Theme.SYSTEM
    accent_color: Color | None = None
    logo_url: WebAddress | None = None
    favicon_url: WebAddress | None = None
    support_url: WebAddress | MailAddress | None = None
    links: list[PageLink] = Field([], max_length=LINKS_MAX)


async def _check_size(request: Request) -> None:
    if len(await request.body()) > BODY_MAX_BYTES:
        raise Problem(413, "body-too-large", "The body is too large", f"At most {BODY_MAX_BYTES} bytes are allowed.")


@router.post(
    "/pages/{slug}/preview",
    response_class=HTMLResponse,
    responses=CARD,
)
async def preview(
    slug: Slug,
    caller: ResponderPrincipal,
    _: Annotated[None, Depends(_check_size)],
    body: Annotated[TypedIncident | TypedWindow | TypedPage, Field(discriminator="kind")],
    pages: PagesOfService,
) -> Response:
    """How an incident or a window will look on the page, or the page itself. Nothing is kept."""
    page = pages.find(slug)
    if not isinstance(page, RenderedPage) or page.record.organization_id != caller.organization_id:
        raise not_found("page")
    if isinstance(body, TypedPage):
        seen = await asyncio.to_thread(render_page, body, page.record.document, page.record.archive)
    else:
        seen = await asyncio.to_thread(render, body, page.record.document, now())
    return Response(seen.text, 200, {"Cache-Control": "no-store", **seen.headers}, seen.media_type)


def render_page(typed: TypedPage, document_json: str, archive: str) -> Content:
    """The page as it is now, with these settings."""
    document = json.loads(document_json)
    document["organization"] |= typed.model_dump(mode="json", exclude={"kind"})
    return without_script(document, archive)


def render(typed: TypedIncident | TypedWindow, document_json: str, moment: datetime) -> Content:
    """The card as it would be now. Times that are not typed yet are now."""
    document = json.loads(document_json)
    organization = document["organization"]
    names = {service["id"]: service["name"] for service in document["services"]}
    named = [
        (service, names[str(service.service_id)]) for service in typed.services if str(service.service_id) in names
    ]
    row: dict[str, Any] = {
        "id": "preview",
        "title": typed.title,
        "description": typed.description,
        "status": typed.status.value,
        "updates": _updates(typed.updates, moment),
    }
    if isinstance(typed, TypedIncident):
        is_over = typed.status is IncidentStatus.RESOLVED
        kind = "past_incident" if is_over else "incident"
        usual = typed.impact.service_status
        row |= {
            "impact": typed.impact.value,
            "started_at": rfc3339(typed.started_at or moment),
            "resolved_at": rfc3339(typed.resolved_at or moment) if is_over else None,
            "services": [
                {"id": str(service.service_id), "name": name, "status": (service.status or usual).value}
                for service, name in named
            ],
        }
    else:
        kind = "window"
        row |= {
            "scheduled_start": rfc3339(typed.scheduled_start),
            "scheduled_end": rfc3339(typed.scheduled_end),
            "started_at": rfc3339(typed.started_at or typed.scheduled_start),
            "completed_at": rfc3339(typed.completed_at or moment),
            "cancelled_at": rfc3339(typed.cancelled_at or moment),
            "services": [{"id": str(service.service_id), "name": name} for service, name in named],
        }
    zone = organization["time_zone"]
    html = html_of("card.html", kind=kind, row=row, times=Times(zone, day_of(moment, ZoneInfo(zone))))
    return alone(html, organization)


def _updates(posted: Sequence[IncidentUpdate | WindowUpdate], moment: datetime) -> list[dict[str, Any]]:
    """As the page has them, the latest first."""
    return [
        {
            "id": f"update-{number}",
            "status": update.status.value,
            "message": update.message,
            "created_at": rfc3339(update.created_at or moment),
            "edited_at": None,
        }
        for number, update in reversed(list(enumerate(posted)))
    ]
