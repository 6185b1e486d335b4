"""How many events public-api folds in a second: from the stream, as it does live, and in a rebuild from the record.

    python benchmarks/fold.py [--organizations 50] [--incidents 40]

Each organization has 20 services; each incident is opened and given four updates. The events are written to the outboxes, and published by
the services' own relays before public-api is started on the full stream; what is measured is how its checkpoint moves. Then every
document is rebuilt from the outboxes. CPU time is that of the process of public-api, or of this one for the rebuild; PostgreSQL's is
not in it. Real PostgreSQL, real nats-server.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import cpu
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

import catalog.store
import incidents.store
import public_api.rebuild
from catalog.domain.page import Page, Settings
from catalog.domain.service import Service
from common.clock import now, uuid7
from common.contracts.catalog import KnownService
from common.contracts.events import DomainEvent
from common.contracts.values import IncidentImpact, IncidentStatus, Visibility
from common.database import outbox_rows
from common.envelope import Actor
from devstack.teststack import Stack, eventually, temporary_stack
from incidents.domain.incident import Incident

SERVICES = 20
UPDATES = 4
OUTBOXES = {"catalog": catalog.store.TABLES.outbox, "incidents": incidents.store.TABLES.outbox}
ACTOR = Actor(id="benchmark", name="Benchmark")


def catalog_events(organization: str, services: list[UUID]) -> Iterator[DomainEvent]:
    yield Page.provision(organization, slug=organization, settings=Settings(name=organization), now=now())[1]
    for number, id in enumerate(services):
        yield Service.create(
            id,
            name=f"Service {number}",
            description="What it does",
            visibility=Visibility.PUBLIC,
            start_date=now().date(),
            now=now(),
        )[1]


def incident_events(services: list[UUID], count: int) -> Iterator[DomainEvent]:
    """Incidents of which the last of each five stays open."""
    for number in range(count):
        service = services[number % SERVICES]
        incident, opened = Incident.open(
            id=uuid7(),
            title=f"Incident {number}",
            description="",
            status=IncidentStatus.INVESTIGATING,
            impact=IncidentImpact.MAJOR,
            visibility=Visibility.PUBLIC,
            services={service: None},
            known={service: KnownService(f"Service {number % SERVICES}", Visibility.PUBLIC, is_deleted=False)},
            message="We are looking into it, and will say more in half an hour.",
            update_id=uuid7(),
            by=ACTOR.named(),
            now=now(),
        )
        yield opened
        for update in range(1, UPDATES + 1):
            ends = update == UPDATES and number % 5 != 0
            yield incident.post_update(
                id=uuid7(),
                status=IncidentStatus.RESOLVED if ends else IncidentStatus.MONITORING,
                message="What we found, what we did, and what comes next.",
                impact=None,
                services=None,
                by=ACTOR.named(),
                now=now(),
            )


async def record(engine: AsyncEngine, organizations: int, per_organization: int) -> int:
    """Write the events to the outboxes, for the public alone. Returns how many there are."""
    total = 0
    for number in range(organizations):
        organization, services = f"org{number}", [uuid7() for _ in range(SERVICES)]
        events = {
            "catalog": catalog_events(organization, services),
            "incidents": incident_events(services, per_organization),
        }
        async with engine.begin() as connection:
            for service, outbox in OUTBOXES.items():
                rows = [
                    row
                    for event in events[service]
                    for row in outbox_rows(event, organization, ACTOR, None)
                    if row["audience"] == "public"
                ]
                await connection.execute(outbox.insert(), rows)
                total += len(rows)
    return total


async def measure(stack: Stack, organizations: int, per_organization: int) -> None:
    engine = create_async_engine(stack.admin_url(), poolclass=NullPool)
    total = await record(engine, organizations, per_organization)
    print(f"{total} events of {organizations} organizations", flush=True)
    relays = [stack.process("catalog"), stack.process("incidents")]
    public = stack.process("public-api")
    try:
        for process in relays:
            process.start()
        await eventually(lambda: _waiting(stack) == 0, "everything is published", timeout=600)
        for process in relays:
            process.stop()
        public.start()
        await eventually(lambda: _folded(stack) > 0, "folding began", timeout=60)
        began, first, spent = time.perf_counter(), _folded(stack), cpu.of_process(public.pid)
        await eventually(lambda: _folded(stack) >= total, "everything is folded", timeout=600)
        _report("live", total - first, time.perf_counter() - began, cpu.of_process(public.pid) - spent)
    finally:
        for process in (*relays, public):
            process.kill()
    began, spent = time.perf_counter(), time.process_time()
    for number in range(organizations):
        await public_api.rebuild.rebuild(engine, OUTBOXES, f"org{number}")
    _report("rebuild", total, time.perf_counter() - began, time.process_time() - spent)


def _waiting(stack: Stack) -> int:
    waiting = [f"SELECT count(*) FROM {service}.outbox WHERE published_at IS NULL" for service in OUTBOXES]
    return sum(int(stack.postgres.sql(statement, stack.database)) for statement in waiting)


def _folded(stack: Stack) -> int:
    return int(stack.postgres.sql("SELECT coalesce(max(stream_offset), 0) FROM public_api.checkpoint", stack.database))


def _report(what: str, events: int, seconds: float, cpu_seconds: float) -> None:
    print(
        f"{what:<8} {events / seconds:8.0f} events/s   {cpu_seconds / events * 1e6:6.0f} µs of CPU an event", flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organizations", type=int, default=50)
    parser.add_argument("--incidents", type=int, default=40, help="of each organization")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
        asyncio.run(measure(stack, arguments.organizations, arguments.incidents))


if __name__ == "__main__":
    main()
