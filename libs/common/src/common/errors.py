"""Errors as callers see them: RFC 9457 `application/problem+json` with a stable `type`, what was wrong, and where."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import Response
from typing_extensions import TypedDict

PROBLEM_MEDIA_TYPE = "application/problem+json"


class Place(TypedDict):
    """One wrong thing: `where` is a path such as `body.services.0.service_id`."""

    where: str
    message: str


class Problem(Exception):
    """Ends a request with a problem document. `type` is a stable name: clients may switch on it."""

    def __init__(
        self,
        status: int,
        type: str,
        title: str,
        detail: str | None = None,
        *,
        errors: Sequence[Place] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(detail or title)
        self.status = status
        self.headers = dict(headers or {})
        self.document: dict[str, Any] = {"type": f"urn:tidings:problem:{type}", "title": title, "status": status}
        if detail is not None:
            self.document["detail"] = detail
        if errors:
            self.document["errors"] = list(errors)
        self.document.update(extensions)

    def response(self) -> Response:
        # ASCII only: whatever a caller sent and we quote back, a lone surrogate too, can be encoded.
        body = json.dumps(self.document, ensure_ascii=True).encode()
        return Response(body, self.status, self.headers, PROBLEM_MEDIA_TYPE)


class ProblemDocument(BaseModel):
    """The shape of a problem document, for OpenAPI."""

    # A model and no TypedDict, because routes name it by the hundred, and its schema is made once. By their defaults none is required.
    type: str = Field(default_factory=str)
    title: str = Field(default_factory=str)
    status: int = Field(default_factory=int)
    detail: str = Field(default_factory=str)
    errors: list[Place] = Field(default_factory=list)


def not_found(what: str) -> Problem:
    """Also the answer to another tenant's id: what one may not see does not exist."""
    return Problem(404, "not-found", "Not found", f"There is no such {what}.")


def invalid(where: str, message: str, *, type: str = "invalid-input") -> Problem:
    """422 for one wrong field."""
    return Problem(422, type, "The input is not valid", message, errors=[{"where": where, "message": message}])


def unavailable(detail: str, *, retry_after: int = 1, type: str = "unavailable") -> Problem:
    return Problem(503, type, "Temporarily unavailable", detail, headers={"Retry-After": str(retry_after)})
