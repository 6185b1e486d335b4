"""Nothing internal is ever in what everybody may read, and nothing that was edited, deleted or hidden is a moment later.

The real services are told texts with a mark in them. Then everything that the public side answers is searched for the marks: the
aggregate, lists, the page and all files below it, problems, what a socket and an event stream replay, and, for what was never public, everything that came
live and all that the stream holds for the public.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest_asyncio
from websockets.asyncio.client import connect

from common.clock import now, rfc3339
from common.position import Position
from devstack.audit import stored_messages
from devstack.teststack import Process, Service, Stack, eventually
from public_api.pages import Pages, RenderedPage

CATALOG, INCIDENTS, MAINTENANCE = "/api/catalog/v1", "/api/incidents/v1", "/api/maintenance/v1"
PAGE = "/api/public/v1/pages/acme"
WHOLE = ("api/v2/summary.json", "history.atom", "history.rss", "feed.json")
"""Files of the page that tell of everything there is."""
SILENCE_SECONDS = 1.0
NEVER = re.compile(r"never-[a-z-]+|Dev Admin|dev-admin")
"""What was never public: texts with the mark, and who wrote whatever there is."""
MARK = re.compile(rf"former-[a-z-]+|{NEVER.pattern}")
"""With what was public, and was taken back."""


class Public:
    """Everything that everybody may read of the organization."""

    def __init__(self, stack: Stack, services: dict[str, Service], gateway: Process) -> None:
        self.stack = stack
        self._services = services
        self._gateway = gateway
        self.heard: list[str] = []

    async def does(self, service: str, method: str, path: str, body: object = None) -> Any:
        """A command, given again as long as the service has not heard of what it is about."""
        answer = await self._services[service].as_()(method, path, body)
        for _ in range(200):
            if answer.is_success:
                break
            await asyncio.sleep(0.02)
            answer = await self._services[service].as_()(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    async def answers(self) -> dict[str, str]:
        """What every route of public-api answers, by path, and every file below the page."""
        public_api = self._services["public-api"]
        pages: Pages = public_api.app.state.pages
        page = pages.find("acme")
        files = await pages.files_of(page) if isinstance(page, RenderedPage) else ()
        month = f"history/{now():%Y-%m}"
        found = {path: (await public_api.client.get(f"/p/acme/{path}")).text for path in [*files, month]}
        for path in (
            "",
            "/incidents?limit=100",
            "/maintenance?limit=100",
            "/maintenance.ics",
            "/incidents?cursor=x",
            "/x",
        ):
            found[PAGE + path] = (await public_api.client.get(PAGE + path)).text
        return found

    async def document(self) -> dict[str, Any]:
        document: dict[str, Any] = (await self._services["public-api"].client.get(PAGE)).json()
        return document

    async def has_page(self) -> bool:
        return "position" in await self.document()

    async def listen(self) -> None:
        """Keep whatever comes live."""
        async with connect(self._socket(), compression=None) as socket:
            async for message in socket:
                self.heard.append(str(message))

    async def replayed(self, since: Position) -> str:
        """What a client that comes back is told at once, over a socket and over an event stream."""
        told: list[str] = []
        with contextlib.suppress(TimeoutError):
            async with connect(f"{self._socket()}?since={since}", compression=None) as socket:
                while True:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        told.append(str(await socket.recv()))
        url = f"{self._gateway.url}/realtime/v1/acme/events?since={since}"
        with contextlib.suppress(TimeoutError):
            async with httpx.AsyncClient(timeout=30) as client, client.stream("GET", url) as response:
                lines = response.aiter_lines()
                while True:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        told.append(await anext(lines))
        assert any("hello" in frame for frame in told)
        return "".join(told)

    def _socket(self) -> str:
        return f"ws://127.0.0.1:{self._gateway.port}/realtime/v1/acme"


@pytest_asyncio.fixture
async def public(stack: Stack) -> AsyncIterator[Public]:
    async with AsyncExitStack() as exits:
        names = ("catalog", "incidents", "maintenance", "public-api")
        services = {name: await exits.enter_async_context(stack.service(name)) for name in names}
        gateway = stack.process("realtime-gateway")
        exits.callback(gateway.kill)
        public = Public(stack, services, gateway)
        await public.does("catalog", "POST", f"{CATALOG}/page", {"name": "Acme", "slug": "acme"})
        gateway.start()
        await gateway.wait_until_ready()
        listener = asyncio.create_task(public.listen())
        exits.callback(listener.cancel)
        yield public


async def plant(public: Public) -> None:
    """Texts that are internal, and texts that are taken back in every way there is."""
    does = public.does

    async def service(name: str, visibility: str = "public") -> str:
        made = await does("catalog", "POST", f"{CATALOG}/services", {"name": name, "visibility": visibility})
        return str(made["id"])

    async def incident(title: str, services: list[str], **fields: Any) -> dict[str, Any]:
        named = [{"service_id": id, "status": "degraded"} for id in services]
        body = {"title": title, "status": "investigating", "services": named, "impact": "minor", **fields}
        made: dict[str, Any] = await does("incidents", "POST", f"{INCIDENTS}/incidents", body)
        return made

    async def window(title: str, services: list[str], **fields: Any) -> str:
        body = {"title": title, "scheduled_start": _tomorrow(9), "scheduled_end": _tomorrow(10), **fields}
        body |= {"services": [{"service_id": id} for id in services]}
        return str((await does("maintenance", "POST", f"{MAINTENANCE}/maintenances", body))["id"])

    shop, renamed, hidden = await service("Shop"), await service("former-service-name"), await service("former-service")
    internal = await service("never-service", "internal")
    groups = [("Front", [shop, hidden, renamed]), ("never-group", [internal])]
    entries = [
        {"type": "group", "name": name, "entries": [{"type": "service", "id": id} for id in ids]}
        for name, ids in groups
    ]
    await does("catalog", "PUT", f"{CATALOG}/layout", {"entries": entries})

    everything = [shop, renamed, hidden, internal]
    await incident("never-incident", everything, visibility="internal", message="never-message")
    await window("never-window", everything, visibility="internal", description="never-text")
    open_incident = await incident("Shop slow", everything, message="former-message")
    edited = f"{INCIDENTS}/incidents/{open_incident['id']}"
    await does("incidents", "PATCH", f"{edited}/updates/{open_incident['updates'][0]['id']}", {"message": "Edited"})
    said = await does("incidents", "POST", f"{edited}/updates", {"message": "former-update"})
    await does("incidents", "DELETE", f"{edited}/updates/{said['updates'][-1]['id']}")
    only_shop = {"message": "It is the shop alone", "services": [{"service_id": shop, "status": "degraded"}]}
    await does("incidents", "POST", f"{edited}/updates", only_shop)
    retitled = await incident("former-title", [shop])
    await does("incidents", "PATCH", f"{INCIDENTS}/incidents/{retitled['id']}", {"title": "Present title"})
    for title, end in (("former-deleted", "DELETE"), ("former-internal", "PATCH")):
        gone = await incident(title, [shop])
        body = {"visibility": "internal"} if end == "PATCH" else None
        await does("incidents", end, f"{INCIDENTS}/incidents/{gone['id']}", body)
    over = await incident("Over", [hidden])
    over_path = f"{INCIDENTS}/incidents/{over['id']}"
    await does("incidents", "POST", f"{over_path}/updates", {"status": "resolved", "message": "Done"})
    await does("incidents", "PUT", f"{over_path}/postmortem", {"body": "former-postmortem", "publish": True})
    await does("incidents", "DELETE", f"{over_path}/postmortem")
    await does("incidents", "PUT", f"{over_path}/postmortem", {"body": "never-draft"})

    moved = await window("former-window", everything)
    await does("maintenance", "PATCH", f"{MAINTENANCE}/maintenances/{moved}", {"title": "Present window"})
    ended = await window("Over", [hidden])
    await does("maintenance", "POST", f"{MAINTENANCE}/maintenances/{ended}/cancel")
    deleted = await window("former-deleted-window", [shop])
    await does("maintenance", "DELETE", f"{MAINTENANCE}/maintenances/{deleted}")

    await does("catalog", "PATCH", f"{CATALOG}/page", {"description": "former-description"})
    await does("catalog", "PATCH", f"{CATALOG}/page", {"description": "Present"})
    await does("catalog", "PATCH", f"{CATALOG}/services/{renamed}", {"name": "Checkout"})
    await does("catalog", "PATCH", f"{CATALOG}/services/{hidden}", {"visibility": "internal"})


async def test_no_answer_replay_or_event_tells_what_is_internal_or_was_taken_back(public: Public) -> None:
    await eventually(public.has_page, "there is a page")
    begin = Position.parse((await public.document())["position"])
    await plant(public)

    async def shows_what_is_present() -> bool:
        answers = await public.answers()
        everything = "".join(answers.values())
        present = ("Present title", "Present window", "Checkout", "Shop slow")
        shown = all(
            text in answer for text in present for answer in (everything, *(answers.get(path, "") for path in WHOLE))
        )
        return shown and not MARK.findall(everything)

    await eventually(shows_what_is_present, "the public side says what is present, and nothing else")
    document = await public.document()
    assert [group["name"] for group in document["groups"]] == ["Front"]

    end = Position.parse(document["position"])
    places = [Position(end.epoch, offset) for offset in range(begin.offset, end.offset + 1)]
    told = await asyncio.gather(*(public.replayed(place) for place in places))
    assert [
        (str(place), MARK.findall(text)) for place, text in zip(places, told, strict=True) if MARK.search(text)
    ] == []
    assert any("Shop slow" in frame for frame in public.heard), "the listener was there"
    assert [frame for frame in public.heard if NEVER.search(frame)] == []
    kept = [stored.data for stored in await stored_messages(public.stack, "status.acme.public.>")]
    assert [data for data in kept if NEVER.search(data.decode())] == []
    assert any(b"former-" in data for data in kept), "the stream remembers: what is not told is not told on purpose"


def _tomorrow(hour: int) -> str:
    return rfc3339((now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0))
