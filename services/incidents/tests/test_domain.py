"""The incident's lifecycle against a naive model: whatever people do in whatever order, both say the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.clock import uuid7
from common.contracts.catalog import KnownService
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.incidents import Incident as IncidentData
from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, ServiceStatus, Visibility
from incidents.domain.incident import Incident
from incidents.domain.past import BACKFILL_MAX
from incidents.domain.timeline import UPDATED_SERVICES_MAX_BYTES, UPDATES_MAX, Update

SERVICES = [uuid7() for _ in range(3)]
INTERNAL = SERVICES[0]
KNOWN = {
    id: KnownService("Website", Visibility.INTERNAL if id == INTERNAL else Visibility.PUBLIC, is_deleted=False)
    for id in SERVICES
}
FOLLOWS = dict(zip(IncidentImpact, ServiceStatus, strict=True))
"""The status that each impact means for a service, as the issue lists them."""

statuses = st.sampled_from(IncidentStatus)
impacts = st.none() | st.sampled_from(IncidentImpact)
named = st.dictionaries(st.sampled_from(SERVICES), st.none() | st.sampled_from(ServiceStatus))
messages = st.sampled_from(["", "Looking into it", "Fixed"])
visibilities = st.sampled_from(Visibility)
PEOPLE = [NamedActor(id=f"person-{name}", name=name) for name in ("Ada Lovelace", "Grace Hopper")]
ADA = PEOPLE[0]
people = st.sampled_from(PEOPLE)

Named = dict[UUID, ServiceStatus | None]


class Lifecycle(RuleBasedStateMachine):
    """`model` holds what an incident should be, kept by rules as plain as they can be."""

    @initialize(status=statuses, impact=impacts, visibility=visibilities, services=named, message=messages)
    def open(
        self,
        status: IncidentStatus,
        impact: IncidentImpact | None,
        visibility: Visibility,
        services: Named,
        message: str,
    ) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.incident, event = Incident.open(
            id=uuid7(),
            title="Database down",
            description="",
            status=status,
            impact=impact,
            visibility=visibility,
            services=services,
            known=KNOWN,
            message=message,
            update_id=uuid7(),
            by=ADA,
            now=self.now,
        )
        self.model: dict[str, Any] = {"impact": IncidentImpact.NONE, "services": {}, "version": 1}
        self.model |= {"visibility": visibility, "postmortem": None, "former": []}
        self.was_public = visibility == "public"
        self.model |= {"status": status, "resolved_at": self.now if status == "resolved" else None}
        self.model |= {"updates": [(status, message)], "started_at": self.now}
        self._weigh(impact, services)
        self.model["did"], self.model["who"] = [self._did({})], [(ADA, None)]
        self._tells(event, "incident.opened")

    @rule(status=st.none() | statuses, impact=impacts, services=st.none() | named, message=messages, by=people)
    def post_update(
        self,
        status: IncidentStatus | None,
        impact: IncidentImpact | None,
        services: Named | None,
        message: str,
        by: NamedActor,
    ) -> None:
        before = {name: self.model[name] for name in ("status", "impact", "services")}
        put_before = self._puts()
        self._weigh(impact, services)
        self.model["status"] = status or before["status"]
        arguments: dict[str, Any] = {"status": status, "impact": impact, "services": services, "message": message}
        arguments["by"] = by
        if not message and all(self.model[name] == value for name, value in before.items()):
            with pytest.raises(RuleError):
                self.incident.post_update(id=uuid7(), now=self._tick(), **arguments)
            return
        event = self.incident.post_update(id=uuid7(), now=self._tick(), **arguments)
        self.model["updates"].append((self.model["status"], message))
        self.model["did"].append(self._did(put_before))
        self.model["who"].append((by, None))
        was, is_ = before["status"] == "resolved", self.model["status"] == "resolved"
        if was != is_:
            self.model["resolved_at"] = self.now if is_ else None
        self.model["version"] += 1
        expected = {(False, True): "resolved", (True, False): "reopened"}.get((was, is_), "update_posted")
        self._tells(event, f"incident.{expected}")

    @rule(
        title=st.none() | st.sampled_from(["Database down", "Search down"]),
        impact=impacts,
        services=st.none() | named,
        visibility=st.none() | visibilities,
    )
    def change(
        self,
        title: str | None,
        impact: IncidentImpact | None,
        services: Named | None,
        visibility: Visibility | None,
    ) -> None:
        before = (self.incident.title, self.model["impact"], self.model["services"], self.model["visibility"])
        self._weigh(impact, services)
        self.model["visibility"] = visibility or self.model["visibility"]
        event = self.incident.change_details(
            title=title,
            description=None,
            impact=impact,
            services=services,
            visibility=visibility,
            started_at=None,
            resolved_at=None,
            now=self._tick(),
        )
        changed = before != (
            title or before[0], self.model["impact"], self.model["services"], self.model["visibility"]
        )  # fmt: skip
        self.model["version"] += changed
        if changed:
            self._tells(event, "incident.updated")
        else:
            assert event is None

    @rule(data=st.data(), message=messages, by=people)
    @precondition(lambda self: self.model["updates"])
    def edit_update(self, data: st.DataObject, message: str, by: NamedActor) -> None:
        index = data.draw(st.integers(0, len(self.model["updates"]) - 1))
        status, said = self.model["updates"][index]
        event = self.incident.edit_update(self.incident.updates[index].id, message, by, self._tick())
        self.model["updates"][index] = (status, message)
        self.model["version"] += said != message
        if said == message:
            assert event is None
        else:
            self.model["former"].append((self.model["version"], "edited", status, said))
            assert self.incident.updates[index].edited_at == self.now
            self.model["who"][index] = (self.model["who"][index][0], by)
            self._tells(event, "incident.update_edited")

    @rule(data=st.data())
    @precondition(lambda self: self.model["updates"])
    def delete_update(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.model["updates"]) - 1))
        event = self.incident.delete_update(self.incident.updates[index].id, self._tick())
        self.model["version"] += 1
        self.model["former"].append((self.model["version"], "deleted", *self.model["updates"].pop(index)))
        del self.model["did"][index], self.model["who"][index]
        self._tells(event, "incident.update_deleted")

    @rule(body=st.sampled_from(["Learned", "Learned more"]), publish=st.none() | st.booleans())
    def write_postmortem(self, body: str, publish: bool | None) -> None:
        before = self.model["postmortem"]
        was_published = before is not None and before[1]
        published = was_published if publish is None else publish
        if published and not was_published and self.model["status"] != "resolved":
            with pytest.raises(RuleError):
                self.incident.write_postmortem(body, publish=publish, now=self._tick())
            return
        event = self.incident.write_postmortem(body, publish=publish, now=self._tick())
        if before == (body, published):
            assert event is None
            return
        self.model["postmortem"] = (body, published)
        self.model["version"] += 1
        self._tells(event, "incident.postmortem_changed", to_members_alone=not (was_published or published))

    @rule()
    @precondition(lambda self: self.model["postmortem"])
    def take_back_postmortem(self) -> None:
        _, was_published = self.model["postmortem"]
        event = self.incident.take_back_postmortem(self._tick())
        self.model["postmortem"] = None
        self.model["version"] += 1
        self._tells(event, "incident.postmortem_changed", to_members_alone=not was_published)

    @invariant()
    def both_say_the_same(self) -> None:
        for name in ("status", "impact", "services", "version", "resolved_at", "started_at", "visibility"):
            assert getattr(self.incident, name) == self.model[name], name
        assert [(update.status, update.message) for update in self.incident.updates] == self.model["updates"]
        assert [update.services for update in self.incident.updates] == self.model["did"]
        assert [(update.posted_by, update.edited_by) for update in self.incident.updates] == self.model["who"]
        numbers = [update.number for update in self.incident.updates]
        assert numbers == sorted(set(numbers))
        former = [(text.version, text.kind, text.status, text.message) for text in self.incident.former]
        assert former == self.model["former"]
        assert not self.incident.payload().is_backfilled

    def _puts(self) -> dict[UUID, ServiceStatus]:
        over = self.model["status"] == "resolved"
        return {id: ServiceStatus.OPERATIONAL if over else status for id, status in self.model["services"].items()}

    def _did(self, put_before: dict[UUID, ServiceStatus]) -> dict[UUID, tuple[ServiceStatus, ServiceStatus]]:
        """Of each service named before or now what the incident put on it before and puts on it now."""
        puts, well = self._puts(), ServiceStatus.OPERATIONAL
        return {id: (put_before.get(id, well), puts.get(id, well)) for id in SERVICES if id in put_before or id in puts}

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

    def _tells(self, event: DomainEvent | None, type: str, *, to_members_alone: bool = False) -> None:
        assert event is not None
        assert (event.type, event.version, event.occurred_at) == (type, self.model["version"], self.now)
        assert event.internal == self.incident.payload(), "the event is the whole aggregate"
        was_public, is_public = self.was_public, self.model["visibility"] == "public"
        self.was_public = is_public
        if to_members_alone or not (is_public or was_public):
            assert event.public is None
        elif not is_public:
            assert event.public_type == "incident.hidden"
            assert event.public == Tombstone(id=str(self.incident.id), deleted_at=self.now)
        else:
            assert event.public_type == (None if was_public else "incident.shown")
            self._is_for_everybody(event.public)

    def _is_for_everybody(self, payload: object) -> None:
        assert isinstance(payload, IncidentData)
        assert {named.service_id for named in payload.services} == {
            str(id) for id in self.model["services"] if id != INTERNAL
        }
        postmortem = self.model["postmortem"]
        is_published = postmortem is not None and postmortem[1]
        assert (payload.postmortem.body if payload.postmortem else None) == (postmortem[0] if is_published else None)
        whole = self.incident.payload()
        for update, of_members in zip(payload.updates, whole.updates, strict=True):
            named = [each for each in of_members.services or () if each.service_id != str(INTERNAL)]
            assert list(update.services or ()) == named
        told = payload.model_dump_json()
        assert not any(text in told for text in (str(INTERNAL), *(person.name for person in PEOPLE)))
        kept = {name: getattr(whole, name) for name in ("services", "updates", "postmortem")}
        assert payload.model_copy(update=kept) == whole, "all else is as members read it"


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=60, stateful_step_count=30)


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def incident() -> Incident:
    incident, _ = Incident.open(
        id=uuid7(), title="x", description="", status=IncidentStatus.INVESTIGATING, impact=None,
        visibility=Visibility.PUBLIC, services={}, known={}, message="", update_id=uuid7(), by=ADA, now=NOW,
    )  # fmt: skip
    return incident


def test_updates_keep_what_they_did_to_services_as_long_as_it_is_not_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    services, known = {uuid7(): None, uuid7(): None}, KnownService("é" * 200, Visibility.PUBLIC, is_deleted=False)
    incident, _ = Incident.open(
        id=uuid7(), title="x", description="", status=IncidentStatus.INVESTIGATING, impact=IncidentImpact.MINOR,
        visibility=Visibility.PUBLIC, services=services, known=dict.fromkeys(services, known), message="",
        update_id=uuid7(), by=ADA, now=NOW,
    )  # fmt: skip
    for _ in range(UPDATES_MAX - 2):
        incident.post_update(id=uuid7(), status=None, message="x", impact=None, services=None, by=ADA, now=NOW)
    told = [update.services for update in incident.payload().updates]
    kept = [services for services in told if services is not None]
    assert told[-len(kept) :] == kept, "the latest"
    size = sum(len(named.model_dump_json().encode()) for services in kept for named in services)
    assert size <= UPDATED_SERVICES_MAX_BYTES < size + size / len(kept), "as many as fit"
    monkeypatch.setattr("incidents.domain.timeline.UPDATED_SERVICES_MAX_BYTES", 0)
    incident.post_update(
        id=uuid7(), status=IncidentStatus.RESOLVED, message="", impact=None, services=None, by=ADA, now=NOW
    )
    assert {update.services for update in incident.payload().updates} == {None}


def test_an_update_beyond_the_limit_is_refused(incident: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.domain.incident.UPDATES_MAX", 1)
    with pytest.raises(RuleError, match="at most 1 updates"):
        incident.post_update(id=uuid7(), status=None, message="x", impact=None, services=None, by=ADA, now=NOW)
    assert (incident.version, len(incident.updates)) == (1, 1)


def test_a_deletion_tells_both_audiences_nothing_but_that(incident: Incident) -> None:
    event = incident.delete(NOW)
    assert (event.type, event.version) == ("incident.deleted", 2)
    assert event.internal == event.public == Tombstone(id=str(incident.id), deleted_at=NOW)


def test_the_end_of_what_nobody_saw_is_for_members(incident: Incident) -> None:
    incident.visibility = Visibility.INTERNAL
    event = incident.delete(NOW)
    assert (event.internal, event.public) == (Tombstone(id=str(incident.id), deleted_at=NOW), None)


def backfill(started_at: datetime, resolved_at: datetime, *said_at: datetime) -> Incident:
    updates = [Update(uuid7(), 1, IncidentStatus.MONITORING, "x", moment) for moment in said_at]
    incident, event = Incident.backfill(
        id=uuid7(), title="x", description="", impact=None, visibility=Visibility.PUBLIC, services={}, known={},
        started_at=started_at, resolved_at=resolved_at, updates=updates, now=NOW,
    )  # fmt: skip
    assert event.type == "incident.backfilled"
    return incident


HOUR = timedelta(hours=1)


def test_an_incident_that_was_over_before_it_was_written_down_says_so() -> None:
    incident = backfill(NOW - BACKFILL_MAX, NOW, NOW - 2 * HOUR, NOW - 2 * HOUR, NOW)
    assert (incident.status, incident.version) == (IncidentStatus.RESOLVED, 1)
    assert incident.is_backfilled
    assert incident.payload().is_backfilled


@pytest.mark.parametrize(
    ("started", "resolved", "said", "name", "where"),
    [
        (2, 0, 3, "update-out-of-order", "body.updates.0.created_at"),
        (2, 1, 0, "update-out-of-order", "body.updates.0.created_at"),
        (2, -1, 1, "not-over", "body.resolved_at"),
        (-1, -2, 1, "not-over", "body.resolved_at"),
        (1, 1, 1, "end-not-after-start", "body.resolved_at"),
        (1, 2, 1, "end-not-after-start", "body.resolved_at"),
        (400 * 24 + 1, 1, 1, "too-long-ago", "body.started_at"),
    ],
)
def test_times_of_a_past_incident_have_rules(started: int, resolved: int, said: int, name: str, where: str) -> None:
    with pytest.raises(RuleError) as refused:
        backfill(NOW - started * HOUR, NOW - resolved * HOUR, NOW - said * HOUR)
    assert (refused.value.name, refused.value.where) == (name, where)


def test_updates_of_a_past_incident_are_in_order() -> None:
    with pytest.raises(RuleError) as refused:
        backfill(NOW - 3 * HOUR, NOW, NOW - HOUR, NOW - 2 * HOUR)
    assert refused.value.where == "body.updates.1.created_at"
