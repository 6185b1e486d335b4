"""One trace from the request that opens an incident to the sockets, exported over OTLP when an endpoint is configured."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
import websockets
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from devstack.scenario import INCIDENTS, Cluster, Organization
from devstack.teststack import Stack, eventually


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
        await acme.command("incidents", "POST", f"{INCIDENTS}/incidents", body)
        wanted = {
            ("incidents", "POST /api/incidents/v1/incidents"),
            ("catalog", "consume incident.opened"),
            ("public-api", "fold"),
            ("realtime-gateway", "fan out incident.opened"),
            ("realtime-gateway", "fan out page.changed"),
        }
        await eventually(lambda: any(wanted <= spans for spans in collector.traces.values()), f"one trace has {wanted}")
        opened = next(spans for spans in collector.traces.values() if wanted <= spans)
        assert not any("acme" in name for _, name in opened), "span names do not grow with tenants"
    finally:
        cluster.stop()
