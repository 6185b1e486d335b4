"""What failure tests share: organizations that are written to without pause, sockets that follow them, and the checks at the end.

Writers repeat a command, under the same Idempotency-Key, until it is acknowledged; what was acknowledged goes into the ledger. Followers
reconnect from their position whenever they lose their socket. In the end, whatever was killed meanwhile,
- every acknowledged command had its effect exactly once,
- the aggregate says what the services' own APIs say,
- every follower has seen every public event of its organization once, in the stream's order.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import websockets
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.contracts.values import Audience
from common.envelope import STREAM, Envelope
from devstack.teststack import Process, Stack, eventually

CATALOG = "/api/catalog/v1"
INCIDENTS = "/api/incidents/v1"
PUBLIC = "/api/public/v1"
SERVICES = ("catalog", "incidents", "public-api", "realtime-gateway")
_ATTEMPT_SECONDS = 6.0


class Cluster:
    """The services of the core loop as processes on one stack, one replica of each unless told otherwise."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.processes = {name: stack.process(name) for name in SERVICES}

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    async def start(self, **first_of: str) -> None:
        """Start all. `first_of` gives a service (with `_` for `-`) a crash point for this start."""
        for name, process in self.processes.items():
            fault = first_of.get(name.replace("-", "_"))
            process.start(**({"TIDINGS_FAULT": fault} if fault else {}))
        await asyncio.gather(*(process.wait_until_ready() for process in self.processes.values()))

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()


@dataclass
class Ledger:
    """What was acknowledged: the incidents, and how many updates each was given."""

    incidents: Counter[str] = field(default_factory=Counter)
    retries: int = 0


class Organization:
    """One tenant: its services, its writers, and what they were told is done."""

    def __init__(self, cluster: Cluster, id: str) -> None:
        self.id = id
        self.ledger = Ledger()
        self.services: list[str] = []
        self._cluster = cluster
        self._headers = {"Authorization": f"Bearer {cluster.stack.token(id)}"}

    async def command(self, service: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Repeat a command until it is acknowledged. Answers that say it was wrong fail the test."""
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        while True:
            try:
                # A new connection each time: a kept one may lead to a process that was killed.
                async with httpx.AsyncClient(base_url=self._cluster[service].url, timeout=_ATTEMPT_SECONDS) as client:
                    response = await client.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                self.ledger.retries += 1
                await asyncio.sleep(0.05)
                continue
            if response.is_success:
                answer: dict[str, Any] = response.json()
                return answer
            retry = response.status_code in (409, 503) and "retry-after" in response.headers
            assert retry, f"{method} {path}: {response.status_code} {response.text}"
            self.ledger.retries += 1
            await asyncio.sleep(0.05)

    async def provision(self, services: int = 3) -> None:
        await self.command("catalog", "POST", f"{CATALOG}/page", {"name": self.id, "slug": self.id})
        for number in range(services):
            created = await self.command("catalog", "POST", f"{CATALOG}/services", {"name": f"Service {number}"})
            self.services.append(created["id"])

    async def open_incident(self, services: list[str], impact: str = "major") -> str:
        """Open an incident that names these services. Returns its id."""
        named = [{"service_id": id} for id in services]
        body = {"title": "Trouble", "status": "investigating", "impact": impact, "services": named}
        incident = await self.command("incidents", "POST", f"{INCIDENTS}/incidents", body)
        self.ledger.incidents[incident["id"]] += 1
        return str(incident["id"])

    async def write_an_incident(self, random: random.Random) -> None:
        """Open an incident, post updates, resolve it or not; set a service's status in between."""
        named = random.sample(self.services, k=random.randint(0, len(self.services)))
        incident = await self.open_incident(named, impact=random.choice(["minor", "major", "critical"]))
        updates = f"{INCIDENTS}/incidents/{incident}/updates"
        for status in random.choice([["identified"], ["identified", "resolved"], ["resolved", "investigating"]]):
            await self.command("incidents", "POST", updates, {"status": status, "message": f"Now {status}"})
            self.ledger.incidents[incident] += 1
        service = random.choice(self.services)
        status = random.choice(["operational", "degraded", "partial_outage"])
        await self.command("catalog", "PUT", f"{CATALOG}/services/{service}/status", {"status": status})

    async def read_all(self, service: str, path: str) -> list[dict[str, Any]]:
        """Every item of a list."""
        items: list[dict[str, Any]] = []
        cursor = None
        async with httpx.AsyncClient(base_url=self._cluster[service].url, timeout=_ATTEMPT_SECONDS) as client:
            while True:
                query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
                response = await client.get(path, params=query, headers=self._headers)
                response.raise_for_status()
                page = response.json()
                items += page["items"]
                cursor = page["next_cursor"]
                if cursor is None:
                    return items

    async def aggregate(self) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self._cluster["public-api"].url, timeout=_ATTEMPT_SECONDS) as client:
            response = await client.get(f"{PUBLIC}/pages/{self.id}")
            response.raise_for_status()
            document: dict[str, Any] = response.json()
            return document


@dataclass
class Follower:
    """A WebSocket client that reconnects from its position. `frames` are the events it saw: (position, event id)."""

    url: str
    frames: list[tuple[str, str]] = field(default_factory=list)
    position: str | None = None
    connections: int = 0
    unrecovered: int = 0

    async def run(self) -> None:
        while True:
            since = f"?since={self.position}" if self.position else ""
            with suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(self.url + since, open_timeout=3, close_timeout=0.2) as socket:
                    async for text in socket:
                        self._take(json.loads(text))
            await asyncio.sleep(0.02)

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "hello":
            self.connections += 1
            self.unrecovered += not frame["recovered"]
        elif frame["type"] != "heartbeat":
            self.frames.append((frame["position"], frame["id"]))
        self.position = frame["position"]


@asynccontextmanager
async def following(cluster: Cluster, organization: Organization, count: int) -> AsyncIterator[list[Follower]]:
    """Connected followers of an organization's page."""
    base = cluster["realtime-gateway"].url.replace("http://", "ws://")
    followers = [Follower(f"{base}/realtime/v1/{organization.id}") for _ in range(count)]
    tasks = [asyncio.create_task(follower.run()) for follower in followers]
    try:
        await eventually(lambda: all(follower.connections for follower in followers), "all followers are connected")
        yield followers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def writing(organization: Organization, *, writers: int = 2, seed: int = 1) -> AsyncIterator[None]:
    """Write incidents without pause while the block runs; then let what is under way be acknowledged."""
    stop = asyncio.Event()

    async def write(number: int) -> None:
        choice = random.Random(seed * 1000 + number)
        while not stop.is_set():
            await organization.write_an_incident(choice)

    tasks = [asyncio.create_task(write(number)) for number in range(writers)]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*tasks)


async def check(cluster: Cluster, organization: Organization, followers: list[Follower]) -> None:
    """Wait until everything has arrived everywhere, then compare."""
    incidents = await organization.read_all("incidents", f"{INCIDENTS}/incidents")
    written = Counter({incident["id"]: len(incident["updates"]) for incident in incidents})
    assert written == organization.ledger.incidents, "every acknowledged command had its effect exactly once"

    async def arrived() -> bool:
        services = await organization.read_all("catalog", f"{CATALOG}/services")
        return _expected(services, incidents) == _shown(await organization.aggregate())

    await eventually(_retrying(arrived), "the aggregate says what the services say", timeout=30)
    await eventually(lambda: _drained(cluster.stack), "every outbox is empty", timeout=30)
    sent = [event for event in await stored_events(cluster.stack, organization.id) if not event.republished]
    assert len(sent) == len({event.id for event in sent}), "no event is in the stream twice"
    versions: dict[tuple[str, str, str], list[int]] = {}
    for event in sent:
        versions.setdefault((event.audience, event.aggregate, event.aggregate_id), []).append(event.sequence)
    for aggregate, sequence in versions.items():
        assert sequence == list(range(1, len(sequence) + 1)), f"every version of {aggregate}, in order"
    expected = [str(event.id) for event in sent if event.audience is Audience.PUBLIC]
    for follower in followers:
        await eventually(
            lambda follower=follower: len(_since(expected, follower)) <= len(follower.frames),
            "every follower has everything",
            timeout=30,
        )
        seen = [id for _, id in follower.frames]
        assert seen == _since(expected, follower), "each event once, in order"
        assert follower.unrecovered == 0


def _since(expected: list[str], follower: Follower) -> list[str]:
    """What a follower must have seen: everything from its first event on."""
    return expected[expected.index(follower.frames[0][1]) :] if follower.frames else expected


def _expected(services: list[dict[str, Any]], incidents: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "services": {service["id"]: (service["status"], _causes(service["causes"])) for service in services},
        "incidents": {
            incident["id"]: (incident["status"], [update["id"] for update in reversed(incident["updates"])])
            for incident in incidents
        },
    }


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "services": {row["id"]: (row["status"], _causes(row["causes"])) for row in document["services"]},
        "incidents": {
            incident["id"]: (incident["status"], [update["id"] for update in incident["updates"]])
            for incident in document["incidents"]
        },
    }


def _causes(causes: list[dict[str, Any]]) -> list[str]:
    return sorted(cause["id"] for cause in causes)


def _retrying(condition: Callable[[], Any]) -> Callable[[], Any]:
    async def attempt() -> bool:
        with suppress(httpx.HTTPError):
            return bool(await condition())
        return False

    return attempt


def _drained(stack: Stack) -> bool:
    waiting = "SELECT count(*) FROM {}.outbox WHERE published_at IS NULL"
    schemas = ("catalog", "incidents", "public_api")
    return all(stack.postgres.sql(waiting.format(schema), stack.database) == "0" for schema in schemas)


async def stored_events(stack: Stack, organization_id: str) -> list[Envelope]:
    """The events of an organization in the stream, for every audience, in order."""
    messages = await stored_messages(stack, f"status.{organization_id}.>")
    return [Envelope.read(subject, headers, data) for subject, headers, data in messages]


async def stored_messages(stack: Stack, subject: str) -> list[tuple[str, dict[str, str], bytes]]:
    """Everything the stream holds under a subject, in order: (subject, headers, data)."""
    client = await stack.connect("topology")
    try:
        js = client.jetstream()
        config = ConsumerConfig(
            name=f"check-{uuid4().hex}",
            filter_subject=subject,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=5,
        )
        info = await js.add_consumer(STREAM, config)
        left = info.num_pending or 0
        subscription = await js.pull_subscribe_bind(consumer=info.name, stream=STREAM)
        found: list[tuple[str, dict[str, str], bytes]] = []
        while left:
            for message in await subscription.fetch(min(left, 200), timeout=5):
                found.append((message.subject, dict(message.headers or {}), message.data))
                left -= 1
        return found
    finally:
        await client.close()
