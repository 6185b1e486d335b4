"""What machines are offered below a page's address, path by path, so that OpenAPI tells of it. The site's own route answers it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from common.access import public
from public_api.declared import NO_FILE, finished
from public_api.machines import FEED_TYPES
from public_api.site.routes import read_file

router = APIRouter(prefix="/p/{slug}", tags=["machines"])

_STATUSPAGE = {
    "summary": "Components, unresolved incidents, maintenance planned and in progress, and the status",
    "status": "The status",
    "components": "Services and groups",
    "incidents": "The 50 most recent incidents",
    "incidents/unresolved": "Incidents that are not resolved",
    "scheduled-maintenances": "The 50 most recent maintenance windows",
    "scheduled-maintenances/upcoming": "Planned maintenance windows",
    "scheduled-maintenances/active": "Maintenance windows in progress",
}


def _offer(path: str, media_type: str, says: str) -> None:
    @public
    async def read(slug: str, request: Request) -> Response:
        return await read_file(slug, path, request)

    router.add_api_route(
        f"/{path}",
        read,
        methods=["GET"],
        summary=says,
        response_class=Response,
        responses=NO_FILE | finished(content={media_type: {}}),
    )


for _name, _says in _STATUSPAGE.items():
    _offer(f"api/v2/{_name}.json", "application/json", f"{_says}, as Statuspage's public API v2 has it")
for _path, _media_type in FEED_TYPES.items():
    _offer(_path, _media_type.partition(";")[0], "Incidents and maintenance, an entry each")
_offer("badge.svg", "image/svg+xml", "The page's status as a small picture")


@router.get(
    "/badges/{service_id}.svg",
    summary="A service's status as a small picture",
    response_class=Response,
    responses=NO_FILE | finished(content={"image/svg+xml": {}}),
)
@public
async def read_badge(slug: str, service_id: str, request: Request) -> Response:
    return await read_file(slug, f"badges/{service_id}.svg", request)
