"""One trace from the browser's request that opens an incident to the sockets, exported over OTLP when an endpoint is configured.

The console begins it (web/lib/api/client.ts) and shows its id with an error, so it must be found here, in the logs as well.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
import websockets
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from devstack.scenario import INCIDENTS, Cluster, Organization
from devstack.teststack import Stack, eventually

OPENED, REFUSED = "4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """A minimal OTLP/HTTP collector: keeps (service, span name) of every trace."""

    def __init__(self) -> None:
        self.traces: dict[bytes, set[tuple[str, str]]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                fields = [line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:] if b":" in line]
                body = await reader.readexactly(int(dict(fields)[b"content-length"]))
                self._keep(ExportTraceServiceRequest.FromString(body))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-type: application/x-protobuf\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _keep(self, request: Any) -> None:
        for resource in request.resource_spans:
            attributes = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.traces.setdefault(span.trace_id, set()).add((attributes["service.name"], span.name))


@pytest_asyncio.fixture
async def collector(stack: Stack) -> AsyncIterator[Collector]:
    collector = Collector()
    server = await asyncio.start_server(collector.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stack.extra["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{port}"
    stack.extra["OTEL_EXPORTER_OTLP_COMPRESSION"] = "none"
    stack.extra["OTEL_BSP_SCHEDULE_DELAY"] = "100"
    yield collector
    server.close()


async def test_one_trace_leads_from_the_request_to_the_socket(stack: Stack, collector: Collector) -> None:
    cluster = Cluster(stack)
    try:
        await cluster.start()
        acme = Organization(cluster, "acme")
        await acme.provision(services=1)
        base = cluster["realtime-gateway"].url.replace("http://", "ws://")

        async def connected() -> bool:
            async with websockets.connect(f"{base}/realtime/v1/acme") as socket:
                try:
                    return bool(json.loads(await socket.recv())["type"] == "hello")
                except websockets.ConnectionClosed:
                    return False

        await eventually(connected, "the gateway knows the page")
        body = {
            "title": "Down",
            "status": "investigating",
            "services": [{"service_id": acme.services[0], "status": "degraded"}],
        }
        async with httpx.AsyncClient(base_url=cluster["incidents"].url) as browser:
            for trace, sent, status in ((OPENED, body, 201), (REFUSED, {}, 422)):
                headers = {"Authorization": f"Bearer {acme.token}", "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
                answer = await browser.post(f"{INCIDENTS}/incidents", json=sent, headers=headers)
                assert answer.status_code == status
        wanted = {
            ("incidents", "POST /api/incidents/v1/incidents"),
            ("incidents", "publish incident.opened"),
            ("catalog", "consume incident.opened"),
            ("catalog", "publish service_status.changed"),
            ("public-api", "fold"),
            ("public-api", "publish page.changed"),
            ("realtime-gateway", "fan out incident.opened"),
            ("realtime-gateway", "fan out page.changed"),
        }
        opened = collector.traces.setdefault(bytes.fromhex(OPENED), set())
        await eventually(lambda: wanted <= opened, f"the trace has {wanted}")
        assert not any("acme" in name for _, name in opened), "span names do not grow with tenants"
        logged = [json.loads(line) for line in cluster["incidents"].log_path.read_text().splitlines()]
        assert {OPENED, REFUSED} <= {line.get("trace_id") for line in logged}
    finally:
        cluster.stop()
