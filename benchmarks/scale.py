"""What organizations cost that are there and quiet: an event, a request, a socket, memory, rest and start-up among 10, 100 and 1,000 of them.

    python benchmarks/scale.py [--organizations 10 100 1000] [--rounds 5]

One organization is made by the services themselves, through their own APIs: 8 services, 4 incidents of 4 updates that are over, and a window
in a week. The others are copies of its rows, in every service's tables and outboxes (not in the audit), under names of their own; what an outbox
holds counts as published, but for the page settings of each copy, which the relay publishes, as the gateway learns of pages from them. So
the database is what it would be, and the stream holds the copies' page settings alone.

Real PostgreSQL, real nats-server, one process of each service, no edge; the organizations that are written to and read are ten in each
run. CPU is that of all programs together unless one is named, in the best of the rounds, because a busy machine makes it more and never less.
Services are forked with everything imported, so what start-up shows is what grows. The ratios are to the smallest number of organizations.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import cpu
import httpx
from prometheus_client.parser import text_string_to_metric_families
from sockets import Meter, connect

from common.clock import now, rfc3339
from devstack.scenario import INCIDENTS, MAINTENANCE, SERVICES, Cluster, Organization
from devstack.teststack import SCHEMAS, Process, Stack, eventually, temporary_stack

PATTERN = "org000000"
TOUCHED = 10
"""Organizations that are written to, read and followed."""
REQUESTS, READS, WRITES, SOCKETS = 2000, 200, 60, 200
REST_SECONDS = 15.0
BOUND = 1.2
MANY = 100_000
_COPIED_NOT = ("idempotency", "checkpoint", "dead_letter", "audit")

Costs = dict[str, float]
"""What was measured, by what it is called in the table."""


def name_of(number: int) -> str:
    return f"org{number:06}"


@dataclass
class World:
    stack: Stack
    cluster: Cluster
    organizations: list[Organization] = field(default_factory=list)

    def programs(self) -> dict[str, float]:
        return cpu.by_program({process.pid: process.name for process in self.cluster.processes})


async def make_pattern(world: World) -> None:
    organization = Organization(world.cluster, PATTERN)
    await organization.provision(services=8)
    for number in range(4):
        id = await organization.open_incident(organization.services[number : number + 2])
        for status in ("identified", "monitoring", "resolved"):
            body = {"status": status, "message": "What we found, what we did, and what comes next."}
            await organization.command("incidents", "POST", f"{INCIDENTS}/incidents/{id}/updates", body)
    times = {
        f"scheduled_{which}": rfc3339(now() + timedelta(days=7, hours=hour))
        for hour, which in enumerate(("start", "end"))
    }
    await organization.command("maintenance", "POST", f"{MAINTENANCE}/maintenances", {"title": "Planned", **times})

    async def shown() -> bool:
        try:
            page = await organization.aggregate()
        except httpx.HTTPError:
            return False
        return len(page["incidents"]) == 4 and bool(page["maintenance"]["upcoming"])

    await eventually(shown, "the page shows everything")
    await drained(world.stack)


_TABLES = """
SELECT table_schema || '.' || table_name || ':' || string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position)
FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema IN ({schemas}) AND table_type = 'BASE TABLE' AND is_identity = 'NO'
GROUP BY table_schema, table_name
HAVING bool_or(column_name = 'organization_id')
"""
_COPY = """
INSERT INTO {table} ({columns})
SELECT {copied}
FROM {table} AS original, generate_series(1, {copies}) AS nth,
LATERAL jsonb_populate_record(
    NULL::{table},
    replace(to_jsonb(original)::text, '{pattern}', 'org' || lpad(nth::text, 6, '0'))::jsonb || {anew}
) AS copy
WHERE original.organization_id = '{pattern}'
"""
_SAME = "'{}'::jsonb"
# Counts as published before all of the pattern's, by which the relay compares what is written down with what the stream holds.
_ANEW_IN_OUTBOX = """jsonb_build_object('id', gen_random_uuid())
    || CASE WHEN original.type LIKE 'page_settings.%'
       THEN '{"published_at": null, "epoch": null, "stream_offset": null}'::jsonb ELSE '{"stream_offset": 0}'::jsonb END"""


def copy_pattern(stack: Stack, organizations: int) -> None:
    """Every row of the pattern once more for each further organization."""
    schemas = ", ".join(f"'{schema}'" for schema in SCHEMAS.values())
    statements = ["SET session_replication_role = replica"]  # rows are whole already: no foreign keys to look at
    for line in stack.postgres.sql(_TABLES.format(schemas=schemas), stack.database).splitlines():
        table, _, columns = line.partition(":")
        name = table.partition(".")[2]
        if name not in _COPIED_NOT:
            statements.append(
                _COPY.format(
                    table=table,
                    columns=columns,
                    copied=", ".join(f"copy.{column}" for column in columns.split(",")),
                    copies=organizations - 1,
                    pattern=PATTERN,
                    anew=_ANEW_IN_OUTBOX if name == "outbox" else _SAME,
                )
            )
    stack.postgres.sql("; ".join([*statements, "ANALYZE"]), stack.database)


async def drained(stack: Stack) -> None:
    waiting = " UNION ALL ".join(
        f"SELECT 1 FROM {schema}.outbox WHERE published_at IS NULL" for schema in SCHEMAS.values()
    )
    statement = f"SELECT count(*) FROM ({waiting}) waiting"

    async def nothing_waits() -> bool:
        await asyncio.sleep(0.5)  # asking costs CPU, too
        return stack.postgres.sql(statement, stack.database) == "0"

    await eventually(nothing_waits, "every outbox is empty", timeout=900)


async def consumed(world: World) -> None:
    """Until every service has heard of the copies' pages: that takes longer than publishing them."""

    async def nothing_waits() -> bool:
        await asyncio.sleep(0.5)  # asking costs CPU, too
        waiting = 0.0
        async with httpx.AsyncClient() as http:
            for process in world.cluster.processes:
                told = (await http.get(f"{process.url}/metrics")).text
                families = {family.name: family for family in text_string_to_metric_families(told)}
                waiting += sum(sample.value for sample in families["tidings_consumer_waiting"].samples)
        return waiting == 0

    await eventually(nothing_waits, "everything is consumed", timeout=900)


def versions_in(snapshot: Path) -> int:
    """Those of all pages together; 0 before there is a snapshot."""
    lines = snapshot.read_bytes().splitlines() if snapshot.exists() else []
    return sum(json.loads(line)["page_version"] for line in lines)


async def remembered(world: World) -> None:
    """Until public-api's snapshot has every page as it is: writing it is no part of rest, and comes seconds after the last change."""
    stack, public_api = world.stack, world.cluster["public-api"]
    snapshot = Path(stack.environment(public_api.name, public_api.port)["TIDINGS_SNAPSHOT_PATH"])

    async def everything_is_written() -> bool:
        await asyncio.sleep(0.5)  # asking costs CPU, too
        versions = stack.postgres.sql("SELECT sum(page_version) FROM public_api.page", stack.database)
        return str(versions_in(snapshot)) == versions

    await eventually(everything_is_written, "the snapshot has every page", timeout=120)


async def started(world: World) -> Costs:
    """Seconds of CPU of each service until it is ready, one after the other, and the clock's of public-api."""
    costs: Costs = {}
    for process in world.cluster.processes:
        began = time.perf_counter()
        process.start()
        await process.wait_until_ready(timeout=600)
        costs[f"start-up: {process.name}, s of CPU"] = cpu.of_process(process.pid)
        if process.name == "public-api":
            costs["start-up: public-api, s"] = time.perf_counter() - began
    return costs


def memory(process: Process) -> float:
    """MB that are its own; what it shares with those it was forked with is not what grows."""
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) / 1024
    raise ValueError(line)


async def spent(world: World, work: Callable[[], Awaitable[object]], times: int) -> dict[str, float]:
    """Milliseconds of CPU of each program for one of `times`."""
    before = world.programs()
    await work()
    return {name: (seconds - before.get(name, 0.0)) * 1000 / times for name, seconds in world.programs().items()}


async def measure(world: World, rounds: int) -> Costs:
    costs = await started(world)
    await drained(world.stack)
    world.organizations = [Organization(world.cluster, name_of(number)) for number in range(TOUCHED)]
    async with AsyncExitStack() as stack:
        urls = {name: world.cluster[name].url for name in SERVICES}
        http = {
            name: await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=15))
            for name, url in urls.items()
        }
        await remembered(world)
        rest = await spent(world, lambda: asyncio.sleep(REST_SECONDS), 1)
        for name in SERVICES:
            costs[f"memory: {name}, MB"] = memory(world.cluster[name])
            costs[f"rest: {name}, ms of CPU a second"] = rest.get(name, 0.0) / REST_SECONDS
        samples: dict[str, list[float]] = {}
        for _ in range(rounds):
            for what, value in (await one_round(world, http)).items():
                samples.setdefault(what, []).append(value)
        costs |= {what: min(values) for what, values in samples.items()}
    costs |= await sockets(world)
    costs["database, MB"] = (
        int(world.stack.postgres.sql("SELECT pg_database_size(current_database())", world.stack.database)) / 1e6
    )
    return costs


async def one_round(world: World, http: dict[str, httpx.AsyncClient]) -> Costs:
    async def pages() -> None:
        for number in range(REQUESTS):
            (await http["public-api"].get(f"/p/{name_of(number % TOUCHED)}/")).raise_for_status()

    async def reads() -> None:
        for number in range(READS):
            token = world.organizations[number % TOUCHED].token
            answer = await http["incidents"].get(f"{INCIDENTS}/incidents", headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()

    async def changes() -> None:
        """Each a new incident, or an update of it; afterwards it is deleted, so that pages do not grow."""
        for organization in world.organizations:
            id = ""
            for number in range(WRITES // TOUCHED):
                path, body = (f"{INCIDENTS}/incidents/{id}/updates", {"status": "monitoring", "message": "More"})
                if number == 0:
                    path, body = f"{INCIDENTS}/incidents", {"title": "Now", "status": "investigating", "impact": "none"}
                headers = {"Authorization": f"Bearer {organization.token}", "Idempotency-Key": str(uuid4())}
                if number == WRITES // TOUCHED - 1:
                    answer = await http["incidents"].delete(f"{INCIDENTS}/incidents/{id}", headers=headers)
                else:
                    answer = await http["incidents"].post(path, json=body, headers=headers)
                answer.raise_for_status()
                id = id or answer.json()["id"]
        await drained(world.stack)
        await asyncio.sleep(1)  # what is folded and rendered behind it

    page, read, change = (
        await spent(world, pages, REQUESTS),
        await spent(world, reads, READS),
        await spent(world, changes, WRITES),
    )
    return {
        "request: page, ms of public-api": page["public-api"],
        "request: list of incidents, ms of incidents": read["incidents"],
        "request: list of incidents, ms of all": sum(read.values()),
        "event: ms of all": sum(change.values()),
        **{
            f"event: ms of {name}": change.get(name, 0.0)
            for name in ("incidents", "catalog", "public-api", "realtime-gateway", "nats-server", "postgres")
        },
    }


async def sockets(world: World) -> Costs:
    gateway = world.cluster["realtime-gateway"]
    before, meter = memory(gateway), Meter()
    for number in range(TOUCHED):
        await connect(meter, gateway.port, f"/realtime/v1/{name_of(number)}", (number + 1) * SOCKETS // TOUCHED)
    await meter.rest()
    found = await spent(world, lambda: asyncio.sleep(REST_SECONDS), SOCKETS)
    more = memory(gateway) - before
    gateway.kill()
    with suppress(ConnectionError):  # the sockets say so
        await meter.complete()
    return {
        "socket: KB of the gateway": more * 1024 / SOCKETS,
        "socket: µs of CPU of the gateway a second": found["realtime-gateway"] * 1000 / REST_SECONDS,
    }


def report(runs: dict[int, Costs]) -> None:
    smallest = min(runs)
    print(
        f"{'':<46}"
        + "".join(f"{number:>10,}" for number in runs)
        + "".join(f"{number:>9,}/{smallest}" for number in list(runs)[1:])
    )
    for what in runs[smallest]:
        values = [costs[what] for costs in runs.values()]
        ratios = [value / values[0] if values[0] else float("nan") for value in values[1:]]
        marks = "".join(f"{ratio:>11.2f}{' ' if ratio <= BOUND else '*'}" for ratio in ratios)
        print(f"{what:<46}" + "".join(f"{value:>10.2f}" for value in values) + marks)
    print(f"* more than {BOUND} times")
    largest = max(runs)
    if largest == smallest:
        return
    print(f"\nIn a straight line from {smallest:,} and {largest:,} to {MANY:,} organizations:")
    for what in runs[smallest]:
        slope = (runs[largest][what] - runs[smallest][what]) / (largest - smallest)
        if runs[largest][what] > BOUND * runs[smallest][what]:
            print(
                f"  {what:<46}{runs[smallest][what] + slope * (MANY - smallest):>12,.1f}   ({slope * 1000:,.2f} for each 1,000)"
            )


async def run(stack: Stack, organizations: int, rounds: int) -> Costs:
    world = World(stack, Cluster(stack, {name: [stack.process(name)] for name in SERVICES}))
    try:
        await world.cluster.start()
        await make_pattern(world)
        world.cluster.stop()
        await asyncio.to_thread(copy_pattern, stack, organizations)
        # Hearing of the copies is work of the copying, and none of the start that is measured.
        await world.cluster.start()
        await drained(stack)
        await consumed(world)
        world.cluster.stop()
        return await measure(world, rounds)
    finally:
        world.cluster.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organizations", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if min(arguments.organizations) < TOUCHED:
        parser.error(f"at least {TOUCHED} organizations: so many are written to, read and followed")
    runs: dict[int, Costs] = {}
    loads = [os.getloadavg()[0]]
    for organizations in sorted(arguments.organizations):
        with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
            runs[organizations] = asyncio.run(run(stack, organizations, arguments.rounds))
            loads.append(os.getloadavg()[0])
            print(f"{organizations:,} organizations measured, load of the machine {loads[-1]:.1f}\n", flush=True)
            report(runs)
    print(f"Load of the machine meanwhile: {statistics.mean(loads):.1f} on average.")


if __name__ == "__main__":
    main()
