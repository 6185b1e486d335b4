"""Listens to what a test hears of all services, and says which answer, frame or event of one organization held an id of another.

It hears answers by httpx, frames by websockets and by server-sent events, and reads the stream at the end. Whose an answer is, the
slug in its address says, or else the token. Whose an id is, the tables say, and the outboxes, which keep it when a row is gone. What a
caller sent itself does not count: to be told that an id is unknown is no leak.
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from websockets.asyncio.client import ClientConnection

from devstack.audit import stored_messages
from devstack.teststack import SCHEMAS, Stack

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OF_A_PERSON = re.compile(
    r"/api/identity/v1/(?:accounts?|first-admin|invitations/accept|organizations|password|sessions?)\b"
)
"""What identity answers to somebody who may belong to several organizations, or to none."""
_SLUG = re.compile(r"/(?:pages|p|realtime/v1)/([^/?]+)")


class Sniffer:
    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], str] = {}
        """Where an id was first heard by an organization."""
        self._said: set[tuple[str, str]] = set()
        """The ids that were sent in its name."""

    def listen(self, patch: pytest.MonkeyPatch) -> None:
        """From now on, until the patch is undone."""
        send, lines, receive = httpx.AsyncClient.send, httpx.Response.aiter_lines, ClientConnection.recv

        async def sniff_answer(client: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
            response = await send(client, request, **options)
            whose = self._whose(str(request.url), request.headers)
            self._say(whose, f"{request.url} {request.content.decode(errors='replace')}")
            if response.is_closed:
                self.hear(whose, response.text, f"{request.method} {request.url.path}")
            return response

        async def sniff_lines(response: httpx.Response) -> AsyncIterator[str]:
            url = str(response.request.url)
            async for line in lines(response):
                self.hear(self._whose(url, response.request.headers), line, f"events of {url}")
                yield line

        async def sniff_frame(connection: ClientConnection, *arguments: Any, **options: Any) -> Any:
            frame = await receive(connection, *arguments, **options)
            assert connection.request is not None
            path = connection.request.path
            self.hear(self._whose(path, connection.request.headers), str(frame), f"a frame of {path}")
            return frame

        patch.setattr(httpx.AsyncClient, "send", sniff_answer)
        patch.setattr(httpx.Response, "aiter_lines", sniff_lines)
        patch.setattr(ClientConnection, "recv", sniff_frame)

    @property
    def heard_several(self) -> bool:
        """Whether there was another organization to hear of: in most tests there is not, and looking takes a while."""
        return len({organization for organization, _ in (*self._heard, *self._said)} - {""}) > 1

    def hear(self, organization: str | None, content: str, where: str) -> None:
        if organization is not None:
            for id in _ID.findall(content):
                self._heard.setdefault((organization, id), where)

    def _say(self, organization: str | None, content: str) -> None:
        if organization is not None:
            self._said |= {(organization, id) for id in _ID.findall(content)}

    async def leaks(self, stack: Stack) -> list[str]:
        """What was heard and should not have been, in words."""
        for message in await stored_messages(stack, "status.>"):
            self.hear(message.subject.split(".")[1], f"{message.headers} {message.data.decode()}", message.subject)
        owners, slugs = await _ownership(stack)
        found = []
        for (heard_by, id), where in self._heard.items():
            organization = slugs.get(heard_by, heard_by)
            if organization not in owners.get(id, {organization}) and (heard_by, id) not in self._said:
                found.append(f"{organization} heard of {id}, which is {'/'.join(owners[id])}'s: {where}")
        return found

    @staticmethod
    def _whose(address: str, headers: Mapping[str, str]) -> str | None:
        """The slug in the address or the organization in the token, "" for nobody's. None: an answer to a person, or a token that we cannot read."""
        if _OF_A_PERSON.match(urlsplit(address).path):
            return None
        slug, token = _SLUG.search(urlsplit(address).path), headers.get("authorization", "").removeprefix("Bearer ")
        if slug or not token:
            return unquote(slug[1]) if slug else ""
        try:
            return str(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["o"]["id"])
        except (ValueError, LookupError, TypeError):
            return None


async def _ownership(stack: Stack) -> tuple[dict[str, set[str]], dict[str, str]]:
    """The organizations that each id is of, and that each slug or custom domain is of."""
    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)
    async with engine.connect() as connection:
        owners: dict[str, set[str]] = {}
        for organization, id in await _owned(connection):
            owners.setdefault(id, set()).add(organization)
        pages = "SELECT slug, organization_id FROM catalog.slug UNION SELECT name, organization_id FROM catalog.custom_domain WHERE proved_at IS NOT NULL"
        return owners, {row.slug: row.organization_id for row in await connection.execute(text(pages))}


async def _owned(connection: AsyncConnection) -> Iterable[tuple[str, str]]:
    columns = await connection.execute(
        text(
            "SELECT c.table_schema || '.' || c.table_name AS table, c.column_name AS column FROM information_schema.columns c "
            "JOIN information_schema.columns o USING (table_schema, table_name) "
            "WHERE o.column_name = 'organization_id' AND c.table_schema = ANY(:schemas) "
            "AND (c.column_name = 'aggregate_id' OR c.column_name = 'id' AND c.data_type = 'uuid')"
        ),
        {"schemas": list(SCHEMAS.values())},
    )
    parts = [f"SELECT organization_id, {row.column}::text FROM {row.table}" for row in columns]  # noqa: S608 - names from the database
    # The updates of windows are in their rows.
    parts.append("SELECT organization_id, u ->> 'id' FROM maintenance.maintenance, jsonb_array_elements(updates) u")
    found = await connection.execute(text(" UNION ".join(parts)))
    return [(organization, id) for organization, id in found if _ID.fullmatch(id)]
