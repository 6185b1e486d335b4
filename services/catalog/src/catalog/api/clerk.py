"""Clerk's webhook: an organization that was made at Clerk gets its page, as one that identity made does.

Clerk signs by Svix, which is Standard Webhooks with headers of another name: an HMAC over id, time and body under a secret that both know.
The signature is the credential, there is no token. While the secret is being replaced Svix sends two signatures, of which one must be right.
"""

import hmac
import re
import time
from base64 import b64decode, b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.datastructures import Headers
from starlette.responses import Response

from catalog.api import PREFIX
from catalog.domain.page import Settings, slug_of
from catalog.store import page as store
from common.access import public
from common.clock import now
from common.contracts.values import ORGANIZATION_ID_PATTERN, TITLE_MAX
from common.database import Database
from common.envelope import Actor
from common.errors import Problem, invalid, not_found

router = APIRouter(prefix=PREFIX, tags=["page"])

TOLERANCE_SECONDS = 300
"""How far a message's time may be from ours. A message that is sent again within it changes nothing."""

_SECRET_PREFIX = "whsec_"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


def _is_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        length = len(b64decode(text.removeprefix(_SECRET_PREFIX), validate=True))
    except ValueError:
        length = 0
    if not text.startswith(_SECRET_PREFIX) or length < 24:
        raise ValueError("must be the endpoint's signing secret as Clerk shows it: whsec_ and base64")
    return value


def _is_organization_id(text: str) -> str:
    if re.match(ORGANIZATION_ID_PATTERN, text) is None:
        raise ValueError("is no organization's id")
    return text


class ClerkSettings(BaseSettings):
    """Without the secret there is no webhook."""

    model_config = SettingsConfigDict(env_prefix="TIDINGS_CLERK_", env_ignore_empty=True, extra="ignore", frozen=True)

    webhook_secret: Annotated[SecretStr, AfterValidator(_is_secret)] | None = Field(
        default=None,
        description="the signing secret of Clerk's webhook, by which catalog makes pages of new organizations",
        examples=["whsec_…"],
    )

    @property
    def key(self) -> bytes | None:
        if self.webhook_secret is None:
            return None
        return b64decode(self.webhook_secret.get_secret_value().removeprefix(_SECRET_PREFIX))


class _Event(BaseModel):
    type: str
    data: dict[str, Any]


class _Organization(BaseModel):
    """What Clerk tells of one. It may have no slug."""

    id: Annotated[str, AfterValidator(_is_organization_id)]
    name: Annotated[str, Field(min_length=1)]
    slug: str | None = None


@router.post("/clerk/webhook", include_in_schema=False)  # of one caller, who knows what to send
@public
async def clerk_webhook(request: Request) -> Response:
    """For Clerk alone: `organization.created` provisions the organization's page, other events change nothing."""
    settings: ClerkSettings = request.app.state.clerk
    if settings.key is None:
        raise not_found("webhook")
    body = await request.body()
    if not is_signed(settings.key, request.headers, body, time.time()):
        raise Problem(401, "invalid-signature", "The signature is missing or not valid")
    try:
        event = _Event.model_validate_json(body)
        if event.type == "organization.created":
            await _provision(request.app.state.database, _Organization.model_validate(event.data))
    except ValidationError as error:
        raise invalid("body", f"This is no event of Clerk as we know them: {error.errors()[0]['loc']}") from error
    return Response(status_code=204)


async def _provision(database: Database, organization: _Organization) -> None:
    async with database.transaction(organization.id, Actor(id="clerk", name="Clerk")) as transaction:
        slug = slug_of(organization.slug, organization.name)
        settings = Settings(name=organization.name[:TITLE_MAX])
        await store.provision(transaction, slug=slug, settings=settings, now=now())


def is_signed(key: bytes, headers: Headers, body: bytes, at: float) -> bool:
    """Whether a message with these headers was signed with the key, and within five minutes of this moment."""
    for prefix in ("svix", "webhook"):
        id, timestamp, signatures = (headers.get(f"{prefix}-{name}", "") for name in ("id", "timestamp", "signature"))
        if id and _TIMESTAMP.fullmatch(timestamp) and abs(at - int(timestamp)) <= TOLERANCE_SECONDS:
            signed = hmac.digest(key, f"{id}.{timestamp}.".encode("latin-1") + body, "sha256")
            wanted = b"v1," + b64encode(signed)
            return any(hmac.compare_digest(wanted, given.encode("latin-1")) for given in signatures.split(" "))
    return False
