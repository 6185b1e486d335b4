"""How long a change takes: from the request that opens an incident to `incident.opened` and to `page.changed` on sockets.

    python benchmarks/end_to_end.py [--sockets 1 100 2000] [--rounds 100]

Real PostgreSQL, real nats-server (`sync_interval: always`), one process of each service, no edge. At rest: each round opens one incident,
waits until every socket has both frames, and resolves it. The sockets are plain asyncio protocols, so that the client measures and does
not compete; client and servers share the machine all the same. Where the time goes comes from the events' own times and the times
at which the stream stored them.
"""

import argparse
import asyncio
import base64
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx

from devstack.audit import stored_messages
from devstack.scenario import INCIDENTS, Cluster, Organization
from devstack.teststack import Stack, eventually, temporary_stack

EVENTS = (b'"incident.opened"', b'"page.changed"')


@dataclass
class Round:
    """Seconds after the request was sent, for each of EVENTS: at the first and the last socket."""

    first: dict[bytes, float] = field(default_factory=dict)
    last: dict[bytes, float] = field(default_factory=dict)
    counts: dict[bytes, int] = field(default_factory=dict)
    answered: float = 0.0


class Socket(asyncio.Protocol):
    """A WebSocket client that looks for the events' names in what arrives, and at nothing else."""

    def __init__(self, meter: "Meter", path: str) -> None:
        self._meter = meter
        self._path = path
        self.upgraded = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if b'"hello"' in data and not self.upgraded.done():
            self.upgraded.set_result(None)
        for event in EVENTS:
            if event in data:
                self._meter.seen(event)


class Meter:
    def __init__(self, sockets: int) -> None:
        self._sockets = sockets
        self._began = 0.0
        self._round = Round()
        self._complete = asyncio.Event()

    def begin(self) -> Round:
        self._round = Round()
        self._complete.clear()
        self._began = time.perf_counter()
        return self._round

    def answered(self) -> None:
        self._round.answered = time.perf_counter() - self._began

    def seen(self, event: bytes) -> None:
        after = time.perf_counter() - self._began
        self._round.first.setdefault(event, after)
        count = self._round.counts[event] = self._round.counts.get(event, 0) + 1
        if count == self._sockets:
            self._round.last[event] = after
            if len(self._round.last) == len(EVENTS):
                self._complete.set()

    async def complete(self) -> None:
        async with asyncio.timeout(30):
            await self._complete.wait()


async def measure(stack: Stack, sockets: int, rounds: int) -> list[Round]:
    cluster = Cluster(stack)
    try:
        await cluster.start()
        acme = Organization(cluster, f"acme{sockets}")
        await acme.provision(services=10)
        await eventually(lambda: _knows_page(cluster, acme), "the gateway knows the page")
        meter = Meter(sockets)
        port = cluster["realtime-gateway"].port
        loop = asyncio.get_running_loop()
        clients = []
        for _ in range(sockets):
            _, client = await loop.create_connection(
                lambda: Socket(meter, f"/realtime/v1/{acme.id}"), "127.0.0.1", port
            )
            clients.append(client)
        await asyncio.gather(*(client.upgraded for client in clients))
        async with httpx.AsyncClient(base_url=cluster["incidents"].url, timeout=10) as http:
            measured = [await _round(http, acme, meter) for _ in range(rounds + 5)]
        await _say_where_the_time_goes(stack, acme)
        return measured[5:]  # the first ones warm connections and caches
    finally:
        cluster.stop()


async def _round(http: httpx.AsyncClient, acme: Organization, meter: Meter) -> Round:
    headers = {"Authorization": f"Bearer {acme.token}", "Idempotency-Key": str(uuid4())}
    body = {
        "title": "Slow",
        "status": "investigating",
        "impact": "minor",
        "services": [{"service_id": acme.services[0]}],
    }
    measured = meter.begin()
    response = await http.post(f"{INCIDENTS}/incidents", json=body, headers=headers)
    meter.answered()
    response.raise_for_status()
    await meter.complete()
    await asyncio.sleep(0.3)  # at rest: what catalog answers, and the page after it, is over
    path = f"{INCIDENTS}/incidents/{response.json()['id']}/updates"
    headers["Idempotency-Key"] = str(uuid4())
    (await http.post(path, json={"status": "resolved"}, headers=headers)).raise_for_status()
    await asyncio.sleep(0.3)
    return measured


async def _knows_page(cluster: Cluster, acme: Organization) -> bool:
    async with httpx.AsyncClient(base_url=cluster["realtime-gateway"].url, timeout=2) as http:
        async with http.stream("GET", f"/realtime/v1/{acme.id}/events") as response:
            return response.status_code == 200


async def _say_where_the_time_goes(stack: Stack, acme: Organization) -> None:
    """Medians of: recorded → in the stream, in the stream → folded, folded → page.changed in the stream."""
    steps: dict[str, list[float]] = {"recorded to stored": [], "stored to folded": [], "folded to stored": []}
    opened_at: float | None = None
    for stored in await stored_messages(stack, f"status.{acme.id}.public.>"):
        recorded = datetime.fromisoformat(stored.headers["ce-time"]).timestamp()
        if stored.subject.endswith("incident.opened"):
            steps["recorded to stored"].append(stored.at - recorded)
            opened_at = stored.at
        elif stored.subject.endswith("page.changed") and opened_at is not None:
            steps["stored to folded"].append(recorded - opened_at)
            steps["folded to stored"].append(stored.at - recorded)
            opened_at = None
    medians = ", ".join(f"{name} {statistics.median(times) * 1000:.1f} ms" for name, times in steps.items() if times)
    print(f"  where the time goes (medians): {medians}")


def report(sockets: int, rounds: list[Round]) -> None:
    answered = [measured.answered for measured in rounds]
    print(f"  request answered: {_percentiles(answered)}")
    for event in EVENTS:
        name = event.decode().strip('"')
        print(f"  {name:<16} first socket {_percentiles([r.first[event] for r in rounds])}", end="")
        print(f"   last of {sockets} {_percentiles([r.last[event] for r in rounds])}")


def _percentiles(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="+", default=[1, 100, 2000])
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
        stack.extra["TIDINGS_SOCKETS_PER_ADDRESS"] = "100000"
        for sockets in arguments.sockets:
            print(f"{sockets} sockets, {arguments.rounds} rounds", flush=True)
            report(sockets, asyncio.run(measure(stack, sockets, arguments.rounds)))


if __name__ == "__main__":
    main()
