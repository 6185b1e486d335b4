"""`Idempotency-Key`: a POST that is sent again, because its answer was lost, has its effect once and gets the same answer.

The answer is stored in the transaction of the effect, for 48 hours, under (organization, principal, method, path, key); only 2xx are, as
everything else rolls back. While the first is under way a second gets 409; the same key with another body 422. An advisory lock rather
than the primary key keeps the second from waiting.
"""

import hashlib
import re
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import delete, func, insert, select, text
from starlette.responses import Response

from common.database import Transaction
from common.errors import Problem, invalid
from common.tables import Infrastructure
from common.web import Replay

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
_KEPT = text("interval '48 hours'")
_STORED_HEADERS = ("location", "etag", "content-type")


@dataclass(frozen=True)
class IdempotencyKey:
    """The key of one request, and a hash of what it asked."""

    principal: str
    method: str
    path: str
    key: str
    request_hash: str

    @classmethod
    async def of(cls, request: Request, principal: str) -> "IdempotencyKey | None":
        """None for requests without the header. Raises a 422 for a key that is none."""
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST":
            return None
        if _KEY.match(key) is None:
            raise invalid(
                f"header.{HEADER}",
                "A key is 1 to 255 printable ASCII characters without spaces.",
                type="invalid-idempotency-key",
            )
        body_hash = hashlib.sha256(await request.body()).hexdigest()
        return cls(principal, request.method, request.url.path, key, body_hash)

    async def begin(self, transaction: Transaction, tables: Infrastructure) -> None:
        """Go on if the key is new; otherwise end the request with the stored answer, a 409 or a 422."""
        name = "\n".join((transaction.organization_id, self.principal, self.method, self.path, self.key))
        if not await transaction.connection.scalar(
            select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))
        ):
            raise Problem(
                409,
                "request-in-flight",
                "The first request with this key is still under way",
                "Send it again in a second to get its answer.",
                headers={"Retry-After": "1"},
            )
        table = tables.idempotency
        stored = (
            await transaction.execute(
                select(table.c.request_hash, table.c.status, table.c.headers, table.c.body).where(
                    table.c.organization_id == transaction.organization_id,
                    table.c.principal == self.principal,
                    table.c.method == self.method,
                    table.c.path == self.path,
                    table.c.key == self.key,
                    table.c.created_at > func.now() - _KEPT,
                )
            )
        ).one_or_none()
        if stored is None:
            return
        if stored.request_hash != self.request_hash:
            raise Problem(
                422,
                "idempotency-key-reused",
                "The key was used for another request",
                "A key belongs to one body. Make a new key for a new request.",
                errors=[{"where": f"header.{HEADER}", "message": "used before with another body"}],
            )
        raise Replay(Response(stored.body, stored.status, {**stored.headers, "Idempotent-Replayed": "true"}))

    async def store(self, transaction: Transaction, tables: Infrastructure, response: Response) -> None:
        """Keep the answer; make room by dropping this organization's expired ones."""
        table = tables.idempotency
        await transaction.execute(
            delete(table).where(
                table.c.organization_id == transaction.organization_id, table.c.created_at <= func.now() - _KEPT
            )
        )
        await transaction.execute(
            insert(table).values(
                organization_id=transaction.organization_id,
                principal=self.principal,
                method=self.method,
                path=self.path,
                key=self.key,
                request_hash=self.request_hash,
                status=response.status_code,
                headers={name: response.headers[name] for name in _STORED_HEADERS if name in response.headers},
                body=bytes(response.body).decode(),
            )
        )
