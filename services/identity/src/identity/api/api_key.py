"""API keys: made by admins for machines, shown once, told to services by their hashes.

People of other issuers make them too: identity keeps the keys of organizations of which it knows nothing else.
"""

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel
from starlette.responses import Response

from common.caller import Admin
from common.clock import now, uuid7
from common.contracts.identity import RoleName
from common.contracts.values import Role, Title, UtcDatetime
from common.errors import invalid, not_found
from common.openapi import tells
from identity.api import PREFIX, Input
from identity.api.organization import check_admin
from identity.domain.api_key import ApiKey, api_key, check_room
from identity.domain.secrets import SECRET_BYTES
from identity.store import api_key as store

router = APIRouter(prefix=PREFIX, tags=["API keys"])


class NewKey(Input):
    """Without `expires_at` it is valid until it is revoked."""

    name: Title
    role: RoleName
    expires_at: UtcDatetime | None = None


class KeyView(BaseModel):
    """`hint` is how the key begins. `last_used_at` is known to a minute."""

    id: UUID
    name: str
    role: RoleName
    hint: str
    created_at: UtcDatetime
    expires_at: UtcDatetime | None
    last_used_at: UtcDatetime | None


class MadeKey(KeyView):
    """`key` is told this once."""

    key: str


class Keys(BaseModel):
    items: list[KeyView]


@router.post("/api-keys", status_code=201, response_model=MadeKey, responses=tells(201, "Cache-Control"))
async def make_key(body: NewKey, caller: Admin, idempotency_key: Annotated[str | None, Header()] = None) -> Response:
    """A key for a machine. The answer is the only place where it is shown, so it cannot be had again by an `Idempotency-Key`."""
    if idempotency_key is not None:
        raise invalid("header.Idempotency-Key", "The answer holds a secret, which is not kept: send it without.")
    key, moment = api_key(secrets.token_bytes(SECRET_BYTES)), now()
    async with caller.write() as writing:
        await check_admin(writing.transaction, caller)
        await store.lock_keys(writing.transaction)
        check_room(len(await store.valid_keys(writing.transaction, moment)))
        made, event = ApiKey.create(
            uuid7(),
            key=key,
            name=body.name,
            role=Role[body.role.name],
            created_by=caller.principal.user_id,
            expires_at=body.expires_at,
            now=moment,
        )
        await store.save_key(writing.transaction, made)
        writing.record(event)
        response = writing.answer(201, MadeKey(**_view(made).model_dump(), key=key))
        response.headers["Cache-Control"] = "no-store"
        return response


@router.get("/api-keys", response_model=Keys)
async def list_keys(caller: Admin) -> Keys:
    """Those that are valid, in the order in which they were made."""
    async with caller.read() as transaction:
        await check_admin(transaction, caller)
        return Keys(items=[_view(key) for key in await store.valid_keys(transaction, now())])


@router.delete("/api-keys/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, caller: Admin) -> Response:
    async with caller.write() as writing:
        await check_admin(writing.transaction, caller)
        key = await store.load_key(writing.transaction, key_id)
        if key is None:
            raise not_found("API key")
        event = key.revoke(now())
        if event is not None:
            await store.save_key(writing.transaction, key)
            writing.record(event)
        return writing.answer(204)


def _view(key: ApiKey) -> KeyView:
    return KeyView(
        id=key.id,
        name=key.name,
        role=RoleName(key.role.name.lower()),
        hint=key.hint,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )
