"""What every answer of every service tells a browser, as pure ASGI middleware around everything else.

An answer that says nothing itself is not to be guessed at (nosniff), not to be told of in links (no-referrer), not to be kept (no-store),
and, where it is JSON, not to be shown as a document that loads or is framed. Pages and pictures say themselves what they may do. A 304
says nothing: what it says would replace what the browser was told of the answer that it keeps.
"""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
_JSON = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class SafeHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": completed(message["status"], message["headers"])}
            await send(message)

        await self._app(scope, receive, safely if scope["type"] == "http" else send)


def completed(status: int, headers: Sequence[tuple[bytes, bytes]]) -> Sequence[tuple[bytes, bytes]]:
    """What an answer says, and what it has to say besides."""
    if status == 304:
        return headers
    said = {name.lower(): value for name, value in headers}
    wanted = (*_ALWAYS, _JSON) if b"json" in said.get(b"content-type", b"") else _ALWAYS
    return [*headers, *((name, value) for name, value in wanted if name not in said)]
