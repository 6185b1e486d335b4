"""Traces and logs.

A trace runs from the HTTP request through outbox, stream and fold to the socket, carried as W3C `traceparent`. Nothing is recorded or
sent unless OTEL_EXPORTER_OTLP_ENDPOINT is set; ids exist all the same, so that log lines of one request can be found together.
Logs are JSON, one event a line; what users wrote is escaped by the encoder, so no line can be forged.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from common.clock import now, rfc3339
from common.settings import tracing_endpoint

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("tidings")
_PLAIN_FIELDS = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {
    "message",
    "asctime",
    "color_message",
    "taskName",
}


class JsonFormatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": rfc3339(now()),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"] = trace.format_trace_id(span.trace_id)
        line.update({name: value for name, value in record.__dict__.items() if name not in _PLAIN_FIELDS})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(service: str, log_level: str) -> None:
    """Set up logs and traces for this process, once, before anything else starts."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=log_level.upper(), handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "faststream", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    trace.set_tracer_provider(tracer_provider(service))


def tracer_provider(service: str) -> TracerProvider:
    """Records and sends when an endpoint is configured; otherwise only hands out ids."""
    resource = Resource.create({"service.name": service})
    if tracing_endpoint() is None:
        return TracerProvider(resource=resource, sampler=ParentBased(ALWAYS_OFF, remote_parent_sampled=ALWAYS_OFF))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def current_traceparent() -> str | None:
    """The trace that the running code belongs to, as an outbox row or a header keeps it."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def span(name: str, *, parent: str | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """A span; with `parent`, a traceparent that travelled with an event, it continues that trace."""
    parent_context = _propagator.extract({"traceparent": parent}) if parent else context.get_current()
    with _tracer.start_as_current_span(name, context=parent_context, kind=kind) as current:
        yield current
