"""How long a change takes: from the request that opens an incident to `incident.opened` and to `page.changed` on sockets.

    python benchmarks/end_to_end.py [--sockets 1 100 2000] [--rounds 100]

Real PostgreSQL, real nats-server (`sync_interval: always`), one process of each service, no edge. At rest: each round opens one incident,
waits until every socket has both frames, deletes it again, so that the page does not grow, and waits. Client and servers share the
machine. Where the time goes comes from the events' own times and the times at which the stream stored them.

In turn with the rounds the least that a change needs is measured: a row that is inserted and committed, a message that the stream
acknowledges, both awaited on open connections. Compare with these, and compare CPU times, where the machine does other things as well.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import cpu
import httpx
from sockets import EVENTS, Meter, Round, connect

from devstack.audit import stored_messages
from devstack.scenario import INCIDENTS, Cluster, Organization
from devstack.teststack import Stack, eventually, temporary_stack

WARMING_ROUNDS = 5
FLOORS = ("bare INSERT and COMMIT", "bare JetStream publish")


@dataclass
class Measured:
    rounds: list[Round] = field(default_factory=list)
    floors: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in FLOORS})
    cpu: dict[str, float] = field(default_factory=dict)
    frames: int = 0
    steps: dict[str, list[float]] = field(default_factory=dict)


Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def floors(stack: Stack) -> AsyncIterator[dict[str, Step]]:
    """The least that has to happen, on servers that are also the services'."""
    database = await asyncpg.connect(stack.admin_url().replace("+asyncpg", ""))
    client = await stack.connect("catalog")
    try:
        await database.execute("CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY, data text)")
        insert = await database.prepare("INSERT INTO bare (data) VALUES ($1)")
        js, data = client.jetstream(), "x" * 600
        # Of an organization without a page, to members: nobody reads it.
        yield dict(
            zip(
                FLOORS,
                (
                    lambda: insert.fetch(data),
                    lambda: js.publish("status.bare.internal.catalog.bare.one", data.encode()),
                ),
                strict=True,
            )
        )
    finally:
        await database.execute("DROP TABLE IF EXISTS bare")
        await database.close()
        await client.close()


async def measure(stack: Stack, sockets: int, rounds: int) -> Measured:
    cluster = Cluster(stack)
    measured = Measured()
    try:
        await cluster.start()
        acme = Organization(cluster, f"acme{sockets}")
        await acme.provision(services=10)
        await eventually(lambda: _knows_page(cluster, acme), "the gateway knows the page")
        meter = Meter()
        await connect(meter, cluster["realtime-gateway"].port, f"/realtime/v1/{acme.id}", sockets)
        services = {process.pid: process.name for process in cluster.processes}
        async with httpx.AsyncClient(base_url=cluster["incidents"].url, timeout=10) as http, floors(stack) as bare:
            for number in range(WARMING_ROUNDS + rounds):
                if number == WARMING_ROUNDS:
                    spent, frames = cpu.by_program(services), meter.frames
                one = await _round(http, acme, meter, f"round {number:06}")
                took = {name: await _seconds(step) for name, step in bare.items()}
                if number >= WARMING_ROUNDS:
                    measured.rounds.append(one)
                    for name, seconds in took.items():
                        measured.floors[name].append(seconds)
            measured.cpu = {name: seconds - spent.get(name, 0.0) for name, seconds in cpu.by_program(services).items()}
            measured.frames = meter.frames - frames
        measured.steps = await _steps(stack, acme)
        return measured
    finally:
        cluster.stop()


async def _round(http: httpx.AsyncClient, acme: Organization, meter: Meter, title: str) -> Round:
    headers = {"Authorization": f"Bearer {acme.token}", "Idempotency-Key": str(uuid4())}
    named = [{"service_id": acme.services[0]}]
    body = {"title": title, "status": "investigating", "impact": "minor", "services": named}
    measured = meter.begin(title)
    response = await http.post(f"{INCIDENTS}/incidents", json=body, headers=headers)
    meter.answered()
    response.raise_for_status()
    await meter.complete()
    await meter.rest()
    (await http.delete(f"{INCIDENTS}/incidents/{response.json()['id']}", headers=headers)).raise_for_status()
    await meter.rest()
    return measured


async def _seconds(step: Step) -> float:
    began = time.perf_counter()
    await step()
    return time.perf_counter() - began


async def _knows_page(cluster: Cluster, acme: Organization) -> bool:
    async with httpx.AsyncClient(base_url=cluster["realtime-gateway"].url, timeout=2) as http:
        async with http.stream("GET", f"/realtime/v1/{acme.id}/events") as response:
            return response.status_code == 200


async def _steps(stack: Stack, acme: Organization) -> dict[str, list[float]]:
    """Where the time goes: recorded → in the stream, in the stream → folded, folded → page.changed in the stream."""
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
    return steps


def report(sockets: int, measured: Measured) -> None:
    rounds = measured.rounds
    _line("request answered", [one.answered for one in rounds])
    for event in EVENTS:
        _line(f"{event}, first socket", [one.first[event] for one in rounds])
        _line(f"{event}, last of {sockets}", [one.last[event] for one in rounds])
    for name, seconds in measured.floors.items():
        _line(name, seconds)
    floor = sum(statistics.median(seconds) for seconds in measured.floors.values())
    print(f"  first socket's p50 in bare INSERTs and publishes: {_first_p50(rounds) / floor:.1f}")
    medians = [f"{name} {statistics.median(times) * 1000:.1f}" for name, times in measured.steps.items() if times]
    print(f"  where the time goes (medians, ms): {', '.join(medians)}")
    spent = [f"{name} {seconds / len(rounds) * 1000:.1f}" for name, seconds in sorted(measured.cpu.items())]
    print(f"  CPU of an incident that is opened and deleted (ms): {', '.join(spent)}")


def report_fan_out(runs: dict[int, Measured]) -> None:
    """What one more frame costs the gateway: in each run what it spent beyond the run with the fewest sockets."""
    base = runs[min(runs)]
    for sockets, measured in sorted(runs.items())[1:]:
        spent = _gateway_seconds(measured) - _gateway_seconds(base)
        frames = measured.frames / len(measured.rounds) - base.frames / len(base.rounds)
        print(f"fan-out to {sockets} sockets: {spent / frames * 1e6:.1f} µs of the gateway's CPU a frame")


def _gateway_seconds(measured: Measured) -> float:
    """CPU a round."""
    return measured.cpu["realtime-gateway"] / len(measured.rounds)


def _first_p50(rounds: list[Round]) -> float:
    return statistics.median(one.first[EVENTS[0]] for one in rounds)


def _line(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"  {what:<34} p50 {p50 * 1000:6.1f} ms   p99 {p99 * 1000:6.1f} ms   best {ordered[0] * 1000:6.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="+", default=[1, 100, 2000])
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    runs: dict[int, Measured] = {}
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
        stack.extra["TIDINGS_SOCKETS_PER_ADDRESS"] = "100000"
        for sockets in arguments.sockets:
            print(f"{sockets} sockets, {arguments.rounds} rounds", flush=True)
            runs[sockets] = asyncio.run(measure(stack, sockets, arguments.rounds))
            report(sockets, runs[sockets])
    report_fan_out(runs)


if __name__ == "__main__":
    main()
