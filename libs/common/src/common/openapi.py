"""What OpenAPI says of answers besides what each route says itself: problems, and the headers that go with a status. One home for it.

`Application` is FastAPI that writes a problem document down as the media type that it is sent as, where FastAPI itself believes every model
to be sent as the route's; and that says with every answer what `common.safe_headers` has, and counts it.
"""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from common.errors import PROBLEM_MEDIA_TYPE, ProblemDocument
from common.measuring import Requests
from common.safe_headers import SafeHeaders

Answers = dict[int | str, dict[str, Any]]
"""What FastAPI calls `responses`."""

_PROBLEM_SCHEMA = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}

_HEADERS = {
    "Accept": "with 415: what a body must be",
    "Access-Control-Allow-Origin": "for which origins' pages it is",
    "Access-Control-Expose-Headers": "what they may read of it",
    "Allow": "with 405: the methods there are",
    "Cache-Control": "how long it may be kept",
    "Content-Disposition": "what it is to be saved as",
    "Content-Security-Policy": "what it may load and do in a browser",
    "ETag": "the version, for If-Match and If-None-Match",
    "Location": "where it is",
    "Referrer-Policy": "what links on it tell of where they are",
    "Retry-After": "seconds until it may be tried again",
    "Set-Cookie": "the session",
    "WWW-Authenticate": "what the token lacks",
    "X-Accel-Buffering": "that no proxy holds it back",
    "X-Content-Type-Options": "that the media type is not to be guessed",
}
_REFERENCES = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}


def tells(status: int | str, *headers: str, **said: Any) -> Answers:
    """That an answer has headers worth reading; `said` is what else FastAPI takes (`model`, `description`)."""
    return {status: {**said, "headers": {name: _REFERENCES[name] for name in headers}}}


def refuses(status: int | str, why: str, *headers: str) -> Answers:
    """That a problem document may be the answer."""
    return tells(status, *headers, model=ProblemDocument, description=why)


ALWAYS = (
    refuses("4XX", "A problem document (RFC 9457)", "Accept", "Allow", "ETag", "Retry-After")
    | refuses("5XX", "A problem document too")
    | refuses(503, "What is needed does not answer: nothing was changed", "Retry-After")
)
"""Of every route of every service."""

AUTHENTICATED = refuses(401, "The access token is missing or not valid", "WWW-Authenticate") | refuses(
    429, "Too many requests of this principal", "Retry-After"
)
"""Of routes that authenticate, besides."""


class Application(FastAPI):
    def build_middleware_stack(self) -> ASGIApp:
        """With what every answer says around all of it, so that the answer to an unexpected error says it too."""
        return Requests(SafeHeaders(super().build_middleware_stack()))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            shared = _shared_answers()
            headers = {name: {"description": says, "schema": {"type": "string"}} for name, says in _HEADERS.items()}
            document["components"] |= {"headers": headers, "responses": shared}
            for path in document["paths"].values():
                for operation in path.values():
                    answers = operation["responses"]
                    for status, answer in answers.items():
                        _correct(answer)
                        if answer == shared.get(status):
                            answers[status] = {"$ref": f"#/components/responses/{status}"}
        return super().openapi()


def _correct(answer: dict[str, Any]) -> None:
    if any(each.get("schema") == _PROBLEM_SCHEMA for each in answer.get("content", {}).values()):
        answer["content"] = {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA}}


def _shared_answers() -> dict[str, Any]:
    """What most routes answer, once in each document rather than at each route."""
    return {
        str(status): {
            **{key: value for key, value in answer.items() if key != "model"},
            "content": {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA}},
        }
        for status, answer in (ALWAYS | AUTHENTICATED).items()
    }
