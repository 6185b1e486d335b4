"""What failure tests and the soak share: organizations that are written to without pause, and sockets that follow them.

Writers repeat a command, under the same Idempotency-Key, until it is acknowledged; what was acknowledged goes into the ledger. Followers
reconnect from their position whenever they lose their socket. `devstack.audit` says afterwards whether anything is amiss.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import websockets

from common.clock import now
from common.position import Position
from devstack.clients import new_client
from devstack.teststack import Process, Stack, eventually

CATALOG = "/api/catalog/v1"
INCIDENTS = "/api/incidents/v1"
MAINTENANCE = "/api/maintenance/v1"
PUBLIC = "/api/public/v1"
CORE_LOOP = ("catalog", "incidents", "maintenance", "public-api", "realtime-gateway")
SERVICES = (*CORE_LOOP, "identity")
_ATTEMPT_SECONDS = 6.0
# A follower whose socket is silent, as when the network loses everything, connects anew.
_PING_SECONDS = 2.0


class Cluster:
    """Services as processes on one stack, those of the core loop unless others are given. Callers are sent to any replica, as an edge would."""

    def __init__(self, stack: Stack, processes: dict[str, list[Process]] | None = None) -> None:
        self.stack = stack
        self.replicas = processes or {name: [stack.process(name)] for name in CORE_LOOP}

    def __getitem__(self, name: str) -> Process:
        """The first replica."""
        return self.replicas[name][0]

    @property
    def processes(self) -> list[Process]:
        return [process for replicas in self.replicas.values() for process in replicas]

    def url(self, name: str) -> str:
        """Where a replica answers, a different one from time to time."""
        return random.choice(self.replicas[name]).url

    async def start(self, **first_of: str) -> None:
        """Start all. `first_of` gives a service (with `_` for `-`) a crash point for this start."""
        for process in self.processes:
            fault = first_of.get(process.name.replace("-", "_"))
            process.start(**({"TIDINGS_FAULT": fault} if fault else {}))
        await asyncio.gather(*(process.wait_until_ready() for process in self.processes))

    def stop(self) -> None:
        for process in self.processes:
            process.kill()


@dataclass
class Ledger:
    """What was acknowledged: the incidents, and how many updates each was given; and windows, which start and end by themselves."""

    incidents: Counter[str] = field(default_factory=Counter)
    windows: set[str] = field(default_factory=set)
    retries: int = 0


class Organization:
    """One tenant: its services, its writers, and what they were told is done."""

    def __init__(self, cluster: Cluster, id: str) -> None:
        self.id = id
        self.ledger = Ledger()
        self.services: list[str] = []
        self._cluster = cluster
        self.token = cluster.stack.token(id)
        self._headers = {"Authorization": f"Bearer {self.token}"}

    async def command(self, service: str, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Repeat a command until it is acknowledged. Answers that say it was wrong fail the test."""
        headers = {**self._headers, "Idempotency-Key": str(uuid4())}
        while True:
            try:
                async with new_client(self._cluster.url(service), _ATTEMPT_SECONDS) as client:
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

    async def plan_window(self, start: timedelta, end: timedelta) -> None:
        """A window that the scheduler is to start and to complete, so long from now."""
        moment = now()
        body = {
            "title": "Upgrade",
            "scheduled_start": (moment + start).isoformat(),
            "scheduled_end": (moment + end).isoformat(),
            "services": [{"service_id": random.choice(self.services)}],
            "reminder_minutes": [],
        }
        planned = await self.command("maintenance", "POST", f"{MAINTENANCE}/maintenances", body)
        self.ledger.windows.add(planned["id"])

    async def read_all(self, service: str, path: str) -> list[dict[str, Any]]:
        """Every item of a list."""
        items: list[dict[str, Any]] = []
        cursor = None
        async with new_client(self._cluster.url(service), _ATTEMPT_SECONDS) as client:
            while True:
                query = {"limit": "100", **({"cursor": cursor} if cursor else {})}
                response = await client.get(path, params=query, headers=self._headers)
                response.raise_for_status()
                page = response.json()
                items += page["items"]
                cursor = page["next_cursor"]
                if cursor is None:
                    return items

    def socket_url(self) -> str:
        return f"{self._cluster.url('realtime-gateway').replace('http://', 'ws://')}/realtime/v1/{self.id}"

    async def aggregate(self, timeout: float = _ATTEMPT_SECONDS, url: str | None = None) -> dict[str, Any]:
        """The page, from any replica or the one at `url`."""
        async with new_client(url or self._cluster.url("public-api"), timeout) as client:
            response = await client.get(f"{PUBLIC}/pages/{self.id}")
            response.raise_for_status()
            document: dict[str, Any] = response.json()
            return document


@dataclass(frozen=True)
class Seen:
    """An event as a follower got it."""

    position: Position
    id: str
    aggregate: str
    version: int | None


@dataclass
class Segment:
    """What a follower saw from a place on, without being told that something is missing."""

    start: Position
    events: list[Seen] = field(default_factory=list)


class Follower:
    """A WebSocket client that reconnects from its position, and where it is told that it was not recovered, from a new page's."""

    def __init__(self, organization: Organization) -> None:
        self.segments: list[Segment] = []
        self.connections = 0
        self.incidents: set[str] = set()  # it knows of, from a page or an event
        self._organization = organization
        self._position: Position | None = None

    @property
    def events(self) -> list[Seen]:
        return [seen for segment in self.segments for seen in segment.events]

    async def run(self) -> None:
        while True:
            with suppress(OSError, websockets.WebSocketException, TimeoutError, httpx.HTTPError):
                await self._follow()
            await asyncio.sleep(0.02)

    async def _follow(self) -> None:
        url = self._organization.socket_url()
        since = f"?since={self._position}" if self._position else ""
        async with websockets.connect(
            url + since,
            open_timeout=3,
            close_timeout=0.2,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
        ) as socket:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "hello":
                    self.connections += 1
                    if not frame["recovered"]:
                        page = await self._organization.aggregate()
                        self._begin(Position.parse(page["position"]))
                        self.incidents |= {incident["id"] for incident in page["incidents"]}
                        return
                    if not self.segments:
                        self._begin(Position.parse(frame["position"]))
                elif frame["type"] != "heartbeat":
                    self._take(frame)
                self._position = Position.parse(frame["position"])

    def _begin(self, start: Position) -> None:
        self._position = start
        self.segments.append(Segment(start))

    def _take(self, frame: dict[str, Any]) -> None:
        data = frame["data"]
        aggregate = f"{frame['type'].partition('.')[0]} {data.get('service_id') or data.get('id') or ''}"
        version = data.get("page_version") or data.get("version")
        seen = Seen(Position.parse(frame["position"]), frame["id"], aggregate, version)
        self.segments[-1].events.append(seen)
        if frame["type"].startswith("incident."):
            self.incidents.add(data["id"])


@asynccontextmanager
async def following(organization: Organization, count: int) -> AsyncIterator[list[Follower]]:
    """Connected followers of an organization's page."""
    followers = [Follower(organization) for _ in range(count)]
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
