"""What a request may bring, asked of a tiny application behind the limits: what is refused never reaches it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from common import limits
from common.errors import Problem
from common.limits import BODY_MAX_BYTES, HEADERS_MAX_BYTES, HEADERS_MAX_COUNT, JSON_MAX_DEPTH, InputLimits, check_json


async def _length_of_body(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


async def post(body: bytes | AsyncIterator[bytes], headers: dict[str, str] | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(InputLimits(_length_of_body))
    async with httpx.AsyncClient(transport=transport, base_url="http://limits") as client:
        return await client.post("/", content=body, headers={"content-type": "application/json"} | (headers or {}))


def problem(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return str(document["type"]).removeprefix("urn:tidings:problem:")


async def test_a_body_within_the_limits_arrives_whole() -> None:
    body = b'"' + b"x" * (BODY_MAX_BYTES - 2) + b'"'
    assert (await post(body)).text == str(BODY_MAX_BYTES)


async def test_a_body_declared_too_large_is_refused() -> None:
    response = await post(b'"' + b"x" * BODY_MAX_BYTES + b'"')
    assert (response.status_code, problem(response)) == (413, "body-too-large")


async def test_a_streamed_body_is_refused_as_soon_as_it_is_too_large() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 64 * 1024
            yield b"x" * 64 * 1024

    response = await post(endless())
    assert (response.status_code, problem(response)) == (413, "body-too-large")
    assert sent <= BODY_MAX_BYTES + 2 * 64 * 1024


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({f"x-{number}": "y" for number in range(HEADERS_MAX_COUNT)}, id="too many"),
        pytest.param({"x-long": "y" * HEADERS_MAX_BYTES}, id="too long"),
    ],
)
async def test_too_many_or_too_long_headers_are_refused(headers: dict[str, str]) -> None:
    response = await post(b"{}", headers)
    assert (response.status_code, problem(response)) == (431, "headers-too-large")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": Infinity}', "Infinity is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1,\n "b" 2}', "line 2, column 6"),
        (b"{", "line 1, column 2"),
        (b"[" * (JSON_MAX_DEPTH + 1) + b"]" * (JSON_MAX_DEPTH + 1), "nested 33 deep"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "nested 20000 deep"),
        (b"[" * 100_000, "nested 100000 deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "integer string conversion"),
    ],
    ids=lambda value: value[:20].decode(errors="replace") if isinstance(value, bytes) else value,
)
async def test_what_is_no_json_is_refused_and_its_place_named(body: bytes, place: str) -> None:
    response = await post(body)
    assert (response.status_code, problem(response)) == (400, "invalid-json")
    assert place in response.json()["detail"]


def test_brackets_in_strings_are_no_nesting() -> None:
    check_json(b'{"a": "' + b"[{" * 1000 + b'\\"[", "b": "\\\\"}')


@pytest.mark.parametrize("depth", [1, JSON_MAX_DEPTH])
def test_ordinary_nesting_is_accepted(depth: int) -> None:
    check_json(b"[" * depth + b"]" * depth)


@pytest.mark.parametrize("unit", [b'"', b'\\"', b'"\\', b'["', b'{"a":"'])
def test_hostile_quotes_cost_no_more_than_reading_them(unit: bytes) -> None:
    # A scanner that starts over at each quote takes hours for a body of this size; this one is done in milliseconds.
    body = (b'"' + unit * (BODY_MAX_BYTES // len(unit)))[:BODY_MAX_BYTES]
    with pytest.raises(Problem):
        check_json(body)


async def test_a_body_that_dawdles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)

    async def never_finished() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    response = await post(never_finished())
    assert (response.status_code, problem(response)) == (408, "body-too-slow")


async def test_a_body_that_ends_with_the_connection_never_reaches_the_application() -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await InputLimits(_length_of_body)(scope, receive, send)
    assert answered[0]["status"] == 400


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain", "multipart/form-data"])
async def test_a_body_that_is_not_declared_as_json_is_refused(content_type: str) -> None:
    response = await post(b"{}", {"content-type": content_type})
    assert (response.status_code, problem(response)) == (415, "unsupported-media-type")
