"""For which hosts the edge may get a certificate: those at which somebody's page is. The edge asks before each, and nobody else can.

Otherwise whoever points a name at the edge, or invents one, has it ask an authority until that refuses everybody. From memory, so that
certificates are renewed while everything else is away.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from common.access import public
from public_api.pages import Pages

router = APIRouter(include_in_schema=False)


@router.get("/edge/certificate")
@public
async def may_have_certificate(domain: str, request: Request) -> Response:
    """200: a page is at this host, be it a proved custom domain or the page's own below the base domain. Else 404."""
    pages: Pages = request.app.state.pages
    slug, _, parent = domain.lower().partition(".")
    # One that moved still has to redirect.
    is_page = pages.find(slug if parent == request.app.state.base_domain else domain) if parent else None
    return Response(status_code=200 if is_page else 404)
