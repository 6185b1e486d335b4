"""What it costs to serve the page: beside a bare uvicorn that answers the same bytes. And how long a change takes to `page.changed`.

    python benchmarks/page.py [--seconds 2] [--rounds 5] [--incidents 50]

A page of 20 services and 2 incidents, asked for over 32 open connections, in turn from public-api (through its middleware, routes and
memory) and from an ASGI application that knows nothing but the answer. Compare CPU times, and the two with each other: client and
servers share the machine. Then incidents are opened one after the other; the times at which the stream stored `incident.opened` and
`page.changed` say how long the page took. Real PostgreSQL, real nats-server.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import cpu
import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack.audit import stored_messages
from devstack.processes import free_port
from devstack.scenario import Cluster, Organization
from devstack.teststack import Stack, eventually, temporary_stack

CONNECTIONS = 32
SERVICES = 20
PAGE = "/p/acme/"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass
class Measured:
    """Of one server and one kind of answer, a figure a round."""

    per_second: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)


class Asking(asyncio.Protocol):
    """One connection that asks again as soon as it is answered. Costs next to nothing beside the server."""

    def __init__(self, request: bytes, status: bytes) -> None:
        self.answered = 0
        self.surprise = b""
        self._request = request
        self._begins = b"HTTP/1.1 " + status
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = _LENGTH.search(head)
        if length is None or len(body) >= int(length[1]):
            if not head.startswith(self._begins):
                self.surprise = head
                return
            self.answered += 1
            self._received = b""
            self.transport.write(self._request)


async def ask(port: int, request: bytes, status: bytes, seconds: float) -> float:
    """Answers a second."""
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Asking(request, status), "127.0.0.1", port) for _ in range(CONNECTIONS)
    ]
    began, before = time.perf_counter(), sum(asking.answered for _, asking in opened)
    await asyncio.sleep(seconds)
    answered = sum(asking.answered for _, asking in opened) - before
    took = time.perf_counter() - began
    for transport, asking in opened:
        transport.abort()
        if asking.surprise:
            raise RuntimeError(f"another answer than was asked for: {asking.surprise!r}")
    return answered / took


def bare(head: Sequence[tuple[bytes, bytes]], body: bytes) -> ASGIApp:
    """Answers what public-api does, and knows nothing else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        has_it = any(name == b"if-none-match" for name, _ in scope["headers"])
        headers = [pair for pair in head if not has_it or pair[0] != b"content-length"]
        await send({"type": "http.response.start", "status": 304 if has_it else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if has_it else body})

    return app


@contextmanager
def bare_server(url: str, port: int) -> Iterator[int]:
    """The process id of a bare server that answers what is at the URL now."""
    process = subprocess.Popen([sys.executable, __file__, "--bare", url, str(port)])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def serve_bare(url: str, port: int) -> None:
    with httpx.Client(headers={"Accept-Encoding": "gzip"}) as http, http.stream("GET", url) as answer:
        body = b"".join(answer.iter_raw())
    own = {b"date", b"server"}
    head = [(name, value) for name, value in answer.headers.raw if name.lower() not in own]
    uvicorn.run(bare(head, body), port=port, loop="uvloop", http="httptools", log_level="error", server_header=False)


async def answers(port: int) -> bool:
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"http://127.0.0.1:{port}{PAGE}")).status_code == 200
    except httpx.TransportError:
        return False


async def serving(cluster: Cluster, rounds: int, seconds: float) -> None:
    process, port = cluster["public-api"], free_port()
    async with httpx.AsyncClient(headers={"Accept-Encoding": "gzip"}) as http:
        page = await http.get(process.url + PAGE)
    head = f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, br;q=0\r\n"
    kinds = {
        f"200, {page.headers['content-length']} bytes of gzip": (f"{head}\r\n".encode(), b"200"),
        "304": (f"{head}If-None-Match: {page.headers['etag']}\r\n\r\n".encode(), b"304"),
    }
    with bare_server(process.url + PAGE, port) as bare_pid:
        await eventually(lambda: answers(port), "the bare server answers")
        for kind, (request, status) in kinds.items():
            measured = {"public-api": Measured(), "bare uvicorn": Measured()}
            servers = zip(measured, ((process.port, process.pid), (port, bare_pid)), strict=True)
            for name, (server, pid) in list(servers) * rounds:
                spent = cpu.of_process(pid)
                per_second = await ask(server, request, status, seconds)
                measured[name].per_second.append(per_second)
                measured[name].cpu_seconds.append((cpu.of_process(pid) - spent) / (per_second * seconds))
            report(kind, measured)


def report(kind: str, measured: dict[str, Measured]) -> None:
    print(kind, flush=True)
    for name, one in measured.items():
        per_second, microseconds = statistics.median(one.per_second), statistics.median(one.cpu_seconds) * 1e6
        print(f"  {name:<14} {per_second:8,.0f} requests/s {microseconds:8.1f} µs of CPU a request")
    ours, least = measured.values()
    rate = statistics.median(ours.per_second) / statistics.median(least.per_second)
    cost = statistics.median(ours.cpu_seconds) / statistics.median(least.cpu_seconds)
    print(f"  ratio          {rate:8.2f} of its requests {cost:8.2f} times its CPU", flush=True)


async def changing(stack: Stack, acme: Organization, incidents: int) -> None:
    """From `incident.opened` in the stream to the `page.changed` that has it."""
    for _ in range(incidents):
        await acme.open_incident(acme.services[:1])
        await asyncio.sleep(0.2)  # at rest: each is a fold of its own
    opened_at: float | None = None
    took = []
    for stored in await stored_messages(stack, f"status.{acme.id}.public.>"):
        if stored.subject.endswith("incident.opened"):
            opened_at = stored.at
        elif stored.subject.endswith("page.changed") and opened_at is not None:
            took.append((stored.at - opened_at) * 1000)
            opened_at = None
    took.sort()
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    print(
        f"incident.opened to page.changed, both in the stream: p50 {statistics.median(took):.1f} ms, p99 {p99:.1f} ms"
    )


async def measure(stack: Stack, rounds: int, seconds: float, incidents: int) -> None:
    cluster = Cluster(stack)
    try:
        await cluster.start()
        acme = Organization(cluster, "acme")
        await acme.provision(services=SERVICES)
        for _ in range(2):
            # Of no service: days go on counting while one is down, and the page would change meanwhile.
            await acme.open_incident([])

        async def is_complete() -> bool:
            return len((await acme.aggregate())["incidents"]) == 2

        await eventually(is_complete, "the page shows both incidents")
        await serving(cluster, rounds, seconds)
        await changing(stack, acme, incidents)
    finally:
        cluster.stop()


def main() -> None:
    if sys.argv[1:2] == ["--bare"]:
        serve_bare(sys.argv[2], int(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--incidents", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
        asyncio.run(measure(stack, arguments.rounds, arguments.seconds, arguments.incidents))


if __name__ == "__main__":
    main()
