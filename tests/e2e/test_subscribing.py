"""docs/examples/subscribe.py as another team would run it, with what `tidings nats-access` printed: killed in the middle, on a new stream, it loses and doubles nothing."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from devstack.operating import exported, tidings_process
from devstack.teststack import Process, Service, Stack, eventually

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "subscribe.py"
INCIDENTS = "/api/incidents/v1/incidents"
ACCESS = ("nats-access", "acme", "billing")


class Subscriber:
    """The example as a process, with the variables that an operator gave, and the changes that it wrote down."""

    def __init__(self, stack: Stack, variables: dict[str, str]) -> None:
        self._variables = variables
        self._command = [sys.executable, str(EXAMPLE), "--database", str(stack.state / "subscribe.sqlite")]
        self._database = stack.state / "subscribe.sqlite"
        self._log = stack.state / "subscribe.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            environment = {**os.environ, **self._variables}
            self._process = subprocess.Popen(self._command, env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def epoch(self) -> str | None:
        """The epoch it follows; None before it began."""
        found = self._rows("SELECT epoch FROM place")
        return str(found[0][0]) if found else None

    def changes(self, aggregate: str) -> list[tuple[str, int]]:
        """(id, version) of each change of these aggregates, in the order they were written down."""
        return [(id, version) for type, id, version in self._rows("SELECT type, id, version FROM change ORDER BY rowid")
                if type.startswith(f"{aggregate}.")]  # fmt: skip

    def _rows(self, query: str) -> list[tuple[str, str, int]]:
        if not self._database.exists():
            return []
        with closing(sqlite3.connect(self._database)) as database:
            try:
                return database.execute(query).fetchall()
            except sqlite3.OperationalError:  # it has not made its tables yet
                return []


@dataclass
class Acme:
    """The organization that is followed."""

    incidents: Service
    subscriber: Subscriber

    async def open_incident(self, updates: int = 0) -> str:
        responder = self.incidents.as_("acme", "responder")
        opened = await responder("POST", INCIDENTS, {"title": "Trouble", "status": "investigating", "impact": "minor"})
        assert opened.status_code == 201, opened.text
        incident = str(opened.json()["id"])
        for number in range(updates):
            posted = await responder("POST", f"{INCIDENTS}/{incident}/updates", {"message": f"Update {number}"})
            assert posted.status_code == 201, posted.text
        return incident


@pytest.fixture
def public_api(stack: Stack) -> Iterator[Process]:
    process = stack.process("public-api")
    process.start()
    yield process
    process.kill()


@pytest_asyncio.fixture
async def acme(stack: Stack, public_api: Process) -> AsyncIterator[Acme]:
    """A page with an incident from before, and a subscriber that has not begun."""
    async with AsyncExitStack() as services:
        catalog = await services.enter_async_context(stack.service("catalog"))
        incidents = await services.enter_async_context(stack.service("incidents"))
        page = await catalog.as_("acme")("POST", "/api/catalog/v1/page", {"name": "Acme", "slug": "acme"})
        assert page.status_code == 201, page.text
        granted = await tidings_process(stack, *ACCESS, TIDINGS_ADDRESS=public_api.url)
        subscriber = Subscriber(stack, exported(granted))
        acme = Acme(incidents, subscriber)

        async def is_open() -> bool:
            body = {"title": "From before", "status": "investigating"}
            return (await incidents.as_("acme")("POST", INCIDENTS, body)).status_code == 201

        await eventually(is_open, "incidents knows the page")
        await public_api.wait_until_ready()
        async with httpx.AsyncClient(base_url=public_api.url) as client:

            async def is_shown() -> bool:
                page = (await client.get("/api/public/v1/pages/acme")).json()
                return bool(page.get("incidents"))

            await eventually(is_shown, "the aggregate shows the incident from before")
        yield acme
        subscriber.kill()
        await tidings_process(stack, *ACCESS, "--remove")  # tests share their server


async def test_a_restart_in_the_middle_loses_and_doubles_nothing(acme: Acme) -> None:
    subscriber = acme.subscriber
    subscriber.start()
    await eventually(lambda: subscriber.epoch() is not None, "it has read the aggregate", timeout=20)
    expected = []
    for number in range(12):
        incident = await acme.open_incident(updates=2)
        expected += [(incident, version) for version in (1, 2, 3)]
        if number == 4:
            await eventually(lambda: len(subscriber.changes("incident")) > 3, "it is in the middle")
            subscriber.kill()
        if number == 8:
            subscriber.start()
    await eventually(lambda: len(subscriber.changes("incident")) >= len(expected), "everything has come", timeout=30)
    assert subscriber.changes("incident") == expected, "each once, in order, and nothing that the aggregate had already"


async def test_a_new_stream_is_noticed_and_what_comes_again_is_no_change(stack: Stack, acme: Acme) -> None:
    subscriber = acme.subscriber
    subscriber.start()
    await eventually(lambda: subscriber.epoch() is not None, "it has read the aggregate", timeout=20)
    first = await acme.open_incident(updates=1)
    await eventually(lambda: (first, 2) in subscriber.changes("incident"), "the first has come", timeout=20)
    epoch = await stack.declare_topology(empty=True)
    await eventually(lambda: subscriber.epoch() == epoch, "it follows the new stream", timeout=30)
    second = await acme.open_incident()
    await eventually(lambda: (second, 1) in subscriber.changes("incident"), "the second has come", timeout=30)
    changes = subscriber.changes("incident")
    assert len(changes) == len(set(changes))
    assert changes[-1] == (second, 1)
