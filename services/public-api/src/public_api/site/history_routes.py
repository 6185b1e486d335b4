"""The history by month: this and the last one from memory, what is asked for beyond that as PostgreSQL has it, made in a thread."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from common.access import public
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from public_api.answers import coding_of, finished
from public_api.codings import File
from public_api.items import Names, incident_view, window_view
from public_api.pages import Pages, RenderedPage
from public_api.reading import RETRY_SECONDS, NotReadableError, reading
from public_api.site.happenings import in_order
from public_api.site.months import PATH, Month, Told, render, this_month
from public_api.site.page import MISSING
from public_api.site.rendering import plain
from public_api.site.routes import answer_plain, read_file
from public_api.site.words import WORDS
from public_api.store.entity import load_names
from public_api.store.items import has_begun_before, list_begun

LISTED_MAX = 500
"""How many incidents, and windows, of a month are told of."""

router = APIRouter(include_in_schema=False)


@router.api_route(f"/p/{{slug}}/{PATH}", methods=["GET", "HEAD"])
@public
async def read_latest(slug: str, request: Request, service: str = "") -> Response:
    """This month and the last one."""
    page = _page(slug, request)
    if page is None or not service:
        return await read_file(slug, PATH, request)
    latest = this_month(json.loads(page.record.document))
    return await _answer(page, [latest, latest.later(-1)], service, "", request)


@router.api_route(f"/p/{{slug}}/{PATH}/{{month}}", methods=["GET", "HEAD"])
@public
async def read_month(slug: str, month: str, request: Request, service: str = "") -> Response:
    page = _page(slug, request)
    if page is None:
        return await read_file(slug, f"{PATH}/{month}", request)
    asked = Month.read(month)
    return await _answer(page, [asked], service, "../", request) if asked else answer_plain(MISSING, 404)


def _page(slug: str, request: Request) -> RenderedPage | None:
    """None: the page is not there, or elsewhere, which is answered as for any other file."""
    pages: Pages = request.app.state.pages
    page = pages.find(slug)
    return page if isinstance(page, RenderedPage) else None


async def _answer(page: RenderedPage, months: Sequence[Month], service: str, home: str, request: Request) -> Response:
    document: dict[str, Any] = json.loads(page.record.document)
    if months[0] > this_month(document) or (service and service not in {row["id"] for row in document["services"]}):
        return answer_plain(MISSING, 404)
    zone = ZoneInfo(document["uptime"]["time_zone"])
    organization_id = page.record.organization_id
    try:
        async with reading(request.app.state.history_engine) as connection:
            found = [await _read(connection, organization_id, month, zone, service) for month in months]
            names = await load_names(connection, organization_id)
            is_there_more = await has_begun_before(connection, organization_id, months[-1].begins_at(zone))
    except NotReadableError:
        away = plain(WORDS["history_away"], link=home or "./", link_text=WORDS["all_services"])
        return answer_plain(away, 503, retry_after=RETRY_SECONDS)
    others = [months[0].later(1)] if months[0] < this_month(document) else []
    others += [months[-1].later(-1)] if is_there_more else []
    file = await asyncio.to_thread(_file, document, found, names, others, home, service, coding_of(request))
    return finished(file, request)


_Found = tuple[Month, list[str], list[str]]
"""The data of the incidents and windows of a month, one more of each than are told of if there are."""


async def _read(
    connection: AsyncConnection, organization_id: str, month: Month, zone: ZoneInfo, service: str
) -> _Found:
    incidents, windows = [
        await list_begun(
            connection,
            organization_id,
            aggregate,
            month.begins_at(zone),
            month.later(1).begins_at(zone),
            service_id=service or None,
            limit=LISTED_MAX + 1,
        )
        for aggregate in ("incident", "maintenance")
    ]
    return month, incidents, windows


def _file(
    document: dict[str, Any],
    found: Sequence[_Found],
    names: Names,
    others: Sequence[Month],
    home: str,
    service: str,
    coding: str | None,
) -> File:
    file = File(render(document, [_told(*month, names) for month in found], others, home=home, service=service))
    file.coded(coding)
    return file


def _told(month: Month, incidents: Sequence[str], windows: Sequence[str], names: Names) -> Told:
    rows = [incident_view(Incident.model_validate_json(data), names) for data in incidents[:LISTED_MAX]]
    rows += [window_view(Maintenance.model_validate_json(data), names) for data in windows[:LISTED_MAX]]
    return Told(month, in_order(rows), is_cut=max(len(incidents), len(windows)) > LISTED_MAX)
