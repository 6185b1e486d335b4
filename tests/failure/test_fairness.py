"""One organization imports its whole history; another, meanwhile, tells its visitors of an incident as quickly as ever."""

import asyncio
import json
import time

import pytest
import websockets

from devstack.scenario import INCIDENTS, Cluster, Organization
from devstack.teststack import Stack, eventually

IMPORTED = 50_000
WRITES = 150
P99_SECONDS = 0.250

IMPORT = f"""
INSERT INTO incidents.outbox (id, organization_id, audience, type, aggregate_id, sequence, occurred_at, data)
SELECT gen_random_uuid(), 'bulk', audience, 'incident.opened', incident::text, 1, now(),
    json_build_object(
        'id', incident, 'title', 'Imported', 'description', '', 'status', 'resolved', 'impact', 'minor',
        'started_at', '2024-01-01T00:00:00Z', 'resolved_at', '2024-01-01T01:00:00Z',
        'created_at', '2024-01-01T00:00:00Z', 'updated_at', '2024-01-01T01:00:00Z', 'version', 1,
        'services', json_build_array(), 'updates', json_build_array())::text
FROM (SELECT gen_random_uuid() AS incident FROM generate_series(1, {IMPORTED // 2})) AS incidents,
    unnest(ARRAY['internal', 'public']) AS audience
"""


@pytest.mark.alone
async def test_an_import_delays_nobody_else(cluster: Cluster) -> None:
    await cluster.start()
    acme = Organization(cluster, "acme")
    await acme.provision(services=1)
    cluster.stack.postgres.sql(IMPORT, cluster.stack.database)
    await eventually(lambda: waiting(cluster.stack) < IMPORTED - 500, "the import is under way", timeout=30)

    arrived: dict[str, float] = {}
    async with websockets.connect(acme.socket_url()) as socket:

        async def read() -> None:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "incident.opened":
                    arrived[frame["data"]["id"]] = time.perf_counter()

        reader = asyncio.create_task(read())
        took = []
        for _ in range(WRITES):
            began = time.perf_counter()
            body = {"title": "Down", "status": "investigating"}
            incident = await acme.command("incidents", "POST", f"{INCIDENTS}/incidents", body)
            await eventually(lambda id=incident["id"]: id in arrived, "the socket has it")
            took.append(arrived[incident["id"]] - began)
        still_waiting = waiting(cluster.stack)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)

    assert still_waiting > 0, "the import went on all the time"
    took.sort()
    p99 = took[int(len(took) * 0.99)]
    assert p99 < P99_SECONDS, f"p50 {took[len(took) // 2] * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


def waiting(stack: Stack) -> int:
    return int(stack.postgres.sql("SELECT count(*) FROM incidents.outbox WHERE published_at IS NULL", stack.database))
