"""The incident's lifecycle against a naive model: whatever people do in whatever order, both say the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.clock import uuid7
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.incidents import Incident as IncidentData
from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus
from incidents import domain
from incidents.domain import Incident

SERVICES = [uuid7() for _ in range(3)]
FOLLOWS = dict(zip(IncidentImpact, ServiceStatus, strict=True))
"""The status that each impact means for a service, as the issue lists them."""

statuses = st.sampled_from(IncidentStatus)
impacts = st.none() | st.sampled_from(IncidentImpact)
named = st.dictionaries(st.sampled_from(SERVICES), st.none() | st.sampled_from(ServiceStatus))
messages = st.sampled_from(["", "Looking into it", "Fixed"])

Named = dict[UUID, ServiceStatus | None]


class Lifecycle(RuleBasedStateMachine):
    """`model` holds what an incident should be, kept by rules as plain as they can be."""

    @initialize(status=statuses, impact=impacts, services=named, message=messages)
    def open(self, status: IncidentStatus, impact: IncidentImpact | None, services: Named, message: str) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.incident, event = Incident.open(
            id=uuid7(),
            title="Database down",
            description="",
            status=status,
            impact=impact,
            services=services,
            message=message,
            update_id=uuid7(),
            now=self.now,
        )
        self.model: dict[str, Any] = {"impact": IncidentImpact.NONE, "services": {}, "version": 1}
        self.model |= {"status": status, "resolved_at": self.now if status == "resolved" else None}
        self.model |= {"updates": [(status, message)], "started_at": self.now}
        self._weigh(impact, services)
        self._tells(event, "incident.opened")

    @rule(status=st.none() | statuses, impact=impacts, services=st.none() | named, message=messages)
    def post_update(
        self, status: IncidentStatus | None, impact: IncidentImpact | None, services: Named | None, message: str
    ) -> None:
        before = {name: self.model[name] for name in ("status", "impact", "services")}
        self._weigh(impact, services)
        self.model["status"] = status or before["status"]
        arguments: dict[str, Any] = {"status": status, "impact": impact, "services": services, "message": message}
        if not message and all(self.model[name] == value for name, value in before.items()):
            with pytest.raises(RuleError):
                self.incident.post_update(id=uuid7(), now=self._tick(), **arguments)
            return
        event = self.incident.post_update(id=uuid7(), now=self._tick(), **arguments)
        self.model["updates"].append((self.model["status"], message))
        was, is_ = before["status"] == "resolved", self.model["status"] == "resolved"
        if was != is_:
            self.model["resolved_at"] = self.now if is_ else None
        self.model["version"] += 1
        expected = {(False, True): "resolved", (True, False): "reopened"}.get((was, is_), "update_posted")
        self._tells(event, f"incident.{expected}")

    @rule(
        title=st.none() | st.sampled_from(["Database down", "Search down"]), impact=impacts, services=st.none() | named
    )
    def change(self, title: str | None, impact: IncidentImpact | None, services: Named | None) -> None:
        before = (self.incident.title, self.model["impact"], self.model["services"])
        self._weigh(impact, services)
        event = self.incident.change_details(
            title=title, description=None, impact=impact, services=services, now=self._tick()
        )
        changed = before != (title or before[0], self.model["impact"], self.model["services"])
        self.model["version"] += changed
        if changed:
            self._tells(event, "incident.updated")
        else:
            assert event is None

    @rule(data=st.data(), message=messages)
    @precondition(lambda self: self.model["updates"])
    def edit_update(self, data: st.DataObject, message: str) -> None:
        index = data.draw(st.integers(0, len(self.model["updates"]) - 1))
        status, said = self.model["updates"][index]
        event = self.incident.edit_update(self.incident.updates[index].id, message, self._tick())
        self.model["updates"][index] = (status, message)
        self.model["version"] += said != message
        if said == message:
            assert event is None
        else:
            assert self.incident.updates[index].edited_at == self.now
            self._tells(event, "incident.update_edited")

    @rule(data=st.data())
    @precondition(lambda self: self.model["updates"])
    def delete_update(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.model["updates"]) - 1))
        event = self.incident.delete_update(self.incident.updates[index].id, self._tick())
        del self.model["updates"][index]
        self.model["version"] += 1
        self._tells(event, "incident.update_deleted")

    @invariant()
    def both_say_the_same(self) -> None:
        for name in ("status", "impact", "services", "version", "resolved_at", "started_at"):
            assert getattr(self.incident, name) == self.model[name], name
        assert [(update.status, update.message) for update in self.incident.updates] == self.model["updates"]
        numbers = [update.number for update in self.incident.updates]
        assert numbers == sorted(set(numbers))

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def _weigh(self, impact: IncidentImpact | None, services: Named | None) -> None:
        """Only an impact: statuses follow it. Only statuses: the impact follows the worst. Both: as given."""
        if impact is None and services is None:
            return
        named = dict.fromkeys(self.model["services"]) if services is None else services
        given = [status for status in named.values() if status is not None]
        if impact is not None:
            self.model["impact"] = impact
        elif given:
            worst = max(given, key=list(ServiceStatus).index)
            self.model["impact"] = next(impact for impact, status in FOLLOWS.items() if status is worst)
        follows = FOLLOWS[self.model["impact"]]
        self.model["services"] = {id: status if status is not None else follows for id, status in named.items()}

    def _tells(self, event: DomainEvent | None, type: str) -> None:
        assert event is not None
        assert (event.type, event.version, event.occurred_at) == (type, self.model["version"], self.now)
        assert isinstance(event.internal, IncidentData)
        assert event.internal == event.public == self.incident.payload(), "the event is the whole aggregate"


TestLifecycle = Lifecycle.TestCase


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def incident() -> Incident:
    incident, _ = Incident.open(
        id=uuid7(), title="x", description="", status=IncidentStatus.INVESTIGATING, impact=None, services={},
        message="", update_id=uuid7(), now=NOW,
    )  # fmt: skip
    return incident


def test_an_update_beyond_the_limit_is_refused(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain, "UPDATES_MAX", 1)
    with pytest.raises(RuleError, match="at most 1 updates"):
        incident.post_update(id=uuid7(), status=None, message="x", impact=None, services=None, now=NOW)
    assert (incident.version, len(incident.updates)) == (1, 1)


def test_a_deletion_tells_both_audiences_nothing_but_that(incident: Incident) -> None:
    event = incident.delete(NOW)
    assert (event.type, event.version) == ("incident.deleted", 2)
    assert event.internal == event.public == Tombstone(id=str(incident.id), deleted_at=NOW)
