"""Every metric of every service, declared once with its meaning. `common.measuring` serves them at /metrics.

Conventions
- Names begin with `tidings_`. Units are seconds and bytes, as the name says; what only ever grows ends in `_total`.
- A label's values are few and known beforehand (`LABELS`). Nothing that grows with tenants is a label: no organization, slug, subject or
  id. Who is loud, `common.loud` knows. Which service and replica it is, Prometheus says itself (`job`, `instance`).
- Every process has every metric that has no labels, and says 0 where it means nothing there: choose by `job`.
- What counts or takes time is noted where it happens. What is a state elsewhere (a table, the stream) is looked at when somebody asks for
  the metrics: a `Look`. Where nothing can be seen then, because the database is away for instance, it is not a number (NaN, a gap in a
  graph, and no alert's threshold), never the value from before, and `tidings_look_succeeded` is 0.
- Replicas of a service look at the same table, and all say what they see: take their `max`, not their `sum`.
- Delays count from the time in the event, which the clock of the machine wrote that committed it, to the clock of the machine that
  measures. Both must be kept right (NTP); a negative difference counts as 0.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from common.clock import now

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # the library does not say that it returns nothing

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other")
LABELS: Mapping[str, Sequence[str] | str] = {
    "method": METHODS,
    "route": "the routes that the code declares, as templates such as /p/{slug}/, and `none`",
    "status": ("1xx", "2xx", "3xx", "4xx", "5xx"),
    "audience": ("public", "internal"),
    "stage": ("published", "consumed", "folded", "sent", "page_sent"),
    "kind": ("websocket", "sse"),
    "who": ("visitor", "member"),
    "reason": "the names that realtime_gateway.protocol gives its reasons to end a connection",
    "step": ("document", "files"),
    "outcome": ("sent", "failed"),
    "at": ("readiness", "outbox", "dead_letters", "consumer", "pages", "rings"),
}
"""Every label, and its values: all of them, or where in the code they are written down."""

_ANSWERING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_DELIVERING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# Requests

HTTP_REQUEST_SECONDS = Histogram(
    "tidings_http_request_seconds",
    "Time until the answer to a request began, in seconds. Counted when the answer ended; a stream of events is a request too.",
    ["method", "route", "status"],
    buckets=_ANSWERING,
    registry=REGISTRY,
)

# Events on their way

EVENT_DELAY_SECONDS = Histogram(
    "tidings_event_delay_seconds",
    "Age of an event in seconds when it was published (the stream acknowledged it), consumed (a durable's service committed its effect), "
    "folded (the page's document is in this replica's memory) or sent (handed to every socket that keeps up). page_sent is the same of "
    "page.changed, whose age begins with the fold. A replay of old events counts in the last bucket.",
    ["stage"],
    buckets=_DELIVERING,
    registry=REGISTRY,
)
OUTBOX_WAITING = Gauge("tidings_outbox_waiting", "Rows of the outbox that are not published yet.", registry=REGISTRY)
OUTBOX_OLDEST_SECONDS = Gauge(
    "tidings_outbox_oldest_seconds",
    "Age of the oldest of these rows, in seconds; 0 when none waits.",
    registry=REGISTRY,
)
OUTBOX_PARKED = Gauge(
    "tidings_outbox_parked",
    "Rows of the outbox that the stream refused for good. Those that another replica parked are seen within 10 minutes.",
    registry=REGISTRY,
)
OUTBOX_PUBLISHED = Counter(
    "tidings_outbox_published_total", "Events that the stream acknowledged.", ["audience"], registry=REGISTRY
)
OUTBOX_REPUBLISHED = Counter(
    "tidings_outbox_republished_total", "Events published again because the stream had lost them.", registry=REGISTRY
)

# Consumers

CONSUMER_WAITING = Gauge(
    "tidings_consumer_waiting",
    "Messages of the stream that this service's consumer has not finished with. For public-api it is an upper bound, because it reads "
    "some of them only; when it has confirmed lately that nothing waits, 0.",
    registry=REGISTRY,
)
CONSUMER_BEHIND_SECONDS = Gauge(
    "tidings_consumer_behind_seconds",
    "Seconds since this replica's reader last knew that it had read everything. About 1 when all is well.",
    registry=REGISTRY,
)
DEAD_LETTERS = Gauge(
    "tidings_dead_letters", "Messages in dead_letter: parked, and not dealt with by a person yet.", registry=REGISTRY
)
MESSAGES_PARKED = Counter(
    "tidings_messages_parked_total", "Messages that this process parked in dead_letter.", registry=REGISTRY
)

# The page

PAGE_AGE_SECONDS = Gauge(
    "tidings_page_age_seconds",
    "Seconds since the pages that this replica shows were last known to be the latest; pages say so themselves from 60 on.",
    registry=REGISTRY,
)
PAGES = Gauge("tidings_pages", "Documents of organizations that this replica holds in memory.", registry=REGISTRY)
PAGE_RENDERING_SECONDS = Histogram(
    "tidings_page_rendering_seconds",
    "Time to make a document's bytes (step=document, on the event loop) or its page and other files (step=files, in a thread).",
    ["step"],
    buckets=_ANSWERING,
    registry=REGISTRY,
)

# The gateway

CONNECTIONS = Gauge("tidings_connections", "Connections that are open.", ["kind", "who"], registry=REGISTRY)
CONNECTIONS_OPENED = Counter(
    "tidings_connections_opened_total", "Connections that were let in.", ["kind", "who"], registry=REGISTRY
)
CONNECTIONS_CLOSED = Counter(
    "tidings_connections_closed_total",
    "Connections that ended after they had been let in, by why. `slow` are evictions: who did not take what was sent.",
    ["reason"],
    registry=REGISTRY,
)
CONNECTIONS_REFUSED = Counter(
    "tidings_connections_refused_total", "Connections that were not let in, by why.", ["reason"], registry=REGISTRY
)
FRAMES_SENT = Counter(
    "tidings_frames_sent_total",
    "Frames of events, each counted once for every client it was queued for.",
    registry=REGISTRY,
)
FRAME_BYTES_SENT = Counter(
    "tidings_frame_bytes_sent_total", "Bytes of these frames, without framing.", registry=REGISTRY
)
RING_BYTES = Gauge(
    "tidings_ring_bytes", "Bytes of frames kept in memory for clients that come back.", registry=REGISTRY
)

# What is done at its time, and mail

MOVE_LATE_SECONDS = Gauge(
    "tidings_move_late_seconds",
    "How late the most overdue of what the scheduler is to do is, in seconds: a move of a maintenance window, for instance.",
    registry=REGISTRY,
)
MOVES_FAILED = Counter(
    "tidings_moves_failed_total",
    "Moves of the scheduler that failed and are made again later.",
    registry=REGISTRY,
)
MAILS = Counter("tidings_mails_total", "Mails that were handed over, or not.", ["outcome"], registry=REGISTRY)

# The process

READY = Gauge("tidings_ready", "Whether /health/ready would say so: 1 or 0.", registry=REGISTRY)
LOOK_SUCCEEDED = Gauge(
    "tidings_look_succeeded",
    "Whether what is looked at when metrics are asked for could be seen: 1, or 0 and the values are not numbers.",
    ["at"],
    registry=REGISTRY,
)
LOOP_LAG_SECONDS = Histogram(
    "tidings_loop_lag_seconds",
    "How much later than it asked for a task woke up that wakes four times a second: what everybody waits whom this process serves.",
    buckets=_ANSWERING,
    registry=REGISTRY,
)


@dataclass(frozen=True)
class Look:
    """A state that is read when somebody asks for the metrics: one value for each gauge. Raises what it likes when it cannot."""

    at: str
    gauges: Sequence[Gauge]
    read: Callable[[], Awaitable[Sequence[float]]]


def note_delay(stage: str, happened_at: datetime) -> None:
    """An event that happened then is at this stage now."""
    EVENT_DELAY_SECONDS.labels(stage).observe(max(0.0, (now() - happened_at).total_seconds()))
