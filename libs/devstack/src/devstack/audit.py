"""Whether anything was lost, doubled or reordered, whatever was killed meanwhile.

Nothing is amiss when, after everything has arrived,
- every acknowledged command had its effect exactly once, and every planned window started and completed exactly once,
- the aggregate says what the services' own APIs say,
- the stream holds every version of every aggregate once and in order, what was republished aside,
- every follower saw every public event of its organization once and in the stream's order, from where it began; after a break that it
  was told of, from where it began anew.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.contracts.values import Audience
from common.envelope import STREAM, Envelope
from common.position import Position
from devstack.scenario import CATALOG, INCIDENTS, MAINTENANCE, Cluster, Follower, Organization, Seen, Segment
from devstack.teststack import SCHEMAS, Stack, eventually

_WINDOW_VERSIONS = 3  # planned, started, completed


@dataclass(frozen=True)
class Stored:
    """A message as the stream holds it; `at` is when it was stored, in seconds."""

    offset: int
    subject: str
    headers: dict[str, str]
    data: bytes
    at: float


@dataclass
class Findings:
    """What is amiss, in words."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.reordered)

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.lost + other.lost, self.doubled + other.doubled, self.reordered + other.reordered)


async def check(cluster: Cluster, organization: Organization, followers: list[Follower]) -> None:
    """Fail when anything is amiss, or when a follower was told that something is missing to it."""
    findings = await audit(cluster, organization, followers)
    assert not findings, findings
    assert all(len(follower.segments) == 1 for follower in followers), "every follower was recovered each time"


async def audit(
    cluster: Cluster, organization: Organization, followers: list[Follower], timeout: float = 30
) -> Findings:
    """Wait until everything has arrived everywhere, at most this many seconds, then compare. Nobody may write meanwhile."""
    findings = Findings()
    incidents = await organization.read_all("incidents", f"{INCIDENTS}/incidents")
    written = Counter({incident["id"]: len(incident["updates"]) for incident in incidents})
    findings.lost += [f"a command on incident {id}" for id in (organization.ledger.incidents - written)]
    findings.doubled += [f"a command on incident {id}" for id in (written - organization.ledger.incidents)]

    windows: list[dict[str, Any]] = []

    async def moved() -> bool:
        windows[:] = await organization.read_all("maintenance", f"{MAINTENANCE}/maintenances")
        done = {window["id"] for window in windows if window["status"] == "completed"}
        return organization.ledger.windows <= done

    async def arrived() -> bool:
        services = await organization.read_all("catalog", f"{CATALOG}/services")
        return _expected(services, incidents, windows) == _shown(await organization.aggregate())

    try:
        await eventually(_retrying(moved), "every window has started and ended", timeout=timeout)
        await eventually(_retrying(arrived), "the aggregate says what the services say", timeout=timeout)
        await eventually(lambda: _drained(cluster.stack), "every outbox is empty", timeout=timeout)
    except AssertionError as error:
        findings.lost.append(str(error))
    findings.doubled += [f"a move of window {one['id']}" for one in windows if one["version"] > _WINDOW_VERSIONS]
    epoch = await cluster.stack.epoch()
    stored = await stored_events(cluster.stack, organization.id, epoch)
    _audit_stream(stored, findings)
    public = [(position, event) for position, event in stored if event.audience is Audience.PUBLIC]
    for follower in followers:
        with suppress(AssertionError):  # what has not come by then is among the findings
            await eventually(lambda follower=follower: _is_complete(follower, public), "complete", timeout=timeout)
        for segment in follower.segments:
            is_last = segment is follower.segments[-1]
            _audit_segment(segment, _after(public, segment.start), findings, complete=is_last)
    return findings


def _audit_stream(stored: list[tuple[Position, Envelope]], findings: Findings) -> None:
    ids = Counter(str(event.id) for _, event in stored if not event.republished)
    findings.doubled += [f"event {id} in the stream" for id, times in ids.items() if times > 1]
    versions: dict[tuple[str, str, str], list[int]] = {}
    for _, event in stored:
        if not event.republished:
            versions.setdefault((event.audience, event.aggregate, event.aggregate_id), []).append(event.sequence)
    for aggregate, sequence in versions.items():
        if sequence != sorted(sequence):
            findings.reordered.append(f"versions of {aggregate} in the stream: {sequence}")
        elif sequence != list(range(sequence[0], sequence[0] + len(sequence))):
            findings.lost.append(f"a version of {aggregate} in the stream: {sequence}")


def _audit_segment(
    segment: Segment, expected: list[tuple[Position, Envelope]] | None, findings: Findings, *, complete: bool
) -> None:
    """Compare with the stream; where that life of the stream is over (expected None), look at the versions alone."""
    times = Counter(seen.id for seen in segment.events)
    findings.doubled += [f"event {id} at a follower" for id, count in times.items() if count > 1]
    if expected is None:
        findings.reordered += [
            f"{aggregate} at a follower: {versions}"
            for aggregate, versions in _versions(segment.events).items()
            if versions != sorted(versions)
        ]
        return
    ids = [str(event.id) for _, event in expected if not event.republished]
    seen = [seen.id for seen in segment.events]
    if not complete:
        ids = ids[: len(seen)]
    findings.lost += _lost(ids, times)
    if sorted(seen) == sorted(ids) and seen != ids:
        findings.reordered.append(f"events at a follower: {seen} instead of {ids}")


def _lost(expected: list[str], seen: Collection[str]) -> Iterator[str]:
    """What was not seen, and whether that is at the beginning of what was expected, at its end, or between what was seen."""
    places = [place for place, id in enumerate(expected) if id in seen]
    for place, id in enumerate(expected):
        if id not in seen:
            where = "postfix" if not places or place > places[-1] else "prefix" if place < places[0] else "middle"
            yield f"event {id} at a follower ({where})"


def _versions(events: list[Seen]) -> dict[str, list[int]]:
    versions: dict[str, list[int]] = {}
    for seen in events:
        if seen.version is not None:
            versions.setdefault(seen.aggregate, []).append(seen.version)
    return versions


def _after(public: list[tuple[Position, Envelope]], start: Position) -> list[tuple[Position, Envelope]] | None:
    if public and public[0][0].epoch != start.epoch:
        return None
    return [(position, event) for position, event in public if position.offset > start.offset]


def _is_complete(follower: Follower, public: list[tuple[Position, Envelope]]) -> bool:
    segment = follower.segments[-1]
    expected = _after(public, segment.start)
    return expected is not None and len(segment.events) >= sum(not event.republished for _, event in expected)


def _expected(
    services: list[dict[str, Any]], incidents: list[dict[str, Any]], windows: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "services": {service["id"]: _service(service) for service in services},
        "windows": {(window["id"], window["status"]) for window in windows},
        "incidents": {
            incident["id"]: (incident["status"], [update["id"] for update in reversed(incident["updates"])])
            for incident in incidents
        },
    }


def _shown(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "services": {row["id"]: _service(row) for row in document["services"]},
        "windows": {
            (window["id"], window["status"]) for windows in document["maintenance"].values() for window in windows
        },
        "incidents": {
            incident["id"]: (incident["status"], [update["id"] for update in incident["updates"]])
            for incident in document["incidents"]
        },
    }


def _service(service: dict[str, Any]) -> tuple[str, list[str], bool]:
    return service["status"], sorted(cause["id"] for cause in service["causes"]), service["under_maintenance"]


def _retrying(condition: Callable[[], Any]) -> Callable[[], Any]:
    async def attempt() -> bool:
        with suppress(httpx.HTTPError):
            return bool(await condition())
        return False

    return attempt


def _drained(stack: Stack) -> bool:
    waiting = "SELECT count(*) FROM {}.outbox WHERE published_at IS NULL"
    return all(stack.postgres.sql(waiting.format(schema), stack.database) == "0" for schema in SCHEMAS.values())


async def stored_events(stack: Stack, organization_id: str, epoch: str) -> list[tuple[Position, Envelope]]:
    """The events of an organization in the stream, for every audience, in order."""
    return [
        (Position(epoch, stored.offset), Envelope.read(stored.subject, stored.headers, stored.data))
        for stored in await stored_messages(stack, f"status.{organization_id}.>")
    ]


async def stored_messages(stack: Stack, subject: str) -> list[Stored]:
    """Everything the stream holds under a subject, in order."""
    client = await stack.connect("topology")
    try:
        js = client.jetstream()
        config = ConsumerConfig(
            name=f"check-{uuid4().hex}",
            filter_subject=subject,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=5,
        )
        info = await js.add_consumer(STREAM, config)
        left = info.num_pending or 0
        subscription = await js.pull_subscribe_bind(consumer=info.name, stream=STREAM)
        found: list[Stored] = []
        while left:
            for message in await subscription.fetch(min(left, 200), timeout=5):
                at = message.metadata.timestamp.timestamp()
                headers = dict(message.headers or {})
                offset = message.metadata.sequence.stream
                found.append(Stored(offset, message.subject, headers, message.data, at))
                left -= 1
        return found
    finally:
        await client.close()
