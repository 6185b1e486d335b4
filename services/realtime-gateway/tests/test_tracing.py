"""A change's trace reaches the socket: one span for each event, however many clients it goes to."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from websockets.asyncio.client import connect

from devstack.teststack import Process, eventually

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_an_event_continues_its_trace_in_one_span(
    make_gateway: Callable[..., Process], publish: Callable[..., Awaitable[int]]
) -> None:
    spans: list[Span] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """An OTLP collector, as far as one exporter needs it."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = dict(line.lower().split(": ", 1) for line in head.decode().splitlines()[1:] if line)
                body = await reader.readexactly(int(headers["content-length"]))
                if headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                request = ExportTraceServiceRequest.FromString(body)
                for resource in request.resource_spans:
                    for scope in resource.scope_spans:
                        spans.extend(scope.spans)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    collector = await asyncio.start_server(collect, "127.0.0.1", 0)
    port = collector.sockets[0].getsockname()[1]
    await publish("acme", "page_settings.provisioned")
    gateway = make_gateway(
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}", OTEL_BSP_SCHEDULE_DELAY="100", NO_PROXY="127.0.0.1"
    )
    gateway.start()
    await gateway.wait_until_ready()
    url = f"ws://127.0.0.1:{gateway.port}/realtime/v1/acme"
    async with connect(url) as one, connect(url) as other:
        for client in (one, other):
            assert json.loads(await client.recv())["type"] == "hello"
        await publish("acme", "incident.opened")
        for client in (one, other):
            assert json.loads(await client.recv())["type"] == "incident.opened"
        await eventually(lambda: any(span.name == "fan out incident.opened" for span in spans), "the span arrives")
    (fan_out,) = [span for span in spans if span.name == "fan out incident.opened"]
    assert fan_out.trace_id.hex() == TRACE
    assert {attribute.key: attribute.value.int_value for attribute in fan_out.attributes} == {"tidings.receivers": 2}
    await asyncio.to_thread(gateway.stop)
    collector.close()
