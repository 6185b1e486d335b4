"""Limits on what a request may bring, as pure ASGI middleware: the body is read and checked before any code of ours sees it.

413 for bodies over 256 KiB, 431 for too many or too long headers, 408 for a body that takes longer than 10 s, 400 for JSON that is no
UTF-8, no JSON, nested deeper than 32, or holds NaN or Infinity (which are no JSON), 415 for a body that is not said to be JSON.
`common.server` guards the time before the headers are complete.
"""

import asyncio
import json
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.errors import Problem

BODY_MAX_BYTES = 256 * 1024
BODY_SECONDS = 10.0
HEADERS_MAX_BYTES = 32 * 1024
HEADERS_MAX_COUNT = 100
JSON_MAX_DEPTH = 32

# Possessive, and content with an unterminated string: hostile quotes must not make it start over at each of them.
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


class InputLimits:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _check_headers(scope)
            if scope["method"] in ("GET", "HEAD", "OPTIONS"):
                await self._app(scope, receive, send)
                return
            body = await _read_body(scope, receive)
            if body:
                _check_media_type(scope)
                check_json(body)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        delivered = False

        async def replay() -> Message:
            nonlocal delivered
            if delivered:
                return await receive()
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def check_json(body: bytes) -> None:
    """Raises a 400 that names the place of what is not acceptable JSON."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid_json(f"byte {error.start} is not UTF-8") from error
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRINGS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > JSON_MAX_DEPTH:
        raise _invalid_json(f"nested {deepest} deep; at most {JSON_MAX_DEPTH} is allowed")
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _invalid_json(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # also integers of more digits than Python converts
        raise _invalid_json(str(error)) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _invalid_json(detail: str) -> Problem:
    return Problem(
        400, "invalid-json", "The body is not valid JSON", detail, errors=[{"where": "body", "message": detail}]
    )


def _check_media_type(scope: Scope) -> None:
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    media_type = content_type.partition(b";")[0].strip().lower()
    if media_type != b"application/json" and not media_type.endswith(b"+json"):
        raise Problem(
            415,
            "unsupported-media-type",
            "The body must be JSON",
            "Send it with the header Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )


def _check_headers(scope: Scope) -> None:
    headers = scope["headers"]
    if len(headers) > HEADERS_MAX_COUNT or sum(len(name) + len(value) for name, value in headers) > HEADERS_MAX_BYTES:
        raise Problem(
            431,
            "headers-too-large",
            "The headers are too large",
            f"At most {HEADERS_MAX_COUNT} headers of {HEADERS_MAX_BYTES} bytes together are allowed.",
        )


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > BODY_MAX_BYTES:
            raise _too_large()
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Problem(400, "incomplete-body", "The connection ended before the body did")
                body += bytes(message.get("body", b""))
                if len(body) > BODY_MAX_BYTES:
                    raise _too_large()
                if not message.get("more_body", False):
                    return body
    except TimeoutError as error:
        raise Problem(
            408, "body-too-slow", "The body took too long", f"It must arrive within {BODY_SECONDS:.0f} s."
        ) from error


def _too_large() -> Problem:
    return Problem(413, "body-too-large", "The body is too large", f"At most {BODY_MAX_BYTES} bytes are allowed.")
