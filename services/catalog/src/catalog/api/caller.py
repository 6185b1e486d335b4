"""Who a token is of, as the services understand it. For a console whose people sign in at another issuer: how that writes the organization
and the role is configured here alone.
"""

from fastapi import APIRouter
from pydantic import BaseModel

from catalog.api import PREFIX
from common.caller import Viewer
from common.contracts.identity import RoleName

router = APIRouter(prefix=PREFIX, tags=["caller"])


class CallerView(BaseModel):
    id: str
    name: str
    organization_id: str
    role: RoleName


@router.get("/caller")
async def read_caller(caller: Viewer) -> CallerView:
    """Who calls, for which organization, in which role. Also while the organization has no page."""
    principal = caller.principal
    return CallerView(
        id=principal.user_id,
        name=principal.name,
        organization_id=principal.organization_id,
        role=RoleName(principal.role.name.lower()),
    )
