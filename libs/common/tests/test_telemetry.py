"""Logs that cannot be forged, and traces that go on from one process to the next."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from common import telemetry
from common.telemetry import JsonFormatter, current_traceparent, span

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"


class Log:
    def __init__(self) -> None:
        self.stream = StringIO()
        handler = logging.StreamHandler(self.stream)
        handler.setFormatter(JsonFormatter("catalog"))
        self.logger = logging.Logger("test")
        self.logger.addHandler(handler)

    def line(self) -> dict[str, object]:
        """What was logged, which must be one line."""
        written = self.stream.getvalue()
        assert written.isascii()
        assert written.count("\n") == 1
        line: dict[str, object] = json.loads(written)
        return line


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "_tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


HOSTILE = [
    'title\n{"level": "error", "message": "forged"}',
    "\r\n\x1b[31mred\x1b[0m\x00\x07",
    '", "level": "critical", "x": "',
    "\u2028\u2029\x85 lines",
    "\ud800 surrogate",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_cannot_forge_a_line(log: Log, text: str) -> None:
    log.logger.warning("refused: %s", text)
    line = log.line()
    assert line["message"] == f"refused: {text}"
    assert line["level"] == "warning"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_field_cannot_forge_a_line(log: Log, text: str) -> None:
    log.logger.warning("refused", extra={"reason": text, "cause": ValueError(text)})
    line = log.line()
    assert (line["reason"], line["cause"], line["message"]) == (text, text, "refused")


def test_an_exception_is_one_line_with_its_traceback(log: Log) -> None:
    try:
        raise ValueError('first\n{"second": "line"}')
    except ValueError:
        log.logger.exception("failed")
    assert "Traceback" in str(log.line()["exception"])


def test_a_line_says_when_what_and_where(log: Log) -> None:
    log.logger.info("started")
    line = log.line()
    assert str(line.pop("time")).endswith("Z")
    assert line == {"level": "info", "service": "catalog", "logger": "test", "message": "started"}


def test_a_line_says_which_trace_it_belongs_to(log: Log) -> None:
    with span("publish", parent=TRACEPARENT):
        log.logger.info("published")
    assert log.line()["trace_id"] == TRACE_ID


def test_an_event_carries_the_trace_it_was_recorded_in() -> None:
    assert current_traceparent() is None
    with span("request", parent=TRACEPARENT):
        assert TRACE_ID in str(current_traceparent())
    assert current_traceparent() is None


def test_a_span_continues_the_trace_of_an_event(spans: InMemorySpanExporter) -> None:
    with span("consume", parent=TRACEPARENT):
        traceparent = current_traceparent() or ""
    assert traceparent.split("-")[1] == TRACE_ID
    [finished] = spans.get_finished_spans()
    assert finished.name == "consume"
    assert finished.parent is not None
    assert trace.format_span_id(finished.parent.span_id) == SPAN_ID


@pytest.mark.parametrize("traceparent", ["", "nonsense", "00-0-0-01", f"00-{'0' * 32}-{SPAN_ID}-01", "\n"])
def test_a_broken_traceparent_begins_a_trace_of_its_own(spans: InMemorySpanExporter, traceparent: str) -> None:
    with span("consume", parent=traceparent):
        assert current_traceparent() is not None
    [finished] = spans.get_finished_spans()
    assert finished.parent is None


def test_nothing_is_recorded_unless_an_endpoint_is_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    provider = telemetry.tracer_provider("catalog")
    with provider.get_tracer("test").start_as_current_span("request") as current:
        assert not current.is_recording()
        assert current_traceparent() is not None, "ids exist all the same"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    provider = telemetry.tracer_provider("catalog")
    # Never ended, so that nothing is sent to the endpoint, which nobody answers.
    assert provider.get_tracer("test").start_span("request").is_recording()
    provider.shutdown()
