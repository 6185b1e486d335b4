"""How finished bytes are answered: in the coding that the client takes, not at all when it has them, and to any origin."""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from public_api.codings import CODINGS, Content, File, Representation

CACHE_CONTROL = "public, max-age=0, stale-if-error=86400"
"""To be asked for each time, and shown all the same while nobody answers: `must-revalidate` would forbid that (RFC 9111, 5.2.2.2)."""
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag"}


def finished(file: File, request: Request) -> Response:
    """What was made when it changed; 304 when the client has it."""
    chosen = file.coded(coding_of(request))
    status = 304 if matches(request.headers.get("if-none-match"), chosen.etag) else 200
    return respond(status, file.content, chosen)


def respond(status: int, content: Content, chosen: Representation) -> Response:
    headers = {
        "ETag": chosen.etag,
        "Cache-Control": CACHE_CONTROL,
        "Vary": "Accept-Encoding",
        **CORS,
        **content.headers,
    }
    if status == 304:
        return Response(status_code=status, headers=headers)
    if chosen.coding is not None:
        headers["Content-Encoding"] = chosen.coding
    return Response(chosen.body, status, headers, content.media_type)


def coding_of(request: Request) -> str | None:
    """The best coding that the client takes; None: as it is."""
    return best_coding(request.headers.get("accept-encoding", ""))


@lru_cache(maxsize=64)
def best_coding(accepted: str) -> str | None:
    """That of an Accept-Encoding. Kept, because browsers send few different ones."""
    return next((coding for coding in CODINGS if accepts(coding, accepted)), None)


def allow_conditional() -> Response:
    """What a browser asks before a conditional request from another origin."""
    allowed = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "If-None-Match"}
    return Response(status_code=204, headers={**CORS, **allowed, "Access-Control-Max-Age": "86400"})


def accepts(coding: str, header: str) -> bool:
    """Whether Accept-Encoding names the coding (or anything) without forbidding it."""
    weights: dict[str, float] = {}
    for entry in header.lower().split(","):
        name, _, parameter = entry.partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    return weights.get(coding, weights.get("*", 0.0)) > 0


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether If-None-Match names the validator, by weak comparison as RFC 9110 asks for."""
    if if_none_match is None or if_none_match == etag:
        return if_none_match is not None
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or "*" in tags
