"""`tidings import statuspage`: what a Statuspage says of itself by its public API v2, live or saved, becomes a portable file."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import httpx

from tidings import portable
from tidings.access import OperatorError
from tidings.from_statuspage import convert
from tidings.remote import Json

PARTS = ("summary", "components", "incidents", "scheduled-maintenances")
BYTES_MAX = 32 * 1024 * 1024
TIMEOUT_SECONDS = 30.0
TRANSPORT: httpx.AsyncBaseTransport | None = None
"""How pages are reached, where tests say so."""


async def fetch(source: str) -> tuple[Path, Sequence[str]]:
    """The portable file of a Statuspage, beside the saved copy or in the current folder, and what is to be said about it.

    One that is there already is of an import that was interrupted, or of earlier: it is made anew, and is the same where nothing changed.
    """
    if re.match(r"https?://", source):
        answers = await _download(source.rstrip("/"))
        name = re.sub(r"[^a-z0-9.-]+", "-", source.partition("://")[2].lower()).strip("-.")
        file = Path(f"{name}.tidings.jsonl")
    else:
        answers = _saved(Path(source))
        file = Path(f"{source.rstrip('/')}.tidings.jsonl")
    header, lines, remarks = convert(answers)
    portable.save(file, header, lines)
    return file, remarks


async def _download(address: str) -> Json:
    answers: Json = {}
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=TRANSPORT) as client:
        for part in PARTS:
            answers[part] = await _answer(client, f"{address}/api/v2/{part}.json")
    return answers


async def _answer(client: httpx.AsyncClient, url: str) -> Json:
    try:
        async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
            if response.is_redirect:
                where = response.headers.get("location", "nowhere")
                raise OperatorError(f"{url} leads on to {where}. If that is the page, name its address.")
            if not response.is_success:
                raise OperatorError(f"{url} answers {response.status_code}: is this the address of a Statuspage?")
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > BYTES_MAX:
                    raise OperatorError(
                        f"{url} answers more than {BYTES_MAX // 1024 // 1024} MiB: no Statuspage says so much."
                    )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OperatorError(f"{url} does not answer: {error or type(error).__name__}.") from error
    return _parsed(bytes(content), url)


def _saved(source: Path) -> Json:
    """A folder with the four answers, or one file: a summary, or an object that has the four by their names."""
    if source.is_dir():
        return {part: _read(path) for part in PARTS if (path := source / f"{part}.json").exists()}
    found = _read(source)
    return found if "summary" in found else {"summary": found}


def _read(path: Path) -> Json:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise OperatorError(f"{path} is larger than {BYTES_MAX // 1024 // 1024} MiB: no Statuspage says so much.")
        return _parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.") from error


def _parsed(content: bytes, where: str) -> Json:
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OperatorError(f"{where} is no answer of a Statuspage: it is no JSON object.")
    return found
